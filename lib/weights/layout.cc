#include "strongroom/weights/layout.h"

#include <algorithm>
#include <array>

namespace strongroom::weights {

Layout OpaqueLayout(std::uint64_t size) {
  Layout layout;
  if (size > 0) layout.regions.push_back({0, size, ElementKind::kBytes});
  return layout;
}

Expected<Layout> ReadLayout(const File& file, std::uint64_t size, std::string_view name) {
  if (name.ends_with(".safetensors")) return ReadSafetensors(file, size);
  std::array<std::uint8_t, 4> magic{};
  if (size >= magic.size()) SR_RETURN_IF_ERROR(file.ReadAt(0, magic));
  if (AsText(magic) == "GGUF") return ReadGguf(file, size);
  return OpaqueLayout(size);
}

}  // namespace strongroom::weights
