// strongroom policy sign, install, remove.
#include <algorithm>
#include <charconv>

#include "installed_licences.h"
#include "installed_packs.h"
#include "pack_folder.h"
#include "secret_source.h"
#include "signed_file.h"
#include "strongroom/envelope/dsse.h"
#include "strongroom/policy/lint.h"
#include "strongroom/policy/signed_licence.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMaxLicenceText = 1 << 20;
constexpr std::uint32_t kEveryoneMayRead = 0644;

constexpr Positional kSignPositionals[] = {
    {.name = "SOURCE",
     .help = "a pack's folder, with pack.toml and cases.csv; or a licence in TOML",
     .completion = Completion::kFile},
};
constexpr Option kSignOptions[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "the signed file to make, NAME.pack or NAME.licence; must not exist",
     .required = true,
     .completion = Completion::kFile},
    {.name = "expires",
     .value = "TIME",
     .help = "when the signed pack stops loading, 2027-06-30 or 2027-06-30T00:00:00Z"},
    {.name = "replaces", .value = "N", .help = "the version that this one follows"},
    {.name = "revokes",
     .value = "SHA256",
     .help = "the digest of another version of the pack, which must not load again",
     .repeatable = true},
    {.name = "key",
     .value = "FILE",
     .help = "a file with the 32 bytes of an Ed25519 seed, or fd:N; else the key of the home's owner",
     .completion = Completion::kFile},
};
constexpr Example kSignExamples[] = {
    {"strongroom policy sign policies/my-pack -o my-pack.pack --expires 2027-06-30",
     "a pack in the name of this home's owner"},
    {"strongroom policy sign licence.toml -o D1234567.licence", "a licence, which expires by its own dates"},
};

constexpr Positional kInstallPositionals[] = {
    {.name = "FILE", .help = "a signed pack or licence", .completion = Completion::kFile}};
constexpr Example kInstallExamples[] = {
    {"strongroom policy install my-pack.pack", "let it decide for the bundles that name it"}};

constexpr Positional kRemovePositionals[] = {
    {.name = "NAME", .help = "a pack, AUTHORITY/ID@VERSION; or a licence, ISSUER/ID"}};
constexpr Example kRemoveExamples[] = {
    {"strongroom policy remove acme.example/my-pack@3", "bundles that name it no longer open here"}};

struct Signer {
  crypto::Ed25519PrivateKey key;
  std::optional<std::string> name;  // absent where only the document says it
};

Expected<Signer> ReadSigner(Session& session, const Arguments& arguments) {
  if (const auto source = arguments.Optional("key")) {
    SR_ASSIGN_OR_RETURN(SecretBytes seed, ReadSecret(*source));
    auto key = crypto::Ed25519PrivateKey::FromSeed(std::move(seed));
    if (!key) return std::unexpected(AsUsage(std::move(key).error()).With("--key " + *source));
    return Signer{*std::move(key), std::nullopt};
  }
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(crypto::Ed25519PrivateKey key, home.OwnerKey());
  return Signer{std::move(key), home.OwnerName()};
}

// A document speaks in the name of the key that signs it.
Status CheckName(const Signer& signer, std::string_view stated, std::string_view field) {
  if (!signer.name || *signer.name == stated) return {};
  return Fail(ErrorCode::kInvalidArgument,
              std::string(field) + " is '" + std::string(stated) +
                  "', and the key that would sign is called '" + *signer.name + "'",
              "write " + std::string(field) + " = \"" + *signer.name +
                  "\", or sign with that one's key: --key FILE, or --home of a home made with --name " +
                  std::string(stated));
}

Expected<std::vector<Digest>> ReadRevoked(const std::vector<std::string>& texts) {
  std::vector<Digest> revoked;
  for (const std::string& text : texts) {
    const auto bytes = FromHex(text);
    if (!bytes || bytes->size() != sizeof(Digest))
      return Fail(ErrorCode::kInvalidArgument, "--revokes '" + text + "' is not 64 hexadecimal digits",
                  "strongroom policy list --json shows the digests");
    std::ranges::copy(*bytes, revoked.emplace_back().begin());
  }
  std::ranges::sort(revoked);
  const auto repeated = std::ranges::unique(revoked);
  revoked.erase(repeated.begin(), repeated.end());
  return revoked;
}

