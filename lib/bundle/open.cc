#include "strongroom/bundle/open.h"

#include <fnmatch.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "bundle/bundle_state.h"
#include "bundle/open_note.h"
#include "bundle/partial.h"
#include "bundle/progress_meter.h"
#include "bundle/tasks.h"
#include "bundle/work_lock.h"

namespace strongroom::bundle {
namespace {

// Files are synced in batches, for the first sync of many small files carries the others along.
constexpr std::size_t kSyncFiles = 256;
constexpr std::uint64_t kSyncBytes = 64 << 20;

constexpr unsigned kPlacesAtOnce = 8;  // in the stream; fewer than a StreamReader keeps shards open

bool Selected(const FileRecord& file, const std::vector<std::string>& only) {
  return only.empty() || std::ranges::any_of(only, [&](const std::string& pattern) {
           return fnmatch(pattern.c_str(), file.path.c_str(), 0) == 0;
         });
}

// The number of each file that is to be written; directories above a selected file are among them.
Expected<std::vector<std::uint32_t>> Select(const CatalogueReader& catalogue,
                                            const std::vector<std::string>& only) {
  std::vector<std::uint32_t> selected;
  std::map<std::string, std::uint32_t, std::less<>> directories;  // that are not selected so far
  for (std::uint64_t i = 0; i < catalogue.header().files; ++i) {
    SR_ASSIGN_OR_RETURN(const FileRecord file, catalogue.File(i));
    if (!Selected(file, only)) {
      if (file.kind == FileKind::kDirectory) directories[file.path] = static_cast<std::uint32_t>(i);
      continue;
    }
    for (std::string above = ParentDirectory(file.path); above != "."; above = ParentDirectory(above)) {
      const auto found = directories.find(above);
      if (found == directories.end()) continue;
      selected.push_back(found->second);
      directories.erase(found);
    }
    selected.push_back(static_cast<std::uint32_t>(i));
  }
  std::ranges::sort(selected);
  if (!only.empty() && selected.empty()) {
    return Fail(ErrorCode::kNotFound, "the bundle has no file that matches " + only.front(),
                "strongroom ls lists its files");
  }
  return selected;
}

}  // namespace

// Extraction is one OpenInto.
class Extraction {
 public:
  Extraction(const Bundle& bundle, FileSystem& files, const std::string& directory,
             const OpenOptions& options, const ProgressFunction& progress, std::uint64_t total)
      : state_(*bundle.state_),
        catalogue_(bundle.catalogue()),
        files_(files),
        directory_(directory),
        partial_(PartialOf(directory)),
        options_(options),
        meter_(progress, total) {}

  Expected<OpenTotals> Run(OpenTotals totals, const std::vector<std::uint32_t>& selected,
                           std::stop_token stop);

 private:
  // A file being written.
  struct Target {
    FileRecord record;
    std::atomic<std::uint64_t> blocks_left = 0;
    std::mutex opening;
    std::weak_ptr<File> file;
    bool made = false;
  };
  // What a thread works with.
  struct Worker {
    explicit Worker(const crypto::BulkCrypto& bulk) : scratch(bulk) {}
    BlockScratch scratch;
    std::uint32_t number = 0;
    std::shared_ptr<File> file;  // that it wrote to last
  };
  struct Complete {
    std::uint32_t number = 0;
    std::shared_ptr<File> file;
  };

  Status Prepare();
  Status CheckOurs();
  Status MakeTree(const std::vector<std::uint32_t>& selected, OpenTotals& totals);
  Status AddFile(std::uint32_t number, FileRecord record, OpenTotals& totals);
  Status PlanRuns();
  Status WriteRuns(std::stop_token stop);
  Status WriteRun(Worker& worker, const BlockRun& run);
  Status CheckPadding(std::stop_token stop);
  Status WriteBlock(Worker& worker, const BlockRecord& block, ByteView plaintext);
  Expected<std::shared_ptr<File>> OpenTarget(Target& target);
  Status Completed(std::uint32_t number, std::shared_ptr<File> file);
  Status SyncBatch(const std::vector<Complete>& batch);
  Status MakeLinks();
  Status Publish();
  [[nodiscard]] std::string NotePath() const { return partial_ + ".note"; }
  [[nodiscard]] std::string PathOf(const FileRecord& record) const { return JoinPath(partial_, record.path); }

