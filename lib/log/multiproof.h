// Proofs of many leaves of a tree at once: what they have in common stands there once.
#ifndef STRONGROOM_LOG_MULTIPROOF_H_
#define STRONGROOM_LOG_MULTIPROOF_H_

#include <cstdint>
#include <span>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {

// The largest subtrees of the tree over `size` leaves that hold none of the leaves at `indexes`, left to
// right: their hashes are the proof. `indexes` ascend and are below `size`.
std::vector<LeafRange> MultiproofRanges(std::span<const std::uint64_t> indexes, std::uint64_t size);

// VerifyMultiproof: kAltered unless the leaf hashes at `indexes` and the proof lead to the root of `size`
// leaves, using all of it. `indexes` ascend, and `leaf_hashes` has one for each.
Status VerifyMultiproof(std::span<const std::uint64_t> indexes, std::span<const Digest> leaf_hashes,
                        std::uint64_t size, std::span<const Digest> proof, const Digest& root);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_MULTIPROOF_H_
