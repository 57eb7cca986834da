#include "bundle/seal_run.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "bundle/coded_stream.h"
#include "bundle/plain_hashes.h"
#include "bundle/recut.h"
#include "bundle/seal_stream.h"
#include "bundle/tasks.h"
#include "strongroom/crypto/floe.h"

namespace strongroom::bundle {
namespace {

constexpr char kRecutFolder[] = "recut";

std::uint64_t Sum(const std::vector<std::uint32_t>& sizes) {
  return std::reduce(sizes.begin(), sizes.end(), std::uint64_t{0});
}

// An estimate may be off by a little in both directions: aim at the middle of what padding allows from 1 GiB
// on, and waste no more below.
std::uint64_t WithMargin(std::uint64_t estimate) {
  return estimate + estimate / 400;
}

Bytes Flatten(std::span<const ByteView> pieces) {
  Bytes bytes;
  for (const ByteView piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

std::vector<SubjectPair> SubjectsOf(const std::vector<FinishedFile>& files) {
  std::vector<SubjectPair> subjects;
  for (const FinishedFile& file : files) subjects.push_back(file.subjects);
  return subjects;
}

bool IsStillThere(store::Store& store, const FinishedFile& shard) {
  const auto leaves = OpenSubject(store, shard.subjects.leaves.name, shard.subjects.leaves.size);
  const auto file = OpenSubject(store, shard.subjects.file.name, shard.subjects.file.size);
  if (!leaves || !file) return false;
  crypto::FloeHeader header{};
  return (*file)->ReadAt(0, header) && header == shard.header;
}

}  // namespace

std::vector<FinishedFile> FinishedShards(store::Store& store, const JournalContents& contents) {
  if (contents.recut) return *contents.recut;
  std::vector<FinishedFile> shards;
  while (true) {
    const auto found = contents.files.find(ShardName(static_cast<std::uint32_t>(shards.size())));
    if (found == contents.files.end() || !IsStillThere(store, found->second)) return shards;
    shards.push_back(found->second);
  }
}

SealRun::SealRun(const SealJob& job, JournalContents contents, ProgressMeter& meter, std::stop_token stop)
    : job_(job),
      contents_(std::move(contents)),
      meter_(meter),
      stop_(std::move(stop)),
      threads_(ThreadCount(job.options.threads)),
      store_(store::MakeDirectoryStore(job.files, job.directory)),
      place_{*store_, job.options.bulk, job.key, job.instance},
      reader_(job.files, job.source) {}

Expected<SealedFiles> SealRun::Run() {
  SR_RETURN_IF_ERROR(FinishRecut());
  SR_RETURN_IF_ERROR(MakePlan());
  SR_RETURN_IF_ERROR(WriteStream());
  SR_RETURN_IF_ERROR(CheckUnchanged(job_.files, job_.source));
  SR_RETURN_IF_ERROR(RecutIfNeeded());
  SR_RETURN_IF_ERROR(WriteCatalogue());
  SR_RETURN_IF_ERROR(WriteParityFiles());
  SR_RETURN_IF_ERROR(RemoveStrays());
  meter_.Finish();
  return Collect();
}

Status SealRun::FinishRecut() {
  const std::string recut = JoinPath(job_.directory, kRecutFolder),
                    shards = JoinPath(job_.directory, "shards");
  if (!contents_.recut) return job_.files.RemoveTree(recut);
  if (!job_.files.Stat(recut)) return {};
  const std::string moved = JoinPath(recut, "shards");
  if (job_.files.Stat(moved)) {
    SR_RETURN_IF_ERROR(job_.files.RemoveTree(shards));
    SR_RETURN_IF_ERROR(job_.files.Rename(moved, shards));
    SR_RETURN_IF_ERROR(job_.files.SyncDirectory(job_.directory));
  }
  return job_.files.RemoveTree(recut);
}

std::uint64_t SealRun::ShardSize(std::uint64_t stream_size) const {
  return job_.options.shard_size != 0 ? job_.options.shard_size : DefaultShardSize(stream_size);
}

Status SealRun::MakePlan() {
  if (contents_.plan) {
    plan_ = *contents_.plan;
    return {};
  }
  // No block codes to more than kMaxOverhead above its size: what fits one shard at the worst needs no
  // estimate.
  std::uint64_t most = job_.source.blocks * codec::kMaxOverhead;
  for (const SourceFile& file : job_.source.files) most += file.record.size;
  const crypto::FloeParameters floe;
  plan_ = ShardPlan{.shards = 1, .capacity = 0};
  if (floe.EncryptedSize(PaddedSize(most)) > ShardSize(most)) {
    SR_ASSIGN_OR_RETURN(const std::uint64_t estimate, EstimateStream(job_.source, reader_, threads_, stop_));
    SR_ASSIGN_OR_RETURN(plan_, PlanShards(WithMargin(estimate), ShardSize(estimate)));
    if (plan_.shards == 1) plan_.capacity = 0;
  }
  return job_.journal.AppendPlan(plan_);
}

bool SealRun::PlanHolds(std::uint64_t stream_size) const {
  if (plan_.capacity != 0)
    return stream_size <= plan_.padded() && plan_.padded() <= PaddingBound(stream_size);
  return crypto::FloeParameters().EncryptedSize(PaddedSize(stream_size)) <= ShardSize(stream_size);
}

std::uint64_t SealRun::PaddedByPlan(std::uint64_t stream_size) const {
  if (!PlanHolds(stream_size)) return stream_size;
  return plan_.capacity != 0 ? plan_.padded() : PaddedSize(stream_size);
}

std::uint64_t SealRun::PlannedCapacity() const {
  // A single growing shard holds all of the stream, however long.
  return plan_.capacity != 0 ? plan_.capacity : std::uint64_t{1} << 62;
}

StreamReader SealRun::OpenStream() {
  return StreamReader({.store = *store_,
                       .bulk = job_.options.bulk,
                       .key = job_.key,
                       .instance = job_.instance,
                       .shards = SubjectsOf(shards_),
                       .capacity = PlannedCapacity()});
}

Status SealRun::WriteStream() {
  shards_ = FinishedShards(*store_, contents_);
  for (FinishedFile& shard : shards_) {
    coded_sizes_.insert(coded_sizes_.end(), shard.coded_sizes.begin(), shard.coded_sizes.end());
  }
  stream_size_ = Sum(coded_sizes_);
  const bool all_coded = coded_sizes_.size() == job_.source.blocks && !shards_.empty();
  if (contents_.recut || (all_coded && shards_.size() * PlannedCapacity() >= PaddedByPlan(stream_size_)))
    return {};

  const auto first = static_cast<std::uint32_t>(shards_.size());
  SR_ASSIGN_OR_RETURN(Bytes head, HeadOfNextShard(coded_sizes_));
  CodedStream stream(BlockCursor(job_.source),
                     {.threads = threads_,
                      .shard_capacity = plan_.capacity,
                      .padded_size = [this](std::uint64_t size) { return PaddedByPlan(size); }},
                     {.shard = first, .head = std::move(head), .coded_sizes = std::move(coded_sizes_)});
  ShardSet set(place_, first, [&](std::uint32_t index, FinishedFile shard) -> Status {
    shard.coded_sizes = stream.CodedSizesIn(index);
    SR_RETURN_IF_ERROR(job_.journal.AppendFile(shard));
    shard.coded_sizes.clear();
    shards_.push_back(std::move(shard));
    return {};
  });
  SR_RETURN_IF_ERROR(SealStream(reader_, stream, set, *job_.options.bulk, threads_, meter_, stop_));
  SR_RETURN_IF_ERROR(set.Finish());
  stream_size_ = stream.size();
  coded_sizes_ = stream.coded_sizes();
  return {};
}

// The bytes of the next shard that belong to a block which began before it: the block is coded again, and
// must give what the shards already hold of it.
Expected<Bytes> SealRun::HeadOfNextShard(const std::vector<std::uint32_t>& coded_sizes) {
  const std::uint64_t boundary = plan_.capacity * shards_.size(), end = Sum(coded_sizes);
  if (end <= boundary) return Bytes();
  BlockCursor cursor(job_.source);
  SourceBlock block;
  for (std::size_t i = 0; i < coded_sizes.size(); ++i) block = cursor.Next();
  StreamBuffer buffer;
  SR_RETURN_IF_ERROR(BlockMaker(reader_).Make(block, buffer));
  const Bytes coded = Flatten(buffer.coded.pieces());
  const std::uint64_t before = coded_sizes.back() - (end - boundary);
  PlaintextBuffer written(before);
  ReadScratch scratch(*job_.options.bulk);
  SR_RETURN_IF_ERROR(OpenStream().Read(scratch, boundary - before, written.bytes()));
  if (coded.size() != coded_sizes.back() ||
      !std::ranges::equal(ByteView(coded).first(before), written.bytes())) {
    return Fail(ErrorCode::kAltered,
                job_.directory + ": coding the source again gives other bytes than before",
                "start anew with --force");
  }
  return ToBytes(ByteView(coded).subspan(before));
}

Status SealRun::RecutIfNeeded() {
  if (contents_.recut || PlanHolds(stream_size_)) return {};
  SR_ASSIGN_OR_RETURN(const ShardPlan plan, PlanShards(PaddedSize(stream_size_), ShardSize(stream_size_)));
  const std::string folder = JoinPath(job_.directory, kRecutFolder);
  SR_RETURN_IF_ERROR(job_.files.RemoveTree(folder));
  SR_RETURN_IF_ERROR(job_.files.MakeDirectory(folder, 0700));
  const std::unique_ptr<store::Store> store = store::MakeDirectoryStore(job_.files, folder);
  StreamReader stream = OpenStream();
  const ShardSet::Place place{*store, job_.options.bulk, job_.key, job_.instance};
  SR_ASSIGN_OR_RETURN(shards_, Recut(stream, stream_size_, plan, place, threads_, stop_));
  // A resumed run takes the table of blocks from the first shard's entry.
  contents_.recut = shards_;
  contents_.recut->front().coded_sizes = coded_sizes_;
  SR_RETURN_IF_ERROR(job_.journal.AppendRecut(*contents_.recut));
  return FinishRecut();
}

Status SealRun::WriteCatalogue() {
  CatalogueWriter writer;
  for (const SourceFile& file : job_.source.files) writer.AddFile(file.record);
  for (const TensorRecord& tensor : job_.source.tensors) writer.AddTensor(tensor);
  BlockCursor cursor(job_.source);
  std::uint64_t stream_offset = 0;
  const auto next_block = [&] {
    const SourceBlock block = cursor.Next();
    const std::uint32_t coded_size = coded_sizes_[block.index];
    const BlockRecord record{.stream_offset = std::exchange(stream_offset, stream_offset + coded_size),
                             .file_offset = block.offset,
                             .coded_size = coded_size,
                             .size = block.size,
                             .file = block.file,
                             .element = block.element};
    return record;
  };
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, CreateAnew(*store_, kCatalogueName));
  EncryptedStreamWriter stream(
      std::move(file), MakeFileKey(job_.options.bulk, job_.key, job_.instance, KeyUse::kCatalogue, 0));
  SR_RETURN_IF_ERROR(writer.Write(stream_size_, job_.source.blocks, next_block,
                                  [&](ByteView bytes) { return stream.Append(bytes); }));
  SR_ASSIGN_OR_RETURN(EncryptedFileWriter * written, stream.Finish());
  SR_RETURN_IF_ERROR(written->Sync());
  catalogue_ = MakeSubjects(kCatalogueName, written->size(), written->leaves());
  return WriteLeaves(*store_, catalogue_.leaves.name, written->leaves());
}

Status SealRun::WriteParityFiles() {
  if (!job_.options.parity) return {};
  for (const ParityGroup& group :
       ParityGroups(static_cast<std::uint32_t>(shards_.size()), job_.options.parity)) {
    const bool catalogue = group.data.front() == kCatalogueName;
    const bool done = std::ranges::all_of(
        group.parity, [&](const std::string& name) { return contents_.files.contains(name); });
    if (done && !catalogue) {
      for (const std::string& name : group.parity) parity_.push_back(contents_.files.at(name));
    } else {
      // The catalogue was made anew, and so must its parity be.
      SR_RETURN_IF_ERROR(
          WriteParityGroup(group, catalogue ? catalogue_.file.size : shards_.front().subjects.file.size));
    }
  }
  return {};
}

Status SealRun::WriteParityGroup(const ParityGroup& group, std::uint64_t length) {
  SR_ASSIGN_OR_RETURN(const std::vector<FinishedFile> files,
                      WriteParity(*store_, group, length, *job_.options.bulk, threads_, stop_));
  for (const FinishedFile& file : files) {
    SR_RETURN_IF_ERROR(job_.journal.AppendFile(file));
    parity_.push_back(file);
  }
  return {};
}

// Removes what an earlier run with another plan may have left.
Status SealRun::RemoveStrays() {
  std::set<std::string> names = {catalogue_.file.name, catalogue_.leaves.name};
  for (const auto* files : {&shards_, &parity_}) {
    for (const FinishedFile& file : *files)
      names.insert({file.subjects.file.name, file.subjects.leaves.name});
  }
  SR_ASSIGN_OR_RETURN(const std::vector<std::string> found, store_->List());
  for (const std::string& name : found) {
    if (!names.contains(name)) SR_RETURN_IF_ERROR(store_->Remove(name));
  }
  return store_->SyncNames();
}

Expected<SealedFiles> SealRun::Collect() {
  SealedFiles sealed{.subjects = {catalogue_.file, catalogue_.leaves},
                     .commitment = KeyCommitment(job_.key, job_.instance),
                     .plaintext_size = job_.source.totals().plaintext_size};
  for (const auto* files : {&shards_, &parity_}) {
    for (const FinishedFile& file : *files) {
      sealed.subjects.push_back(file.subjects.file);
      sealed.subjects.push_back(file.subjects.leaves);
    }
  }
  std::ranges::sort(sealed.subjects, {}, &Subject::name);
  for (const Subject& subject : sealed.subjects) sealed.size += subject.size;
  if (job_.options.plain_sha256) {
    SR_RETURN_IF_ERROR(AddPlainHashes(*store_, sealed.subjects, threads_, stop_));
  }
  return sealed;
}

}  // namespace strongroom::bundle
