#include "strongroom/policy/explanation.h"

#include <algorithm>

namespace strongroom::policy {
namespace {

using envelope::Json;
using envelope::ObjectBuilder;

Json WindowJson(const Window& window) {
  return ObjectBuilder()
      .OptionalTime("from", window.from)
      .OptionalTime("until", window.until)
      .String("citation", window.citation)
      .Build();
}

Json ReadingsJson(const std::vector<Reading>& readings) {
  Json::Array array;
  for (const Reading& reading : readings)
    array.push_back(ObjectBuilder().String("text", reading.text).Bool("controls", reading.controls).Build());
  return Json(std::move(array));
}

Json ClauseJson(const Pack& pack, const Rule& rule) {
  return ObjectBuilder()
      .String("pack", pack.id)
      .String("rule", rule.id)
      .String("kind", Name(rule.kind))
      .String("status", Name(rule.status))
      .Value("in_force", WindowJson(rule.in_force))
      .Value("compliance", WindowJson(rule.compliance))
      .Value("enforcement", WindowJson(rule.enforcement))
      .Value("readings", ReadingsJson(rule.readings))
      .Build();
}

Json ClausesJson(const Explanation& explanation) {
  Json::Array clauses;
  for (const Step& step : explanation.decision.path) {
    for (const Pack* pack : explanation.packs) {
      if (pack->id != step.pack) continue;
      const auto rule = std::ranges::find(pack->rules, step.rule, &Rule::id);
      if (rule != pack->rules.end()) clauses.push_back(ClauseJson(*pack, *rule));
    }
  }
  return Json(std::move(clauses));
}

Json AmbiguousJson(const Explanation& explanation) {
  Json::Array findings;
  for (const Ground& ground : explanation.decision.grounds) {
    for (const Pack* pack : explanation.packs) {
      if (pack->id != ground.pack) continue;
      const auto finding = std::ranges::find(pack->findings, ground.finding, &Finding::id);
      if (finding == pack->findings.end() || finding->readings.empty()) continue;
      findings.push_back(ObjectBuilder()
                             .String("pack", pack->id)
                             .String("finding", finding->id)
                             .Value("readings", ReadingsJson(finding->readings))
                             .Build());
    }
  }
  return Json(std::move(findings));
}

Json ChangesJson(const std::vector<Change>& changes) {
  Json::Array array;
  for (const Change& change : changes) {
    array.push_back(ObjectBuilder()
                        .Strings("suppose", change.suppose)
                        .String("outcome", Name(change.outcome))
                        .Strings("rules", change.rules)
                        .Build());
  }
  return Json(std::move(array));
}

}  // namespace

Explanation ExplainWhole(std::span<const Pack* const> packs, const Facts& facts, Timestamp at) {
  return {.packs = {packs.begin(), packs.end()},
          .decision = Evaluate(packs, facts, at),
          .changes = WhatWouldChange(packs, facts, at)};
}

Json ExplanationJson(const Explanation& explanation) {
  return ObjectBuilder()
      .String("outcome", Name(explanation.decision.outcome))
      .Value("decision", DecisionJson(explanation.decision))
      .Value("clauses", ClausesJson(explanation))
      .Value("ambiguous_findings", AmbiguousJson(explanation))
      .Value("changes", ChangesJson(explanation.changes.changes))
      .Bool("changes_complete", explanation.changes.complete)
      .Build();
}

}  // namespace strongroom::policy