  const Bundle::State& state_;
  const CatalogueReader& catalogue_;
  FileSystem& files_;
  const std::string directory_, partial_;
  const OpenOptions& options_;
  ProgressMeter meter_;
  std::unique_ptr<OpenNote> note_;
  std::map<std::uint32_t, Target> targets_;
  std::vector<FileRecord> directories_, links_;
  std::vector<BlockRun> runs_;
  std::mutex mutex_;
  std::vector<Complete> complete_;  // not yet durable
  std::uint64_t complete_size_ = 0;
};

Expected<OpenTotals> Extraction::Run(OpenTotals totals, const std::vector<std::uint32_t>& selected,
                                     std::stop_token stop) {
  SR_RETURN_IF_ERROR(Prepare());
  SR_RETURN_IF_ERROR(MakeTree(selected, totals));
  SR_RETURN_IF_ERROR(PlanRuns());
  SR_RETURN_IF_ERROR(WriteRuns(stop));
  if (options_.only.empty()) SR_RETURN_IF_ERROR(CheckPadding(stop));
  SR_RETURN_IF_ERROR(SyncBatch(std::exchange(complete_, {})));
  SR_RETURN_IF_ERROR(MakeLinks());
  SR_RETURN_IF_ERROR(Publish());
  meter_.Finish();
  return totals;
}

Status Extraction::Prepare() {
  SR_RETURN_IF_ERROR(CheckFree(files_, directory_, "open", options_.resume, options_.force));
  SR_ASSIGN_OR_RETURN(bool partial, Exists(files_, partial_));
  if (partial && !options_.resume) {
    SR_RETURN_IF_ERROR(files_.RemoveTree(partial_));
    partial = false;
  }
  if (partial) SR_RETURN_IF_ERROR(CheckOurs());
  SR_ASSIGN_OR_RETURN(note_, OpenNote::Open(files_, NotePath(), state_.bundle_id, partial));
  return partial ? Status() : files_.MakeDirectory(partial_, 0700);
}

// What is continued becomes part of the result: it must be what an open of this user's left, not a link or a
// folder that another put there. An open's note is there before its directory.
Status Extraction::CheckOurs() {
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, files_.Stat(partial_));
  SR_ASSIGN_OR_RETURN(const bool noted, Exists(files_, NotePath()));
  if (noted && identity.IsOwnPrivateDirectory()) return {};
  return Fail(ErrorCode::kExists, partial_ + ": was not left by an interrupted open",
              "discard it with --force");
}

Status Extraction::MakeTree(const std::vector<std::uint32_t>& selected, OpenTotals& totals) {
  for (const std::uint32_t number : selected) {
    SR_ASSIGN_OR_RETURN(FileRecord record, catalogue_.File(number));
    if (record.kind == FileKind::kDirectory) {
      const Status made = files_.MakeDirectory(PathOf(record), 0700);
      if (!made && made.error().code != ErrorCode::kExists) return made;
      SR_ASSIGN_OR_RETURN(const FileIdentity identity, files_.Stat(PathOf(record)));
      if (!identity.IsDirectory())
        return Fail(ErrorCode::kExists, PathOf(record) + ": is in the way", "start anew with --force");
      directories_.push_back(std::move(record));
    } else if (record.kind == FileKind::kSymlink) {
      links_.push_back(std::move(record));
    } else {
      SR_RETURN_IF_ERROR(AddFile(number, std::move(record), totals));
    }
  }
  return {};
}

Status Extraction::AddFile(std::uint32_t number, FileRecord record, OpenTotals& totals) {
  if (note_->IsComplete(number)) {
    const auto identity = files_.Stat(PathOf(record));
    if (identity && identity->IsRegular() && identity->size == record.size) {
      ++totals.resumed_files;
      meter_.Add(record.size);
      return {};
    }
  }
  Target& target = targets_[number];
  target.blocks_left = record.blocks;
  target.record = std::move(record);
  if (target.record.blocks != 0) return {};
  SR_ASSIGN_OR_RETURN(std::shared_ptr<File> file, OpenTarget(target));
  return Completed(number, std::move(file));
}

