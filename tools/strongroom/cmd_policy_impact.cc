// strongroom policy impact.
#include <algorithm>

#include "pack_choice.h"
#include "policy_question.h"
#include "release_question.h"
#include "strongroom/policy/fact_files.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMaxDeclaration = 1 << 20;
constexpr std::string_view kNodesDirectory = "nodes";
constexpr std::string_view kBundlesDirectory = "bundles";
constexpr std::string_view kDeclarationSuffix = ".toml";

constexpr Positional kPositionals[] = {{.name = "PACK",
                                        .help = "a signed pack, or a folder with pack.toml",
                                        .completion = Completion::kDirectory},
                                       {.name = "BUNDLE",
                                        .help = "the bundles to ask about; else those in HOME/bundles",
                                        .optional = true,
                                        .repeatable = true,
                                        .completion = Completion::kDirectory}};
constexpr Option kOptions[] = {
    {.name = "node",
     .value = "FILE",
     .help = "a node's declaration, of the form of node.toml, besides this node's and those in HOME/nodes",
     .repeatable = true,
     .completion = Completion::kFile},
    kAtOption,
};
constexpr Example kExamples[] = {
    {"strongroom policy impact house.pack model.bundle", "would this node still get it?"},
    {"strongroom policy impact policies/house --node gpu-1.toml --node gpu-2.toml model.bundle",
     "the same for two nodes, and a pack that is not signed yet"},
};

struct DeclaredNode {
  std::string name;
  policy::Facts facts;
};

struct AskedBundle {
  std::string path;
  ReleaseQuestion question;
};

// What is installed now, and what would be.
struct Installations {
  std::vector<policy::Pack> before, after;
};

struct Answer {
  policy::Outcome outcome;
  std::string rules;  // that decided, as PACK/RULE
};

struct Impact {
  const DeclaredNode* node;
  const AskedBundle* bundle;
  Answer before, after;

  [[nodiscard]] bool changes() const { return before.outcome != after.outcome; }
};

std::string NameOf(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(kDeclarationSuffix)) name.resize(name.size() - kDeclarationSuffix.size());
  return name;
}

Expected<DeclaredNode> ReadNode(Session& session, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes toml, ReadWhole(session.files(), path, kMaxDeclaration));
  auto facts = policy::ParseNodeDeclaration(toml);
  if (!facts) return std::unexpected(std::move(facts).error().With(path));
  return DeclaredNode{.name = NameOf(path), .facts = *std::move(facts)};
}

// The paths of what a directory of the home holds; none if it is not there.
Expected<std::vector<std::string>> PathsIn(Session& session, const home::Home& home,
                                           std::string_view directory) {
  const std::string path = JoinPath(home.path(), directory);
  auto names = session.files().List(path);
  if (!names && names.error().code == ErrorCode::kNotFound) return std::vector<std::string>();
  if (!names) return std::unexpected(std::move(names).error());
  for (std::string& name : *names) name = JoinPath(path, name);
  return *std::move(names);
}

