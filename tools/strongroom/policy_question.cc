#include "policy_question.h"

#include "strongroom/policy/fact_files.h"

namespace strongroom::cli {

constexpr std::size_t kMaxFactsFile = 1 << 20;

Expected<policy::Facts> ReadQuestion(Session& session, const Arguments& arguments) {
  const std::string path = arguments.Text("facts");
  SR_ASSIGN_OR_RETURN(const Bytes toml, ReadWhole(session.files(), path, kMaxFactsFile));
  auto facts = policy::ParseQuestion(toml);
  if (!facts) return std::unexpected(std::move(facts).error().With(path));
  return facts;
}

Expected<policy::Facts> ReadDeclaration(const home::Home& home) {
  SR_ASSIGN_OR_RETURN(const Bytes toml, home.NodeDeclaration());
  auto facts = policy::ParseNodeDeclaration(toml);
  if (!facts) return std::unexpected(std::move(facts).error().With("node.toml"));
  return facts;
}

Expected<Timestamp> TimeAsked(const Session& session, const Arguments& arguments) {
  const auto text = arguments.Optional("at");
  if (!text) return session.clock().Now();
  auto time = ParseRfc3339(*text);
  if (!time) return std::unexpected(AsUsage(std::move(time).error()).With("--at"));
  return time;
}

}  // namespace strongroom::cli
