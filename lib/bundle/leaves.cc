#include "bundle/leaves.h"

#include <algorithm>

#include "strongroom/crypto/bulk.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::bundle {

using crypto::kLeafSize;

std::uint64_t LeafCount(std::uint64_t size) {
  return size / kLeafSize + (size % kLeafSize != 0);
}

std::uint64_t LeafSize(std::uint64_t size, std::uint64_t index) {
  return std::min<std::uint64_t>(kLeafSize, size - index * kLeafSize);
}

Digest MerkleRoot(std::span<const Digest> leaves) {
  if (leaves.empty()) return crypto::Sha256(ByteView());
  // Pairing level by level and carrying an odd node up is the same tree as splitting at the largest power of
  // two.
  std::vector<Digest> level(leaves.begin(), leaves.end());
  while (level.size() > 1) {
    const std::size_t pairs = level.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) level[i] = crypto::MerkleNodeHash(level[2 * i], level[2 * i + 1]);
    if (level.size() % 2 != 0) level[pairs] = level.back();
    level.resize(pairs + level.size() % 2);
  }
  return level.front();
}

Digest RootOf(ByteView bytes) {
  std::vector<Digest> leaves;
  for (std::uint64_t i = 0; i < LeafCount(bytes.size()); ++i) {
    leaves.push_back(crypto::MerkleLeafHash(bytes.subspan(i * kLeafSize, LeafSize(bytes.size(), i))));
  }
  return MerkleRoot(leaves);
}

Bytes JoinLeaves(std::span<const Digest> leaves) {
  Bytes bytes;
  bytes.reserve(leaves.size() * sizeof(Digest));
  for (const Digest& leaf : leaves) bytes.insert(bytes.end(), leaf.begin(), leaf.end());
  return bytes;
}

Expected<std::vector<Digest>> SplitLeaves(ByteView bytes) {
  if (bytes.size() % sizeof(Digest) != 0) return Fail(ErrorCode::kMalformed, "leaf hashes: not whole hashes");
  std::vector<Digest> leaves(bytes.size() / sizeof(Digest));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    std::ranges::copy(bytes.subspan(i * sizeof(Digest), sizeof(Digest)), leaves[i].begin());
  }
  return leaves;
}

Error LeafAltered(const std::string& name, std::uint64_t leaf, std::uint64_t size) {
  const std::uint64_t begin = leaf * kLeafSize;
  return Error(ErrorCode::kAltered,
               name + ": leaf " + std::to_string(leaf) + " (bytes " + std::to_string(begin) + " to " +
                   std::to_string(begin + LeafSize(size, leaf) - 1) + ") is not what was signed",
               "strongroom verify lists all that is damaged, strongroom repair mends it if there is parity");
}

}  // namespace strongroom::bundle
