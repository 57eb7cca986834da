#include "selftest/reference_tree.h"

#include <optional>

#include "strongroom/crypto/hash.h"

namespace strongroom::selftest {
namespace {

// k, the largest power of two smaller than n; n > 1.
std::uint64_t SplitOf(std::uint64_t n) {
  std::uint64_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// The root that PATH(m, D[n]) leads to, or nothing if the proof has not the right length.
std::optional<Digest> RootByPath(const Digest& leaf_hash, std::uint64_t m, std::uint64_t n,
                                 std::span<const Digest> path) {
  if (n == 1) return path.empty() ? std::optional(leaf_hash) : std::nullopt;
  if (path.empty()) return std::nullopt;
  const std::uint64_t k = SplitOf(n);
  const Digest& other = path.back();
  const auto rest = path.first(path.size() - 1);
  if (m < k) {
    const auto left = RootByPath(leaf_hash, m, k, rest);
    if (!left) return std::nullopt;
    return crypto::MerkleNodeHash(*left, other);
  }
  const auto right = RootByPath(leaf_hash, m - k, n - k, rest);
  if (!right) return std::nullopt;
  return crypto::MerkleNodeHash(other, *right);
}

struct Roots {
  Digest old_root, root;
};

// The roots that SUBPROOF(m, D[n], complete) leads to; where it is complete, the old one is known.
std::optional<Roots> RootsBySubproof(std::uint64_t m, std::uint64_t n, bool complete, const Digest& old_root,
                                     std::span<const Digest> proof) {
  if (m == n && complete) return proof.empty() ? std::optional(Roots{old_root, old_root}) : std::nullopt;
  if (proof.empty()) return std::nullopt;
  if (m == n) return proof.size() == 1 ? std::optional(Roots{proof[0], proof[0]}) : std::nullopt;
  const std::uint64_t k = SplitOf(n);
  const Digest& other = proof.back();
  const auto rest = proof.first(proof.size() - 1);
  if (m <= k) {
    const auto left = RootsBySubproof(m, k, complete, old_root, rest);
    if (!left) return std::nullopt;
    return Roots{left->old_root, crypto::MerkleNodeHash(left->root, other)};
  }
  const auto right = RootsBySubproof(m - k, n - k, false, old_root, rest);
  if (!right) return std::nullopt;
  return Roots{crypto::MerkleNodeHash(other, right->old_root), crypto::MerkleNodeHash(other, right->root)};
}

}  // namespace

const Digest& ReferenceTree::Hash(std::uint64_t begin, std::uint64_t end) {
  if (end - begin == 1) return leaf_hashes_[begin];
  const auto known = hashes_.find({begin, end});
  if (known != hashes_.end()) return known->second;
  const std::uint64_t middle = begin + SplitOf(end - begin);
  const Digest hash = crypto::MerkleNodeHash(Hash(begin, middle), Hash(middle, end));
  return hashes_.emplace(std::pair(begin, end), hash).first->second;
}

void ReferenceTree::Path(std::uint64_t m, std::uint64_t begin, std::uint64_t end, Proof& out) {
  if (end - begin == 1) return;
  const std::uint64_t k = SplitOf(end - begin);
  if (m < k) {
    Path(m, begin, begin + k, out);
    out.push_back(Hash(begin + k, end));
  } else {
    Path(m - k, begin + k, end, out);
    out.push_back(Hash(begin, begin + k));
  }
}

void ReferenceTree::Subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t end, bool complete,
                             Proof& out) {
  if (m == end - begin) {
    if (!complete) out.push_back(Hash(begin, end));
    return;
  }
  const std::uint64_t k = SplitOf(end - begin);
  if (m <= k) {
    Subproof(m, begin, begin + k, complete, out);
    out.push_back(Hash(begin + k, end));
  } else {
    Subproof(m - k, begin + k, end, false, out);
    out.push_back(Hash(begin, begin + k));
  }
}

Proof ReferenceTree::Inclusion(std::uint64_t index, std::uint64_t size) {
  Proof proof;
  Path(index, 0, size, proof);
  return proof;
}

Proof ReferenceTree::Consistency(std::uint64_t old_size, std::uint64_t size) {
  Proof proof;
  Subproof(old_size, 0, size, true, proof);
  return proof;
}

bool ReferenceAcceptsInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                               std::span<const Digest> proof, const Digest& root) {
  return index < size && RootByPath(leaf_hash, index, size, proof) == root;
}

bool ReferenceAcceptsConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                                 const Digest& root, std::span<const Digest> proof) {
  if (old_size == 0 || old_size > size) return false;
  const auto roots = RootsBySubproof(old_size, size, true, old_root, proof);
  return roots && roots->old_root == old_root && roots->root == root;
}

}  // namespace strongroom::selftest
