#include "pcr_file.h"

#include <algorithm>
#include <map>
#include <optional>

namespace strongroom::cli {
namespace {

struct Line {
  tpm::PcrSelection selection;  // of one register
  Bytes digest;
};

Expected<Line> ParseLine(std::string_view text, std::size_t number) {
  const auto refuse = [&](const std::string& why) {
    return Fail(ErrorCode::kMalformed, "line " + std::to_string(number) + ": " + why);
  };
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return refuse("is not of the form 'sha256:7 HEX'");
  const auto selection = tpm::PcrSelection::Parse(text.substr(0, space));
  if (!selection || selection->indices().size() != 1) return refuse("does not name one register");
  auto digest = FromHex(text.substr(space + 1));
  if (!digest || digest->size() != tpm::DigestSize(selection->bank()))
    return refuse("the value is not of this bank's size");
  return Line{.selection = *selection, .digest = *std::move(digest)};
}

}  // namespace

std::string PcrLines(const tpm::PcrValues& values) {
  std::string text;
  const std::vector<int>& indices = values.selection().indices();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    text += std::string(tpm::ToString(values.selection().bank())) + ":" + std::to_string(indices[i]) + " " +
            Hex(values.digests()[i]) + "\n";
  }
  return text;
}

Expected<tpm::PcrValues> ParsePcrLines(std::string_view text) {
  std::map<int, Bytes> digests;
  std::optional<tpm::PcrBank> bank;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    if (one.empty() || one.starts_with('#')) continue;
    SR_ASSIGN_OR_RETURN(Line line, ParseLine(one, number));
    const bool fresh = digests.emplace(line.selection.indices().front(), std::move(line.digest)).second;
    if (!fresh || (bank && *bank != line.selection.bank())) {
      return Fail(ErrorCode::kMalformed, "line " + std::to_string(number) + ": " +
                                             (fresh ? "is of another bank" : "names a register again"));
    }
    bank = line.selection.bank();
  }
  if (!bank) return Fail(ErrorCode::kMalformed, "holds no PCR value");
  std::vector<int> indices;
  std::vector<Bytes> values;
  for (auto& [index, digest] : digests) {
    indices.push_back(index);
    values.push_back(std::move(digest));
  }
  SR_ASSIGN_OR_RETURN(tpm::PcrSelection selection, tpm::PcrSelection::Create(*bank, std::move(indices)));
  return tpm::PcrValues::Create(std::move(selection), std::move(values));
}

}  // namespace strongroom::cli
