// Leaf hashes and the root above them: docs/FORMAT.md section 5.
#ifndef STRONGROOM_BUNDLE_LEAVES_H_
#define STRONGROOM_BUNDLE_LEAVES_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"

namespace strongroom::bundle {

// How many leaves a file of this size has.
std::uint64_t LeafCount(std::uint64_t size);
// The size of leaf `index` of a file of `size` bytes.
std::uint64_t LeafSize(std::uint64_t size, std::uint64_t index);

// The Merkle tree hash of RFC 6962 section 2.1 over leaf hashes.
Digest MerkleRoot(std::span<const Digest> leaves);
// The root of a whole small file.
Digest RootOf(ByteView bytes);

// A .leaves file's bytes, and back; kMalformed unless they are whole hashes.
Bytes JoinLeaves(std::span<const Digest> leaves);
Expected<std::vector<Digest>> SplitLeaves(ByteView bytes);

// "NAME: leaf 3 (bytes 98304 to 131071) is not what was signed", kAltered.
Error LeafAltered(const std::string& name, std::uint64_t leaf, std::uint64_t size);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_LEAVES_H_
