#include "seal_request.h"

#include <algorithm>
#include <charconv>

#include "bundle_files.h"
#include "output_path.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/fact_files.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMaxFactsFile = 1 << 20;
constexpr std::uint64_t kLeastShardSize = 64 << 10;
constexpr std::string_view kFrozen = "@frozen";

Expected<policy::Facts> ReadModelFacts(Session& session, const home::Home& home, const Arguments& arguments) {
  const std::string example = home.PathOf("facts.example.toml");
  const auto path = arguments.Optional("facts");
  if (!path)
    return Fail(ErrorCode::kInvalidArgument, "--facts FILE is missing: what the model is, for the policy",
                "copy and edit " + example);
  SR_ASSIGN_OR_RETURN(const Bytes toml, ReadWhole(session.files(), *path, kMaxFactsFile));
  auto facts = policy::ParseModelFacts(toml);
  if (!facts) return std::unexpected(std::move(facts).error().With(*path).Next("compare with " + example));
  return facts;
}

Expected<bundle::PackPin> Pin(const InstalledPacks& installed, std::string_view name) {
  const bool frozen = name.ends_with(kFrozen);
  if (frozen) name.remove_suffix(kFrozen.size());
  SR_ASSIGN_OR_RETURN(const policy::Pack* pack, FindPack(installed, name));
  return bundle::PackPin{.authority = pack->authority,
                         .id = pack->id,
                         .min_version = pack->version,
                         .digest = pack->digest,
                         .rule = frozen ? bundle::PackPin::Rule::kFrozen : bundle::PackPin::Rule::kNewest};
}

bool SamePack(const auto& a, const auto& b) {
  return a.authority == b.authority && a.id == b.id;
}

Expected<std::vector<bundle::PackPin>> Pins(const InstalledPacks& installed,
                                            const std::vector<std::string>& names) {
  if (names.empty()) {
    std::string known;
    for (const policy::Pack& pack : installed.packs) known += (known.empty() ? "" : ", ") + pack.id;
    return Fail(ErrorCode::kInvalidArgument, "no --policy is given: a bundle without a pack would never open",
                "--policy PACK, of: " + known);
  }
  std::vector<bundle::PackPin> pins;
  for (const std::string& name : names) {
    SR_ASSIGN_OR_RETURN(bundle::PackPin pin, Pin(installed, name));
    if (std::ranges::any_of(pins, [&](const bundle::PackPin& other) { return SamePack(other, pin); }))
      return Fail(ErrorCode::kInvalidArgument, "--policy " + pin.id + " is given twice");
    pins.push_back(std::move(pin));
  }
  return pins;
}

Status CheckOutput(FileSystem& files, const bundle::SealOptions& options) {
  if (options.force) return {};
  if (files.Stat(options.output))
    return Fail(ErrorCode::kExists, options.output + " exists",
                "choose another name, or --force to replace it");
  if (!options.resume && files.Stat(options.output + ".partial")) {
    return Fail(ErrorCode::kExists, options.output + ".partial exists: an earlier seal was interrupted",
                "--resume continues it, --force discards it");
  }
  return {};
}

Expected<bundle::SealOptions> ReadLayout(Session& session, const Arguments& arguments) {
  bundle::SealOptions options;
  options.source = arguments.Path("PATH");
  options.output = arguments.Path("output");
  SR_ASSIGN_OR_RETURN(options.bulk, session.Bulk());
  SR_ASSIGN_OR_RETURN(options.threads, session.Threads());
  if (const auto size = arguments.Optional("shard-size")) {
    SR_ASSIGN_OR_RETURN(options.shard_size, ParseSize(*size, "--shard-size"));
    if (options.shard_size < kLeastShardSize)
      return Fail(ErrorCode::kInvalidArgument, "--shard-size must be at least 64KiB");
  }
  if (const auto parity = arguments.Optional("parity")) {
    SR_ASSIGN_OR_RETURN(options.parity, ParseParity(*parity));
  }
  options.opaque = arguments.Has("opaque");
  options.plain_sha256 = arguments.Has("sha256");
  options.resume = arguments.Has("resume");
  options.force = arguments.Has("force");
  if (options.resume && options.force)
    return Fail(ErrorCode::kInvalidArgument, "--resume continues and --force discards: give one of them");
  SR_RETURN_IF_ERROR(CheckOutput(session.files(), options));
  return options;
}

}  // namespace

