#include "log/multiproof.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

bool HoldsNone(std::span<const std::uint64_t> indexes, LeafRange range) {
  const auto first = std::ranges::lower_bound(indexes, range.begin);
  return first == indexes.end() || *first >= range.end;
}

void CollectRanges(std::span<const std::uint64_t> indexes, LeafRange range, std::vector<LeafRange>& ranges) {
  if (HoldsNone(indexes, range)) {
    ranges.push_back(range);
  } else if (range.end - range.begin > 1) {
    const std::uint64_t split = SplitOf(range);
    CollectRanges(indexes, {range.begin, split}, ranges);
    CollectRanges(indexes, {split, range.end}, ranges);
  }
}

// MultiproofWalk goes through the tree as CollectRanges does, and uses up leaves and hashes from the left.
class MultiproofWalk {
 public:
  MultiproofWalk(std::span<const std::uint64_t> indexes, std::span<const Digest> leaf_hashes,
                 std::span<const Digest> proof)
      : indexes_(indexes), leaf_hashes_(leaf_hashes), proof_(proof) {}

  // Nothing if the proof is too short.
  std::optional<Digest> HashOf(LeafRange range) {
    if (indexes_.empty() || indexes_.front() >= range.end) return Take(proof_);
    if (range.end - range.begin == 1) {
      indexes_ = indexes_.subspan(1);
      return Take(leaf_hashes_);
    }
    const std::uint64_t split = SplitOf(range);
    const std::optional<Digest> left = HashOf({range.begin, split});
    if (!left) return std::nullopt;
    const std::optional<Digest> right = HashOf({split, range.end});
    if (!right) return std::nullopt;
    return crypto::MerkleNodeHash(*left, *right);
  }
  [[nodiscard]] bool used_everything() const { return indexes_.empty() && proof_.empty(); }

 private:
  static std::optional<Digest> Take(std::span<const Digest>& hashes) {
    if (hashes.empty()) return std::nullopt;
    const Digest& first = hashes.front();
    hashes = hashes.subspan(1);
    return first;
  }

  std::span<const std::uint64_t> indexes_;
  std::span<const Digest> leaf_hashes_;
  std::span<const Digest> proof_;
};

}  // namespace

std::vector<LeafRange> MultiproofRanges(std::span<const std::uint64_t> indexes, std::uint64_t size) {
  std::vector<LeafRange> ranges;
  if (size > 0) CollectRanges(indexes, {0, size}, ranges);
  return ranges;
}

Status VerifyMultiproof(std::span<const std::uint64_t> indexes, std::span<const Digest> leaf_hashes,
                        std::uint64_t size, std::span<const Digest> proof, const Digest& root) {
  if (std::ranges::adjacent_find(indexes, std::ranges::greater_equal()) != indexes.end()) {
    return Fail(ErrorCode::kAltered, "the entries are out of order");
  }
  MultiproofWalk walk(indexes, leaf_hashes, proof);
  const std::optional<Digest> derived = size > 0 ? walk.HashOf({0, size}) : JoinSubtrees({});
  if (!derived || !walk.used_everything() || *derived != root) {
    return Fail(ErrorCode::kAltered, "the entries and the hashes beside them do not lead to the root");
  }
  return {};
}

}  // namespace strongroom::log
