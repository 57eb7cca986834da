#include "strongroom/bundle/layout.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "strongroom/crypto/floe.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::bundle {
namespace {

constexpr std::string_view kContextLabel = "strongroom bundle";
constexpr std::uint64_t kMinShardSize = 4096;

std::string Numbered(const char* folder, std::uint32_t index, const char* ending) {
  std::string digits = std::to_string(index);
  if (digits.size() < 5) digits.insert(0, 5 - digits.size(), '0');
  return folder + digits + ending;
}

std::uint64_t DivideUp(std::uint64_t a, std::uint64_t b) {
  return a / b + (a % b != 0);
}

}  // namespace

std::string ShardName(std::uint32_t index) {
  return Numbered("shards/", index, ".shard");
}

std::string ParityName(std::uint32_t index) {
  return Numbered("parity/", index, ".parity");
}

std::string LeavesName(const std::string& name) {
  return name.substr(0, name.rfind('.')) + ".leaves";
}

Context MakeContext(const Instance& instance, KeyUse use, std::uint32_t index) {
  ByteWriter writer;
  writer.Append(kContextLabel)
      .U16Be(kFormat)
      .Append(instance)
      .U8(static_cast<std::uint8_t>(use))
      .U32Be(index);
  Context context{};
  static_assert(kContextLabel.size() + 2 + sizeof(Instance) + 1 + 4 == sizeof(Context));
  std::ranges::copy(writer.bytes(), context.begin());
  return context;
}

SecretBytes DeriveKey(const BundleKey& key, const Context& context) {
  return crypto::HkdfSha256(key.bytes().Expose(), {}, context, BundleKey::kSize);
}

Digest KeyCommitment(const BundleKey& key, const Instance& instance) {
  const SecretBytes derived = DeriveKey(key, MakeContext(instance, KeyUse::kCommitment, 0));
  Digest commitment{};
  std::ranges::copy(derived.Expose(), commitment.begin());
  return commitment;
}

Status CheckCommitment(const BundleKey& key, const Instance& instance, const Digest& commitment) {
  if (ConstantTimeEqual(KeyCommitment(key, instance), commitment)) return {};
  return Fail(ErrorCode::kAltered,
              "the key that the keyslot gave is not the one that the manifest commits to");
}

std::uint64_t PaddedSize(std::uint64_t stream_size) {
  if (stream_size < 512) return stream_size;
  const std::uint64_t granule = std::bit_floor(stream_size) >> 8;
  return DivideUp(stream_size, granule) * granule;
}

std::uint64_t PaddingBound(std::uint64_t stream_size) {
  constexpr std::uint64_t kGiB = 1ULL << 30;
  return stream_size + (stream_size < kGiB ? stream_size / 100 * 3 : stream_size / 200);
}

Expected<ShardPlan> PlanShards(std::uint64_t padded_size, std::uint64_t shard_size) {
  if (shard_size < kMinShardSize) {
    return Fail(ErrorCode::kInvalidArgument, "a shard size of " + std::to_string(shard_size) +
                                                 " bytes is too small: the least is " +
                                                 std::to_string(kMinShardSize));
  }
  const crypto::FloeParameters floe;
  for (std::uint64_t shards = std::max<std::uint64_t>(1, DivideUp(padded_size, shard_size));
       shards <= kMaxShards; ++shards) {
    const std::uint64_t capacity = DivideUp(padded_size, shards);
    if (floe.EncryptedSize(capacity) <= shard_size)
      return ShardPlan{static_cast<std::uint32_t>(shards), capacity};
  }
  return Fail(
      ErrorCode::kInvalidArgument,
      "shards of " + std::to_string(shard_size) + " bytes would be more than " + std::to_string(kMaxShards),
      "choose a larger --shard-size");
}

std::uint64_t DefaultShardSize(std::uint64_t stream_size) {
  std::uint64_t size = 256ULL << 20;
  while (stream_size / size >= 1024) size *= 2;
  return size;
}

}  // namespace strongroom::bundle