Expected<Timestamp> ReadExpiry(const Arguments& arguments, Timestamp now) {
  const auto text = arguments.Optional("expires");
  if (!text)
    return Fail(ErrorCode::kInvalidArgument, "--expires TIME is missing: until when the pack may decide",
                "choose a day by which you will have looked at it again");
  auto expires = ParseRfc3339(*text);
  if (!expires) return std::unexpected(AsUsage(std::move(expires).error()).With("--expires"));
  if (*expires > now) return expires;
  return Fail(ErrorCode::kInvalidArgument, "--expires " + *text + " is not in the future");
}

Expected<policy::PackStatement> ReadStatement(Session& session, const Arguments& arguments) {
  policy::PackStatement statement;
  statement.issued = session.clock().Now();
  SR_ASSIGN_OR_RETURN(statement.expires, ReadExpiry(arguments, statement.issued));
  SR_ASSIGN_OR_RETURN(statement.replaces,
                      arguments.Number("replaces", 1, std::numeric_limits<std::int64_t>::max()));
  SR_ASSIGN_OR_RETURN(statement.revokes, ReadRevoked(arguments.All("revokes")));
  SR_ASSIGN_OR_RETURN(statement.documents, ReadPackFolder(session.files(), arguments.Path("SOURCE")));
  SR_ASSIGN_OR_RETURN(const policy::PackHead head, policy::ParsePackHead(statement.documents.pack));
  statement.authority = head.authority;
  statement.id = head.id;
  statement.version = head.version;
  return statement;
}

Status WriteSigned(Session& session, const Arguments& arguments, ByteView file) {
  const std::string output = arguments.Text("output");
  if (session.files().Stat(output))
    return Fail(ErrorCode::kExists, output + " exists", "choose another name");
  return WriteDurably(session.files(), output, file, kEveryoneMayRead);
}

void AddPack(const policy::VerifiedPack& pack, envelope::ObjectBuilder& members) {
  const policy::PackStatement& statement = pack.statement;
  members.String("authority", statement.authority)
      .String("id", statement.id)
      .Integer("version", statement.version)
      .Digest("digest", statement.digest())
      .Time("issued", statement.issued)
      .Time("expires", statement.expires)
      .OptionalInteger("replaces", statement.replaces)
      .Digests("revokes", statement.revokes)
      .String("key", pack.signer.ToText());
}

std::string Describe(const policy::PackStatement& statement) {
  return "pack " + statement.authority + "/" + statement.id + "@" + std::to_string(statement.version);
}

// What lint calls an error would mislead whoever relies on the signature.
Status CheckLint(Session& session, const policy::Pack& pack, const policy::PackStatement& statement,
                 std::span<const policy::Pack> installed) {
  using Severity = policy::LintFinding::Severity;
  const policy::Pack* alone[] = {&pack};
  SR_ASSIGN_OR_RETURN(const auto packs, policy::WithBases(alone, installed));
  SR_ASSIGN_OR_RETURN(const auto cases, policy::ParseCases(statement.documents.cases));
  Error error(ErrorCode::kMalformed, "pack '" + pack.id + "' has an error that lint finds",
              "correct the pack; strongroom policy lint FOLDER shows all of it");
  for (const policy::LintFinding& finding :
       policy::Lint(pack, std::span(packs).subspan(1), cases, statement.issued)) {
    const std::string told = finding.about + ": " + finding.sentence;
    if (finding.severity == Severity::kWarning) {
      session.output().Warn(told);
    } else {
      error.why.push_back(told);
    }
  }
  if (error.why.empty()) return {};
  return std::unexpected(std::move(error));
}

Status SignPackFolder(Session& session, const Arguments& arguments, const Signer& signer) {
  SR_ASSIGN_OR_RETURN(policy::PackStatement statement, ReadStatement(session, arguments));
  SR_RETURN_IF_ERROR(CheckName(signer, statement.authority, "authority"));
  SR_ASSIGN_OR_RETURN(const InstalledPacks installed, LoadInstalledPacks(session));
  const envelope::NoteKey key{.name = statement.authority, .key = signer.key.public_key()};
  const policy::VerifiedPack pack{std::move(statement), key};
  SR_ASSIGN_OR_RETURN(const policy::Pack loaded,
                      policy::LoadVerifiedPack(pack, installed.packs, pack.statement.issued));
  SR_RETURN_IF_ERROR(CheckLint(session, loaded, pack.statement, installed.packs));
  SR_ASSIGN_OR_RETURN(const Bytes file, policy::SignPack(pack.statement, signer.key));
  SR_RETURN_IF_ERROR(WriteSigned(session, arguments, file));
  session.output().Line("signed   " + Describe(pack.statement) + " into " +
                        Printable(arguments.Text("output")) + "\nexpires  " +
                        ToRfc3339(pack.statement.expires) + "\nSHA-256  " + Hex(pack.statement.digest()) +
                        "\nkey      " + pack.signer.ToText());
  envelope::ObjectBuilder members;
  AddPack(pack, members);
  session.output().Object("signed_pack", std::move(members));
  session.output().Note(
      "next: strongroom trust add KEY --purpose pack-authority, then strongroom policy install " +
      arguments.Text("output") + ", on each machine where it shall decide");
  return {};
}

