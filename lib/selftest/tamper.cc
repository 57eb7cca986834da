// Campaign tamper: what happens to a log's files under a running writer.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "selftest/promises.h"
#include "selftest/random.h"
#include "selftest/work_directory.h"
#include "strongroom/log/log_writer.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kRunsOfEach = 1'000;
constexpr std::uint64_t kRunsOfEachInSmallRun = 4;
// How long a LogWriter may take to see that what it could not publish it can publish now.
constexpr int kMostTries = 200;
constexpr auto kBetweenTries = std::chrono::milliseconds(10);
constexpr std::uint64_t kMostFileBytes = 1 << 30;

// Writer is a Log or a LogWriter, which must refuse alike.
class Writer {
 public:
  Writer(log::Log log, bool with_threads) {
    if (!with_threads) {
      log_ = std::move(log);
    } else if (auto started = log::LogWriter::Start(std::move(log))) {
      writer_ = *std::move(started);
    }
  }
  Expected<log::Receipt> Append(std::uint64_t number) {
    if (writer_) return writer_->Append(NumberedRecord(number)).get();
    return log_->Append(NumberedRecord(number));
  }
  Status CheckWritable() { return writer_ ? writer_->CheckWritable() : log_->CheckWritable(); }
  [[nodiscard]] bool IsOpen() const { return writer_ || log_; }

 private:
  std::optional<log::Log> log_;
  std::unique_ptr<log::LogWriter> writer_;
};

// Scene is a log on a real disk, an older copy of it beside it, and what a condition needs to be mended.
struct Scene {
  Scene(WorkDirectory& work, const std::string& name)
      : files(work.files()),
        directory(work / name),
        older(work / (name + ".older")),
        aside(work / (name + ".aside")),
        journal(JoinPath(directory, "journal")) {}

  [[nodiscard]] Expected<Bytes> Read(const std::string& path) const {
    return ReadWhole(files, path, kMostFileBytes);
  }
  // Into the same file: whoever has it open sees it.
  [[nodiscard]] Status WriteInPlace(const std::string& path, ByteView bytes) const {
    SR_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kOpenOrCreate));
    SR_RETURN_IF_ERROR(file->Truncate(bytes.size()));
    return file->WriteAt(0, bytes);
  }
  [[nodiscard]] Status CopyInPlace(const std::string& from, const std::string& to) const {
    SR_ASSIGN_OR_RETURN(const Bytes bytes, Read(from));
    return WriteInPlace(to, bytes);
  }
  [[nodiscard]] Status RestoreInPlace() const { return WriteInPlace(journal, saved); }
  [[nodiscard]] std::string OlderJournal() const { return JoinPath(older, "journal"); }

  FileSystem& files;
  std::string directory, older, aside, journal;
  Bytes saved;  // of the journal, before it was touched
};

// Files of this process may become so long, and no longer; 0: as long as they may at most.
Status LimitFiles(std::uint64_t bytes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
  if (::setrlimit(RLIMIT_FSIZE, &limit) == 0) return {};
  return std::unexpected(FromErrno(errno, "limit the size of files"));
}

