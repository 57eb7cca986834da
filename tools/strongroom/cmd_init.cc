// strongroom init: makes a home.
#include <algorithm>

#include "session.h"
#include "strongroom/policy/fact_files.h"

namespace strongroom::cli {
namespace {

constexpr Option kOptions[] = {
    {.name = "role",
     .value = "ROLE",
     .help = "owner, node or custodian; all three where none is given, for one machine that does everything",
     .repeatable = true,
     .completion = Completion::kWords,
     .words = "owner node custodian"},
    {.name = "name",
     .value = "NAME",
     .help = "what the keys of this home are called; everyone who reads a manifest or the log sees it "
             "(default: a random one)"},
    {.name = "country", .value = "CC", .help = "where this node is, by ISO 3166-1 code"},
    {.name = "operator", .value = "NAME", .help = "who operates this node"},
    {.name = "operator-hq", .value = "CC", .help = "the country of the operator's headquarters"},
    {.name = "operator-parent-hq",
     .value = "CC",
     .help = "that of its ultimate parent; else the same as --operator-hq"},
};

constexpr Example kExamples[] = {
    {"strongroom init --country NL --operator 'Acme BV' --operator-hq NL",
     "a home for one machine that owns, holds and opens models"},
    {"strongroom init --role owner --name acme.example/models --home /srv/strongroom",
     "a home that only seals"},
};

struct DeclaredOption {
  std::string_view option;
  policy::FactId fact;
};
constexpr DeclaredOption kDeclared[] = {
    {"country", policy::FactId::kNodeCountry},
    {"operator", policy::FactId::kNodeOperator},
    {"operator-hq", policy::FactId::kNodeOperatorHq},
    {"operator-parent-hq", policy::FactId::kNodeOperatorParentHq},
};

Expected<policy::Facts> Declared(const Arguments& arguments) {
  policy::Facts facts;
  for (const auto& [option, fact] : kDeclared) {
    const auto text = arguments.Optional(option);
    if (!text) continue;
    auto value = policy::ParseValue(fact, *text);
    if (!value) return std::unexpected(AsUsage(std::move(value).error()).With("--" + std::string(option)));
    SR_RETURN_IF_ERROR(facts.Set(fact, *std::move(value), policy::Source::kDeclaration));
  }
  // Packs take nothing for granted, so what --operator-parent-hq defaults to is written down.
  const policy::Fact* hq = facts.Find(policy::FactId::kNodeOperatorHq);
  if (hq != nullptr && facts.Find(policy::FactId::kNodeOperatorParentHq) == nullptr) {
    SR_RETURN_IF_ERROR(
        facts.Set(policy::FactId::kNodeOperatorParentHq, hq->value, policy::Source::kDeclaration));
  }
  return facts;
}

Expected<home::InitOptions> Options(const Arguments& arguments, const policy::Facts& declared) {
  home::InitOptions options;
  options.name = arguments.Text("name");
  for (const std::string& role : arguments.All("role")) {
    SR_ASSIGN_OR_RETURN(const home::Role parsed, home::ParseRole(role));
    options.roles.push_back(parsed);
  }
  options.declaration = policy::NodeDeclarationToml(declared);
  return options;
}

void Advise(Output& output, const home::Home& home, const policy::Facts& declared, bool all_roles) {
  if (all_roles)
    output.Note(
        "All three roles are on this machine: who controls it can go around custody. --role parts them.");
  std::string missing;
  for (const std::string_view option : {"country", "operator-hq"}) {
    const auto* entry = std::ranges::find(kDeclared, option, &DeclaredOption::option);
    if (declared.Find(entry->fact) == nullptr)
      missing += (missing.empty() ? "" : " and ") + std::string(policy::Describe(entry->fact).name);
  }
  if (!missing.empty()) {
    output.Warn(missing + " not declared in " + home.PathOf("node.toml") +
                ": policies that ask for it answer unknown, and nothing opens");
  }
}

void Tell(Output& output, const home::Home& home, const std::string& owner, const std::string& log) {
  std::vector<std::string> roles;
  std::string joined;
  for (const home::Role role : home.profile().roles) {
    roles.emplace_back(home::Name(role));
    joined += (joined.empty() ? "" : ", ") + roles.back();
  }
  envelope::ObjectBuilder members;
  members.String("home", home.path())
      .String("name", home.profile().name)
      .Strings("roles", roles)
      .String("log", log);
  if (!owner.empty()) members.String("owner", owner);
  output.Object("home", std::move(members));
  output.Line("home   " + Printable(home.path()) + "\nroles  " + joined);
  if (!owner.empty()) output.Line("owner  " + owner);
  output.Line("log    " + log);
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const policy::Facts declared, Declared(arguments));
  SR_ASSIGN_OR_RETURN(const home::InitOptions options, Options(arguments, declared));
  SR_ASSIGN_OR_RETURN(const std::string path, session.HomePath());
  SR_ASSIGN_OR_RETURN(const home::Home home,
                      home::Home::Init(session.files(), path, options, session.clock()));
  std::string owner;
  if (home.profile().Has(home::Role::kOwner)) {
    SR_ASSIGN_OR_RETURN(const crypto::Ed25519PrivateKey key, home.OwnerKey());
    owner = envelope::NoteKey{.name = home.OwnerName(), .key = key.public_key()}.ToText();
  }
  SR_ASSIGN_OR_RETURN(const envelope::NoteKey log, home.LogKey());
  Tell(session.output(), home, owner, log.ToText());
  Advise(session.output(), home, declared, options.roles.empty());
  if (!owner.empty()) {
    session.output().Note("next: describe the model in a copy of " + home.PathOf("facts.example.toml") +
                          ", then strongroom seal");
  } else {
    session.output().Note(
        "next: strongroom trust add VKEY --purpose owner, for each owner whose bundles this node opens");
  }
  return {};
}

}  // namespace

constexpr Command kInit = {
    .name = "init",
    .summary = "make a home: keys, trust, the access log",
    .description =
        "Makes the directory in which this machine keeps its keys, whom it trusts, its access log and what "
        "it declares of itself (node.toml, plain text, "
        "read at every run).\n\n"
        "The home's own owner key and log key are trusted by it. Copy the line 'owner' to machines that "
        "shall open this owner's bundles: "
        "strongroom trust add LINE --purpose owner.\n\n"
        "What you declare here has the basis 'declared': a policy may ask for more. A country that is not "
        "declared is unknown, and unknown counts as no.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
