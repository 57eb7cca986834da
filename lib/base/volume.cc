#include "base/volume.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace strongroom {
namespace {

enum class Kind { kLocal, kRemote, kInMemory };

struct KnownType {
  std::uint32_t magic;
  std::string_view name;
  Kind kind;
};

// Magic numbers of statfs(2) and linux/magic.h. FUSE stands for whatever program is behind it, sshfs among them.
constexpr std::array kKnownTypes = std::to_array<KnownType>({
    {0xEF53, "ext4", Kind::kLocal},
    {0x58465342, "xfs", Kind::kLocal},
    {0x9123683E, "btrfs", Kind::kLocal},
    {0x2FC12FC1, "zfs", Kind::kLocal},
    {0xF2F52010, "f2fs", Kind::kLocal},
    {0xCA451A4E, "bcachefs", Kind::kLocal},
    {0x794C7630, "overlay", Kind::kLocal},
    {0x01021994, "tmpfs", Kind::kInMemory},
    {0x858458F6, "ramfs", Kind::kInMemory},
    {0x6969, "nfs", Kind::kRemote},
    {0x517B, "smb", Kind::kRemote},
    {0xFF534D42, "cifs", Kind::kRemote},
    {0xFE534D42, "smb2", Kind::kRemote},
    {0x00C36400, "ceph", Kind::kRemote},
    {0x5346414F, "afs", Kind::kRemote},
    {0x6B414653, "afs", Kind::kRemote},
    {0x73757245, "coda", Kind::kRemote},
    {0x0BD00BD0, "lustre", Kind::kRemote},
    {0x19830326, "beegfs", Kind::kRemote},
    {0x47504653, "gpfs", Kind::kRemote},
    {0x01021997, "9p", Kind::kRemote},
    {0x786F4256, "vboxsf", Kind::kRemote},
    {0x65735546, "fuse", Kind::kRemote},
});

std::string InHex(std::uint32_t magic) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), magic, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

}  // namespace

Volume DescribeVolume(const struct statfs& found) {
  const auto magic = static_cast<std::uint32_t>(found.f_type);
  Volume volume;
  volume.available = static_cast<std::uint64_t>(found.f_bavail) * static_cast<std::uint64_t>(found.f_bsize);
  const auto* known = std::ranges::find(kKnownTypes, magic, &KnownType::magic);
  if (known == kKnownTypes.end()) {
    volume.type = InHex(magic);
    return volume;
  }
  volume.type = known->name;
  volume.remote = known->kind == Kind::kRemote;
  volume.in_memory = known->kind == Kind::kInMemory;
  return volume;
}

}  // namespace strongroom
