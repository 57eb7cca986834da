// Where a weight file keeps its tensors, and of what type they are. Parsers are strict: what the formats'
// reference readers refuse is refused here, and duplicate names besides.
#ifndef STRONGROOM_WEIGHTS_LAYOUT_H_
#define STRONGROOM_WEIGHTS_LAYOUT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/base/file.h"

namespace strongroom::weights {

enum class Format { kOpaque, kSafetensors, kGguf };

// What one element of a region is, as far as compression cares.
enum class ElementKind : std::uint8_t {
  kBytes,  // no known structure
  kFp8,
  kBf16,
  kFp16,
  kF32,  // and pairs of them
  kF64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kQuantised,  // packed blocks of quantised weights, and types of less than a byte
};

struct Tensor {
  std::string name;
  std::string_view dtype;            // the format's own name for it, in static storage
  std::vector<std::uint64_t> shape;  // in the file's order
  std::uint64_t offset = 0;          // of its first byte, from the start of the file
  std::uint64_t size = 0;            // bytes
};

struct Region {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // never 0
  ElementKind kind = ElementKind::kBytes;
  friend bool operator==(const Region&, const Region&) = default;
};

// Regions cover the file from its first byte to its last, in order and without holes. Each tensor that is not
// empty has a region of its own, which begins where it begins, and may go on over the padding after it.
struct Layout {
  Format format = Format::kOpaque;
  std::vector<Tensor> tensors;  // in the order of their offsets
  std::vector<Region> regions;
};

// ReadLayout parses a file called `name` of `size` bytes: as safetensors if the name ends in ".safetensors",
// as GGUF if the file begins with "GGUF", and else as opaque. Reads the header alone, through a small window.
// kMalformed with the defect and its byte offset; other errors are the file's.
Expected<Layout> ReadLayout(const File& file, std::uint64_t size, std::string_view name);

// One region of bytes; none for an empty file.
Layout OpaqueLayout(std::uint64_t size);

// The safetensors format (version 0.x; reference reader: crate safetensors). Leading and trailing white space
// in the header is accepted, as there.
Expected<Layout> ReadSafetensors(const File& file, std::uint64_t size);

// GGUF versions 2 and 3, little-endian (reference reader: ggml's gguf.cpp).
Expected<Layout> ReadGguf(const File& file, std::uint64_t size);

// A file that stands beside an index.
struct NamedLayout {
  std::string_view name;
  const Layout* layout = nullptr;
};

// CheckIndex checks a *.safetensors.index.json of `size` bytes: every file that its weight_map names must be
// among `beside`, and hold the tensor. kMalformed with the defect and its byte offset.
Status CheckIndex(const File& index, std::uint64_t size, std::span<const NamedLayout> beside);

}  // namespace strongroom::weights

#endif  // STRONGROOM_WEIGHTS_LAYOUT_H_
