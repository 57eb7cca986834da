#include "strongroom/log/merkle.h"

#include <algorithm>
#include <bit>
#include <ranges>

#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

using crypto::MerkleNodeHash;

bool IsOdd(std::uint64_t n) {
  return (n & 1) != 0;
}

std::unexpected<Error> BadProof(std::string_view why) {
  return Fail(ErrorCode::kAltered, "merkle proof " + std::string(why));
}

// The walk of RFC 9162 sections 2.1.3.2 and 2.1.4.2: the node that a proof starts from and the last node of
// the tree, climbing level by level.
struct Climb {
  std::uint64_t node;
  std::uint64_t last;

  // Whether the next hash of the proof stands to the left of the node.
  [[nodiscard]] bool TakesLeft() const { return IsOdd(node) || node == last; }
  void Up() {
    node >>= 1;
    last >>= 1;
  }
  // A node at the ragged right edge has no sibling until it is a right child.
  void UpFromLeft() {
    while (node != 0 && !IsOdd(node)) Up();
    Up();
  }
};

struct RootPair {
  Digest old_root{}, root{};
};

// The roots that a consistency proof leads to, whatever they are; 0 < old_size < size.
Expected<RootPair> FollowConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                                     std::span<const Digest> proof) {
  Climb climb{old_size - 1, size - 1};
  while (IsOdd(climb.node)) climb.Up();
  // A complete old tree is itself the first node; otherwise the proof brings it.
  const bool complete = std::has_single_bit(old_size);
  if (!complete && proof.empty()) return BadProof("is too short");
  Digest old_hash = complete ? old_root : proof.front();
  Digest hash = old_hash;
  for (const Digest& sibling : proof.subspan(complete ? 0 : 1)) {
    if (climb.last == 0) return BadProof("is too long");
    if (!climb.TakesLeft()) {
      hash = MerkleNodeHash(hash, sibling);
      climb.Up();
    } else {
      old_hash = MerkleNodeHash(sibling, old_hash);
      hash = MerkleNodeHash(sibling, hash);
      climb.UpFromLeft();
    }
  }
  if (climb.last != 0) return BadProof("is too short");
  return RootPair{old_hash, hash};
}

}  // namespace

std::uint64_t SplitOf(LeafRange range) {
  return range.begin + std::bit_floor(range.end - range.begin - 1);
}

std::vector<LeafRange> InclusionRanges(std::uint64_t index, std::uint64_t size) {
  std::vector<LeafRange> ranges;
  LeafRange around{0, size};
  while (around.end - around.begin > 1) {
    const std::uint64_t split = SplitOf(around);
    if (index < split) {
      ranges.push_back({split, around.end});
      around.end = split;
    } else {
      ranges.push_back({around.begin, split});
      around.begin = split;
    }
  }
  std::ranges::reverse(ranges);
  return ranges;
}

std::vector<LeafRange> ConsistencyRanges(std::uint64_t old_size, std::uint64_t size) {
  std::vector<LeafRange> ranges;
  LeafRange around{0, size};
  while (old_size != around.end) {
    const std::uint64_t split = SplitOf(around);
    if (old_size <= split) {
      ranges.push_back({split, around.end});
      around.end = split;
    } else {
      ranges.push_back({around.begin, split});
      around.begin = split;
    }
  }
  if (around.begin != 0) ranges.push_back(around);
  std::ranges::reverse(ranges);
  return ranges;
}

std::vector<LeafRange> CompleteSubtrees(LeafRange range) {
  std::vector<LeafRange> subtrees;
  while (range.begin != range.end) {
    const std::uint64_t end = range.begin + std::bit_floor(range.end - range.begin);
    subtrees.push_back({range.begin, end});
    range.begin = end;
  }
  return subtrees;
}

Digest JoinSubtrees(std::span<const Digest> subtrees) {
  if (subtrees.empty()) return crypto::Sha256(ByteView());
  Digest hash = subtrees.back();
  for (const Digest& left : subtrees.first(subtrees.size() - 1) | std::views::reverse) {
    hash = MerkleNodeHash(left, hash);
  }
  return hash;
}

MerkleTree::MerkleTree(std::uint64_t size, std::span<const Digest> subtrees) : begin_(size) {
  const std::vector<LeafRange> ranges = CompleteSubtrees({0, size});
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    before_[static_cast<std::size_t>(std::countr_zero(ranges[i].end - ranges[i].begin))] = subtrees[i];
  }
}

const Digest& MerkleTree::Subtree(std::size_t level, std::uint64_t index) const {
  const std::uint64_t first = begin_ >> level;
  return index < first ? before_[level] : levels_[level][index - first];
}

void MerkleTree::Append(const Digest& leaf_hash) {
  Digest hash = leaf_hash;
  for (std::size_t level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    levels_[level].push_back(hash);
    const std::uint64_t count = (begin_ >> level) + levels_[level].size();
    if (IsOdd(count)) return;
    hash = MerkleNodeHash(Subtree(level, count - 2), Subtree(level, count - 1));
  }
}

