// The Merkle tree of RFC 6962 section 2.1 over SHA-256: pure functions of hashes and sizes, and a tree that
// grows. Leaf hashes are crypto::MerkleLeafHash of the entries.
#ifndef STRONGROOM_LOG_MERKLE_H_
#define STRONGROOM_LOG_MERKLE_H_

#include <array>
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

// Where the tree over a range of at least two leaves splits.
std::uint64_t SplitOf(LeafRange range);
// The ranges whose hashes are the proof PATH(index, D[size]) of section 2.1.1, leaf to root; index < size.
std::vector<LeafRange> InclusionRanges(std::uint64_t index, std::uint64_t size);
// The ranges whose hashes are the proof PROOF(old_size, D[size]) of section 2.1.2; 0 < old_size <= size.
std::vector<LeafRange> ConsistencyRanges(std::uint64_t old_size, std::uint64_t size);
// The complete subtrees that a range of one of those proofs, or of a whole tree, falls into, left to right.
std::vector<LeafRange> CompleteSubtrees(LeafRange range);
// The hash of a range from those of its complete subtrees, left to right; of none, that of the empty tree.
Digest JoinSubtrees(std::span<const Digest> subtrees);

// MerkleTree grows leaf by leaf. It holds every complete subtree's hash, 64 bytes a leaf, but for what it was
// told to forget: of the leaves below begin() it knows the complete subtrees that they fall into, and no
// more. That is enough for its root and for proofs of the leaves from begin() on. A value type; not
// thread-safe while it grows.
class MerkleTree {
 public:
  MerkleTree() = default;
  // A tree that begins after `size` leaves, of which these are the hashes of CompleteSubtrees({0, size}).
  MerkleTree(std::uint64_t size, std::span<const Digest> subtrees);

  void Append(const Digest& leaf_hash);
  void Truncate(std::uint64_t size);  // forgets the leaves from `size` on; begin() <= size <= this->size()
  void ForgetBefore(std::uint64_t begin);  // this->begin() <= begin <= size()

  [[nodiscard]] std::uint64_t begin() const { return begin_; }
  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? begin_ : begin_ + levels_[0].size(); }
  [[nodiscard]] const Digest& leaf_hash(std::uint64_t index) const {
    return levels_[0][index - begin_];
  }  // begin() <= index < size()
  // The root of the first `size` leaves; begin() <= size <= this->size(). That of no leaves is SHA-256 of
  // nothing.
  [[nodiscard]] Digest Root(std::uint64_t size) const;
  [[nodiscard]] Digest Root() const { return Root(size()); }
  // PATH(index, D[size]) of section 2.1.1, leaf to root; begin() <= index < size <= this->size().
  [[nodiscard]] std::vector<Digest> InclusionProof(std::uint64_t index, std::uint64_t size) const;
  // Those of several leaves, in their order, for which no hash is computed twice; begin() <= leaves.begin <
  // leaves.end <= size <= this->size().
  [[nodiscard]] std::vector<std::vector<Digest>> InclusionProofs(LeafRange leaves, std::uint64_t size) const;
  // PROOF(old_size, D[size]) of section 2.1.2; max(1, begin()) <= old_size <= size <= this->size(). Empty
  // when the sizes are equal.
  [[nodiscard]] std::vector<Digest> ConsistencyProof(std::uint64_t old_size, std::uint64_t size) const;

 private:
  // The root of the 2^level leaves from index * 2^level on.
  [[nodiscard]] const Digest& Subtree(std::size_t level, std::uint64_t index) const;
  [[nodiscard]] Digest RangeHash(LeafRange range) const;
  [[nodiscard]] std::vector<Digest> RangeHashes(std::span<const LeafRange> ranges) const;
  // Appends the proofs of those of `leaves` that are in `around`, to which `path` leads from the root.
  void AppendProofs(LeafRange leaves, LeafRange around, std::vector<Digest>& path,
                    std::vector<std::vector<Digest>>& proofs) const;

  std::uint64_t begin_ = 0;
  std::array<Digest, 64> before_{};  // [l]: where bit l of begin_ is set, the complete subtree of 2^l leaves
  std::vector<std::vector<Digest>> levels_;  // levels_[l][i]: the subtree (l, (begin_ >> l) + i)
};

// VerifyInclusion: kAltered unless the proof leads from this leaf hash at `index` to the root of `size`
// leaves, using all of itself.
Status VerifyInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                       std::span<const Digest> proof, const Digest& root);

// VerifyConsistency: kAltered unless the tree of `old_size` leaves is a prefix of that of `size` leaves. A
// proof from the empty tree says nothing and is refused.
Status VerifyConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                         const Digest& root, std::span<const Digest> proof);

// ShowsFork: whether the two roots contradict each other: they differ at one size, or the proof leads to
// `root` from another tree of `old_size` leaves. A proof that leads nowhere shows nothing, and one from a
// size that is a power of two never does: it does not hold the old root.
bool ShowsFork(std::uint64_t old_size, const Digest& old_root, std::uint64_t size, const Digest& root,
               std::span<const Digest> proof);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_MERKLE_H_
