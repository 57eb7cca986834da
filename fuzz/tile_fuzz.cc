// Paths of tiles, tiles and entry bundles: what parses is written back to the same bytes.
#include <algorithm>
#include <cstdlib>

#include "strongroom/log/tile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView bytes(data, size);
  if (const auto tile = log::ParseTilePath(AsText(bytes)); tile && log::TilePath(*tile) != AsText(bytes)) {
    std::abort();
  }
  if (size == 0) return 0;
  const auto width = static_cast<std::uint16_t>(data[0] + 1);
  const ByteView content = bytes.subspan(1);
  if (const auto hashes = log::ParseTile(content, width)) {
    if (!std::ranges::equal(log::SerializeTile(*hashes), content)) std::abort();
  }
  const auto views = log::ParseEntryBundle(content, width);
  if (!views) return 0;
  std::vector<Bytes> entries;
  for (const ByteView entry : *views) entries.push_back(ToBytes(entry));
  const auto bundle = log::SerializeEntryBundle(entries);
  if (!bundle || !std::ranges::equal(*bundle, content)) std::abort();
  return 0;
}