Expected<std::vector<DeclaredNode>> ReadNodes(Session& session, const Arguments& arguments,
                                              const home::Home& home) {
  SR_ASSIGN_OR_RETURN(policy::Facts own, ReadDeclaration(home));
  std::vector<DeclaredNode> nodes = {{.name = home.profile().name, .facts = std::move(own)}};
  SR_ASSIGN_OR_RETURN(std::vector<std::string> paths, PathsIn(session, home, kNodesDirectory));
  std::erase_if(paths, [](const std::string& path) { return !path.ends_with(kDeclarationSuffix); });
  std::ranges::copy(arguments.All("node"), std::back_inserter(paths));
  for (const std::string& path : paths) {
    SR_ASSIGN_OR_RETURN(DeclaredNode node, ReadNode(session, path));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Expected<std::vector<AskedBundle>> ReadBundles(Session& session, const Arguments& arguments,
                                               const EmbeddedNode& embedded) {
  std::vector<std::string> paths = arguments.All("BUNDLE");
  if (paths.empty()) {
    SR_ASSIGN_OR_RETURN(paths, PathsIn(session, embedded.home(), kBundlesDirectory));
  }
  if (paths.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "no bundle to ask about",
                "name bundles, or link them into " + JoinPath(embedded.home().path(), kBundlesDirectory));
  }
  std::vector<AskedBundle> bundles;
  for (const std::string& path : paths) {
    auto question = ReadReleaseQuestion(embedded, path);
    if (!question) return std::unexpected(std::move(question).error().With(path));
    bundles.push_back({path, *std::move(question)});
  }
  return bundles;
}

bool SamePack(const policy::Pack& a, const policy::Pack& b) {
  return a.authority == b.authority && a.id == b.id;
}

// kRolledBack or kExists where `install` would not take the pack either.
Status CheckInstallable(const policy::Pack& pack, const std::vector<policy::Pack>& installed) {
  const std::string name = pack.authority + "/" + pack.id + "@" + std::to_string(pack.version);
  for (const policy::Pack& other : installed) {
    if (!SamePack(other, pack) || other.version < pack.version || other.digest == pack.digest) continue;
    if (other.version > pack.version) {
      return Fail(ErrorCode::kRolledBack,
                  name + " is older than version " + std::to_string(other.version) + ", which is installed");
    }
    return Fail(ErrorCode::kExists, name + " is installed with other content", "give it the next version");
  }
  return {};
}

// What would be installed: without the versions that the pack revokes, and with the elder ones set aside.
Expected<Installations> Install(const policy::Pack& pack, std::span<const Digest> revokes,
                                std::vector<policy::Pack> installed) {
  SR_RETURN_IF_ERROR(CheckInstallable(pack, installed));
  Installations installations{.before = installed, .after = std::move(installed)};
  std::erase_if(installations.after, [&](const policy::Pack& other) {
    return SamePack(other, pack) && std::ranges::find(revokes, other.digest) != revokes.end();
  });
  if (std::ranges::find(installations.after, pack.digest, &policy::Pack::digest) != installations.after.end())
    return installations;
  for (policy::Pack& other : installations.after) {
    if (SamePack(other, pack)) other.superseded = true;
  }
  installations.after.push_back(pack);
  return installations;
}

Expected<Answer> Ask(const AskedBundle& bundle, const DeclaredNode& node, const custodian::Grounds& grounds,
                     Timestamp at) {
  SR_ASSIGN_OR_RETURN(const ReleaseAnswer answer, AskForRelease(bundle.question, node.facts, grounds, at));
  Answer told{.outcome = answer.decision.outcome, .rules = {}};
  for (const policy::Step& step : answer.decision.path) {
    if (step.outcome == told.outcome)
      told.rules += (told.rules.empty() ? "" : ", ") + step.pack + "/" + step.rule;
  }
  return told;
}

std::string Describe(const Answer& answer) {
  return std::string(policy::Name(answer.outcome)) + " by " + answer.rules;
}

void Tell(Output& output, const std::vector<Impact>& impacts) {
  Table table({"NODE", "BUNDLE", "CHANGES", "BEFORE", "AFTER"});
  for (const Impact& impact : impacts) {
    table.Row({Printable(impact.node->name), Printable(impact.bundle->path), impact.changes() ? "yes" : "no",
               Describe(impact.before), Describe(impact.after)});
    envelope::ObjectBuilder members;
    members.String("node", impact.node->name)
        .String("bundle", impact.bundle->path)
        .Digest("bundle_id", impact.bundle->question.manifest.bundle_id)
        .Bool("changes", impact.changes())
        .String("before", policy::Name(impact.before.outcome))
        .String("before_rules", impact.before.rules)
        .String("after", policy::Name(impact.after.outcome))
        .String("after_rules", impact.after.rules);
    output.Object("impact", std::move(members));
  }
  output.Line(table.Render());
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const auto embedded, EmbeddedNode::Open(session));
  SR_ASSIGN_OR_RETURN(const PackChoice choice,
                      ChoosePacks(session, {arguments.Path("PACK")}, embedded->packs()));
  SR_ASSIGN_OR_RETURN(const Installations packs,
                      Install(*choice.chosen.front(), choice.revokes, embedded->packs().packs));
  SR_ASSIGN_OR_RETURN(const auto nodes, ReadNodes(session, arguments, embedded->home()));
  SR_ASSIGN_OR_RETURN(const auto bundles, ReadBundles(session, arguments, *embedded));
  std::vector<Impact> impacts;
  for (const DeclaredNode& node : nodes) {
    for (const AskedBundle& bundle : bundles) {
      SR_ASSIGN_OR_RETURN(Answer before, Ask(bundle, node, embedded->GroundsWith(packs.before), at));
      SR_ASSIGN_OR_RETURN(Answer after, Ask(bundle, node, embedded->GroundsWith(packs.after), at));
      impacts.push_back({&node, &bundle, std::move(before), std::move(after)});
    }
  }
  Tell(session.output(), impacts);
  const auto changes = std::ranges::count_if(impacts, &Impact::changes);
  if (changes == 0) return {};
  return Fail(ErrorCode::kInternal,
              Count(static_cast<std::uint64_t>(changes), "answer") + " of " + std::to_string(impacts.size()) +
                  " would change",
              "strongroom policy explain tells why; strongroom policy install makes it so");
}

}  // namespace

constexpr Command kPolicyImpact = {
    .name = "policy impact",
    .summary = "tell which nodes and bundles would get another answer if a pack were installed",
    .description =
        "Asks for each enrolled node and each bundle what a custodian would decide now, and what it would "
        "decide with the pack installed: of a bundle that follows the newest version of that pack, or a pack "
        "laid over it, the answer may change; of one that is frozen it changes only where the pack revokes "
        "the "
        "version that the bundle is frozen to.\n\n"
        "The nodes are this one, with its node.toml, those whose declarations are in HOME/nodes, and those "
        "of --node. Nothing is installed or recorded. Exits with 0 where no answer would change, with 1 "
        "where one would.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