Expected<bundle::ParitySpec> ParseParity(std::string_view text) {
  bundle::ParitySpec spec;
  const char* end = text.data() + text.size();
  const auto data = std::from_chars(text.data(), end, spec.data);
  if (data.ec == std::errc() && data.ptr != end && *data.ptr == '/') {
    const auto parity = std::from_chars(data.ptr + 1, end, spec.parity);
    if (parity.ec == std::errc() && parity.ptr == end) {
      auto checked = bundle::CheckParity(spec);
      if (!checked) return std::unexpected(std::move(checked).error().With("--parity"));
      return spec;
    }
  }
  return Fail(ErrorCode::kInvalidArgument, "--parity '" + std::string(text) + "' is not of the form N/K",
              "as in 10/2: two parity files for each ten shards");
}

Expected<SealPlan> ReadSealPlan(Session& session, const EmbeddedNode& embedded, const Arguments& arguments,
                                const KeyslotPlan& keyslots) {
  SealPlan plan;
  plan.keyslots = keyslots;
  node::SealRequest& request = plan.request;
  SR_ASSIGN_OR_RETURN(plan.facts, ReadModelFacts(session, embedded.home(), arguments));
  SR_ASSIGN_OR_RETURN(request.packs, Pins(embedded.packs(), arguments.All("policy")));
  SR_ASSIGN_OR_RETURN(request.options, ReadLayout(session, arguments));
  for (const std::string& other : {request.options.source, embedded.home().path()})
    SR_RETURN_IF_ERROR(CheckApart(request.options.output, other));
  request.label = policy::ModelLabel(plan.facts);
  request.facts = policy::ModelFactsJson(plan.facts);
  request.owner_name = embedded.home().OwnerName();
  request.created = session.clock().Now();
  request.cooperative_keyslots = !arguments.Has("enforced");
  if (!request.cooperative_keyslots) {
    return Fail(ErrorCode::kDenied,
                "a bundle that is enforced refuses tpm and recovery keyslots, which are cooperative",
                "leave out --enforced; keyslots of custodians are not in this version");
  }
  if (const auto former = arguments.Optional("supersedes")) {
    SR_ASSIGN_OR_RETURN(bundle::VerifiedManifest verified,
                        ReadVerifiedManifest(session, arguments, arguments.Path("supersedes")));
    request.supersedes = std::move(verified.manifest);
  }
  return plan;
}

void WarnOfPolicy(Session& session, const EmbeddedNode& embedded, const SealPlan& plan) {
  policy::Facts facts = plan.facts;
  if (auto declared = policy::ParseNodeDeclaration(embedded.node().declaration)) facts.AddMissing(*declared);
  for (const policy::Licence& licence : embedded.licences()) {
    if (!facts.AddLicence(licence)) return;
  }
  auto act = policy::ParseValue(policy::FactId::kActWhat, "decrypt");
  if (!act || !facts.Set(policy::FactId::kActWhat, *std::move(act), policy::Source::kRequest)) return;
  std::vector<policy::PackReference> references;
  for (const bundle::PackPin& pin : plan.request.packs) references.push_back(ToReference(pin));
  const auto packs = policy::SelectPacks(references, embedded.packs().packs, plan.request.created);
  if (!packs) {
    session.output().Warn("this node itself could not open the bundle today: " + packs.error().message);
    return;
  }
  const policy::Decision decision = policy::Evaluate(*packs, facts, plan.request.created);
  if (decision.outcome == policy::Outcome::kPermit) return;
  std::string text =
      "this node itself could not open the bundle today: " + std::string(policy::Name(decision.outcome));
  if (decision.missing.empty()) {
    text += ": " + decision.path.front().reason;
  } else {
    text += ", because nobody states";
    for (const policy::FactId fact : decision.missing) text += " " + std::string(policy::Describe(fact).name);
  }
  session.output().Warn(text);
}

}  // namespace strongroom::cli
