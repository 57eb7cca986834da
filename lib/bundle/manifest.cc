#include "strongroom/bundle/manifest.h"

#include <algorithm>
#include <span>
#include <utility>

#include "strongroom/crypto/bulk.h"
#include "strongroom/crypto/floe.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/dsse.h"

namespace strongroom::bundle {
namespace {

using envelope::Json;
using envelope::ObjectBuilder;
using envelope::ObjectReader;

constexpr std::string_view kPayloadType = "application/vnd.in-toto+json";
constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
constexpr std::string_view kPredicateType = "urn:strongroom:bundle:v1";
constexpr char kRootAlgorithm[] = "merkle-sha256-32k";
constexpr std::size_t kMaxLabel = 128;
constexpr std::size_t kMaxPacks = 64;
constexpr std::size_t kMaxSubjects = 4 * std::size_t{kMaxShards} + 4;
constexpr std::size_t kMaxIdentifier = 256;

// Envelopes carry their payload in base64, a third longer.
constexpr envelope::JsonLimits kPayloadLimits{
    .max_bytes = kMaxManifestSize, .max_depth = 32, .max_values = 4 << 20};

std::string_view RuleName(PackPin::Rule rule) {
  return rule == PackPin::Rule::kNewest ? "newest" : "frozen";
}

bool IsPrintable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool IsObjectOfStrings(const Json& json) {
  const auto* object = json.Get<Json::Object>();
  return object != nullptr && std::ranges::all_of(*object, [](const auto& member) {
           return member.second.template Get<std::string>() != nullptr;
         });
}

std::uint64_t LeavesSize(std::uint64_t size) {
  return (size + crypto::kLeafSize - 1) / crypto::kLeafSize * sizeof(Digest);
}

template <std::size_t N>
Expected<std::array<std::uint8_t, N>> ReadHex(ObjectReader& reader, const char* name) {
  SR_ASSIGN_OR_RETURN(const std::string text, reader.String(name, 2 * N));
  const Expected<Bytes> bytes = FromHex(text);
  if (!bytes || bytes->size() != N || Hex(*bytes) != text) {
    return reader.Refuse(name, "must be " + std::to_string(2 * N) + " lower-case hexadecimal digits");
  }
  std::array<std::uint8_t, N> out{};
  std::ranges::copy(*bytes, out.begin());
  return out;
}

Json PackToJson(const PackPin& pack) {
  return ObjectBuilder()
      .String("authority", pack.authority)
      .Digest("digest", pack.digest)
      .String("id", pack.id)
      .Integer("min_version", pack.min_version)
      .String("rule", RuleName(pack.rule))
      .Build();
}

Expected<PackPin> ReadPack(ObjectReader reader) {
  PackPin pack;
  SR_ASSIGN_OR_RETURN(pack.authority, reader.String("authority", kMaxIdentifier));
  SR_ASSIGN_OR_RETURN(pack.digest, reader.Digest("digest"));
  SR_ASSIGN_OR_RETURN(pack.id, reader.String("id", kMaxIdentifier));
  SR_ASSIGN_OR_RETURN(pack.min_version, reader.Integer<std::uint64_t>("min_version"));
  SR_ASSIGN_OR_RETURN(const std::string rule, reader.String("rule"));
  if (rule != RuleName(PackPin::Rule::kNewest) && rule != RuleName(PackPin::Rule::kFrozen)) {
    return reader.Refuse("rule", "must be \"newest\" or \"frozen\"");
  }
  pack.rule = rule == RuleName(PackPin::Rule::kNewest) ? PackPin::Rule::kNewest : PackPin::Rule::kFrozen;
  SR_RETURN_IF_ERROR(reader.Finish());
  return pack;
}

Json SubjectToJson(const Subject& subject) {
  ObjectBuilder digest;
  digest.Digest(kRootAlgorithm, subject.root).OptionalDigest("sha256", subject.sha256);
  return ObjectBuilder()
      .Value("annotations", ObjectBuilder().Integer("size", subject.size).Build())
      .Value("digest", digest.Build())
      .String("name", subject.name)
      .Build();
}

Expected<Subject> ReadSubject(ObjectReader reader) {
  Subject subject;
  SR_ASSIGN_OR_RETURN(ObjectReader annotations, reader.Object("annotations"));
  SR_ASSIGN_OR_RETURN(subject.size, annotations.Integer<std::uint64_t>("size", 0, 1ULL << 62));
  SR_RETURN_IF_ERROR(annotations.Finish());
  SR_ASSIGN_OR_RETURN(ObjectReader digest, reader.Object("digest"));
  SR_ASSIGN_OR_RETURN(subject.root, digest.Digest(kRootAlgorithm));
  SR_ASSIGN_OR_RETURN(subject.sha256, digest.OptionalDigest("sha256"));
  SR_RETURN_IF_ERROR(digest.Finish());
  SR_ASSIGN_OR_RETURN(subject.name, reader.String("name", kMaxIdentifier));
  SR_RETURN_IF_ERROR(reader.Finish());
  return subject;
}

Json PredicateToJson(const Manifest& manifest) {
  Json::Array packs;
  for (const PackPin& pack : manifest.packs) packs.push_back(PackToJson(pack));
  Json parity;
  if (manifest.parity) {
    parity = ObjectBuilder()
                 .Integer("data", manifest.parity->data)
                 .Integer("parity", manifest.parity->parity)
                 .Build();
  }
  return ObjectBuilder()
      .Digest("commitment", manifest.commitment)
      .Bool("cooperative_keyslots", manifest.cooperative_keyslots)
      .Time("created", manifest.created)
      .Value("facts", manifest.facts)
      .Integer("format", kFormat)
      .String("instance", Hex(manifest.instance))
      .String("label", manifest.label)
      .String("owner", manifest.owner.ToText())
      .Value("packs", std::move(packs))
      .Value("parity", std::move(parity))
      .Integer("sequence", manifest.sequence)
      .String("series", Hex(manifest.series))
      .Build();
}

Status ReadParity(ObjectReader& predicate, std::optional<ParitySpec>& parity) {
  SR_ASSIGN_OR_RETURN(const Json* value, predicate.Value("parity"));
  if (value->is_null()) return {};
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(*value, "manifest.predicate.parity"));
  ParitySpec spec;
  SR_ASSIGN_OR_RETURN(spec.data, reader.Integer<std::uint32_t>("data"));
  SR_ASSIGN_OR_RETURN(spec.parity, reader.Integer<std::uint32_t>("parity"));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (!CheckParity(spec))
    return predicate.Refuse("parity", "data and parity must be at least 1, together at most 255");
  parity = spec;
  return {};
}

Status ReadPredicate(ObjectReader reader, Manifest& manifest) {
  SR_ASSIGN_OR_RETURN(manifest.commitment, reader.Digest("commitment"));
  SR_ASSIGN_OR_RETURN(manifest.cooperative_keyslots, reader.Bool("cooperative_keyslots"));
  SR_ASSIGN_OR_RETURN(manifest.created, reader.Time("created"));
  SR_ASSIGN_OR_RETURN(const Json* facts, reader.Value("facts"));
  if (!IsObjectOfStrings(*facts)) return reader.Refuse("facts", "must be an object of strings");
  manifest.facts = *facts;
  SR_RETURN_IF_ERROR(reader.Integer<std::uint32_t>("format", kFormat, kFormat));
  SR_ASSIGN_OR_RETURN(manifest.instance, ReadHex<32>(reader, "instance"));
  SR_ASSIGN_OR_RETURN(manifest.label, reader.String("label", kMaxLabel));
  if (manifest.label.empty() || !IsPrintable(manifest.label)) {
    return reader.Refuse("label", "must be 1 to 128 bytes without control characters");
  }
  SR_ASSIGN_OR_RETURN(const std::string owner, reader.String("owner"));
  SR_ASSIGN_OR_RETURN(manifest.owner, envelope::ParseNoteKey(owner));
  SR_ASSIGN_OR_RETURN(const std::vector<ObjectReader> packs, reader.Objects("packs", kMaxPacks));
  for (const ObjectReader& pack : packs) {
    SR_ASSIGN_OR_RETURN(PackPin pin, ReadPack(pack));
    manifest.packs.push_back(std::move(pin));
  }
  SR_RETURN_IF_ERROR(ReadParity(reader, manifest.parity));
  SR_ASSIGN_OR_RETURN(manifest.sequence, reader.Integer<std::uint64_t>("sequence", 1));
  SR_ASSIGN_OR_RETURN(manifest.series, ReadHex<16>(reader, "series"));
  return reader.Finish();
}

std::uint32_t ParityFiles(const Manifest& manifest) {
  if (!manifest.parity) return 0;
  const std::uint32_t groups = (manifest.shards() + manifest.parity->data - 1) / manifest.parity->data;
  return groups * manifest.parity->parity;
}

// The names that the subjects must have, in their order.
std::vector<std::string> SubjectNames(const Manifest& manifest) {
  std::vector<std::string> names = {kCatalogueName};
  const std::uint32_t parity_files = ParityFiles(manifest), shards = manifest.shards();
  for (std::uint32_t i = 0; i < parity_files; ++i) names.push_back(ParityName(i));
  if (manifest.parity) names.push_back(kCatalogueParityName);
  for (std::uint32_t i = 0; i < shards; ++i) names.push_back(ShardName(i));
  const std::size_t files = names.size();
  for (std::size_t i = 0; i < files; ++i) names.push_back(LeavesName(names[i]));
  std::ranges::sort(names);
  return names;
}

Status SubjectsRefused(const std::string& name, const std::string& why) {
  return Fail(ErrorCode::kMalformed, "manifest.subject: " + name + ": " + why);
}

Status CheckSizes(const Manifest& manifest, const Subject& subject) {
  const bool leaves = subject.name.ends_with(".leaves");
  if (leaves) return {};
  const Subject* of = manifest.Find(LeavesName(subject.name));
  if (of->size != LeavesSize(subject.size))
    return SubjectsRefused(of->name, "its size does not fit what it describes");
  const bool catalogue = subject.name == kCatalogueName || subject.name == kCatalogueParityName;
  if (subject.size != manifest.Find(catalogue ? kCatalogueName : ShardName(0))->size) {
    return SubjectsRefused(subject.name, "is not as long as the others of its kind");
  }
  if (!crypto::FloeParameters().PlaintextSize(subject.size)) {
    return SubjectsRefused(subject.name, "no encrypted file has this size");
  }
  return {};
}

Status CheckSubjects(const Manifest& manifest) {
  if (manifest.shards() == 0) return SubjectsRefused(ShardName(0), "is missing");
  if (manifest.shards() > kMaxShards || ParityFiles(manifest) > kMaxShards) {
    return SubjectsRefused(ShardName(0), "there are too many shards");
  }
  const std::vector<std::string> names = SubjectNames(manifest);
  for (std::size_t i = 0; i < std::max(names.size(), manifest.subjects.size()); ++i) {
    if (i >= manifest.subjects.size()) return SubjectsRefused(names[i], "is missing");
    const std::string& name = manifest.subjects[i].name;
    if (i >= names.size() || name != names[i]) return SubjectsRefused(name, "does not belong here");
  }
  for (const Subject& subject : manifest.subjects) SR_RETURN_IF_ERROR(CheckSizes(manifest, subject));
  return {};
}

Expected<Manifest> ReadStatement(const Json& json) {
  SR_ASSIGN_OR_RETURN(ObjectReader statement, ObjectReader::Open(json, "manifest"));
  SR_RETURN_IF_ERROR(statement.Constant("_type", kStatementType));
  SR_RETURN_IF_ERROR(statement.Constant("predicateType", kPredicateType));
  Manifest manifest;
  SR_ASSIGN_OR_RETURN(const ObjectReader predicate, statement.Object("predicate"));
  SR_RETURN_IF_ERROR(ReadPredicate(predicate, manifest));
  SR_ASSIGN_OR_RETURN(const std::vector<ObjectReader> subjects, statement.Objects("subject", kMaxSubjects));
  for (const ObjectReader& reader : subjects) {
    SR_ASSIGN_OR_RETURN(Subject subject, ReadSubject(reader));
    manifest.subjects.push_back(std::move(subject));
  }
  SR_RETURN_IF_ERROR(statement.Finish());
  SR_RETURN_IF_ERROR(CheckSubjects(manifest));
  return manifest;
}

const Json* Member(const Json* json, const char* name) {
  const auto* object = json == nullptr ? nullptr : json->Get<Json::Object>();
  if (object == nullptr) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &found->second;
}

bool IsNewerFormat(const Json& statement) {
  const Json* format = Member(Member(&statement, "predicate"), "format");
  return format != nullptr && format->Integer<std::uint64_t>().value_or(0) > kFormat;
}

std::unexpected<Error> NewerFormat() {
  return Fail(ErrorCode::kUnsupported, "manifest.json: the bundle has a newer format than this program knows",
              "use a newer strongroom");
}

std::vector<crypto::Ed25519PublicKey> OwnerKeys(const envelope::TrustStore& trust) {
  std::vector<crypto::Ed25519PublicKey> keys;
  for (const envelope::NoteKey& key : trust.Keys(envelope::KeyPurpose::kOwner)) keys.push_back(key.key);
  return keys;
}

// What the envelope holds, not verified; an error of kUnsupported if its format is newer.
struct ClaimedManifest {
  envelope::DsseEnvelope envelope;
  Expected<Manifest> manifest;
};

Expected<ClaimedManifest> ReadClaim(ByteView bytes) {
  auto envelope = envelope::ParseDsse(bytes, kMaxManifestSize);
  if (!envelope) return std::unexpected(std::move(envelope).error().With(kManifestName));
  auto manifest = ParseManifestPayload(envelope->unverified_payload);
  if (!manifest && manifest.error().code != ErrorCode::kUnsupported) {
    return std::unexpected(std::move(manifest).error());
  }
  return ClaimedManifest{*std::move(envelope), std::move(manifest)};
}

Status VerifyClaim(const ClaimedManifest& claim, const crypto::Ed25519PublicKey& key) {
  auto verified = envelope::VerifyDsseBy(claim.envelope, kPayloadType, key);
  if (!verified) return std::unexpected(std::move(verified).error().With(kManifestName));
  return {};
}

}  // namespace

