#include "strongroom/bundle/verify.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "bundle/encrypted_file.h"
#include "bundle/leaves.h"
#include "bundle/progress_meter.h"
#include "bundle/tasks.h"

namespace strongroom::bundle {
namespace {

using crypto::kLeafSize;

constexpr std::uint64_t kLeavesAtOnce = 32;

// A file being hashed; exists while threads work on it.
struct Hashing {
  std::unique_ptr<File> file;
  std::vector<Digest> leaves;
  std::atomic<std::uint64_t> leaves_left = 0;
  bool failed = false;  // found to be wrong before it was hashed
};

struct Scratch {
  explicit Scratch(const crypto::BulkCrypto& bulk) : worker(bulk.NewWorker()) {}
  std::unique_ptr<crypto::BulkWorker> worker;
  crypto::LeafBuffer buffer{kLeavesAtOnce};
};

// Which part of which subject a task hashes.
struct Task {
  std::uint32_t subject = 0;
  std::uint64_t first_leaf = 0;
};

class Verification {
 public:
  Verification(store::Store& store, const Manifest& manifest, ProgressMeter& meter)
      : store_(store), manifest_(manifest), meter_(meter) {}

  // The tasks, in the order of the files, so that only as many are open as threads are at work.
  std::vector<Task> Tasks() const {
    std::vector<Task> tasks;
    for (std::uint32_t i = 0; i < manifest_.subjects.size(); ++i) {
      const std::uint64_t leaves = LeafCount(manifest_.subjects[i].size);
      for (std::uint64_t first = 0; first == 0 || first < leaves; first += kLeavesAtOnce)
        tasks.push_back({i, first});
    }
    return tasks;
  }

  void Run(Scratch& scratch, const Task& task) {
    const Subject& subject = manifest_.subjects[task.subject];
    const std::shared_ptr<Hashing> hashing = Begin(task.subject);
    const std::uint64_t leaves = LeafCount(subject.size);
    const std::uint64_t count = std::min(kLeavesAtOnce, leaves - task.first_leaf);
    if (!hashing->failed) HashLeaves(scratch, *hashing, subject, task.first_leaf, count);
    meter_.Add(std::min(subject.size - task.first_leaf * kLeafSize, count * kLeafSize));
    if ((hashing->leaves_left -= count) > 0) return;
    if (!hashing->failed) Compare(*hashing, subject);
    const std::scoped_lock lock(mutex_);
    hashing_.erase(task.subject);
  }

  Status FindExtras() {
    SR_ASSIGN_OR_RETURN(const std::vector<std::string> names, store_.List());
    for (const std::string& name : names) {
      if (name == kManifestName || name == kKeyslotsName || manifest_.Find(name) != nullptr) continue;
      Add({.name = name, .defect = Defect::kExtra, .leaves = {}});
    }
    return {};
  }

  std::vector<Finding> TakeFindings() {
    std::ranges::sort(findings_, {}, &Finding::name);
    return std::move(findings_);
  }

 private:
  std::shared_ptr<Hashing> Begin(std::uint32_t number) {
    const std::scoped_lock lock(mutex_);
    std::shared_ptr<Hashing>& hashing = hashing_[number];
    if (hashing != nullptr) return hashing;
    const Subject& subject = manifest_.subjects[number];
    hashing = std::make_shared<Hashing>();
    hashing->leaves.resize(LeafCount(subject.size));
    hashing->leaves_left = hashing->leaves.size();
    auto file = OpenSubject(store_, subject.name, subject.size);
    if (file) {
      hashing->file = *std::move(file);
    } else {
      hashing->failed = true;
      findings_.push_back({.name = subject.name, .defect = DefectOf(subject, file.error()), .leaves = {}});
    }
    return hashing;
  }

  Defect DefectOf(const Subject& subject, const Error& error) {
    if (error.code == ErrorCode::kAltered) return Defect::kLong;
    if (error.code == ErrorCode::kMalformed) return Defect::kDamaged;  // a link, or a folder
    if (error.code != ErrorCode::kTruncated) return Defect::kUnreadable;
    return store_.OpenForReading(subject.name) ? Defect::kShort : Defect::kMissing;
  }

  void HashLeaves(Scratch& scratch, Hashing& hashing, const Subject& subject, std::uint64_t first,
                  std::uint64_t count) {
    const std::uint64_t begin = first * kLeafSize, end = std::min(subject.size, (first + count) * kLeafSize);
    std::vector<MutableBytes> pieces;
    scratch.buffer.Pieces(0, end - begin, pieces);
    if (!hashing.file->ReadvAt(begin, pieces)) return;  // its leaves stay zero, and so differ
    scratch.worker->HashLeaves(scratch.buffer, 0, LeafSize(subject.size, first + count - 1),
                               std::span(hashing.leaves).subspan(first, count));
  }