Status Extraction::PlanRuns() {
  std::uint64_t begin = 0, end = 0;  // of consecutive blocks that are to be written
  const auto cut = [&]() -> Status {
    while (begin < end) {
      SR_ASSIGN_OR_RETURN(const BlockRun run, RunFrom(catalogue_, begin, end));
      runs_.push_back(run);
      begin += run.count;
    }
    return {};
  };
  for (const auto& [number, target] : targets_) {
    if (target.record.blocks == 0) continue;
    if (target.record.first_block != end) {
      SR_RETURN_IF_ERROR(cut());
      begin = target.record.first_block;
    }
    end = target.record.first_block + target.record.blocks;
  }
  return cut();
}

Status Extraction::WriteRuns(std::stop_token stop) {
  const unsigned threads = ThreadCount(options_.threads);
  // Neighbours go to one thread, which reads on where it stopped; but not so many that some threads end long
  // before others. And threads begin far apart, for the kernel lets one at a time write to a file.
  const std::uint64_t together = std::clamp<std::uint64_t>(runs_.size() / (threads * 16), 1, 8);
  const std::uint64_t parts = std::min(threads, kPlacesAtOnce);
  const std::uint64_t in_part = runs_.size() / (parts * together) + 1;
  return ForEachTask(
      threads, parts * in_part, stop, [&] { return std::make_unique<Worker>(*state_.bulk); },
      [&](std::unique_ptr<Worker>& worker, std::uint64_t i) -> Status {
        const std::uint64_t begin = (i % parts * in_part + i / parts) * together;
        const std::uint64_t end = std::min<std::uint64_t>(runs_.size(), begin + together);
        for (std::uint64_t run = begin; run < end; ++run) SR_RETURN_IF_ERROR(WriteRun(*worker, runs_[run]));
        return {};
      });
}

Status Extraction::WriteRun(Worker& worker, const BlockRun& run) {
  return ReadBlocks(
      catalogue_, *state_.stream, worker.scratch, run,
      [&](const BlockRecord& block, MutableBytes plaintext) { return WriteBlock(worker, block, plaintext); });
}

// No block lies in the zeros at the stream's end, but whoever opens all of a bundle is to hear of every
// change in it.
Status Extraction::CheckPadding(std::stop_token stop) {
  const std::uint64_t begin = catalogue_.header().stream_size, size = state_.padded_size - begin;
  return ForEachTask(
      ThreadCount(options_.threads), (size + kRunCodedSize - 1) / kRunCodedSize, stop,
      [&] { return std::make_unique<BlockScratch>(*state_.bulk); },
      [&](std::unique_ptr<BlockScratch>& scratch, std::uint64_t i) -> Status {
        const std::uint64_t at = i * kRunCodedSize;
        const MutableBytes padding = scratch->coded.bytes().first(std::min(kRunCodedSize, size - at));
        SR_RETURN_IF_ERROR(state_.stream->Read(scratch->read, begin + at, padding));
        if (std::ranges::all_of(padding, [](std::uint8_t byte) { return byte == 0; })) return {};
        return Fail(ErrorCode::kAltered, "the stream does not end in zeros");
      });
}

Status Extraction::WriteBlock(Worker& worker, const BlockRecord& block, ByteView plaintext) {
  const auto found = targets_.find(block.file);
  if (found == targets_.end()) return Fail(ErrorCode::kAltered, "catalogue: a block belongs to another file");
  Target& target = found->second;
  if (worker.file == nullptr || worker.number != block.file) {
    SR_ASSIGN_OR_RETURN(worker.file, OpenTarget(target));
    worker.number = block.file;
  }
  // Only zeros code to a single byte, and the new file has them already, as a hole.
  if (block.coded_size > 1) SR_RETURN_IF_ERROR(worker.file->WriteAt(block.file_offset, plaintext));
  meter_.Add(block.size);
  if (--target.blocks_left > 0) return {};
  return Completed(block.file, worker.file);
}

Expected<std::shared_ptr<File>> Extraction::OpenTarget(Target& target) {
  const std::scoped_lock lock(target.opening);
  if (auto open = target.file.lock()) return open;
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> opened,
                      files_.Open(PathOf(target.record), OpenMode::kOpenOrCreate));
  std::shared_ptr<File> file = std::move(opened);
  if (!std::exchange(target.made, true)) {
    // Whatever an interrupted run left of it goes.
    SR_RETURN_IF_ERROR(file->Truncate(0));
    SR_RETURN_IF_ERROR(file->Truncate(target.record.size));
  }
  target.file = file;
  return file;
}

