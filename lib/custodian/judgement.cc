#include "strongroom/custodian/judgement.h"

#include <algorithm>
#include <string>

#include "strongroom/policy/fact_files.h"

namespace strongroom::custodian {
namespace {

// The decision where a pack that the manifest names is missing, too old, expired or another one.
policy::Decision PackUnavailable(const Error& error, Timestamp now) {
  policy::Decision decision;
  decision.outcome = policy::Outcome::kDeny;
  decision.as_of = now;
  decision.path.push_back({.pack = "packs",
                           .rule = "selection",
                           .outcome = policy::Outcome::kDeny,
                           .citations = {},
                           .reason = error.message});
  return decision;
}

Expected<policy::Facts> CollectFacts(const ManifestFacts& manifest, const policy::Facts& declared,
                                     std::string_view keyslot_kind,
                                     std::span<const policy::Licence> licences) {
  using policy::FactId;
  SR_ASSIGN_OR_RETURN(policy::Facts facts, policy::ModelFactsFromJson(manifest.label, manifest.facts));
  SR_RETURN_IF_ERROR(facts.Set(FactId::kActWhat, std::string("decrypt"), policy::Source::kRequest));
  SR_RETURN_IF_ERROR(facts.Set(FactId::kActKey, std::string("given"), policy::Source::kRequest));
  if (!keyslot_kind.empty()) {
    SR_RETURN_IF_ERROR(facts.Set(FactId::kActKeyslot, std::string(keyslot_kind), policy::Source::kRequest));
  }
  // Behind a cooperative keyslot nobody stands but this custodian.
  if (keyslot_kind == "tpm" || keyslot_kind == "recovery") {
    SR_RETURN_IF_ERROR(
        facts.Set(FactId::kActCustodians, *policy::Decimal::Parse("1"), policy::Source::kRequest));
  }
  for (const policy::Licence& licence : licences) SR_RETURN_IF_ERROR(facts.AddLicence(licence));
  facts.AddMissing(declared);
  return facts;
}

bool AskAboutLists(std::span<const policy::Pack* const> packs) {
  const auto asks = [](const policy::Pack* pack) {
    const std::vector<policy::FactId> asked = policy::FactsAskedBy(*pack);
    return std::ranges::find(asked, policy::FactId::kNodeLists) != asked.end() ||
           std::ranges::find(asked, policy::FactId::kNodeListsDate) != asked.end();
  };
  return std::ranges::any_of(packs, asks);
}

}  // namespace

Expected<policy::Decision> Judge(const ManifestFacts& manifest, const policy::Facts& declared,
                                 std::string_view keyslot_kind, const Grounds& grounds, Timestamp now) {
  SR_ASSIGN_OR_RETURN(policy::Facts facts, CollectFacts(manifest, declared, keyslot_kind, grounds.licences));
  const auto packs = policy::SelectPacks(manifest.packs, grounds.packs, now);
  if (!packs) return PackUnavailable(packs.error(), now);
  std::vector<std::string> screened;
  if (grounds.screen && AskAboutLists(*packs)) {
    SR_ASSIGN_OR_RETURN(screened, grounds.screen(facts));
  }
  policy::Decision decision = policy::Evaluate(*packs, facts, now);
  std::ranges::move(screened, std::back_inserter(decision.flags));
  return decision;
}

}  // namespace strongroom::custodian
