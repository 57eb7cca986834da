#include "selftest/cached_content.h"

#include <algorithm>

namespace strongroom::selftest {

CachedContent::Sector CachedContent::SectorOf(const Bytes& bytes, std::uint64_t index) {
  Sector sector{};
  const std::uint64_t begin = index * kSectorSize;
  if (begin >= bytes.size()) return sector;
  const std::uint64_t length = std::min<std::uint64_t>(kSectorSize, bytes.size() - begin);
  std::ranges::copy(ByteView(bytes).subspan(begin, length), sector.begin());
  return sector;
}

void CachedContent::PutSector(Bytes& bytes, std::uint64_t index, const Sector& sector) {
  const std::uint64_t begin = index * kSectorSize;
  if (begin >= bytes.size()) return;
  const std::uint64_t length = std::min<std::uint64_t>(kSectorSize, bytes.size() - begin);
  std::ranges::copy(ByteView(sector).first(length), MutableBytes(bytes).subspan(begin).begin());
}

void CachedContent::NoteChange(std::uint64_t first_sector, std::uint64_t end_sector) {
  for (std::uint64_t sector = first_sector; sector < end_sector; ++sector) {
    versions_[sector].push_back(SectorOf(seen_, sector));
    dirty_.insert(sector);
  }
  sizes_.push_back(seen_.size());
}

void CachedContent::Write(std::uint64_t offset, ByteView bytes) {
  if (bytes.empty()) return;
  const std::uint64_t end = offset + bytes.size();
  if (seen_.size() < end) seen_.resize(end);
  std::ranges::copy(bytes, MutableBytes(seen_).subspan(offset).begin());
  NoteChange(offset / kSectorSize, SectorCount(end));
}

void CachedContent::Truncate(std::uint64_t size) {
  const std::uint64_t old_size = seen_.size();
  seen_.resize(size);
  NoteChange(std::min(size, old_size) / kSectorSize, size < old_size ? SectorCount(old_size) : 0);
}

void CachedContent::Sync() {
  durable_.resize(seen_.size());
  for (const std::uint64_t sector : dirty_) {
    PutSector(durable_, sector, SectorOf(seen_, sector));
    on_disk_.insert(sector);
    versions_.erase(sector);
  }
  const std::uint64_t end = SectorCount(durable_.size());
  on_disk_.erase(on_disk_.lower_bound(end), on_disk_.end());
  versions_.erase(versions_.lower_bound(end), versions_.end());
  dirty_.clear();
  sizes_.clear();
}

void CachedContent::Forget() {
  dirty_.clear();
}

void CachedContent::FlipBit(std::uint64_t bit) {
  const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
  seen_.at(bit / 8) ^= mask;
  if (bit / 8 < durable_.size()) durable_[bit / 8] ^= mask;
}

std::uint64_t CachedContent::SizeAfterPowerLoss(Style style, Random& random) const {
  if (sizes_.empty() || style == Style::kOldest) return durable_.size();
  if (style == Style::kNewest || style == Style::kGrownWithoutData) return sizes_.back();
  const std::uint64_t choice = random.Below(sizes_.size() + 1);
  return choice == 0 ? durable_.size() : sizes_[choice - 1];
}

// A sector of a file that grew without its data holds zeros, or what was on the disk before.
CachedContent::Sector CachedContent::OldestVersion(std::uint64_t sector, Random& random) const {
  if (on_disk_.contains(sector)) return SectorOf(durable_, sector);
  Sector found{};
  if (random.OneIn(2)) {
    for (std::uint8_t& byte : found) byte = static_cast<std::uint8_t>(random.Next());
  }
  return found;
}

CachedContent CachedContent::AfterPowerLoss(Random& random) const {
  const auto style = static_cast<Style>(random.Below(6));
  const std::uint64_t size = SizeAfterPowerLoss(style, random);
  const std::uint64_t split = random.Below(versions_.size() + 1);
  CachedContent found;
  found.durable_ = durable_;
  found.durable_.resize(size);
  std::uint64_t position = 0;
  for (const auto& [sector, versions] : versions_) {
    const bool in_first_part = position++ < split;
    const bool newest = style == Style::kNewest || (style == Style::kFirstPart && in_first_part) ||
                        (style == Style::kLastPart && !in_first_part);
    std::uint64_t choice = newest ? versions.size() : 0;
    if (style == Style::kEachAtRandom) choice = random.Below(versions.size() + 1);
    PutSector(found.durable_, sector, choice == 0 ? OldestVersion(sector, random) : versions[choice - 1]);
  }
  found.seen_ = found.durable_;
  for (std::uint64_t sector = 0; sector < SectorCount(size); ++sector) found.on_disk_.insert(sector);
  return found;
}

}  // namespace strongroom::selftest
