#include "strongroom/policy/signed_pack.h"

#include <algorithm>

#include "policy/named_signer.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/json.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::policy {
namespace {

using envelope::Json;
using envelope::ObjectBuilder;
using envelope::ObjectReader;

constexpr std::size_t kMaxIdentifier = 256;
constexpr std::size_t kMaxRevoked = 1024;
constexpr std::size_t kMaxDocuments = 64;  // tables, and parts
constexpr envelope::JsonLimits kPayloadLimits{
    .max_bytes = kMaxSignedPackSize, .max_depth = 2, .max_values = 4096};

Json DocumentsJson(const std::vector<Bytes>& documents) {
  Json::Array texts;
  for (const Bytes& document : documents) texts.emplace_back(Base64(document));
  return texts;
}

Expected<std::vector<Bytes>> ReadDocuments(ObjectReader& reader, std::string_view name) {
  SR_ASSIGN_OR_RETURN(const Json::Array* texts, reader.Array(name, kMaxDocuments));
  std::vector<Bytes> documents;
  for (const Json& text : *texts) {
    const auto* base64 = text.Get<std::string>();
    if (base64 == nullptr) return reader.Refuse(name, "must hold strings");
    auto document = FromBase64(*base64);
    if (!document) return reader.Refuse(name, document.error().message);
    documents.push_back(*std::move(document));
  }
  return documents;
}

Expected<std::vector<Digest>> ReadRevoked(ObjectReader& reader) {
  SR_ASSIGN_OR_RETURN(std::vector<Digest> revoked, reader.Digests("revokes", kMaxRevoked));
  if (std::ranges::adjacent_find(revoked, std::ranges::greater_equal()) != revoked.end())
    return reader.Refuse("revokes", "must be sorted, none twice");
  return revoked;
}

// What holds between the members of a statement.
Status CheckStatement(const ObjectReader& reader, const PackStatement& statement) {
  if (!envelope::IsNoteKeyName(statement.authority))
    return reader.Refuse("authority", "must be a name that a key can have");
  if (statement.id.empty()) return reader.Refuse("id", "must not be empty");
  if (statement.expires <= statement.issued) return reader.Refuse("expires", "must be later than issued");
  if (statement.replaces && *statement.replaces >= statement.version)
    return reader.Refuse("replaces", "must be lower than version");
  if (std::ranges::binary_search(statement.revokes, statement.digest()))
    return reader.Refuse("revokes", "must not name the pack itself");
  return {};
}

Expected<PackStatement> ReadStatement(ObjectReader reader) {
  PackStatement statement;
  SR_ASSIGN_OR_RETURN([[maybe_unused]] const int format, reader.Integer<int>("format", 1, 1));
  SR_ASSIGN_OR_RETURN(statement.authority, reader.String("authority", kMaxIdentifier));
  SR_ASSIGN_OR_RETURN(statement.documents.cases, reader.Bytes("cases", kMaxSignedPackSize));
  SR_ASSIGN_OR_RETURN(statement.expires, reader.Time("expires"));
  SR_ASSIGN_OR_RETURN(statement.id, reader.String("id", kMaxIdentifier));
  SR_ASSIGN_OR_RETURN(statement.issued, reader.Time("issued"));
  SR_ASSIGN_OR_RETURN(statement.documents.pack, reader.Bytes("pack", kMaxSignedPackSize));
  SR_ASSIGN_OR_RETURN(statement.documents.parts, ReadDocuments(reader, "parts"));
  SR_ASSIGN_OR_RETURN(statement.replaces, reader.OptionalInteger<std::uint64_t>("replaces", 1));
  SR_ASSIGN_OR_RETURN(statement.revokes, ReadRevoked(reader));
  SR_ASSIGN_OR_RETURN(statement.documents.tables, ReadDocuments(reader, "tables"));
  SR_ASSIGN_OR_RETURN(statement.version, reader.Integer<std::uint64_t>("version", 1));
  SR_RETURN_IF_ERROR(reader.Finish());
  SR_RETURN_IF_ERROR(CheckStatement(reader, statement));
  return statement;
}

std::vector<ByteView> Views(const std::vector<Bytes>& documents) {
  return {documents.begin(), documents.end()};
}

// The documents must be those that the pack names, in its order: one pack has one file.
Status CheckNamed(std::string_view kind, const std::vector<PartIdentity>& named,
                  const std::vector<Bytes>& given) {
  const auto is = [](const PartIdentity& identity, const Bytes& document) {
    return identity.digest == crypto::Sha256(document);
  };
  if (std::ranges::equal(named, given, is)) return {};
  return Fail(ErrorCode::kMalformed,
              "the " + std::string(kind) + " in it are not those that pack.toml names");
}

Status CheckHead(const PackStatement& statement, const Pack& pack) {
  if (pack.authority == statement.authority && pack.id == statement.id && pack.version == statement.version)
    return {};
  return Fail(ErrorCode::kMalformed, "it is signed as " + statement.authority + "/" + statement.id +
                                         " version " + std::to_string(statement.version) +
                                         ", and pack.toml says " + pack.authority + "/" + pack.id +
                                         " version " + std::to_string(pack.version));
}

}  // namespace

