// strongroom policy show.
#include <algorithm>

#include "pack_choice.h"
#include "pack_folder.h"
#include "strongroom/policy/pack_prose.h"
#include "strongroom/policy/pack_source.h"
#include "strongroom/policy/question_template.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kColumns = 100;

constexpr Positional kPositionals[] = {{.name = "PACK",
                                        .help = "an installed pack, or a folder with pack.toml",
                                        .completion = Completion::kDirectory}};
constexpr Option kOptions[] = {
    {.name = "source", .help = "the pack's own text, byte for byte"},
    {.name = "facts", .help = "a question to fill in: every fact that the pack may ask for"},
};
constexpr Example kExamples[] = {
    {"strongroom policy show allied-nations", "its rules as sentences, with citations"},
    {"strongroom policy show us-ear-diffusion-text --facts > question.toml",
     "a question to fill in, for policy check"},
};

// The text of an installed pack, or of the one in the folder.
Expected<Bytes> ReadSource(Session& session, const std::string& name) {
  if (IsPackFolder(session.files(), name)) {
    SR_ASSIGN_OR_RETURN(policy::PackDocuments documents, ReadPackFolder(session.files(), name));
    return std::move(documents.pack);
  }
  SR_ASSIGN_OR_RETURN(const InstalledPacks installed, LoadInstalledPacks(session));
  SR_ASSIGN_OR_RETURN(const policy::Pack* pack, FindPack(installed, name));
  const PackOrigin& origin = installed.origins[static_cast<std::size_t>(pack - installed.packs.data())];
  if (origin.verified) return origin.verified->statement.documents.pack;
  const auto source = std::ranges::find(policy::ShippedPacks(), pack->id, &policy::PackSource::id);
  if (source != policy::ShippedPacks().end()) return ToBytes(source->pack);
  return Fail(ErrorCode::kInternal, "the text of pack '" + name + "' is not in the program");
}

Status ShowFacts(Session& session, const PackChoice& choice) {
  SR_ASSIGN_OR_RETURN(const auto packs, policy::WithBases(choice.chosen, choice.available));
  session.output().Text(policy::QuestionTemplate(packs));
  return {};
}

Status Run(Session& session, const Arguments& arguments) {
  const std::string name = arguments.Path("PACK");
  if (arguments.Has("source")) {
    SR_ASSIGN_OR_RETURN(const Bytes source, ReadSource(session, name));
    session.output().Text(AsText(source));
    return {};
  }
  SR_ASSIGN_OR_RETURN(const PackChoice choice, ChoosePacks(session, {name}));
  if (arguments.Has("facts")) return ShowFacts(session, choice);
  const policy::Pack& pack = *choice.chosen.front();
  for (const std::string& line : policy::TellPack(pack, kColumns)) session.output().Line(line);
  session.output().Object("pack", policy::PackMembers(pack));
  return {};
}

}  // namespace

constexpr Command kPolicyShow = {
    .name = "policy show",
    .summary = "read a pack: its rules as sentences, with reasons and citations",
    .description =
        "Tells what a pack says, for people: when it speaks, its rules by kind, what they conclude on the "
        "way, what is counted, and the lists of countries with their dates. With --source its text as it was "
        "written. With --facts a question with every fact that the pack, and the packs under it, may ask "
        "for: fill it in and give it to policy check. Needs no home.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