// The older copy, continued by somebody else who has the key: longer than the real journal, and valid.
Status ContinueOlder(const Scene& scene) {
  const TrialLog other(scene.older);
  SR_ASSIGN_OR_RETURN(log::Log log, other.Open(scene.files));
  SR_RETURN_IF_ERROR(log.AppendBatch(NumberedRecords(9'000, 50)));
  return {};
}

// What a process without the key can write behind the last batch, heeding no lock: batches that were signed,
// in a place where they are not right.
Status RepeatLastBatches(const Scene& scene) {
  SR_ASSIGN_OR_RETURN(const Bytes older, scene.Read(scene.OlderJournal()));
  Bytes longer = scene.saved;
  longer.insert(longer.end(), scene.saved.begin() + static_cast<std::ptrdiff_t>(older.size()),
                scene.saved.end());
  return scene.WriteInPlace(scene.journal, longer);
}

// Condition is something that happens to a log's files.
struct Condition {
  const char* name;
  Status (*happen)(const Scene& scene);
  Status (*mend)(const Scene& scene);
  bool goes_on;  // whether the very same writer appends again once it is mended
};

constexpr std::uint64_t kTail = 40;  // bytes: part of the last frame

Status RestoreJournal(const Scene& s) {
  return s.RestoreInPlace();
}

constexpr std::array kConditions = std::to_array<Condition>({
    {"unlinked", [](const Scene& s) { return s.files.Remove(s.journal); }, RestoreJournal, false},
    {"moved away", [](const Scene& s) { return s.files.Rename(s.journal, s.aside); },
     [](const Scene& s) { return s.files.Rename(s.aside, s.journal); }, true},
    {"replaced by a copy",
     [](const Scene& s) -> Status {
       SR_RETURN_IF_ERROR(s.WriteInPlace(s.aside, s.saved));
       return s.files.Rename(s.aside, s.journal);
     },
     [](const Scene&) { return Status(); }, false},
    {"linked elsewhere",
     [](const Scene& s) -> Status {
       if (::link(s.journal.c_str(), s.aside.c_str()) == 0) return {};
       return std::unexpected(FromErrno(errno, "link " + s.aside));
     },
     [](const Scene& s) { return s.files.Remove(s.aside); }, true},
    {"truncated",
     [](const Scene& s) {
       return s.WriteInPlace(s.journal, ByteView(s.saved).first(s.saved.size() - kTail));
     },
     RestoreJournal, true},
    {"truncated to nothing", [](const Scene& s) { return s.WriteInPlace(s.journal, {}); }, RestoreJournal,
     true},
    {"full", [](const Scene& s) { return LimitFiles(s.saved.size() + kTail); },
     [](const Scene&) { return LimitFiles(0); }, true},
    {"rolled back in place", [](const Scene& s) { return s.CopyInPlace(s.OlderJournal(), s.journal); },
     RestoreJournal, true},
    {"rolled back by rename",
     [](const Scene& s) -> Status {
       SR_RETURN_IF_ERROR(s.files.Rename(s.journal, s.aside));
       return s.files.Rename(s.OlderJournal(), s.journal);
     },
     [](const Scene& s) { return s.files.Rename(s.aside, s.journal); }, true},
    {"another history in place",
     [](const Scene& s) -> Status {
       SR_RETURN_IF_ERROR(ContinueOlder(s));
       return s.CopyInPlace(s.OlderJournal(), s.journal);
     },
     RestoreJournal, true},
    {"second writer", RepeatLastBatches, RestoreJournal, true},
    {"journal read-only", [](const Scene& s) { return s.files.SetMode(s.journal, 0400); },
     [](const Scene& s) { return s.files.SetMode(s.journal, 0600); }, true},
    {"directory read-only", [](const Scene& s) { return s.files.SetMode(s.directory, 0500); },
     [](const Scene& s) { return s.files.SetMode(s.directory, 0700); }, true},
    {"directory moved away", [](const Scene& s) { return s.files.Rename(s.directory, s.aside); },
     [](const Scene& s) { return s.files.Rename(s.aside, s.directory); }, true},
    {"another directory over it",
     [](const Scene& s) -> Status {
       SR_RETURN_IF_ERROR(s.files.Rename(s.directory, s.aside));
       return s.files.Rename(s.older, s.directory);
     },
     [](const Scene& s) -> Status {
       SR_RETURN_IF_ERROR(s.files.Rename(s.directory, s.older));
       return s.files.Rename(s.aside, s.directory);
     },
     true},
});

// Copies journal and checkpoint: what a backup of the log holds.
Status MakeOlderCopy(const Scene& scene) {
  SR_RETURN_IF_ERROR(scene.files.MakeDirectory(scene.older, 0700));
  for (const char* name : {"journal", "checkpoint"}) {
    SR_RETURN_IF_ERROR(scene.CopyInPlace(JoinPath(scene.directory, name), JoinPath(scene.older, name)));
  }
  return {};
}

// TamperTrial is one run of one condition.
class TamperTrial {
 public:
  TamperTrial(WorkDirectory& work, const Condition& condition, bool with_threads, std::uint64_t seed,
              CampaignReport& report)
      : condition_(condition),
        scene_(work, "log"),
        trial_(scene_.directory),
        with_threads_(with_threads),
        random_(seed),
        report_(report),
        where_("tamper: " + std::string(condition.name) + (with_threads ? ", LogWriter" : ", Log") +
               ", seed " + std::to_string(seed)) {}

  ~TamperTrial() {
    for (const std::string& path : {scene_.directory, scene_.older, scene_.aside}) {
      static_cast<void>(scene_.files.RemoveTree(path));
    }
  }
  TamperTrial(const TamperTrial&) = delete;
  TamperTrial& operator=(const TamperTrial&) = delete;

  Status Run() {
    SR_ASSIGN_OR_RETURN(log::Log log, trial_.Create(scene_.files));
    {
      Writer writer(std::move(log), with_threads_);
      if (!writer.IsOpen()) return Fail(ErrorCode::kInternal, where_ + ": the writer does not start");
      AppendSome(writer);
      SR_RETURN_IF_ERROR(MakeOlderCopy(scene_));
      AppendSome(writer);
      SR_ASSIGN_OR_RETURN(scene_.saved, scene_.Read(scene_.journal));
      SR_RETURN_IF_ERROR(condition_.happen(scene_));
      ExpectRefusal(writer);
      SR_RETURN_IF_ERROR(condition_.mend(scene_));
      if (condition_.goes_on) ExpectGoingOn(writer);
    }
    ++report_.runs;
    promises_.HoldTo(trial_, scene_.files, report_, where_);
    return {};
  }

 private:
  void AppendSome(Writer& writer) {
    for (std::uint64_t left = 1 + random_.Below(4); left > 0; --left) {
      const auto receipt = writer.Append(next_++);
      if (receipt) promises_.Keep(*receipt, trial_.public_key());
      if (!receipt) report_.Failed(where_ + ": refuses before anything happened: " + receipt.error().message);
    }
  }

  void ExpectRefusal(Writer& writer) {
    const bool check_first = random_.OneIn(2);
    if (check_first) ExpectUnavailable(writer.CheckWritable(), "finds it writable");
    const auto receipt = writer.Append(next_++);
    ExpectUnavailable(receipt ? Status() : std::unexpected(receipt.error()), "appends");
    if (!check_first) ExpectUnavailable(writer.CheckWritable(), "finds it writable");
  }

  void ExpectUnavailable(const Status& answer, std::string_view what) {
    if (answer) report_.Failed(where_ + ": the writer " + std::string(what));
    if (!answer && answer.error().code != ErrorCode::kLogUnavailable) {
      report_.Failed(where_ + ": refused as '" + std::string(Name(answer.error().code)) + "'");
    }
  }

  void ExpectGoingOn(Writer& writer) {
    Status writable = writer.CheckWritable();
    for (int tries = 0; !writable && tries < kMostTries; ++tries) {
      std::this_thread::sleep_for(kBetweenTries);
      writable = writer.CheckWritable();
    }
    if (!writable) {
      report_.Failed(where_ + ": is not writable again: " + writable.error().message);
    }
    const auto receipt = writer.Append(next_++);
    if (receipt) promises_.Keep(*receipt, trial_.public_key());
    if (!receipt) report_.Failed(where_ + ": does not go on: " + receipt.error().message);
  }

  const Condition& condition_;
  Scene scene_;
  TrialLog trial_;
  bool with_threads_;
  Random random_;
  CampaignReport& report_;
  std::string where_;
  Promises promises_;
  std::uint64_t next_ = 0;
};

}  // namespace

Expected<CampaignReport> RunTamper(const CampaignOptions& options) {
  SR_ASSIGN_OR_RETURN(WorkDirectory work, WorkDirectory::Make(options.directory));
  std::signal(SIGXFSZ, SIG_IGN);  // a file that is too long fails to be written, and kills nobody
  CampaignReport report{.campaign = "tamper", .seed = options.seed};
  const std::uint64_t runs = options.full ? kRunsOfEach : kRunsOfEachInSmallRun;
  for (const Condition& condition : kConditions) {
    for (std::uint64_t run = 0; run < runs; ++run) {
      if (options.stop.stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
      TamperTrial trial(work, condition, run % 2 == 0, options.seed + run, report);
      SR_RETURN_IF_ERROR(trial.Run());
      if (options.progress) options.progress(report.runs, runs * kConditions.size());
    }
  }
  return report;
}

}  // namespace strongroom::selftest
