#include "bundle/repair_group.h"

#include <algorithm>
#include <utility>

#include "bundle/encrypted_file.h"
#include "bundle/leaves.h"
#include "bundle/tasks.h"

namespace strongroom::bundle {

using crypto::kLeafSize;

std::string RepairName(const std::string& name) {
  return name + ".repair";
}

// What one thread needs for a stripe: the same leaves of every member.
struct RepairGroup::Scratch {
  Scratch(std::size_t members, std::uint64_t leaves, const crypto::BulkCrypto& bulk)
      : worker(bulk.NewWorker()), good(members, std::vector<bool>(leaves)) {
    for (std::size_t i = 0; i < members; ++i) buffers.emplace_back(leaves);
  }
  std::unique_ptr<crypto::BulkWorker> worker;
  std::vector<crypto::LeafBuffer> buffers;  // of each member
  std::vector<std::vector<bool>> good;      // of each member, each leaf
  // The last matrix, for the same files are mostly damaged at many leaves.
  std::vector<std::uint32_t> sources, wanted;
  std::optional<ParityMatrix> matrix;
};

RepairGroup::RepairGroup(store::Store& store, const ParityGroup& shape, std::vector<std::unique_ptr<RepairMember>> members)
    : store_(store), shape_(shape), members_(std::move(members)), length_(members_.front()->subject->size) {}

Status RepairGroup::Rebuild(const crypto::BulkCrypto& bulk, unsigned threads, ProgressMeter& meter, std::stop_token stop) {
  for (const auto& member : members_) {
    if (!member->damaged) continue;
    SR_ASSIGN_OR_RETURN(member->rebuilt, CreateAnew(store_, RepairName(member->subject->name)));
    member->rebuilt_leaves.resize(LeafCount(length_));
  }
  const auto count = static_cast<std::uint32_t>(members_.size());
  const std::uint64_t at_once = LeavesAtOnce(count), leaves = LeafCount(length_);
  return ForEachTask(
      StripeThreads(count, threads), (leaves + at_once - 1) / at_once, stop,
      [&] { return std::make_unique<Scratch>(count, at_once, bulk); },
      [&](std::unique_ptr<Scratch>& scratch, std::uint64_t i) -> Status {
        const std::uint64_t in_stripe = std::min(at_once, leaves - i * at_once);
        meter.Add(in_stripe * kLeafSize);
        return RebuildStripe(*scratch, i * at_once, in_stripe);
      });
}

Status RepairGroup::RebuildStripe(Scratch& scratch, std::uint64_t first, std::uint64_t count) {
  for (std::uint32_t i = 0; i < members_.size(); ++i) ReadStripe(scratch, i, first, count);
  for (std::uint64_t i = 0; i < count; ++i) RebuildLeaf(scratch, i, LeafSize(length_, first + i));
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    if (members_[i]->damaged) SR_RETURN_IF_ERROR(WriteStripe(scratch, i, first, count));
  }
  return {};
}

void RepairGroup::ReadStripe(Scratch& scratch, std::uint32_t number, std::uint64_t first, std::uint64_t count) {
  const RepairMember& member = *members_[number];
  std::vector<bool>& good = scratch.good[number];
  good.assign(good.size(), false);
  if (member.file == nullptr || (member.damaged && !member.leaves)) return;
  for (std::uint64_t i = 0; i < count; ++i) {
    // Leaf by leaf, so that a file cut short or a bad disk sector costs only the leaves it touches.
    const std::size_t size = LeafSize(length_, first + i);
    if (!member.file->ReadAt((first + i) * kLeafSize, scratch.buffers[number].Window(i, size))) continue;
    good[i] = !member.damaged || !FindAlteredLeaf(*scratch.worker, scratch.buffers[number], i, size,
                                                  std::span(*member.leaves).subspan(first + i, 1));
  }
}

void RepairGroup::RebuildLeaf(Scratch& scratch, std::uint64_t leaf, std::uint64_t size) {
  std::vector<std::uint32_t> sources, wanted;
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    if (!scratch.good[i][leaf]) {
      wanted.push_back(i);
    } else if (sources.size() < shape_.data.size()) {
      sources.push_back(i);
    }
  }
  std::erase_if(wanted, [&](std::uint32_t i) { return !members_[i]->damaged; });
  if (wanted.empty()) return;
  if (sources.size() < shape_.data.size()) {
    for (const std::uint32_t i : wanted) ++members_[i]->leaves_lost;
    return;
  }
  if (!scratch.matrix || scratch.sources != sources || scratch.wanted != wanted) {
    scratch.matrix.emplace(shape_, sources, wanted);
    scratch.sources = sources;
    scratch.wanted = wanted;
  }
  std::vector<const std::uint8_t*> from;
  std::vector<std::uint8_t*> to;
  for (const std::uint32_t i : sources) from.push_back(scratch.buffers[i].Window(leaf).data());
  for (const std::uint32_t i : wanted) to.push_back(scratch.buffers[i].Window(leaf).data());
  scratch.matrix->Compute(size, from, to);
  for (const std::uint32_t i : wanted) ++members_[i]->leaves_made;
}

Status RepairGroup::WriteStripe(Scratch& scratch, std::uint32_t number, std::uint64_t first, std::uint64_t count) {
  RepairMember& member = *members_[number];
  const std::uint64_t begin = first * kLeafSize, end = std::min(length_, (first + count) * kLeafSize);
  scratch.worker->HashLeaves(scratch.buffers[number], 0, LeafSize(length_, first + count - 1),
                             std::span(member.rebuilt_leaves).subspan(first, count));
  std::vector<ByteView> pieces;
  std::as_const(scratch.buffers[number]).Pieces(0, end - begin, pieces);
  return member.rebuilt->WritevAt(begin, pieces);
}

Expected<std::optional<std::string>> RepairGroup::Publish(RepairMember& member) {
  const std::string &name = member.subject->name, temporary = RepairName(name);
  std::string why;
  if (member.leaves_lost > 0 && shape_.parity.empty()) {
    why = "there is no parity for it";
  } else if (member.leaves_lost > 0) {
    why = std::to_string(member.leaves_lost) + " leaves are damaged in more files of its group than the " +
          std::to_string(shape_.parity.size()) + " that parity can make good";
  } else if (MerkleRoot(member.rebuilt_leaves) != member.subject->root) {
    why = "what could be rebuilt has not the signed root";
  }
  if (!why.empty()) {
    member.rebuilt.reset();
    SR_RETURN_IF_ERROR(store_.Remove(temporary));
    return why;
  }
  SR_RETURN_IF_ERROR(member.rebuilt->Sync());
  SR_RETURN_IF_ERROR(store_.Replace(temporary, name));
  return std::nullopt;
}

}  // namespace strongroom::bundle