Status CheckParity(const ParitySpec& spec) {
  if (spec.data >= 1 && spec.parity >= 1 && spec.data <= 254 && spec.data + spec.parity <= 255) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "parity needs at least 1 data and 1 parity file, together at most 255");
}

const Subject* Manifest::Find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(subjects, name, {}, &Subject::name);
  return found != subjects.end() && found->name == name ? &*found : nullptr;
}

std::uint32_t Manifest::shards() const {
  return static_cast<std::uint32_t>(std::ranges::count_if(subjects, [](const Subject& subject) {
    return subject.name.starts_with("shards/") && subject.name.ends_with(".shard");
  }));
}

Bytes SerializeManifestPayload(const Manifest& manifest) {
  Json::Array subjects;
  for (const Subject& subject : manifest.subjects) subjects.push_back(SubjectToJson(subject));
  const Json statement = ObjectBuilder()
                             .String("_type", kStatementType)
                             .Value("predicate", PredicateToJson(manifest))
                             .String("predicateType", kPredicateType)
                             .Value("subject", std::move(subjects))
                             .Build();
  return ToBytes(AsBytes(envelope::CanonicalJson(statement)));
}

Expected<Manifest> ParseManifestPayload(ByteView payload) {
  auto json = envelope::ParseCanonicalJson(payload, kPayloadLimits);
  if (!json) return std::unexpected(std::move(json).error().With(kManifestName));
  if (IsNewerFormat(*json)) return NewerFormat();
  auto manifest = ReadStatement(*json);
  if (!manifest) return std::unexpected(std::move(manifest).error().With(kManifestName));
  return manifest;
}

