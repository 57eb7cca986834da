// strongroom policy map.
#include <sys/ioctl.h>
#include <unistd.h>

#include "pack_choice.h"
#include "policy_question.h"
#include "strongroom/policy/world_map.h"

namespace strongroom::cli {
namespace {

using policy::FactId;
using policy::Headquarters;

constexpr std::uint32_t kMapMode = 0644;
constexpr std::size_t kUsualWidth = 80;  // where nobody says how wide the terminal is

constexpr Positional kPositionals[] = {{.name = "PACK",
                                        .help = "an installed pack, or a folder with pack.toml",
                                        .completion = Completion::kDirectory}};
constexpr Option kOptions[] = {
    kFactsOption,
    kAtOption,
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "write an SVG drawing there; else the map is shown as text",
     .completion = Completion::kFile},
    {.name = "headquarters",
     .value = "WHERE",
     .help = "of an operator of whom the facts do not say: follow, where the place is (the default), or "
             "fixed, not known",
     .completion = Completion::kWords,
     .words = "follow fixed"},
    {.name = "force", .letter = 'f', .help = "replace FILE"},
};
constexpr Example kExamples[] = {
    {"strongroom policy map allied-nations --facts question.toml", "the map in this terminal"},
    {"strongroom policy map allied-nations --facts question.toml --at 2025-05-15 -o map.svg",
     "a drawing of what was so on a day"},
};

Expected<Headquarters> ReadHeadquarters(const Arguments& arguments) {
  const std::string word = arguments.Optional("headquarters").value_or("follow");
  if (word == "follow") return Headquarters::kFollow;
  if (word == "fixed") return Headquarters::kFixed;
  return Fail(ErrorCode::kInvalidArgument, "--headquarters must be follow or fixed, not '" + word + "'");
}

std::string Headline(const policy::Facts& facts) {
  const auto text = [&](FactId id) {
    const policy::Fact* fact = facts.Find(id);
    return fact == nullptr ? std::string() : policy::ToText(fact->value);
  };
  const std::string act = text(FactId::kActWhat);
  const std::string label = text(FactId::kModelLabel);
  const std::string participle = act == "store"      ? "stored"
                                 : act == "transfer" ? "sent"
                                 : act == "decrypt"  ? "decrypted"
                                                     : "handled";
  return "Where may " + (label.empty() ? "these weights" : "'" + label + "'") + " be " + participle + "?";
}

// What is the same for every country: all facts but the place.
std::string Supposed(const policy::Facts& facts) {
  std::string supposed;
  const auto add = [&](const std::string& one) { supposed += (supposed.empty() ? "" : ", ") + one; };
  for (const policy::FactType& type : policy::FactCatalogue()) {
    const policy::Fact* fact = facts.Find(type.id);
    if (fact == nullptr || type.id == FactId::kNodeCountry || type.id == FactId::kNodeSubdivision) continue;
    const std::string value = policy::ToText(fact->value);
    add(std::string(type.name) + " " + (value.empty() ? "none" : value));
  }
  for (const policy::Licence& licence : facts.licences())
    add("licence " + licence.id + " of " + licence.issuer);
  return "Supposed everywhere: " + (supposed.empty() ? "nothing" : supposed);
}

std::string WhereBased(const policy::Facts& facts, Headquarters headquarters) {
  const bool stated = facts.Find(FactId::kNodeOperatorHq) != nullptr;
  const bool parent_stated = facts.Find(FactId::kNodeOperatorParentHq) != nullptr;
  if (headquarters == Headquarters::kFixed || (stated && parent_stated))
    return "Headquarters: as stated above, and nothing else";
  std::string based = "Headquarters:";
  if (!stated) based += " the operator's in the country itself";
  if (!parent_stated)
    based += std::string(stated ? "" : ",") + " its ultimate parent's where the operator's are";
  return based;
}

std::vector<std::string> About(std::span<const policy::Pack* const> packs, const policy::Facts& facts,
                               Timestamp at, Headquarters headquarters) {
  std::vector<std::string> lines = {"As of " + ToRfc3339(at)};
  for (const policy::Pack* pack : packs) {
    lines.push_back("Pack " + pack->id + " version " + std::to_string(pack->version) + " of " +
                    pack->authority + ", SHA-256 " + Hex(pack->digest));
  }
  lines.push_back(Supposed(facts));
  lines.push_back(WhereBased(facts, headquarters));
  return lines;
}

std::size_t TerminalWidth() {
  winsize size = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return size.ws_col;
}

void ShowObjects(Output& output, const policy::WorldMap& map, Timestamp at) {
  for (const policy::CountryAnswer& answer : map.answers) {
    envelope::ObjectBuilder members;
    members.String("country", answer.country.code())
        .String("name", answer.country.name())
        .String("outcome", policy::Name(answer.outcome))
        .String("rule", answer.rule)
        .String("reason", answer.reason)
        .Time("as_of", at);
    output.Object("answer", std::move(members));
  }
}

Status WriteDrawing(Session& session, const Arguments& arguments, const policy::WorldMap& map) {
  const std::string path = arguments.Path("output");
  if (!arguments.Has("force") && session.files().Stat(path))
    return Fail(ErrorCode::kExists, path + " exists", "choose another name, or --force to replace it");
  SR_RETURN_IF_ERROR(WriteDurably(session.files(), path, AsBytes(policy::MapSvg(map)), kMapMode));
  session.output().Note("wrote " + path);
  return {};
}

Status Map(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const policy::Facts facts, ReadQuestion(session, arguments));
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const Headquarters headquarters, ReadHeadquarters(arguments));
  SR_ASSIGN_OR_RETURN(const PackChoice choice, ChoosePacks(session, {arguments.Path("PACK")}));
  SR_ASSIGN_OR_RETURN(const auto packs, policy::WithBases(choice.chosen, choice.available));
  const policy::WorldMap map = {.question = Headline(facts),
                                .about = About(packs, facts, at, headquarters),
                                .answers = policy::AskEveryCountry(packs, facts, at, headquarters)};
  ShowObjects(session.output(), map, at);
  if (arguments.Has("output")) return WriteDrawing(session, arguments, map);
  const policy::MapTextOptions options = {.width = TerminalWidth(),
                                          .color = session.output().colored_results()};
  for (const std::string& line : policy::MapText(map, options)) session.output().Line(line);
  return {};
}

}  // namespace

constexpr Command kPolicyMap = {
    .name = "policy map",
    .summary = "ask a pack about every country, and draw the answers",
    .description =
        "Puts one question to a pack, and to the packs under it, for each country of ISO 3166-1 as the "
        "place: "
        "what the facts say of the place is left aside, all else stays. Draws a tile for each country near "
        "where "
        "it lies, as SVG or as text: permitted (+), needs a licence (*), unknown (?), denied (-). With "
        "--json, a "
        "line for each country.\n\n"
        "Where the facts do not say where the operator has its headquarters, they are taken to be in the "
        "country "
        "itself, and those of its ultimate parent where the operator's are; --headquarters fixed supposes "
        "neither. Needs no home.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Map,
};

}  // namespace strongroom::cli