  void Compare(const Hashing& hashing, const Subject& subject) {
    if (MerkleRoot(hashing.leaves) == subject.root) return;
    Finding finding{.name = subject.name, .defect = Defect::kDamaged, .leaves = {}};
    const Subject* leaves = manifest_.Find(LeavesName(subject.name));
    if (leaves != nullptr && leaves != &subject) {
      const auto signed_leaves = ReadLeaves(store_, *leaves, subject.root);
      finding.leaves_known = signed_leaves && signed_leaves->size() == hashing.leaves.size();
      for (std::size_t i = 0; finding.leaves_known && i < hashing.leaves.size(); ++i) {
        if (hashing.leaves[i] != (*signed_leaves)[i]) finding.leaves.push_back(i);
      }
    }
    Add(std::move(finding));
  }

  void Add(Finding finding) {
    const std::scoped_lock lock(mutex_);
    findings_.push_back(std::move(finding));
  }

  store::Store& store_;
  const Manifest& manifest_;
  ProgressMeter& meter_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<Hashing>> hashing_;
  std::vector<Finding> findings_;
};

std::string LeafList(const std::vector<std::uint64_t>& leaves) {
  constexpr std::size_t kShown = 8;
  std::string text = leaves.size() == 1 ? "leaf " : "leaves ";
  for (std::size_t i = 0; i < std::min(leaves.size(), kShown); ++i)
    text += (i > 0 ? ", " : "") + std::to_string(leaves[i]);
  if (leaves.size() > kShown) text += " and " + std::to_string(leaves.size() - kShown) + " more";
  return text;
}

int Weight(ErrorCode code) {
  if (code == ErrorCode::kAltered) return 0;
  return code == ErrorCode::kTruncated ? 1 : 2;
}

}  // namespace

ErrorCode Finding::code() const {
  switch (defect) {
    case Defect::kMissing:
    case Defect::kShort:
      return ErrorCode::kTruncated;
    case Defect::kLong:
    case Defect::kDamaged:
    case Defect::kExtra:
      return ErrorCode::kAltered;
    case Defect::kUnreadable:
      return ErrorCode::kUnavailable;
  }
  return ErrorCode::kInternal;
}

std::string Finding::message() const {
  switch (defect) {
    case Defect::kMissing:
      return name + ": is missing";
    case Defect::kShort:
      return name + ": is shorter than its signed size";
    case Defect::kLong:
      return name + ": is longer than its signed size";
    case Defect::kExtra:
      return name + ": is not named by the manifest";
    case Defect::kUnreadable:
      return name + ": cannot be read";
    case Defect::kDamaged:
      break;
  }
  if (leaves_known)
    return name + ": " + LeafList(leaves) + (leaves.size() == 1 ? " is" : " are") + " not what was signed";
  return name + ": is not what was signed";
}

Status VerifyReport::status() const {
  if (findings.empty()) return {};
  const auto worst =
      std::ranges::min_element(findings, {}, [](const Finding& finding) { return Weight(finding.code()); });
  Error error(worst->code(), worst->message(), "strongroom repair mends what parity allows");
  for (const Finding& finding : findings) {
    if (&finding != &*worst) error.why.push_back(finding.message());
  }
  return std::unexpected(std::move(error));
}

Expected<VerifyReport> Verify(store::Store& store, const VerifiedManifest& verified,
                              const VerifyOptions& options, const ProgressFunction& progress,
                              std::stop_token stop) {
  const Manifest& manifest = verified.manifest;
  VerifyReport report{.findings = {}, .files = manifest.subjects.size(), .size = 0};
  for (const Subject& subject : manifest.subjects) report.size += subject.size;
  ProgressMeter meter(progress, report.size);
  Verification verification(store, manifest, meter);
  const std::vector<Task> tasks = verification.Tasks();
  SR_RETURN_IF_ERROR(ForEachTask(
      ThreadCount(options.threads), tasks.size(), stop,
      [&] { return std::make_unique<Scratch>(*options.bulk); },
      [&](std::unique_ptr<Scratch>& scratch, std::uint64_t i) -> Status {
        verification.Run(*scratch, tasks[i]);
        return {};
      }));
  SR_RETURN_IF_ERROR(verification.FindExtras());
  meter.Finish();
  report.findings = verification.TakeFindings();
  return report;
}

}  // namespace strongroom::bundle
