// What the file of a TPM anchor holds, and what it says about the values in the TPM.
#ifndef STRONGROOM_ANCHOR_ANCHOR_STATE_H_
#define STRONGROOM_ANCHOR_ANCHOR_STATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "strongroom/log/checkpoint.h"
#include "strongroom/tpm/nv.h"
#include "strongroom/tpm/storage_root.h"

namespace strongroom::anchor {

// A checkpoint that the TPM took in: the counter's value then, and the chain's before.
struct Step {
  std::uint64_t count = 0;
  Digest before{};
  log::Checkpoint checkpoint;
  [[nodiscard]] Digest Extension() const;  // what the chain takes in
  [[nodiscard]] Digest After() const;      // the chain's value then
  friend bool operator==(const Step&, const Step&) = default;
};

struct AnchorState {
  std::uint32_t handle = 0;  // of the counter; the chain's is the next one
  tpm::StorageRoot root;     // what sessions are salted to
  std::uint64_t every = 1;
  std::optional<Step> anchored;            // absent while the anchor is being made or removed
  std::optional<log::Checkpoint> pending;  // on its way into the TPM

  [[nodiscard]] tpm::NvIndex Counter() const { return {handle, tpm::NvKind::kCounter}; }
  [[nodiscard]] tpm::NvIndex Chain() const { return {handle + 1, tpm::NvKind::kChain}; }
  // The step that the pending checkpoint makes; both optional members must be there.
  [[nodiscard]] Step Next() const { return {anchored->count + 1, anchored->After(), *pending}; }
  friend bool operator==(const AnchorState&, const AnchorState&) = default;
};

std::string SerializeAnchorState(const AnchorState& state);
// kMalformed for anything that SerializeAnchorState does not write.
Expected<AnchorState> ParseAnchorState(ByteView bytes);

// How far the TPM is.
enum class Reached {
  kAnchored,  // where the anchored step left it
  kCounted,   // the counter has the pending checkpoint's value, the chain not
  kPending    // the pending checkpoint is in
};

// Compare finds the values of counter and chain among the steps of a state that has an anchored one.
// kRolledBack if they are not there.
Expected<Reached> Compare(const AnchorState& state, std::uint64_t count, const Digest& chain);

}  // namespace strongroom::anchor

#endif  // STRONGROOM_ANCHOR_ANCHOR_STATE_H_
