#include "custodian/sent_decision.h"

namespace strongroom::custodian {
namespace {

release::Outcome ToRelease(policy::Outcome outcome) {
  switch (outcome) {
    case policy::Outcome::kPermit:
      return release::Outcome::kPermit;
    case policy::Outcome::kNeedsLicence:
      return release::Outcome::kNeedsLicence;
    case policy::Outcome::kUnknown:
      return release::Outcome::kUnknown;
    case policy::Outcome::kDeny:
      break;
  }
  return release::Outcome::kDeny;
}

}  // namespace

release::Decision ToSend(const policy::Decision& from) {
  release::Decision decision;
  decision.outcome = ToRelease(from.outcome);
  decision.as_of = from.as_of;
  for (const policy::PackIdentity& pack : from.packs)
    decision.packs.push_back({pack.id, pack.version, pack.digest});
  for (const policy::Step& step : from.path)
    decision.path.push_back({step.pack, step.rule, step.citations, policy::TellReason(step)});
  for (const policy::FactId fact : from.missing)
    decision.missing_facts.emplace_back(policy::Describe(fact).name);
  decision.obligations = from.obligations;
  decision.flags = from.flags;
  return decision;
}

}  // namespace strongroom::custodian