Status Extraction::Completed(std::uint32_t number, std::shared_ptr<File> file) {
  std::vector<Complete> batch;
  {
    const std::scoped_lock lock(mutex_);
    complete_size_ += targets_.at(number).record.size;
    complete_.push_back({number, std::move(file)});
    if (complete_.size() < kSyncFiles && complete_size_ < kSyncBytes) return {};
    batch = std::exchange(complete_, {});
    complete_size_ = 0;
  }
  return SyncBatch(batch);
}

Status Extraction::SyncBatch(const std::vector<Complete>& batch) {
  std::vector<std::uint32_t> numbers;
  for (const Complete& complete : batch) {
    const FileRecord& record = targets_.at(complete.number).record;
    SR_RETURN_IF_ERROR(files_.SetMode(PathOf(record), record.mode));
    SR_RETURN_IF_ERROR(complete.file->Sync());
    numbers.push_back(complete.number);
  }
  const std::scoped_lock lock(mutex_);
  return note_->Add(numbers);
}

// Links come last, so that nothing is ever written through one.
Status Extraction::MakeLinks() {
  BlockScratch scratch(*state_.bulk);
  for (const FileRecord& link : links_) {
    std::string target;
    const auto take = [&](const BlockRecord&, MutableBytes plaintext) -> Status {
      target += AsText(plaintext);
      return {};
    };
    SR_RETURN_IF_ERROR(
        ReadBlocks(catalogue_, *state_.stream, scratch, {link.first_block, link.blocks}, take));
    if (!IsModelLink(link.path, target)) {
      return Fail(ErrorCode::kAltered, "catalogue: the link " + link.path + " leaves the model");
    }
    const Status removed = files_.Remove(PathOf(link));
    if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
    SR_RETURN_IF_ERROR(files_.MakeSymlink(target, PathOf(link)));
  }
  return {};
}

Status Extraction::Publish() {
  for (const FileRecord& directory : directories_)
    SR_RETURN_IF_ERROR(files_.SyncDirectory(PathOf(directory)));
  SR_RETURN_IF_ERROR(files_.SyncDirectory(partial_));
  // From the deepest on, for a directory may not let its own mode be changed again.
  for (auto directory = directories_.rbegin(); directory != directories_.rend(); ++directory) {
    SR_RETURN_IF_ERROR(files_.SetMode(PathOf(*directory), directory->mode));
  }
  SR_RETURN_IF_ERROR(bundle::Publish(files_, directory_, options_.force));
  SR_RETURN_IF_ERROR(note_->Remove());
  return files_.RemoveTree(partial_);
}

Expected<OpenTotals> SurveyBundle(const Bundle& bundle, const OpenOptions& options) {
  SR_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> selected, Select(bundle.catalogue(), options.only));
  OpenTotals totals;
  for (const std::uint32_t number : selected) {
    SR_ASSIGN_OR_RETURN(const FileRecord file, bundle.catalogue().File(number));
    totals.files += file.kind == FileKind::kRegular;
    totals.directories += file.kind == FileKind::kDirectory;
    totals.symlinks += file.kind == FileKind::kSymlink;
    if (file.kind == FileKind::kRegular) totals.size += file.size;
  }
  return totals;
}

Expected<OpenTotals> OpenInto(const Bundle& bundle, FileSystem& files, const std::string& directory,
                              const OpenOptions& options, const ProgressFunction& progress,
                              std::stop_token stop) {
  SR_ASSIGN_OR_RETURN(const WorkLock lock, WorkLock::Take(files, WithoutSlashes(directory)));
  SR_RETURN_IF_ERROR(bundle.catalogue().CheckAll());
  SR_ASSIGN_OR_RETURN(const OpenTotals totals, SurveyBundle(bundle, options));
  SR_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> selected, Select(bundle.catalogue(), options.only));
  return Extraction(bundle, files, WithoutSlashes(directory), options, progress, totals.size)
      .Run(totals, selected, stop);
}

}  // namespace strongroom::bundle