Digest PackStatement::digest() const {
  return crypto::Sha256(documents.pack);
}

Bytes SerializePackStatement(const PackStatement& statement) {
  ObjectBuilder members;
  members.String("authority", statement.authority)
      .Bytes("cases", statement.documents.cases)
      .Time("expires", statement.expires)
      .Integer("format", 1)
      .String("id", statement.id)
      .Time("issued", statement.issued)
      .Bytes("pack", statement.documents.pack)
      .Value("parts", DocumentsJson(statement.documents.parts))
      .OptionalInteger("replaces", statement.replaces)
      .Digests("revokes", statement.revokes)
      .Value("tables", DocumentsJson(statement.documents.tables))
      .Integer("version", statement.version);
  return ToBytes(AsBytes(envelope::CanonicalJson(members.Build())));
}

Expected<PackStatement> ParsePackStatement(ByteView payload) {
  SR_ASSIGN_OR_RETURN(const Json json, envelope::ParseCanonicalJson(payload, kPayloadLimits));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "pack"));
  return ReadStatement(std::move(reader));
}

Expected<Bytes> SignPack(const PackStatement& statement, const crypto::Ed25519PrivateKey& key) {
  const Bytes payload = SerializePackStatement(statement);
  if (const auto parsed = ParsePackStatement(payload); !parsed)
    return Fail(ErrorCode::kInvalidArgument, "this pack cannot be signed: " + parsed.error().message);
  Bytes file = envelope::SignDsse(kSignedPackType, payload, key);
  if (file.size() > kMaxSignedPackSize)
    return Fail(ErrorCode::kInvalidArgument, "a signed pack has at most 4 MiB, and this one would have " +
                                                 std::to_string(file.size()) + " bytes");
  return file;
}

Expected<VerifiedPack> VerifySignedPack(ByteView file, const envelope::TrustStore& trust) {
  SR_ASSIGN_OR_RETURN(const auto envelope, envelope::ParseDsse(file, kMaxSignedPackSize));
  SR_ASSIGN_OR_RETURN(PackStatement statement, ParsePackStatement(envelope.unverified_payload));
  SR_ASSIGN_OR_RETURN(envelope::NoteKey signer,
                      VerifyByName(envelope, kSignedPackType, trust, envelope::KeyPurpose::kPackAuthority,
                                   statement.authority));
  return VerifiedPack{std::move(statement), std::move(signer)};
}

Expected<Pack> LoadVerifiedPack(const VerifiedPack& verified, std::span<const Pack> others, Timestamp now) {
  const PackStatement& statement = verified.statement;
  if (now >= statement.expires) {
    return Fail(ErrorCode::kDenied, "its signature expired at " + ToRfc3339(statement.expires),
                "ask " + statement.authority + " for the pack signed anew");
  }
  const PackDocuments& documents = statement.documents;
  const std::vector<ByteView> tables = Views(documents.tables);
  const std::vector<ByteView> parts = Views(documents.parts);
  SR_ASSIGN_OR_RETURN(Pack pack, LoadPack({.id = statement.id,
                                           .pack = documents.pack,
                                           .cases = documents.cases,
                                           .tables = tables,
                                           .parts = parts},
                                          others));
  SR_RETURN_IF_ERROR(CheckHead(statement, pack));
  SR_RETURN_IF_ERROR(CheckNamed("data tables", pack.tables, documents.tables));
  SR_RETURN_IF_ERROR(CheckNamed("parts", pack.parts, documents.parts));
  return pack;
}

}  // namespace strongroom::policy
