// strongroom inspect: what anyone may know of a bundle. Needs neither key nor home.
#include "bundle_files.h"
#include "strongroom/keyslot/keyslots.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "BUNDLE", .help = "the bundle's directory", .completion = Completion::kDirectory}};
constexpr Example kExamples[] = {
    {"strongroom inspect model.bundle", "whose it is, under which policies, and what opens it"},
    {"strongroom inspect model.bundle --json", "the same for a program"},
};

struct Inspected {
  bundle::Manifest manifest;
  Digest bundle_id{};
  std::string trust;  // "yes", "no", "no home"
  keyslot::KeyslotsDocument keyslots;
};

// Whether the home trusts the owner; a home that is there but broken is an error.
Expected<std::string> TrustOf(Session& session, const envelope::NoteKey& owner) {
  const auto home = session.OpenHome();
  if (!home &&
      (home.error().code == ErrorCode::kNotFound || home.error().code == ErrorCode::kInvalidArgument))
    return "no home";
  if (!home) return std::unexpected(home.error());
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home->Trust());
  return trust.Find(envelope::KeyPurpose::kOwner, owner.key) != nullptr ? "yes" : "no";
}

Expected<keyslot::KeyslotsDocument> ReadKeyslots(Session& session, const std::string& bundle,
                                                 const Inspected& inspected) {
  const std::string path = JoinPath(bundle, bundle::kKeyslotsName);
  auto envelope = ReadWhole(session.files(), path, keyslot::kMaxKeyslotsSize);
  if (!envelope && envelope.error().code == ErrorCode::kNotFound)
    return Fail(ErrorCode::kTruncated, path + " is missing");
  if (!envelope) return std::unexpected(std::move(envelope).error());
  auto document = keyslot::ParseKeyslots(*envelope, inspected.manifest.owner.key);
  if (!document) return std::unexpected(std::move(document).error().With(path));
  if (document->bundle_id == inspected.bundle_id && document->instance == inspected.manifest.instance)
    return document;
  return Fail(ErrorCode::kAltered, path + " belongs to another bundle");
}

Expected<Inspected> Inspect(Session& session, const std::string& bundle) {
  SR_ASSIGN_OR_RETURN(const Bytes envelope, ReadManifestFile(session, bundle));
  auto read = bundle::ReadManifestUnverified(envelope);
  if (!read) return std::unexpected(std::move(read).error().With(JoinPath(bundle, bundle::kManifestName)));
  Inspected inspected;
  inspected.manifest = std::move(read->manifest);
  inspected.bundle_id = read->bundle_id;
  SR_ASSIGN_OR_RETURN(inspected.trust, TrustOf(session, inspected.manifest.owner));
  SR_ASSIGN_OR_RETURN(inspected.keyslots, ReadKeyslots(session, bundle, inspected));
  return inspected;
}

std::uint64_t TotalSize(const bundle::Manifest& manifest) {
  std::uint64_t total = 0;
  for (const bundle::Subject& subject : manifest.subjects) total += subject.size;
  return total;
}

std::string_view Word(bundle::PackPin::Rule rule) {
  return rule == bundle::PackPin::Rule::kFrozen ? "frozen" : "newest";
}