Status SignLicenceFile(Session& session, const Arguments& arguments, const Signer& signer) {
  for (const std::string_view option : {"expires", "replaces", "revokes"}) {
    if (arguments.Has(option))
      return Fail(ErrorCode::kInvalidArgument, "--" + std::string(option) + " is for packs, and " +
                                                   arguments.Text("SOURCE") +
                                                   " is no folder with a pack.toml");
  }
  const std::string source = arguments.Path("SOURCE");
  SR_ASSIGN_OR_RETURN(const Bytes toml, ReadWhole(session.files(), source, kMaxLicenceText));
  auto licence = policy::ParseLicence(toml);
  if (!licence) return std::unexpected(std::move(licence).error().With(source));
  SR_RETURN_IF_ERROR(CheckName(signer, licence->issuer, "issuer"));
  SR_ASSIGN_OR_RETURN(const Bytes file, policy::SignLicence(*licence, signer.key));
  SR_RETURN_IF_ERROR(WriteSigned(session, arguments, file));
  const envelope::NoteKey key{.name = licence->issuer, .key = signer.key.public_key()};
  session.output().Line("signed   licence " + licence->issuer + "/" + licence->id + " into " +
                        Printable(arguments.Text("output")) + "\nexpires  " +
                        ToRfc3339(licence->valid_until) + "\nkey      " + key.ToText());
  envelope::ObjectBuilder members;
  members.String("issuer", licence->issuer)
      .String("id", licence->id)
      .Time("valid_until", licence->valid_until)
      .String("key", key.ToText());
  session.output().Object("signed_licence", std::move(members));
  session.output().Note(
      "next: strongroom trust add KEY --purpose licence-issuer, then strongroom policy install " +
      arguments.Text("output") + ", on each machine that shall know of it");
  return {};
}

Status Sign(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Signer signer, ReadSigner(session, arguments));
  SR_ASSIGN_OR_RETURN(const FileIdentity source, session.files().Stat(arguments.Path("SOURCE")));
  if (source.IsDirectory()) return SignPackFolder(session, arguments, signer);
  return SignLicenceFile(session, arguments, signer);
}

Status InstallPackFile(Session& session, home::Home& home, ByteView file) {
  SR_ASSIGN_OR_RETURN(const policy::VerifiedPack pack, InstallPack(home, file, session.clock().Now()));
  session.output().Line("installed  " + Describe(pack.statement) + ", expires " +
                        ToRfc3339(pack.statement.expires));
  envelope::ObjectBuilder members;
  AddPack(pack, members);
  session.output().Object("installed_pack", std::move(members));
  return {};
}

Status InstallLicenceFile(Session& session, home::Home& home, ByteView file) {
  SR_ASSIGN_OR_RETURN(const policy::Licence licence, InstallLicence(home, file, session.clock().Now()));
  session.output().Line("installed  licence " + Printable(licence.issuer + "/" + licence.id) +
                        ", valid until " + ToRfc3339(licence.valid_until));
  envelope::ObjectBuilder members;
  members.String("issuer", licence.issuer).String("id", licence.id).Time("valid_until", licence.valid_until);
  session.output().Object("installed_licence", std::move(members));
  return {};
}

Status InstallFile(Session& session, home::Home& home, ByteView file) {
  constexpr std::string_view kNext = "strongroom policy sign makes signed packs and licences";
  auto envelope = envelope::ParseDsse(file, policy::kMaxSignedPackSize);
  if (!envelope) {
    const bool malformed = envelope.error().code == ErrorCode::kMalformed;
    return std::unexpected(malformed ? std::move(envelope).error().Next(std::string(kNext))
                                     : std::move(envelope).error());
  }
  const std::string& type = envelope->unverified_payload_type;
  if (type == policy::kSignedPackType) return InstallPackFile(session, home, file);
  if (type == policy::kSignedLicenceType) return InstallLicenceFile(session, home, file);
  return Fail(ErrorCode::kMalformed, "this is neither a signed pack nor a signed licence",
              std::string(kNext));
}

