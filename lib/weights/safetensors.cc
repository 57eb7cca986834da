// safetensors: u64le length of the header, the header as JSON, the tensors' bytes up to the end of the file.
#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "strongroom/weights/layout.h"
#include "weights/file_window.h"
#include "weights/json_reader.h"

namespace strongroom::weights {
namespace {

constexpr std::uint64_t kLengthSize = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;  // the reference reader's limit
constexpr std::size_t kMaxRank = 64;
constexpr std::string_view kWhat = "safetensors header";

struct Dtype {
  std::string_view name;
  std::uint64_t bits;
  ElementKind kind;
};

constexpr std::array kDtypes = {
    Dtype{"BOOL", 8, ElementKind::kBytes},        Dtype{"F4", 4, ElementKind::kQuantised},
    Dtype{"F6_E2M3", 6, ElementKind::kQuantised}, Dtype{"F6_E3M2", 6, ElementKind::kQuantised},
    Dtype{"U8", 8, ElementKind::kInt8},           Dtype{"I8", 8, ElementKind::kInt8},
    Dtype{"F8_E5M2", 8, ElementKind::kFp8},       Dtype{"F8_E4M3", 8, ElementKind::kFp8},
    Dtype{"F8_E8M0", 8, ElementKind::kFp8},       Dtype{"F8_E4M3FNUZ", 8, ElementKind::kFp8},
    Dtype{"F8_E5M2FNUZ", 8, ElementKind::kFp8},   Dtype{"I16", 16, ElementKind::kInt16},
    Dtype{"U16", 16, ElementKind::kInt16},        Dtype{"F16", 16, ElementKind::kFp16},
    Dtype{"BF16", 16, ElementKind::kBf16},        Dtype{"I32", 32, ElementKind::kInt32},
    Dtype{"U32", 32, ElementKind::kInt32},        Dtype{"F32", 32, ElementKind::kF32},
    Dtype{"C64", 64, ElementKind::kF32},          Dtype{"F64", 64, ElementKind::kF64},
    Dtype{"I64", 64, ElementKind::kInt64},        Dtype{"U64", 64, ElementKind::kInt64},
};

// A tensor as the header states it, nothing checked yet.
struct Entry {
  std::string name;
  const Dtype* dtype = nullptr;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0, end = 0;  // from the end of the header
  std::uint64_t stated_at = 0;       // offset in the file, for errors
};

Expected<const Dtype*> ReadDtype(JsonReader& json, const FileWindow& in) {
  const std::uint64_t at = in.offset();
  SR_ASSIGN_OR_RETURN(const std::string name, json.String());
  const auto* found = std::ranges::find(kDtypes, name, &Dtype::name);
  if (found == kDtypes.end())
    return std::unexpected(in.MalformedAt(at, "unknown dtype \"" + name.substr(0, 40) + "\""));
  return found;
}

Expected<std::vector<std::uint64_t>> ReadIntegers(JsonReader& json, const FileWindow& in, std::size_t limit) {
  std::vector<std::uint64_t> values;
  SR_RETURN_IF_ERROR(json.BeginArray());
  for (;;) {
    SR_ASSIGN_OR_RETURN(const bool more, json.NextElement());
    if (!more) return values;
    if (values.size() == limit)
      return std::unexpected(in.Malformed("more than " + std::to_string(limit) + " numbers"));
    SR_ASSIGN_OR_RETURN(const std::uint64_t value, json.Unsigned());
    values.push_back(value);
  }
}

// Members that are not known are passed over, as the reference reader does.
Expected<Entry> ReadEntry(JsonReader& json, const FileWindow& in, std::string name) {
  Entry entry;
  entry.stated_at = in.offset();
  std::optional<std::vector<std::uint64_t>> shape, offsets;
  SR_RETURN_IF_ERROR(json.BeginObject());
  std::string member;
  for (;;) {
    SR_ASSIGN_OR_RETURN(const bool more, json.NextMember(member));
    if (!more) break;
    if (member == "dtype") {
      SR_ASSIGN_OR_RETURN(entry.dtype, ReadDtype(json, in));
    } else if (member == "shape") {
      SR_ASSIGN_OR_RETURN(shape, ReadIntegers(json, in, kMaxRank));
    } else if (member == "data_offsets") {
      SR_ASSIGN_OR_RETURN(offsets, ReadIntegers(json, in, 2));
    } else {
      SR_RETURN_IF_ERROR(json.SkipValue());
    }
  }
  if (entry.dtype == nullptr || !shape || !offsets || offsets->size() != 2) {
    return std::unexpected(
        in.MalformedAt(entry.stated_at, "tensor \"" + name + "\" lacks dtype, shape or two data_offsets"));
  }
  entry.name = std::move(name);
  entry.shape = std::move(*shape);
  entry.begin = (*offsets)[0];
  entry.end = (*offsets)[1];
  return entry;
}

// A map of strings to strings, or null.
Status CheckMetadata(JsonReader& json) {
  SR_ASSIGN_OR_RETURN(const bool null, json.Null());
  if (null) return {};
  SR_RETURN_IF_ERROR(json.BeginObject());
  std::string name;
  for (;;) {
    SR_ASSIGN_OR_RETURN(const bool more, json.NextMember(name));
    if (!more) return {};
    SR_RETURN_IF_ERROR(json.String());
  }
}

Expected<std::vector<Entry>> ReadEntries(FileWindow& in) {
  JsonReader json(in);
  std::vector<Entry> entries;
  SR_RETURN_IF_ERROR(json.BeginObject());
  std::string name;
  for (;;) {
    SR_ASSIGN_OR_RETURN(const bool more, json.NextMember(name));
    if (!more) break;
    if (name == "__metadata__") {
      SR_RETURN_IF_ERROR(CheckMetadata(json));
    } else {
      SR_ASSIGN_OR_RETURN(Entry entry, ReadEntry(json, in, std::move(name)));
      entries.push_back(std::move(entry));
    }
  }
  SR_RETURN_IF_ERROR(json.End());
  return entries;
}

// The bytes that dtype and shape call for. Dimensions are multiplied in order, so that an overflow before a
// zero is refused as the reference reader refuses it.
Expected<std::uint64_t> SizeOf(const Entry& entry, const FileWindow& in) {
  std::uint64_t bits = 1;
  bool fits = true;
  for (const std::uint64_t dimension : entry.shape) fits = fits && CheckedMul(bits, dimension, bits);
  if (!fits || !CheckedMul(bits, entry.dtype->bits, bits)) {
    return std::unexpected(
        in.MalformedAt(entry.stated_at, "the size of tensor \"" + entry.name + "\" overflows 64 bits"));
  }
  if (bits % 8 != 0)
    return std::unexpected(
        in.MalformedAt(entry.stated_at, "tensor \"" + entry.name + "\" does not end at a byte"));
  return bits / 8;
}

Status CheckEntry(const Entry& entry, std::uint64_t expected_begin, const FileWindow& in) {
  if (entry.begin != expected_begin || entry.end < entry.begin) {
    return std::unexpected(
        in.MalformedAt(entry.stated_at, "tensor \"" + entry.name + "\" has data_offsets " +
                                            std::to_string(entry.begin) + " to " + std::to_string(entry.end) +
                                            ", but must begin at " + std::to_string(expected_begin)));
  }
  SR_ASSIGN_OR_RETURN(const std::uint64_t size, SizeOf(entry, in));
  if (entry.end - entry.begin != size) {
    return std::unexpected(in.MalformedAt(
        entry.stated_at, "tensor \"" + entry.name + "\" has " + std::to_string(entry.end - entry.begin) +
                             " bytes of data, but its dtype and shape call for " + std::to_string(size)));
  }
  return {};
}

Expected<std::uint64_t> ReadHeaderSize(const File& file, std::uint64_t size) {
  FileWindow in(file, 0, size, kWhat);
  if (size < kLengthSize)
    return std::unexpected(
        in.Malformed("the file has " + std::to_string(size) + " bytes, too few for the header's length"));
  SR_ASSIGN_OR_RETURN(const std::uint64_t header, in.U64Le());
  if (header > kMaxHeader) {
    return std::unexpected(in.MalformedAt(0, "a header of " + std::to_string(header) +
                                                 " bytes is longer than the format allows (" +
                                                 std::to_string(kMaxHeader) + ")"));
  }
  if (header > in.remaining()) {
    return std::unexpected(in.MalformedAt(
        0, "a header of " + std::to_string(header) + " bytes reaches beyond the end of the file"));
  }
  return header;
}

Layout MakeLayout(std::vector<Entry> entries, std::uint64_t data_begin) {
  Layout layout;
  layout.format = Format::kSafetensors;
  layout.tensors.reserve(entries.size());
  layout.regions.reserve(entries.size() + 1);
  layout.regions.push_back({0, data_begin, ElementKind::kBytes});
  for (Entry& entry : entries) {
    const std::uint64_t size = entry.end - entry.begin;
    if (size > 0) layout.regions.push_back({data_begin + entry.begin, size, entry.dtype->kind});
    layout.tensors.push_back(
        {std::move(entry.name), entry.dtype->name, std::move(entry.shape), data_begin + entry.begin, size});
  }
  return layout;
}

}  // namespace

Expected<Layout> ReadSafetensors(const File& file, std::uint64_t size) {
  SR_ASSIGN_OR_RETURN(const std::uint64_t header, ReadHeaderSize(file, size));
  const std::uint64_t data_begin = kLengthSize + header;
  FileWindow in(file, kLengthSize, data_begin, kWhat);
  SR_ASSIGN_OR_RETURN(std::vector<Entry> entries, ReadEntries(in));
  std::ranges::sort(entries, {},
                    [](const Entry& entry) { return std::tuple(entry.begin, entry.end, entry.stated_at); });
  std::uint64_t covered = 0;
  for (const Entry& entry : entries) {
    SR_RETURN_IF_ERROR(CheckEntry(entry, covered, in));
    covered = entry.end;
  }
  if (covered != size - data_begin) {
    return std::unexpected(in.Malformed("the tensors take " + std::to_string(covered) + " bytes, but " +
                                        std::to_string(size - data_begin) + " follow the header"));
  }
  return MakeLayout(std::move(entries), data_begin);
}

}  // namespace strongroom::weights
