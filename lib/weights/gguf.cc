// GGUF: magic, version, counts, key-value pairs, tensor infos, padding, the tensors each padded to the
// alignment.
#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "strongroom/weights/layout.h"
#include "weights/file_window.h"
#include "weights/name_set.h"

namespace strongroom::weights {
namespace {

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::uint32_t kNewestVersion = 3;
constexpr std::uint64_t kMaxText = 1ULL << 30;  // bytes of a string value, and elements of an array
constexpr std::uint64_t kMaxKey = 65535;        // bytes of a key
constexpr std::uint64_t kMaxTensorName = 63;    // bytes
constexpr std::uint32_t kMaxRank = 4;
constexpr std::uint64_t kSmallestPair = 8 + 1 + 4 + 1;        // bytes: key length, key, type, value
constexpr std::uint64_t kSmallestTensorInfo = 8 + 4 + 4 + 8;  // bytes: name length, rank, type, offset
constexpr std::uint32_t kDefaultAlignment = 32;
constexpr std::string_view kAlignmentKey = "general.alignment";

// Types of values, with the size in bytes of those that have one.
enum ValueType : std::uint32_t { kU32 = 4, kString = 8, kArray = 9 };
constexpr std::array<std::uint64_t, 13> kValueSizes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

struct TensorType {
  std::uint32_t id;
  std::string_view name;
  std::uint64_t elements, bytes;  // of one block
  ElementKind kind;
};

constexpr std::array kTensorTypes = {
    TensorType{0, "F32", 1, 4, ElementKind::kF32},
    TensorType{1, "F16", 1, 2, ElementKind::kFp16},
    TensorType{2, "Q4_0", 32, 18, ElementKind::kQuantised},
    TensorType{3, "Q4_1", 32, 20, ElementKind::kQuantised},
    TensorType{6, "Q5_0", 32, 22, ElementKind::kQuantised},
    TensorType{7, "Q5_1", 32, 24, ElementKind::kQuantised},
    TensorType{8, "Q8_0", 32, 34, ElementKind::kQuantised},
    TensorType{9, "Q8_1", 32, 36, ElementKind::kQuantised},
    TensorType{10, "Q2_K", 256, 84, ElementKind::kQuantised},
    TensorType{11, "Q3_K", 256, 110, ElementKind::kQuantised},
    TensorType{12, "Q4_K", 256, 144, ElementKind::kQuantised},
    TensorType{13, "Q5_K", 256, 176, ElementKind::kQuantised},
    TensorType{14, "Q6_K", 256, 210, ElementKind::kQuantised},
    TensorType{15, "Q8_K", 256, 292, ElementKind::kQuantised},
    TensorType{16, "IQ2_XXS", 256, 66, ElementKind::kQuantised},
    TensorType{17, "IQ2_XS", 256, 74, ElementKind::kQuantised},
    TensorType{18, "IQ3_XXS", 256, 98, ElementKind::kQuantised},
    TensorType{19, "IQ1_S", 256, 50, ElementKind::kQuantised},
    TensorType{20, "IQ4_NL", 32, 18, ElementKind::kQuantised},
    TensorType{21, "IQ3_S", 256, 110, ElementKind::kQuantised},
    TensorType{22, "IQ2_S", 256, 82, ElementKind::kQuantised},
    TensorType{23, "IQ4_XS", 256, 136, ElementKind::kQuantised},
    TensorType{24, "I8", 1, 1, ElementKind::kInt8},
    TensorType{25, "I16", 1, 2, ElementKind::kInt16},
    TensorType{26, "I32", 1, 4, ElementKind::kInt32},
    TensorType{27, "I64", 1, 8, ElementKind::kInt64},
    TensorType{28, "F64", 1, 8, ElementKind::kF64},
    TensorType{29, "IQ1_M", 256, 56, ElementKind::kQuantised},
    TensorType{30, "BF16", 1, 2, ElementKind::kBf16},
    TensorType{34, "TQ1_0", 256, 54, ElementKind::kQuantised},
    TensorType{35, "TQ2_0", 256, 66, ElementKind::kQuantised},
    TensorType{39, "MXFP4", 32, 17, ElementKind::kQuantised},
    TensorType{40, "NVFP4", 64, 36, ElementKind::kQuantised},
    TensorType{41, "Q1_0", 128, 18, ElementKind::kQuantised},
    TensorType{42, "Q2_0", 64, 18, ElementKind::kQuantised},
};

// A tensor as the file states it; `offset` is still from the start of the data.
struct Info {
  Tensor tensor;
  ElementKind kind = ElementKind::kQuantised;
  std::uint64_t stated_at = 0;
};

bool PadTo(std::uint64_t alignment, std::uint64_t& size) {
  return CheckedAdd(size, (alignment - size % alignment) % alignment, size);
}

class GgufReader {
 public:
  GgufReader(const File& file, std::uint64_t size) : in_(file, 0, size, "GGUF header"), size_(size) {}