Status Install(Session& session, const Arguments& arguments) {
  const std::string path = arguments.Path("FILE");
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(const Bytes file, ReadWhole(session.files(), path, policy::kMaxSignedPackSize));
  auto installed = InstallFile(session, home, file);
  if (!installed) return std::unexpected(AboutSignedFile(std::move(installed).error()).With(path));
  return installed;
}

// "acme.example/my-pack@3". The authority may have slashes of its own, the id has none.
struct PackName {
  std::string authority, id;
  std::uint64_t version = 0;
};

std::optional<PackName> ParsePackName(std::string_view text) {
  const std::size_t at = text.rfind('@');
  const std::size_t slash = text.substr(0, at).rfind('/');
  if (at == std::string_view::npos || slash == std::string_view::npos) return std::nullopt;
  PackName name{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1, at - slash - 1)), 0};
  const auto [end, error] = std::from_chars(text.data() + at + 1, text.data() + text.size(), name.version);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return name;
}

// Both parts of a licence's name may hold slashes: each of them is tried.
Status RemoveLicence(home::Home& home, const std::string& name) {
  for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    Status removed = home.RemoveLicence(name.substr(0, slash), name.substr(slash + 1));
    if (removed || removed.error().code != ErrorCode::kNotFound) return removed;
  }
  return Fail(ErrorCode::kNotFound, "'" + name + "' is not installed",
              "strongroom policy list shows the packs, AUTHORITY/ID@VERSION, and licences, ISSUER/ID");
}

// Whether it decides for no bundle but those that are frozen to it.
Expected<bool> IsForFrozenBundlesAlone(const home::Home& home, const PackName& name, Timestamp now) {
  SR_ASSIGN_OR_RETURN(const InstalledPacks installed, LoadInstalledPacks(&home, now));
  return std::ranges::any_of(installed.packs, [&](const policy::Pack& pack) {
    return pack.superseded && pack.authority == name.authority && pack.id == name.id &&
           pack.version == name.version;
  });
}

Status Remove(Session& session, const Arguments& arguments) {
  const std::string name = arguments.Text("NAME");
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  const std::optional<PackName> pack = ParsePackName(name);
  const auto frozen_alone =
      pack ? IsForFrozenBundlesAlone(home, *pack, session.clock().Now()) : Expected<bool>(false);
  Status removed =
      pack ? home.RemovePack(pack->authority, pack->id, pack->version) : RemoveLicence(home, name);
  if (!removed && pack && removed.error().code == ErrorCode::kNotFound) removed = RemoveLicence(home, name);
  SR_RETURN_IF_ERROR(removed);
  session.output().Line("removed  " + Printable(name));
  if (frozen_alone && *frozen_alone) {
    session.output().Warn(
        "bundles that are frozen to it stay closed here: a newer version was installed, so that this one "
        "cannot be installed again");
  }
  envelope::ObjectBuilder members;
  members.String("name", name);
  session.output().Object("removed", std::move(members));
  return {};
}

}  // namespace

constexpr Command kPolicySign = {
    .name = "policy sign",
    .summary = "sign a pack, or a licence, so that others can install it",
    .description =
        "Puts a pack with its cases, data tables and parts into one file, signed in the name of its "
        "authority. "
        "Tables and parts are looked for in the folder, beside it in ../data and ../parts, and in the "
        "program. "
        "The cases are run first, and lint: a pack that fails a case, or in which lint finds an error, is "
        "not signed.\n\n"
        "The authority in pack.toml, or the issuer of a licence, must be the name of the key. A pack "
        "expires: "
        "whoever holds back a newer version cannot let the old one decide for ever.",
    .positionals = kSignPositionals,
    .options = kSignOptions,
    .examples = kSignExamples,
    .run = Sign,
};

constexpr Command kPolicyInstall = {
    .name = "policy install",
    .summary = "install a signed pack or licence",
    .description =
        "Verifies the file against the keys that this home trusts (pack-authority, licence-issuer), loads "
        "it, "
        "runs a pack's cases, and keeps it in the home. It is verified again at each use.\n\n"
        "A pack that is older than one installed here before is refused, and so is another content under the "
        "same version, even after the newer one was removed.",
    .positionals = kInstallPositionals,
    .options = {},
    .examples = kInstallExamples,
    .run = Install,
};

constexpr Command kPolicyRemove = {
    .name = "policy remove",
    .summary = "remove an installed pack or licence",
    .description =
        "Removes the file. The home remembers a pack's version: an older one cannot take its place. Warns "
        "where the version was kept for the bundles that are frozen to it, which stay closed from then on.",
    .positionals = kRemovePositionals,
    .options = {},
    .examples = kRemoveExamples,
    .run = Remove,
};

}  // namespace strongroom::cli
