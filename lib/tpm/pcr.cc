#include "strongroom/tpm/pcr.h"

#include <algorithm>
#include <charconv>

#include "tpm/esys.h"

namespace strongroom::tpm {
namespace {

constexpr std::string_view kNotation = "write a bank and registers, as in sha256:0,2,4,7";

Expected<PcrBank> ParseBank(std::string_view text) {
  for (const PcrBank bank : {PcrBank::kSha256, PcrBank::kSha384}) {
    if (text == ToString(bank)) return bank;
  }
  return Fail(ErrorCode::kInvalidArgument, "unknown PCR bank \"" + std::string(text) + "\"",
              "use sha256 or sha384");
}

Expected<int> ParseIndex(std::string_view text) {
  int index = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return Fail(ErrorCode::kInvalidArgument, "\"" + std::string(text) + "\" is no PCR",
                std::string(kNotation));
  }
  return index;
}

Expected<Bytes> ReadPcr(Context::State& state, PcrBank bank, int index) {
  SR_ASSIGN_OR_RETURN(const PcrSelection only, PcrSelection::Create(bank, {index}));
  const TPML_PCR_SELECTION wanted = ToTpm(only);
  UINT32 update_counter = 0;
  TPML_PCR_SELECTION* raw_selection = nullptr;
  TPML_DIGEST* raw_values = nullptr;
  const TSS2_RC code = Esys_PCR_Read(state.esys, kNoSession, kNoSession, kNoSession, &wanted, &update_counter,
                                     &raw_selection, &raw_values);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_PCR_Read"));
  const EsysPtr<TPML_PCR_SELECTION> selection(raw_selection);
  const EsysPtr<TPML_DIGEST> values(raw_values);
  if (values->count != 1 || values->digests[0].size != DigestSize(bank)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the TPM at " + state.tcti + " keeps no PCR " + std::to_string(index) + " in bank " +
                    std::string(ToString(bank)),
                "choose registers that `tpm2_pcrread` lists");
  }
  return Bytes(values->digests[0].buffer, values->digests[0].buffer + values->digests[0].size);
}

}  // namespace

std::string_view ToString(PcrBank bank) {
  return bank == PcrBank::kSha256 ? "sha256" : "sha384";
}

std::size_t DigestSize(PcrBank bank) {
  return bank == PcrBank::kSha256 ? 32 : 48;
}

Expected<PcrSelection> PcrSelection::Create(PcrBank bank, std::vector<int> indices) {
  std::ranges::sort(indices);
  if (indices.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "no PCR is selected", std::string(kNotation));
  }
  if (indices.front() < 0 || indices.back() >= kPcrCount) {
    return Fail(ErrorCode::kInvalidArgument, "a PCR number is outside 0 to 23");
  }
  if (std::ranges::adjacent_find(indices) != indices.end()) {
    return Fail(ErrorCode::kInvalidArgument,
                "PCR " + std::to_string(*std::ranges::adjacent_find(indices)) + " is selected twice");
  }
  return PcrSelection(bank, std::move(indices));
}

Expected<PcrSelection> PcrSelection::Parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument, "\"" + std::string(text) + "\" selects no PCRs",
                std::string(kNotation));
  }
  SR_ASSIGN_OR_RETURN(const PcrBank bank, ParseBank(text.substr(0, colon)));
  std::vector<int> indices;
  for (std::string_view rest = text.substr(colon + 1);;) {
    const std::size_t comma = rest.find(',');
    SR_ASSIGN_OR_RETURN(const int index, ParseIndex(rest.substr(0, comma)));
    indices.push_back(index);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return Create(bank, std::move(indices));
}

PcrSelection PcrSelection::Default() {
  return {PcrBank::kSha256, {0, 2, 4, 7}};
}

std::string PcrSelection::ToString() const {
  std::string text(tpm::ToString(bank_));
  char separator = ':';
  for (const int index : indices_) {
    text += std::exchange(separator, ',') + std::to_string(index);
  }
  return text;
}

std::array<std::uint8_t, kPcrCount / 8> PcrSelection::Bitmap() const {
  std::array<std::uint8_t, kPcrCount / 8> bits{};
  for (const int index : indices_) bits[index / 8] |= static_cast<std::uint8_t>(1U << (index % 8));
  return bits;
}

Expected<PcrValues> PcrValues::Create(PcrSelection selection, std::vector<Bytes> digests) {
  const std::size_t size = DigestSize(selection.bank());
  if (digests.size() != selection.indices().size() ||
      !std::ranges::all_of(digests, [&](const Bytes& digest) { return digest.size() == size; })) {
    return Fail(ErrorCode::kMalformed, "the PCR values do not fit the selection " + selection.ToString());
  }
  return PcrValues(std::move(selection), std::move(digests));
}

TPML_PCR_SELECTION ToTpm(const PcrSelection& selection) {
  const auto bitmap = selection.Bitmap();
  TPML_PCR_SELECTION out{};
  out.count = 1;
  out.pcrSelections[0].hash = selection.bank() == PcrBank::kSha256 ? TPM2_ALG_SHA256 : TPM2_ALG_SHA384;
  out.pcrSelections[0].sizeofSelect = static_cast<UINT8>(bitmap.size());
  std::ranges::copy(bitmap, out.pcrSelections[0].pcrSelect);
  return out;
}

Expected<PcrValues> ReadPcrs(Context& context, const PcrSelection& selection) {
  std::vector<Bytes> digests;
  for (const int index : selection.indices()) {
    SR_ASSIGN_OR_RETURN(Bytes digest, ReadPcr(context.state(), selection.bank(), index));
    digests.push_back(std::move(digest));
  }
  return PcrValues::Create(selection, std::move(digests));
}

}  // namespace strongroom::tpm
