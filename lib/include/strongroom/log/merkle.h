// The Merkle tree of RFC 6962 section 2.1 over SHA-256: pure functions of hashes and sizes, and a tree that
// grows. Leaf hashes are crypto::MerkleLeafHash of the entries.
#ifndef STRONGROOM_LOG_MERKLE_H_
#define STRONGROOM_LOG_MERKLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"

namespace strongroom::log {

// LeafRange is the leaves from `begin` on, before `end`.
struct LeafRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend bool operator==(const LeafRange&, const LeafRange&) = default;
};

// The ranges whose hashes are the proof PATH(index, D[size]) of section 2.1.1, leaf to root; index < size.
std::vector<LeafRange> InclusionRanges(std::uint64_t index, std::uint64_t size);
// The ranges whose hashes are the proof PROOF(old_size, D[size]) of section 2.1.2; 0 < old_size <= size.
std::vector<LeafRange> ConsistencyRanges(std::uint64_t old_size, std::uint64_t size);
// The complete subtrees that a range of one of those proofs, or of a whole tree, falls into, left to right.
std::vector<LeafRange> CompleteSubtrees(LeafRange range);
// The hash of a range from those of its complete subtrees, left to right; of none, that of the empty tree.
Digest JoinSubtrees(std::span<const Digest> subtrees);

// MerkleTree holds the hash of every leaf and of every complete subtree: 64 bytes a leaf. A value type; not
// thread-safe while it grows.
class MerkleTree {
 public:
  void Append(const Digest& leaf_hash);
  void Truncate(std::uint64_t size);  // forgets the leaves from `size` on; size <= this->size()

  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  [[nodiscard]] const Digest& leaf_hash(std::uint64_t index) const {
    return levels_[0][index];
  }  // index < size()
  // The root of the first `size` leaves; size <= this->size(). That of no leaves is SHA-256 of nothing.
  [[nodiscard]] Digest Root(std::uint64_t size) const;
  [[nodiscard]] Digest Root() const { return Root(size()); }
  // PATH(index, D[size]) of section 2.1.1, leaf to root; index < size <= this->size().
  [[nodiscard]] std::vector<Digest> InclusionProof(std::uint64_t index, std::uint64_t size) const;
  // PROOF(old_size, D[size]) of section 2.1.2; 0 < old_size <= size <= this->size(). Empty when the sizes are
  // equal.
  [[nodiscard]] std::vector<Digest> ConsistencyProof(std::uint64_t old_size, std::uint64_t size) const;

 private:
  [[nodiscard]] Digest RangeHash(LeafRange range) const;
  [[nodiscard]] std::vector<Digest> RangeHashes(std::span<const LeafRange> ranges) const;

  std::vector<std::vector<Digest>> levels_;  // levels_[l][i]: the root of the 2^l leaves from i * 2^l
};

// VerifyInclusion: kAltered unless the proof leads from this leaf hash at `index` to the root of `size`
// leaves, using all of itself.
Status VerifyInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                       std::span<const Digest> proof, const Digest& root);

// VerifyConsistency: kAltered unless the tree of `old_size` leaves is a prefix of that of `size` leaves. A
// proof from the empty tree says nothing and is refused.
Status VerifyConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                         const Digest& root, std::span<const Digest> proof);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_MERKLE_H_
