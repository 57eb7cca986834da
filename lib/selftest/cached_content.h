// The bytes of one file as a page cache holds them, with what of them is on the disk.
#ifndef STRONGROOM_SELFTEST_CACHED_CONTENT_H_
#define STRONGROOM_SELFTEST_CACHED_CONTENT_H_

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "selftest/random.h"
#include "strongroom/base/bytes.h"

namespace strongroom::selftest {

// CachedContent keeps every version of a sector since it was last made durable, because a disk may have
// written any of them. A value type.
class CachedContent {
 public:
  [[nodiscard]] const Bytes& seen() const { return seen_; }

  void Write(std::uint64_t offset, ByteView bytes);
  void Truncate(std::uint64_t size);
  void Sync();
  void Forget();  // what is not durable now is written by no later Sync, unless it is changed again
  void FlipBit(std::uint64_t bit);

  // What is found after the power went.
  [[nodiscard]] CachedContent AfterPowerLoss(Random& random) const;

 private:
  static constexpr std::size_t kSectorSize = 512;
  using Sector = std::array<std::uint8_t, kSectorSize>;
  enum class Style { kOldest, kNewest, kEachAtRandom, kFirstPart, kLastPart, kGrownWithoutData };

  static std::uint64_t SectorCount(std::uint64_t size) { return (size + kSectorSize - 1) / kSectorSize; }
  static Sector SectorOf(const Bytes& bytes, std::uint64_t index);
  static void PutSector(Bytes& bytes, std::uint64_t index, const Sector& sector);
  void NoteChange(std::uint64_t first_sector, std::uint64_t end_sector);
  [[nodiscard]] std::uint64_t SizeAfterPowerLoss(Style style, Random& random) const;
  [[nodiscard]] Sector OldestVersion(std::uint64_t sector, Random& random) const;

  Bytes seen_;
  Bytes durable_;
  std::set<std::uint64_t> on_disk_;                        // sectors that a sync wrote; the others are holes
  std::map<std::uint64_t, std::vector<Sector>> versions_;  // of each sector since it was last made durable
  std::set<std::uint64_t> dirty_;                          // sectors that the next sync writes
  std::vector<std::uint64_t> sizes_;                       // since the last sync
};

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_CACHED_CONTENT_H_