  Expected<Layout> Read();

 private:
  struct Counts {
    std::uint64_t tensors = 0, pairs = 0;
  };
  Expected<Counts> ReadHeader();
  Expected<std::uint64_t> ReadCount(std::string_view what, std::uint64_t smallest);
  Status ReadPair(NameSet& keys);
  Status ReadValue(std::uint32_t type, std::string_view key);
  Status SkipArray(std::string_view key);
  Status SkipText();
  Status ReadAlignment(std::uint32_t type);
  Expected<Info> ReadInfo(NameSet& names);
  Expected<std::vector<std::uint64_t>> ReadShape(const std::string& name);
  Expected<std::uint64_t> SizeOf(const TensorType& type, const Info& info) const;
  Expected<Layout> MakeLayout(std::vector<Info> infos) const;

  FileWindow in_;
  std::uint64_t size_;
  std::uint32_t alignment_ = kDefaultAlignment;
  NameBudget budget_;
};

Expected<std::uint64_t> GgufReader::ReadCount(std::string_view what, std::uint64_t smallest) {
  const std::uint64_t at = in_.offset();
  SR_ASSIGN_OR_RETURN(const std::uint64_t count, in_.U64Le());
  if (count > in_.remaining() / smallest) {
    return std::unexpected(
        in_.MalformedAt(at, std::to_string(count) + " " + std::string(what) + " cannot fit in the file"));
  }
  return count;
}

Expected<GgufReader::Counts> GgufReader::ReadHeader() {
  SR_ASSIGN_OR_RETURN(const std::uint32_t magic, in_.U32Le());
  if (magic != kMagic) return std::unexpected(in_.MalformedAt(0, "the file does not begin with \"GGUF\""));
  SR_ASSIGN_OR_RETURN(const std::uint32_t version, in_.U32Le());
  if (version != 0 && (version & 0xffff) == 0)
    return std::unexpected(in_.MalformedAt(4, "the file is big-endian, which is not supported"));
  if (version < 2 || version > kNewestVersion) {
    return std::unexpected(
        in_.MalformedAt(4, "version " + std::to_string(version) + ", but only 2 and 3 are known"));
  }
  Counts counts;
  SR_ASSIGN_OR_RETURN(counts.tensors, ReadCount("tensors", kSmallestTensorInfo));
  SR_ASSIGN_OR_RETURN(counts.pairs, ReadCount("key-value pairs", kSmallestPair));
  return counts;
}

Status GgufReader::SkipText() {
  const std::uint64_t at = in_.offset();
  SR_ASSIGN_OR_RETURN(const std::uint64_t length, in_.U64Le());
  if (length > kMaxText || length > in_.remaining()) {
    return std::unexpected(
        in_.MalformedAt(at, "a string of " + std::to_string(length) +
                                " bytes is too long or reaches beyond the end of the file"));
  }
  return in_.Skip(length);
}

Status GgufReader::SkipArray(std::string_view key) {
  const std::uint64_t at = in_.offset();
  SR_ASSIGN_OR_RETURN(const std::uint32_t type, in_.U32Le());
  SR_ASSIGN_OR_RETURN(const std::uint64_t count, in_.U64Le());
  if (type >= kValueSizes.size() || type == kArray) {
    return std::unexpected(in_.MalformedAt(
        at, "key \"" + std::string(key) + "\" is an array of invalid type " + std::to_string(type)));
  }
  const std::uint64_t smallest = type == kString ? sizeof(std::uint64_t) : kValueSizes[type];
  if (count > kMaxText || count > in_.remaining() / smallest) {
    return std::unexpected(in_.MalformedAt(at, "key \"" + std::string(key) + "\" is an array of " +
                                                   std::to_string(count) +
                                                   " elements, which cannot fit in the file"));
  }
  if (type != kString) return in_.Skip(count * smallest);
  for (std::uint64_t i = 0; i < count; ++i) SR_RETURN_IF_ERROR(SkipText());
  return {};
}

Status GgufReader::ReadAlignment(std::uint32_t type) {
  const std::uint64_t at = in_.offset();
  if (type != kU32)
    return std::unexpected(in_.MalformedAt(at, "general.alignment is not a 32-bit unsigned integer"));
  SR_ASSIGN_OR_RETURN(alignment_, in_.U32Le());
  if (alignment_ == 0 || (alignment_ & (alignment_ - 1)) != 0) {
    return std::unexpected(
        in_.MalformedAt(at, "the alignment " + std::to_string(alignment_) + " is not a power of two"));
  }
  return {};
}

Status GgufReader::ReadValue(std::uint32_t type, std::string_view key) {
  if (key == kAlignmentKey) return ReadAlignment(type);
  if (type >= kValueSizes.size()) {
    return std::unexpected(
        in_.Malformed("key \"" + std::string(key) + "\" has invalid type " + std::to_string(type)));
  }
  if (type == kArray) return SkipArray(key);
  if (type == kString) return SkipText();
  return in_.Skip(kValueSizes[type]);
}

Status GgufReader::ReadPair(NameSet& keys) {
  const std::uint64_t at = in_.offset();
  SR_ASSIGN_OR_RETURN(const std::uint64_t length, in_.U64Le());
  if (length == 0 || length > kMaxKey)
    return std::unexpected(in_.MalformedAt(at, "a key of " + std::to_string(length) + " bytes"));
  SR_ASSIGN_OR_RETURN(const std::string key, in_.Text(length));
  const std::string_view refused = keys.Insert(key, budget_);
  if (!refused.empty())
    return std::unexpected(
        in_.MalformedAt(at, "key \"" + key.substr(0, 200) + "\": " + std::string(refused)));
  SR_ASSIGN_OR_RETURN(const std::uint32_t type, in_.U32Le());
  return ReadValue(type, key);
}

// Up to four dimensions whose product is less than 2^63 - 1, unless one of them is 0.
Expected<std::vector<std::uint64_t>> GgufReader::ReadShape(const std::string& name) {
  constexpr std::uint64_t kLimit = std::numeric_limits<std::int64_t>::max();
  const std::uint64_t at = in_.offset();
  SR_ASSIGN_OR_RETURN(const std::uint32_t rank, in_.U32Le());
  if (rank > kMaxRank)
    return std::unexpected(in_.MalformedAt(
        at, "tensor \"" + name + "\" has " + std::to_string(rank) + " dimensions, more than 4"));
  std::vector<std::uint64_t> shape(rank);
  std::uint64_t elements = 1;
  bool fits = true, empty = false;
  for (std::uint64_t& dimension : shape) {
    SR_ASSIGN_OR_RETURN(dimension, in_.U64Le());
    if (dimension > kLimit)
      return std::unexpected(in_.MalformedAt(at, "tensor \"" + name + "\" has a negative dimension"));
    empty = empty || dimension == 0;
    fits = fits && CheckedMul(elements, dimension, elements) && elements < kLimit;
  }
  if (!fits && !empty)
    return std::unexpected(in_.MalformedAt(at, "tensor \"" + name + "\" has too many elements"));
  return shape;
}

Expected<std::uint64_t> GgufReader::SizeOf(const TensorType& type, const Info& info) const {
  const std::vector<std::uint64_t>& shape = info.tensor.shape;
  if ((shape.empty() ? 1 : shape[0]) % type.elements != 0) {
    return std::unexpected(
        in_.MalformedAt(info.stated_at, "a row of tensor \"" + info.tensor.name +
                                            "\" is not a multiple of the " + std::to_string(type.elements) +
                                            " elements in a block of type " + std::string(type.name)));
  }
  std::uint64_t elements = 1;
  for (const std::uint64_t dimension : shape) {
    if (dimension == 0) return 0;
    elements *= dimension;  // ReadShape bounds the product
  }
  std::uint64_t size = 0;
  if (!CheckedMul(elements / type.elements, type.bytes, size)) {
    return std::unexpected(
        in_.MalformedAt(info.stated_at, "the size of tensor \"" + info.tensor.name + "\" overflows 64 bits"));
  }
  return size;
}

Expected<Info> GgufReader::ReadInfo(NameSet& names) {
  Info info;
  info.stated_at = in_.offset();
  SR_ASSIGN_OR_RETURN(const std::uint64_t length, in_.U64Le());
  if (length > kMaxTensorName) {
    return std::unexpected(in_.MalformedAt(
        info.stated_at, "a tensor name of " + std::to_string(length) + " bytes, more than 63"));
  }
  SR_ASSIGN_OR_RETURN(info.tensor.name, in_.Text(length));
  const std::string_view refused = names.Insert(info.tensor.name, budget_);
  if (!refused.empty())
    return std::unexpected(
        in_.MalformedAt(info.stated_at, "tensor \"" + info.tensor.name + "\": " + std::string(refused)));
  SR_ASSIGN_OR_RETURN(info.tensor.shape, ReadShape(info.tensor.name));
  SR_ASSIGN_OR_RETURN(const std::uint32_t id, in_.U32Le());
  const auto* type = std::ranges::find(kTensorTypes, id, &TensorType::id);
  if (type == kTensorTypes.end()) {
    return std::unexpected(in_.MalformedAt(
        info.stated_at, "tensor \"" + info.tensor.name + "\" has unknown type " + std::to_string(id)));
  }
  info.tensor.dtype = type->name;
  info.kind = type->kind;
  SR_ASSIGN_OR_RETURN(info.tensor.size, SizeOf(*type, info));
  SR_ASSIGN_OR_RETURN(info.tensor.offset, in_.U64Le());
  return info;
}

// Tensors must follow each other, each padded to the alignment, the last one too. What comes after them is
// kept as bytes.
Expected<Layout> GgufReader::MakeLayout(std::vector<Info> infos) const {
  std::uint64_t data_begin = in_.offset();
  if (!infos.empty() && (!PadTo(alignment_, data_begin) || data_begin > size_)) {
    return std::unexpected(in_.Malformed("the file ends before its data begins"));
  }
  Layout layout;
  layout.format = Format::kGguf;
  layout.regions.push_back({0, data_begin, ElementKind::kBytes});
  std::uint64_t covered = 0;  // bytes of data
  for (Info& info : infos) {
    if (info.tensor.offset != covered) {
      return std::unexpected(
          in_.MalformedAt(info.stated_at, "tensor \"" + info.tensor.name + "\" has offset " +
                                              std::to_string(info.tensor.offset) + ", but must begin at " +
                                              std::to_string(covered)));
    }
    std::uint64_t padded = info.tensor.size;
    if (!PadTo(alignment_, padded) || padded > size_ - data_begin - covered) {
      return std::unexpected(in_.MalformedAt(info.stated_at, "the data of tensor \"" + info.tensor.name +
                                                                 "\" reaches beyond the end of the file"));
    }
    info.tensor.offset += data_begin;
    if (padded > 0) layout.regions.push_back({info.tensor.offset, padded, info.kind});
    covered += padded;
    layout.tensors.push_back(std::move(info.tensor));
  }
  const std::uint64_t data_end = data_begin + covered;
  if (data_end < size_) layout.regions.push_back({data_end, size_ - data_end, ElementKind::kBytes});
  return layout;
}

Expected<Layout> GgufReader::Read() {
  SR_ASSIGN_OR_RETURN(const Counts counts, ReadHeader());
  NameSet keys, names;
  for (std::uint64_t i = 0; i < counts.pairs; ++i) SR_RETURN_IF_ERROR(ReadPair(keys));
  std::vector<Info> infos;
  for (std::uint64_t i = 0; i < counts.tensors; ++i) {
    SR_ASSIGN_OR_RETURN(Info info, ReadInfo(names));
    infos.push_back(std::move(info));
  }
  return MakeLayout(std::move(infos));
}

}  // namespace

Expected<Layout> ReadGguf(const File& file, std::uint64_t size) {
  return GgufReader(file, size).Read();
}

}  // namespace strongroom::weights
