// strongroom policy list.
#include "installed_licences.h"
#include "installed_packs.h"

namespace strongroom::cli {
namespace {

constexpr Example kExamples[] = {{"strongroom policy list", "the packs that seal can name with --policy"}};

std::string Day(const std::optional<Timestamp>& time, std::string_view otherwise) {
  return time ? ToRfc3339(*time).substr(0, 10) : std::string(otherwise);
}

std::string State(const policy::Pack& pack, const PackOrigin& origin) {
  return std::string(origin.verified ? "signed" : "in the program") + (pack.superseded ? ", superseded" : "");
}

void AddRow(const policy::Pack& pack, const PackOrigin& origin, Table& table) {
  std::optional<Timestamp> expires;
  if (origin.verified) expires = origin.verified->statement.expires;
  table.Row({pack.id, std::to_string(pack.version), pack.authority, State(pack, origin),
             Day(expires, "with the program"),
             Day(pack.valid.from, "") + " to " + Day(pack.valid.until, "further notice"), pack.title});
}

void TellPack(Output& output, const policy::Pack& pack, const PackOrigin& origin) {
  envelope::ObjectBuilder members;
  members.String("id", pack.id)
      .Integer("version", pack.version)
      .String("authority", pack.authority)
      .String("title", pack.title)
      .Digest("digest", pack.digest)
      .String("state", State(pack, origin))
      .OptionalTime("valid_from", pack.valid.from)
      .OptionalTime("valid_until", pack.valid.until);
  if (origin.verified) {
    const policy::PackStatement& statement = origin.verified->statement;
    members.String("path", origin.path)
        .String("key", origin.verified->signer.ToText())
        .Time("issued", statement.issued)
        .Time("expires", statement.expires)
        .OptionalInteger("replaces", statement.replaces)
        .Digests("revokes", statement.revokes);
  }
  output.Object("pack", std::move(members));
}

void TellLicence(Output& output, const policy::Licence& licence) {
  output.Line("licence  " + Printable(licence.issuer + "/" + licence.id) + ", valid from " +
              ToRfc3339(licence.valid_from) + " until " + ToRfc3339(licence.valid_until));
  envelope::ObjectBuilder members;
  members.String("issuer", licence.issuer)
      .String("id", licence.id)
      .Strings("parties", licence.parties)
      .Strings("items", licence.items)
      .Time("valid_from", licence.valid_from)
      .Time("valid_until", licence.valid_until);
  output.Object("licence", std::move(members));
}

void TellRefused(Output& output, const RefusedFile& refused) {
  std::string line = "does not load: " + Printable(refused.name);
  if (!refused.path.empty()) line += (refused.name.empty() ? "" : ", ") + Printable(refused.path);
  output.Line(line + "\n    " + Printable(refused.reason.message));
  for (const std::string& why : refused.reason.why) output.Line("    " + Printable(why));
  envelope::ObjectBuilder members;
  members.String("path", refused.path)
      .String("name", refused.name)
      .String("code", Name(refused.reason.code))
      .String("reason", refused.reason.message);
  output.Object("refused_file", std::move(members));
}

Expected<InstalledLicences> Licences(Session& session) {
  const auto home = session.OpenHome();
  return LoadInstalledLicences(home ? &*home : nullptr, session.clock().Now());
}

Status Run(Session& session, const Arguments&) {
  SR_ASSIGN_OR_RETURN(const InstalledPacks packs, LoadInstalledPacks(session));
  SR_ASSIGN_OR_RETURN(const InstalledLicences licences, Licences(session));
  Output& output = session.output();
  Table table({"ID", "VERSION", "AUTHORITY", "STATE", "EXPIRES", "VALID", "TITLE"});
  for (std::size_t i = 0; i < packs.packs.size(); ++i) {
    AddRow(packs.packs[i], packs.origins[i], table);
    TellPack(output, packs.packs[i], packs.origins[i]);
  }
  output.Line(table.Render());
  for (const policy::Licence& licence : licences.licences) TellLicence(output, licence);
  for (const RefusedFile& refused : packs.refused) TellRefused(output, refused);
  for (const RefusedFile& refused : licences.refused) TellRefused(output, refused);
  return {};
}

}  // namespace

constexpr Command kPolicyList = {
    .name = "policy list",
    .summary = "list the packs, and the licences on file",
    .description =
        "Shows the packs of the program and the signed ones of the home, each with version, authority, when "
        "its "
        "signature expires and the window in which it speaks; then the licences. What is installed and does "
        "not "
        "load decides nothing, and is shown with the reason. Without a home: the packs of the program.",
    .positionals = {},
    .options = {},
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
