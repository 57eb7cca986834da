// Sizes of the catalogue's records; docs/FORMAT.md section 9.
#ifndef STRONGROOM_BUNDLE_CATALOGUE_FORMAT_H_
#define STRONGROOM_BUNDLE_CATALOGUE_FORMAT_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "strongroom/crypto/hash.h"

namespace strongroom::bundle {

inline constexpr std::string_view kCatalogueMagic{"SRCATLG\x01", 8};
inline constexpr std::uint64_t kCatalogueHeaderSize = 64;
inline constexpr std::uint64_t kBlockRecordSize = 32;
inline constexpr std::uint64_t kFileRecordSize = 48;
inline constexpr std::uint64_t kTensorRecordSize = 48;
inline constexpr std::uint64_t kMaxBlocks = 1ULL << 40;
inline constexpr std::uint64_t kMaxRecords = 0xFFFFFFFF;  // of files, and of tensors
inline constexpr std::uint32_t kMaxTensorName = 65535;
inline constexpr std::uint32_t kMaxDescription = 65535;

using NameHash = std::array<std::uint8_t, 8>;

inline NameHash HashName(std::string_view name) {
  const Digest digest = crypto::Sha256(AsBytes(name));
  NameHash hash{};
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_CATALOGUE_FORMAT_H_
