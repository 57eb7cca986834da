#include "strongroom/release/decision.h"

namespace strongroom::release {
namespace {

std::string NextStep(const Decision& decision) {
  for (const std::string& fact : decision.missing_facts) {
    constexpr std::string_view kNode = "node.";
    if (fact.starts_with(kNode)) return "state " + fact.substr(kNode.size()) + " in node.toml of the home";
  }
  if (decision.packs.empty()) return "ask the owner which policy packs the bundle needs";
  return "read the rules with: strongroom policy show " + decision.packs.front().id;
}

std::string Summary(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNeedsLicence:
      return "the policy refuses: a licence is needed";
    case Outcome::kUnknown:
      return "the policy refuses: a fact it needs is unknown";
    case Outcome::kPermit:
    case Outcome::kDeny:
      break;
  }
  return "the policy refuses";
}

}  // namespace

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPermit:
      return "permit";
    case Outcome::kNeedsLicence:
      return "needs_licence";
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kDeny:
      return "deny";
  }
  return "";
}

std::string ToLine(const Finding& finding) {
  std::string line = finding.pack + "/" + finding.rule + ": " + finding.reason;
  for (const std::string& citation : finding.citations) line += " [" + citation + "]";
  return line;
}

Error Refusal(const Decision& decision) {
  Error error(ErrorCode::kDenied, Summary(decision.outcome), NextStep(decision));
  for (const Finding& finding : decision.path) error.why.push_back(ToLine(finding));
  for (const std::string& fact : decision.missing_facts) error.why.push_back("not stated: " + fact);
  return error;
}

}  // namespace strongroom::release
