#include "policy/decision_words.h"

namespace strongroom::policy {
namespace {

using envelope::Json;
using envelope::ObjectBuilder;

void AddStep(const Step& step, std::vector<std::string>& lines) {
  lines.push_back(step.pack + "/" + step.rule + ": " + std::string(Name(step.outcome)) + ": " +
                  TellReason(step));
  for (const std::string& citation : step.citations) lines.push_back("  see " + citation);
}

Json PackJson(const PackIdentity& pack) {
  return ObjectBuilder()
      .String("authority", pack.authority)
      .String("id", pack.id)
      .Integer("version", pack.version)
      .Digest("digest", pack.digest)
      .Build();
}

Json StepJson(const Step& step) {
  return ObjectBuilder()
      .String("pack", step.pack)
      .String("rule", step.rule)
      .String("outcome", Name(step.outcome))
      .Strings("citations", step.citations)
      .String("reason", step.reason)
      .Bool("open", step.open)
      .Build();
}

Json GroundJson(const Ground& ground) {
  return ObjectBuilder()
      .String("pack", ground.pack)
      .String("finding", ground.finding)
      .Bool("holds", ground.holds)
      .String("title", ground.title)
      .Strings("citations", ground.citations)
      .Build();
}

Json UsedJson(const FactUsed& fact) {
  return ObjectBuilder()
      .String("fact", Describe(fact.id).name)
      .String("value", fact.value)
      .String("source", Name(fact.source))
      .Build();
}

template <typename T>
Json ArrayOf(const std::vector<T>& values, Json (*to_json)(const T&)) {
  Json::Array array;
  for (const T& value : values) array.push_back(to_json(value));
  return Json(std::move(array));
}

Json NameJson(const FactId& id) {
  return Json(Describe(id).name);
}

}  // namespace

std::string Readable(const FactUsed& fact) {
  if (Describe(fact.id).type == ValueType::kTexts && fact.value.empty()) return "none";
  if (Describe(fact.id).type != ValueType::kCountry) return fact.value;
  const auto country = place::Country::Parse(fact.value);
  return country ? fact.value + " (" + std::string(country->name()) + ")" : fact.value;
}

std::string_view WhoSays(Source source) {
  switch (source) {
    case Source::kQuestion:
      return "as the question supposes";
    case Source::kDeclaration:
      return "as the node declares";
    case Source::kRequest:
      return "as requested";
    case Source::kLicence:
      return "by the licence on file";
    case Source::kEvidence:
      return "by verified evidence";
    case Source::kManifest:
      return "by the owner's manifest";
  }
  return "";
}

std::string TellReason(const Step& step) {
  return (step.open ? "it is not known whether this is so: " : "") + step.reason;
}

std::vector<std::string> Explain(const Decision& decision) {
  std::vector<std::string> lines = {std::string(Name(decision.outcome)) + ", as of " +
                                    ToRfc3339(decision.as_of)};
  for (const Step& step : decision.path) AddStep(step, lines);
  for (const Ground& ground : decision.grounds) {
    lines.push_back((ground.holds ? "because " : "because it is not so that ") + ground.title);
    for (const std::string& citation : ground.citations) lines.push_back("  see " + citation);
  }
  for (const FactUsed& fact : decision.used) {
    lines.push_back("fact " + std::string(Describe(fact.id).name) + " is " + Readable(fact) + ", " +
                    std::string(WhoSays(fact.source)));
  }
  for (const FactId id : decision.missing) {
    lines.push_back("fact " + std::string(Describe(id).name) +
                    " is missing: " + std::string(Describe(id).meaning));
  }
  for (const std::string& obligation : decision.obligations) lines.push_back("obligation: " + obligation);
  for (const std::string& flag : decision.flags) lines.push_back("note: " + flag);
  for (const PackIdentity& pack : decision.packs) {
    lines.push_back("pack " + pack.id + " version " + std::to_string(pack.version) + " of " + pack.authority +
                    ", SHA-256 " + Hex(pack.digest));
  }
  return lines;
}

Json DecisionJson(const Decision& decision) {
  ObjectBuilder object;
  object.String("outcome", Name(decision.outcome))
      .Time("as_of", decision.as_of)
      .Value("packs", ArrayOf(decision.packs, PackJson))
      .Value("path", ArrayOf(decision.path, StepJson))
      .Value("grounds", ArrayOf(decision.grounds, GroundJson))
      .Value("facts_used", ArrayOf(decision.used, UsedJson))
      .Value("facts_missing", ArrayOf(decision.missing, NameJson))
      .Strings("obligations", decision.obligations)
      .Strings("flags", decision.flags);
  if (decision.weakest_source) object.String("weakest_source", Name(*decision.weakest_source));
  if (decision.place_basis) object.String("place_basis", place::Name(*decision.place_basis));
  return std::move(object).Build();
}

}  // namespace strongroom::policy