void MerkleTree::Truncate(std::uint64_t size) {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    levels_[level].resize((size >> level) - (begin_ >> level));
  }
}

void MerkleTree::ForgetBefore(std::uint64_t begin) {
  std::array<Digest, 64> before{};
  for (const LeafRange& range : CompleteSubtrees({0, begin})) {
    const auto level = static_cast<std::size_t>(std::countr_zero(range.end - range.begin));
    before[level] = Subtree(level, range.begin >> level);
  }
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const auto gone = static_cast<std::ptrdiff_t>((begin >> level) - (begin_ >> level));
    levels_[level].erase(levels_[level].begin(), levels_[level].begin() + gone);
  }
  before_ = before;
  begin_ = begin;
}

Digest MerkleTree::RangeHash(LeafRange range) const {
  if (const std::uint64_t count = range.end - range.begin; std::has_single_bit(count)) {
    const auto level = static_cast<std::size_t>(std::countr_zero(count));
    return Subtree(level, range.begin >> level);
  }
  std::vector<Digest> hashes;
  for (const LeafRange& subtree : CompleteSubtrees(range)) {
    const auto level = static_cast<std::size_t>(std::countr_zero(subtree.end - subtree.begin));
    hashes.push_back(Subtree(level, subtree.begin >> level));
  }
  return JoinSubtrees(hashes);
}

std::vector<Digest> MerkleTree::RangeHashes(std::span<const LeafRange> ranges) const {
  std::vector<Digest> hashes;
  for (const LeafRange& range : ranges) hashes.push_back(RangeHash(range));
  return hashes;
}

Digest MerkleTree::Root(std::uint64_t size) const {
  return RangeHash({0, size});
}

std::vector<Digest> MerkleTree::InclusionProof(std::uint64_t index, std::uint64_t size) const {
  return InclusionProofs({index, index + 1}, size).front();
}

std::vector<std::vector<Digest>> MerkleTree::InclusionProofs(LeafRange leaves, std::uint64_t size) const {
  std::vector<std::vector<Digest>> proofs;
  proofs.reserve(leaves.end - leaves.begin);
  std::vector<Digest> path;
  AppendProofs(leaves, {0, size}, path, proofs);
  return proofs;
}

void MerkleTree::AppendProofs(LeafRange leaves, LeafRange around, std::vector<Digest>& path,
                              std::vector<std::vector<Digest>>& proofs) const {
  if (around.end - around.begin == 1) {
    proofs.emplace_back(path.rbegin(), path.rend());
    return;
  }
  const std::uint64_t split = SplitOf(around);
  const LeafRange left{around.begin, split};
  const LeafRange right{split, around.end};
  const auto descend = [&](LeafRange into, LeafRange sibling) {
    path.push_back(RangeHash(sibling));
    AppendProofs(leaves, into, path, proofs);
    path.pop_back();
  };
  if (leaves.begin < split) descend(left, right);
  if (leaves.end > split) descend(right, left);
}

std::vector<Digest> MerkleTree::ConsistencyProof(std::uint64_t old_size, std::uint64_t size) const {
  return RangeHashes(ConsistencyRanges(old_size, size));
}

Status VerifyInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                       std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return BadProof("is for an entry beyond the tree");
  Climb climb{index, size - 1};
  Digest hash = leaf_hash;
  for (const Digest& sibling : proof) {
    if (climb.last == 0) return BadProof("is too long");
    if (!climb.TakesLeft()) {
      hash = MerkleNodeHash(hash, sibling);
      climb.Up();
    } else {
      hash = MerkleNodeHash(sibling, hash);
      climb.UpFromLeft();
    }
  }
  if (climb.last != 0) return BadProof("is too short");
  if (hash != root) return BadProof("does not lead to the root");
  return {};
}

Status VerifyConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                         const Digest& root, std::span<const Digest> proof) {
  if (old_size == 0 || old_size > size) return BadProof("is between trees that cannot be compared");
  if (old_size == size) {
    if (old_root != root) return BadProof("shows two trees of one size that differ");
    return proof.empty() ? Status() : BadProof("must be empty between trees of one size");
  }
  SR_ASSIGN_OR_RETURN(const RootPair reached, FollowConsistency(old_size, old_root, size, proof));
  if (reached.old_root != old_root) return BadProof("does not lead to the old root");
  if (reached.root != root) return BadProof("does not lead to the root");
  return {};
}

bool ShowsFork(std::uint64_t old_size, const Digest& old_root, std::uint64_t size, const Digest& root,
               std::span<const Digest> proof) {
  if (old_size == 0 || old_size > size) return false;
  if (old_size == size) return old_root != root;
  const auto reached = FollowConsistency(old_size, old_root, size, proof);
  return reached && reached->root == root && reached->old_root != old_root;
}

}  // namespace strongroom::log
