// The index of a model in several safetensors files: {"metadata": ..., "weight_map": {tensor: file, ...}}.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "strongroom/weights/layout.h"
#include "weights/file_window.h"
#include "weights/json_reader.h"

namespace strongroom::weights {
namespace {

constexpr std::uint64_t kMaxIndex = 100'000'000;

using TensorNames = std::unordered_set<std::string_view>;
using TensorsByFile = std::map<std::string_view, TensorNames, std::less<>>;

TensorsByFile NamesByFile(std::span<const NamedLayout> files) {
  TensorsByFile names;
  for (const NamedLayout& file : files) {
    TensorNames& tensors = names[file.name];
    for (const Tensor& tensor : file.layout->tensors) tensors.insert(tensor.name);
  }
  return names;
}

Status CheckWeightMap(JsonReader& json, const FileWindow& in, const TensorsByFile& beside) {
  SR_RETURN_IF_ERROR(json.BeginObject());
  std::string tensor;
  for (;;) {
    SR_ASSIGN_OR_RETURN(const bool more, json.NextMember(tensor));
    if (!more) return {};
    const std::uint64_t at = in.offset();
    SR_ASSIGN_OR_RETURN(const std::string file, json.String());
    const auto found = beside.find(file);
    if (found == beside.end())
      return std::unexpected(
          in.MalformedAt(at, "\"" + file + "\" is named here but is not beside the index"));
    if (!found->second.contains(tensor))
      return std::unexpected(in.MalformedAt(at, "\"" + file + "\" does not hold tensor \"" + tensor + "\""));
  }
}

}  // namespace

Status CheckIndex(const File& index, std::uint64_t size, std::span<const NamedLayout> beside) {
  FileWindow in(index, 0, size, "safetensors index");
  if (size > kMaxIndex)
    return std::unexpected(in.Malformed("longer than " + std::to_string(kMaxIndex) + " bytes"));
  const TensorsByFile names = NamesByFile(beside);
  JsonReader json(in);
  SR_RETURN_IF_ERROR(json.BeginObject());
  bool mapped = false;
  std::string member;
  for (;;) {
    SR_ASSIGN_OR_RETURN(const bool more, json.NextMember(member));
    if (!more) break;
    if (member == "weight_map") {
      SR_RETURN_IF_ERROR(CheckWeightMap(json, in, names));
      mapped = true;
    } else {
      SR_RETURN_IF_ERROR(json.SkipValue());
    }
  }
  SR_RETURN_IF_ERROR(json.End());
  if (!mapped) return std::unexpected(in.MalformedAt(0, "there is no weight_map"));
  return {};
}

}  // namespace strongroom::weights
