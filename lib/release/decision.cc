#include "strongroom/release/decision.h"

namespace strongroom::release {
namespace {

// What the person at the node can do about a missing fact; nothing about one that is not theirs to state.
std::string HowToState(const std::string& fact) {
  constexpr std::string_view kNode = "node.";
  if (fact == "node.lists" || fact == "node.lists_date")
    return "install a screening list of the last seven days: strongroom policy screen --install FILE "
           "--downloaded TIME";
  if (fact == "node.basis" || fact == "node.tpm" || fact == "node.evidence" ||
      fact == "node.entity_list_scope")
    return "";
  if (fact == "act.end_use") return "state end_use in node.toml of the home";
  if (fact.starts_with(kNode)) return "state " + fact.substr(kNode.size()) + " in node.toml of the home";
  if (!fact.starts_with("storage.")) return "";
  return "state storage_" + fact.substr(std::string_view("storage.").size()) + " in node.toml of the home";
}

std::string NextStep(const Decision& decision) {
  for (const std::string& fact : decision.missing_facts) {
    if (std::string step = HowToState(fact); !step.empty()) return step;
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
  for (const std::string& fact : decision.missing_facts) error.why.push_back("not stated: " + fact);
  for (const Finding& finding : decision.path) error.why.push_back(ToLine(finding));
  return error;
}

}  // namespace strongroom::release
