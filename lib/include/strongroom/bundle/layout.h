// Where everything in a bundle stands: names, contexts, derived keys, and how the coded stream is cut into
// shards. Pure functions of docs/FORMAT.md sections 1, 3 and 8.
#ifndef STRONGROOM_BUNDLE_LAYOUT_H_
#define STRONGROOM_BUNDLE_LAYOUT_H_

#include <array>
#include <cstdint>
#include <string>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::bundle {

inline constexpr std::uint32_t kFormat = 1;
inline constexpr std::uint32_t kMaxShards = 65536;  // and as many parity files

using Instance = std::array<std::uint8_t, 32>;  // a bundle's random name

inline constexpr char kManifestName[] = "manifest.json";
inline constexpr char kKeyslotsName[] = "keyslots.json";
inline constexpr char kCatalogueName[] = "catalogue";
inline constexpr char kCatalogueParityName[] = "parity/catalogue.parity";
std::string ShardName(std::uint32_t index);   // "shards/00000.shard"
std::string ParityName(std::uint32_t index);  // "parity/00000.parity"
std::string LeavesName(
    const std::string& name);  // the .leaves file of a shard, a parity file or the catalogue

// What a key is derived for; the number is part of the context.
enum class KeyUse : std::uint8_t { kShard = 1, kCatalogue = 2, kCommitment = 3 };

// Context says what a derived key and a FLOE file belong to; it is HKDF's info and FLOE's AAD.
using Context = std::array<std::uint8_t, 56>;
Context MakeContext(const Instance& instance, KeyUse use, std::uint32_t index);
SecretBytes DeriveKey(const BundleKey& key, const Context& context);

// KeyCommitment is what the manifest publishes of the bundle key.
Digest KeyCommitment(const BundleKey& key, const Instance& instance);
// kAltered if the key is not the one that was committed to; constant time.
Status CheckCommitment(const BundleKey& key, const Instance& instance, const Digest& commitment);

// ShardPlan cuts the padded stream into `shards` shards that carry `capacity` bytes of it each.
struct ShardPlan {
  std::uint32_t shards = 1;
  std::uint64_t capacity = 0;

  [[nodiscard]] std::uint64_t padded() const { return capacity * shards; }
  friend bool operator==(const ShardPlan&, const ShardPlan&) = default;
};

// The stream size rounded up so that the exact size does not show: by less than half a percent.
std::uint64_t PaddedSize(std::uint64_t stream_size);
// The most that a stream of this size may be padded to: 3 percent more below 1 GiB, 0.5 percent from there
// on.
std::uint64_t PaddingBound(std::uint64_t stream_size);
// The least number of equal shards none of which is longer than `shard_size`. kInvalidArgument if that would
// be more than kMaxShards.
Expected<ShardPlan> PlanShards(std::uint64_t padded_size, std::uint64_t shard_size);
// 256 MiB, doubled until a stream of this size needs at most 1024 shards.
std::uint64_t DefaultShardSize(std::uint64_t stream_size);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_LAYOUT_H_
