// strongroom trust add, list, remove.
#include "session.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kPurposes = "owner pack-authority log witness custodian licence-issuer";
constexpr std::size_t kMaxKeyFile = 4096;

constexpr Positional kAddPositionals[] = {
    {.name = "KEY",
     .help = "a verifier key, NAME+ID+BASE64, or a file that holds one",
     .completion = Completion::kFile},
};
constexpr Option kAddOptions[] = {
    {.name = "purpose",
     .value = "PURPOSE",
     .help = "owner, pack-authority, log, witness, custodian or licence-issuer: what its signatures are believed for",
     .required = true,
     .completion = Completion::kWords,
     .words = kPurposes},
};
constexpr Example kAddExamples[] = {
    {"strongroom trust add acme+1a2b3c4d+AXyz... --purpose owner", "open what this owner sealed"},
    {"strongroom trust add owner.vkey --purpose owner", "the same, from a file"},
};

constexpr Positional kRemovePositionals[] = {
    {.name = "NAME", .help = "the key's name, as trust list shows it"}};
constexpr Option kRemoveOptions[] = {
    {.name = "purpose",
     .value = "PURPOSE",
     .help = "the purpose that it loses",
     .required = true,
     .completion = Completion::kWords,
     .words = kPurposes},
};
constexpr Example kRemoveExamples[] = {
    {"strongroom trust remove acme --purpose owner", "accept nothing more from this owner"}};

constexpr Option kListOptions[] = {
    {.name = "purpose",
     .value = "PURPOSE",
     .help = "only keys of this purpose",
     .completion = Completion::kWords,
     .words = kPurposes},
};
constexpr Example kListExamples[] = {{"strongroom trust list", "whom this home trusts"}};

Expected<envelope::KeyPurpose> Purpose(const std::string& text) {
  auto purpose = envelope::ParseKeyPurpose(text);
  if (purpose) return purpose;
  return Fail(ErrorCode::kInvalidArgument, "'" + text + "' is no purpose",
              "one of " + std::string(kPurposes));
}

Expected<envelope::NoteKey> KeyFrom(Session& session, const std::string& text) {
  auto key = envelope::ParseNoteKey(text);
  if (key || !session.files().Stat(text)) {
    if (!key && key.error().code != ErrorCode::kUnsupported)
      return std::unexpected(AsUsage(std::move(key).error()));
    return key;
  }
  SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(session.files(), text, kMaxKeyFile));
  std::string_view line = AsText(bytes);
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto from_file = envelope::ParseNoteKey(line);
  if (!from_file) return std::unexpected(std::move(from_file).error().With(text));
  return from_file;
}

Status Add(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const envelope::KeyPurpose purpose, Purpose(arguments.Text("purpose")));
  SR_ASSIGN_OR_RETURN(const envelope::NoteKey key, KeyFrom(session, arguments.Text("KEY")));
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  SR_RETURN_IF_ERROR(home.ChangeTrust(
      [&](envelope::TrustStore& trust) { return trust.Add({.purpose = purpose, .key = key}); }));
  session.output().Line("trusted as " + std::string(envelope::Name(purpose)) + ": " + key.ToText());
  envelope::ObjectBuilder members;
  members.String("purpose", envelope::Name(purpose)).String("key", key.ToText());
  session.output().Object("trusted", std::move(members));
  return {};
}

Status Remove(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const envelope::KeyPurpose purpose, Purpose(arguments.Text("purpose")));
  const std::string name = arguments.Text("NAME");
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  SR_RETURN_IF_ERROR(
      home.ChangeTrust([&](envelope::TrustStore& trust) { return trust.Remove(purpose, name); }));
  session.output().Line("no longer trusted as " + std::string(envelope::Name(purpose)) + ": " +
                        Printable(name));
  envelope::ObjectBuilder members;
  members.String("purpose", envelope::Name(purpose)).String("name", name);
  session.output().Object("removed", std::move(members));
  return {};
}

Status List(Session& session, const Arguments& arguments) {
  std::optional<envelope::KeyPurpose> only;
  if (const auto text = arguments.Optional("purpose")) {
    SR_ASSIGN_OR_RETURN(only, Purpose(*text));
  }
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home.Trust());
  Table table({"PURPOSE", "NAME", "KEY"});
  for (const envelope::TrustedKey& trusted : trust.keys()) {
    if (only && trusted.purpose != *only) continue;
    table.Row({std::string(envelope::Name(trusted.purpose)), trusted.key.name, trusted.key.ToText()});
    envelope::ObjectBuilder members;
    members.String("purpose", envelope::Name(trusted.purpose))
        .String("name", trusted.key.name)
        .String("key", trusted.key.ToText());
    session.output().Object("trusted", std::move(members));
  }
  session.output().Line(table.Render());
  return {};
}

}  // namespace

constexpr Command kTrustAdd = {
    .name = "trust add",
    .summary = "trust a key for one purpose",
    .description =
        "Signatures by this key are believed for that purpose, and for no other. Check the key with its "
        "owner by another way than the one it came by.\n\n"
        "A key of the same name is not replaced: remove it first.",
    .positionals = kAddPositionals,
    .options = kAddOptions,
    .examples = kAddExamples,
    .run = Add,
};

constexpr Command kTrustList = {
    .name = "trust list",
    .summary = "list the trusted keys",
    .description = "Shows each key with what it is trusted for.",
    .positionals = {},
    .options = kListOptions,
    .examples = kListExamples,
    .run = List,
};

constexpr Command kTrustRemove = {
    .name = "trust remove",
    .summary = "trust a key no longer",
    .description = "Takes one purpose from a key. Bundles of an owner who is removed no longer open here.",
    .positionals = kRemovePositionals,
    .options = kRemoveOptions,
    .examples = kRemoveExamples,
    .run = Remove,
};

}  // namespace strongroom::cli