Expected<Bytes> SignManifest(Manifest manifest, const crypto::Ed25519PrivateKey& key,
                             std::string_view owner_name) {
  manifest.owner = {.name = std::string(owner_name), .key = key.public_key()};
  const Bytes payload = SerializeManifestPayload(manifest);
  auto parsed = ParseManifestPayload(payload);
  if (!parsed)
    return Fail(ErrorCode::kInvalidArgument, "this manifest cannot be signed: " + parsed.error().message);
  return envelope::SignDsse(kPayloadType, payload, key);
}

Expected<VerifiedManifest> VerifyManifest(ByteView bytes, const envelope::TrustStore& trust) {
  SR_ASSIGN_OR_RETURN(ClaimedManifest claim, ReadClaim(bytes));
  if (!claim.manifest) {
    // Only a signature tells a newer format from a flipped bit.
    auto signer = envelope::VerifyDsse(claim.envelope, kPayloadType, OwnerKeys(trust));
    if (!signer) return std::unexpected(std::move(signer).error().With(kManifestName));
    return NewerFormat();
  }
  const envelope::NoteKey& owner = claim.manifest->owner;
  if (trust.Find(envelope::KeyPurpose::kOwner, owner.key) == nullptr) {
    return Fail(
        ErrorCode::kUntrusted,
        "manifest.json: signed by " + owner.ToText() + ", whom this machine does not trust as an owner",
        "if this key is who it should be: strongroom trust add " + owner.ToText() + " --purpose owner");
  }
  SR_RETURN_IF_ERROR(VerifyClaim(claim, owner.key));
  return VerifiedManifest{*std::move(claim.manifest), crypto::Sha256(claim.envelope.unverified_payload),
                          ToBytes(bytes)};
}

Expected<UntrustedManifest> ReadManifestUnverified(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(ClaimedManifest claim, ReadClaim(bytes));
  if (!claim.manifest) return std::unexpected(std::move(claim.manifest).error());
  SR_RETURN_IF_ERROR(VerifyClaim(claim, claim.manifest->owner.key));
  return UntrustedManifest{*std::move(claim.manifest), crypto::Sha256(claim.envelope.unverified_payload)};
}

}  // namespace strongroom::bundle
