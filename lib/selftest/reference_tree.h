// The Merkle tree of RFC 6962 section 2.1, written down as the text has it and shared with nothing: what
// proofs are held to.
#ifndef STRONGROOM_SELFTEST_REFERENCE_TREE_H_
#define STRONGROOM_SELFTEST_REFERENCE_TREE_H_

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "strongroom/base/bytes.h"

namespace strongroom::selftest {

using Proof = std::vector<Digest>;

// ReferenceTree holds the leaf hashes d(0) to d(n-1). Not thread-safe: it remembers the hashes that it
// computed.
class ReferenceTree {
 public:
  explicit ReferenceTree(std::vector<Digest> leaf_hashes) : leaf_hashes_(std::move(leaf_hashes)) {}

  [[nodiscard]] const Digest& leaf_hash(std::uint64_t index) const { return leaf_hashes_[index]; }
  const Digest& Root(std::uint64_t size) { return Hash(0, size); }  // MTH(D[size]), size > 0
  Proof Inclusion(std::uint64_t index, std::uint64_t size);         // PATH(index, D[size])
  Proof Consistency(std::uint64_t old_size, std::uint64_t size);    // PROOF(old_size, D[size])

 private:
  const Digest& Hash(std::uint64_t begin, std::uint64_t end);
  void Path(std::uint64_t m, std::uint64_t begin, std::uint64_t end, Proof& out);
  void Subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t end, bool complete, Proof& out);

  std::vector<Digest> leaf_hashes_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Digest> hashes_;  // by range
};

// Whether a proof is what the definitions allow it to be, found by following them downwards.
bool ReferenceAcceptsInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                               std::span<const Digest> proof, const Digest& root);
bool ReferenceAcceptsConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                                 const Digest& root, std::span<const Digest> proof);

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_REFERENCE_TREE_H_
