#include "strongroom/bundle/repair.h"

#include <algorithm>
#include <set>
#include <utility>

#include "bundle/encrypted_file.h"
#include "bundle/leaves.h"
#include "bundle/parity.h"
#include "bundle/progress_meter.h"
#include "bundle/repair_group.h"
#include "bundle/tasks.h"

namespace strongroom::bundle {
namespace {

using crypto::kLeafSize;

class Repairing {
 public:
  Repairing(store::Store& store, const Manifest& manifest, const VerifyReport& verified, const VerifyOptions& options,
            std::stop_token stop)
      : store_(store), manifest_(manifest), options_(options), stop_(std::move(stop)) {
    for (const Finding& finding : verified.findings) found_.insert(finding.name);
  }

  Expected<RepairReport> Run(const ProgressFunction& progress) {
    SR_RETURN_IF_ERROR(LookAtExtras());
    std::vector<ParityGroup> groups = ParityGroups(manifest_.shards(), manifest_.parity);
    std::erase_if(groups, [&](const ParityGroup& group) { return !IsDamaged(group); });
    std::uint64_t total = 0;
    for (const ParityGroup& group : groups) total += manifest_.Find(group.data.front())->size;
    ProgressMeter meter(progress, total);
    for (const ParityGroup& group : groups) SR_RETURN_IF_ERROR(RepairFiles(group, meter));
    SR_RETURN_IF_ERROR(RepairLeaves());
    meter.Finish();
    return std::move(report_);
  }

 private:
  bool IsDamaged(const ParityGroup& group) const {
    for (std::uint32_t i = 0; i < group.size(); ++i) {
      if (found_.contains(group.Name(i))) return true;
    }
    return false;
  }

  // What a killed repair left goes; anything else is not ours to remove.
  Status LookAtExtras() {
    for (const std::string& name : found_) {
      if (manifest_.Find(name) != nullptr) continue;
      const std::string base = name.substr(0, name.rfind('.'));
      if (manifest_.Find(base) != nullptr && RepairName(base) == name) {
        SR_RETURN_IF_ERROR(store_.Remove(name));
      } else {
        report_.unrepairable.push_back({name, "the manifest does not name it: move it out of the bundle"});
      }
    }
    return {};
  }

  std::unique_ptr<RepairMember> MemberOf(const std::string& name) {
    auto member = std::make_unique<RepairMember>();
    member->subject = manifest_.Find(name);
    member->leaves_subject = manifest_.Find(LeavesName(name));
    member->damaged = found_.contains(name);
    if (auto file = store_.OpenForReading(name)) member->file = *std::move(file);
    if (!member->damaged) return member;
    if (auto leaves = ReadLeaves(store_, *member->leaves_subject, member->subject->root)) member->leaves = *std::move(leaves);
    return member;
  }

  Status RepairFiles(const ParityGroup& shape, ProgressMeter& meter) {
    std::vector<std::unique_ptr<RepairMember>> members;
    for (std::uint32_t i = 0; i < shape.size(); ++i) members.push_back(MemberOf(shape.Name(i)));
    RepairGroup group(store_, shape, std::move(members));
    SR_RETURN_IF_ERROR(group.Rebuild(*options_.bulk, ThreadCount(options_.threads), meter, stop_));
    for (const auto& member : group.members()) {
      if (!member->damaged) continue;
      const std::string& name = member->subject->name;
      SR_ASSIGN_OR_RETURN(const std::optional<std::string> why, group.Publish(*member));
      if (why) {
        report_.unrepairable.push_back({name, *why});
        lost_.insert(name);
      } else {
        report_.repaired.push_back({name, member->leaves_made});
      }
    }
    return {};
  }

  Status RepairLeaves() {
    for (const Subject& subject : manifest_.subjects) {
      const Subject* leaves = manifest_.Find(LeavesName(subject.name));
      if (leaves == nullptr || leaves == &subject || !found_.contains(leaves->name)) continue;
      if (lost_.contains(subject.name)) {
        report_.unrepairable.push_back({leaves->name, "the file that it describes could not be repaired"});
        continue;
      }
      SR_RETURN_IF_ERROR(MakeLeaves(subject, leaves->name));
    }
    return {};
  }

  // Makes a .leaves file again from the good file that it describes.
  Status MakeLeaves(const Subject& subject, const std::string& name) {
    SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, OpenSubject(store_, subject.name, subject.size));
    std::vector<Digest> leaves(LeafCount(subject.size));
    const std::unique_ptr<crypto::BulkWorker> worker = options_.bulk->NewWorker();
    crypto::LeafBuffer buffer(1);
    for (std::uint64_t i = 0; i < leaves.size(); ++i) {
      if (stop_.stop_requested()) return Interrupted();
      const std::size_t size = LeafSize(subject.size, i);
      SR_RETURN_IF_ERROR(file->ReadAt(i * kLeafSize, buffer.Window(0, size)));
      worker->HashLeaves(buffer, 0, size, std::span(leaves).subspan(i, 1));
    }
    if (MerkleRoot(leaves) != subject.root) {
      report_.unrepairable.push_back({name, subject.name + " changed while it was being repaired"});
      return {};
    }
    SR_RETURN_IF_ERROR(WriteLeaves(store_, RepairName(name), leaves));
    SR_RETURN_IF_ERROR(store_.Replace(RepairName(name), name));
    report_.repaired.push_back({name, LeafCount(leaves.size() * sizeof(Digest))});
    return {};
  }

  store::Store& store_;
  const Manifest& manifest_;
  const VerifyOptions& options_;
  const std::stop_token stop_;
  std::set<std::string> found_;
  std::set<std::string> lost_;
  RepairReport report_;
};

}  // namespace

Status RepairReport::status() const {
  if (unrepairable.empty()) return {};
  Error error(ErrorCode::kAltered, unrepairable.front().name + ": cannot be repaired: " + unrepairable.front().why,
              "get the file from another copy of the bundle");
  for (std::size_t i = 1; i < unrepairable.size(); ++i) error.why.push_back(unrepairable[i].name + ": " + unrepairable[i].why);
  return std::unexpected(std::move(error));
}

Expected<RepairReport> Repair(store::Store& store, const VerifiedManifest& manifest, const VerifyReport& findings,
                              const VerifyOptions& options, const ProgressFunction& progress, std::stop_token stop) {
  return Repairing(store, manifest.manifest, findings, options, std::move(stop)).Run(progress);
}

}  // namespace strongroom::bundle
