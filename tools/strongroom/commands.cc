#include <algorithm>
#include <charconv>

#include "command.h"

namespace strongroom::cli {
namespace {

constexpr const Command* kCommands[] = {
    &kInit,
    &kTrustAdd,
    &kTrustList,
    &kTrustRemove,
    &kSeal,
    &kOpen,
    &kCat,
    &kLs,
    &kInspect,
    &kVerify,
    &kRepair,
    &kRekey,
    &kNodeShow,
    &kNodeApprovePcrs,
    &kPolicyCheck,
    &kPolicyExplain,
    &kPolicyTest,
    &kPolicyImpact,
    &kPolicyDiff,
    &kPolicyLint,
    &kPolicyList,
    &kPolicyShow,
    &kPolicyMap,
    &kPolicyScreen,
    &kPolicySign,
    &kPolicyInstall,
    &kPolicyRemove,
    &kLogShow,
    &kLogVerify,
    &kLogAnchor,
    &kLogNewAuditor,
    &kLogErase,
    &kLogRotateKey,
    &kLogServe,
    &kLogCheckpoint,
    &kLogWitness,
    &kLogProve,
    &kLogVerifyProof,
    &kLogExport,
    &kLogQuery,
    &kLogVerifyQuery,
    &kSelftest,
    &kDoctor,
    &kBench,
    &kHelp,
};

constexpr Option kGlobalOptions[] = {
    {.name = "home",
     .value = "DIR",
     .help = "the home; else STRONGROOM_HOME, else strongroom in XDG_DATA_HOME, else .local/share/strongroom",
     .completion = Completion::kDirectory},
    {.name = "tcti",
     .value = "TCTI",
     .help = "where the TPM is, as tpm2-tss names it; else STRONGROOM_TCTI, else device:/dev/tpmrm0"},
    {.name = "json", .help = "one JSON object a line on standard output"},
    {.name = "quiet", .letter = 'q', .help = "results, warnings and errors only"},
    {.name = "crypto",
     .value = "PROVIDER",
     .help = "auto, openssl or ipsec-mb: who encrypts and hashes in bulk, to the same bytes",
     .completion = Completion::kWords,
     .words = "auto openssl ipsec-mb"},
    {.name = "threads", .value = "N", .help = "how many threads work, 1 to 64; else one for each processor"},
    {.name = "no-color", .help = "no colours; also by NO_COLOR or TERM=dumb, and FORCE_COLOR asks for them"},
    {.name = "no-input", .help = "never ask on the terminal: fail instead"},
    {.name = "help", .letter = 'h', .help = "what this command does"},
    {.name = "version", .help = "the version of this program and of the libraries that it uses"},
};

struct Group {
  std::string_view name, summary;
};
constexpr Group kGroups[] = {
    {"trust", "whose signatures this home accepts, and for what"},
    {"node", "what this machine is: TPM, registers, declared facts"},
    {"policy", "read policy packs and ask them"},
    {"log", "read the access log and check it"},
};

constexpr ExitMeaning kExitMeanings[] = {
    {0, "done"},
    {1, "unexpected"},
    {2, "wrong usage; the output exists; a newer format"},
    {3,
     "altered: does not parse, verify or match its signed length; an owner who is not trusted; rolled back"},
    {4, "not authenticated to a peer"},
    {5, "refused by policy"},
    {6, "attestation failed"},
    {7, "bundle, home or name not found"},
    {8, "the access log cannot be written: refused"},
    {9, "unavailable for now: retry"},
    {10, "missing, or shorter than its signed length"},
    {11, "witness quorum not met"},
    {12, "no usable key: no TPM or the wrong one, changed PCRs, wrong passphrase"},
    {130, "interrupted"},
};

}  // namespace

std::span<const Command* const> Commands() {
  return kCommands;
}
std::span<const Option> GlobalOptions() {
  return kGlobalOptions;
}
std::vector<Option> GlobalOptionsBeside(const Command& command) {
  std::vector<Option> options;
  for (const Option& option : kGlobalOptions) {
    if (std::ranges::find(command.options, option.name, &Option::name) == command.options.end())
      options.push_back(option);
  }
  return options;
}

std::span<const ExitMeaning> ExitMeanings() {
  return kExitMeanings;
}

std::string_view GroupSummary(std::string_view group) {
  const auto* found = std::ranges::find(kGroups, group, &Group::name);
  return found == std::end(kGroups) ? std::string_view() : found->summary;
}

std::optional<std::string> Arguments::Optional(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second.front();
}

std::string Arguments::Path(std::string_view name) const {
  std::string path = Text(name);
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::vector<std::string> Arguments::All(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Expected<std::optional<std::uint64_t>> Arguments::Number(std::string_view name, std::uint64_t min,
                                                         std::uint64_t max) const {
  const auto text = Optional(name);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < min || value > max) {
    const bool positional = name.front() >= 'A' && name.front() <= 'Z';
    return Fail(ErrorCode::kInvalidArgument, (positional ? "" : "--") + std::string(name) +
                                                 " must be a whole number from " + std::to_string(min) +
                                                 " to " + std::to_string(max) + ", not '" + *text + "'");
  }
  return value;
}

}  // namespace strongroom::cli