void TellJson(Output& output, const Inspected& inspected) {
  const bundle::Manifest& manifest = inspected.manifest;
  envelope::Json::Array packs;
  for (const bundle::PackPin& pack : manifest.packs) {
    envelope::ObjectBuilder pin;
    pin.String("authority", pack.authority)
        .String("id", pack.id)
        .Integer("min_version", pack.min_version)
        .Digest("digest", pack.digest)
        .String("rule", Word(pack.rule));
    packs.push_back(std::move(pin).Build());
  }
  envelope::Json::Array slots;
  for (const keyslot::Keyslot& slot : inspected.keyslots.slots)
    slots.push_back(KeyslotJson(slot, slots.size()));
  envelope::ObjectBuilder members;
  members.String("label", manifest.label)
      .Digest("bundle_id", inspected.bundle_id)
      .Digest("instance", manifest.instance)
      .String("series", Hex(manifest.series));
  members.Integer("sequence", manifest.sequence)
      .String("owner", manifest.owner.ToText())
      .String("trusted", inspected.trust)
      .Time("created", manifest.created);
  members.Value("facts", manifest.facts)
      .Value("packs", std::move(packs))
      .Bool("cooperative_keyslots", manifest.cooperative_keyslots);
  members.Integer("keyslots_revision", inspected.keyslots.revision)
      .Value("keyslots", std::move(slots))
      .Integer("shards", manifest.shards());
  members.Integer("bytes", TotalSize(manifest));
  if (manifest.parity)
    members.Integer("parity_data", manifest.parity->data).Integer("parity_rows", manifest.parity->parity);
  output.Object("bundle", std::move(members));
}

void TellPeople(Output& output, const Inspected& inspected) {
  const bundle::Manifest& manifest = inspected.manifest;
  const auto line = [&](std::string label, const std::string& text) {
    label.resize(10, ' ');
    output.Line(label + text);
  };
  const std::string trust = inspected.trust == "yes"  ? "trusted here"
                            : inspected.trust == "no" ? "NOT trusted here"
                                                      : "trust: no home here to ask";
  line("label", Printable(manifest.label));
  line("owner", manifest.owner.name + " (" + trust + ")");
  line("", manifest.owner.ToText());
  line("bundle", Hex(inspected.bundle_id));
  line("instance", Hex(manifest.instance));
  line("series", Hex(manifest.series) + ", sequence " + std::to_string(manifest.sequence));
  line("created", ToRfc3339(manifest.created));
  if (const auto* facts = manifest.facts.Get<envelope::Json::Object>()) {
    for (const auto& [name, value] : *facts) {
      const auto* text = value.Get<std::string>();
      line("fact", Printable(name + " = " + (text != nullptr ? *text : envelope::CanonicalJson(value))));
    }
  }
  for (const bundle::PackPin& pack : manifest.packs) {
    line("policy", Printable(pack.id + " by " + pack.authority) + ", version " +
                       std::to_string(pack.min_version) +
                       (pack.rule == bundle::PackPin::Rule::kFrozen ? " exactly" : " or newer"));
  }
  std::string parity = manifest.parity ? ", parity " + std::to_string(manifest.parity->data) + "/" +
                                             std::to_string(manifest.parity->parity)
                                       : ", no parity";
  line("size", FormatSize(TotalSize(manifest)) + " in " + Count(manifest.shards(), "shard") + parity);
  line("keyslots", "revision " + std::to_string(inspected.keyslots.revision) + "; cooperative ones are " +
                       (manifest.cooperative_keyslots ? "allowed" : "not allowed"));
  std::size_t index = 0;
  for (const keyslot::Keyslot& slot : inspected.keyslots.slots)
    line("", std::to_string(index++) + ": " + Describe(slot));
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Inspected inspected, Inspect(session, arguments.Path("BUNDLE")));
  TellJson(session.output(), inspected);
  TellPeople(session.output(), inspected);
  if (inspected.trust == "no")
    session.output().Warn(
        "the owner is not one whom this home trusts: the signature proves only that the bundle is of one "
        "piece");
  return {};
}

}  // namespace

constexpr Command kInspect = {
    .name = "inspect",
    .summary = "what anyone may know of a bundle",
    .description =
        "Shows label, owner, classification facts, policy packs, keyslots with their class, sizes and ids. "
        "Needs no key, and no home: without one it cannot "
        "say whether the owner is trusted. The signature is checked against the key that the manifest "
        "names.\n\n"
        "A keyslot that is 'not post-quantum' would fall to a large quantum computer; a 'cooperative' one "
        "relies on whoever holds its secret to go through this program.",
    .positionals = kPositionals,
    .options = {},
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
