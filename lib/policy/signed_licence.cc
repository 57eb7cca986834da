#include "strongroom/policy/signed_licence.h"

#include <algorithm>

#include "policy/named_signer.h"
#include "strongroom/envelope/json.h"
#include "strongroom/policy/fact_files.h"

namespace strongroom::policy {
namespace {

using envelope::ObjectBuilder;
using envelope::ObjectReader;

constexpr std::size_t kMaxText = 256;
constexpr std::size_t kMaxTexts = 64;

Expected<Decimal> ReadCopies(ObjectReader& reader) {
  SR_ASSIGN_OR_RETURN(const std::string text, reader.String("copies", kMaxText));
  auto copies = ParseValue(FactId::kActCopies, text);
  if (!copies) return reader.Refuse("copies", copies.error().message);
  return std::get<Decimal>(*copies);
}

Expected<std::vector<place::Country>> ReadCountries(ObjectReader& reader) {
  SR_ASSIGN_OR_RETURN(const std::vector<std::string> codes, reader.Strings("countries", kMaxTexts));
  std::vector<place::Country> countries;
  for (const std::string& code : codes) {
    const auto country = place::Country::Parse(code);
    if (!country) return reader.Refuse("countries", country.error().message);
    countries.push_back(*country);
  }
  return countries;
}

Expected<Licence> ReadLicence(const envelope::Json& json) {
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "licence"));
  SR_ASSIGN_OR_RETURN([[maybe_unused]] const int format, reader.Integer<int>("format", 1, 1));
  Licence licence;
  licence.source = Source::kLicence;
  if (reader.Has("copies")) {
    SR_ASSIGN_OR_RETURN(licence.copies, ReadCopies(reader));
  }
  SR_ASSIGN_OR_RETURN(licence.countries, ReadCountries(reader));
  SR_ASSIGN_OR_RETURN(licence.id, reader.String("id", kMaxText));
  SR_ASSIGN_OR_RETURN(licence.issuer, reader.String("issuer", kMaxText));
  SR_ASSIGN_OR_RETURN(licence.items, reader.Strings("items", kMaxTexts));
  SR_ASSIGN_OR_RETURN(licence.parties, reader.Strings("parties", kMaxTexts));
  SR_ASSIGN_OR_RETURN(licence.valid_from, reader.Time("valid_from"));
  SR_ASSIGN_OR_RETURN(licence.valid_until, reader.Time("valid_until"));
  SR_RETURN_IF_ERROR(reader.Finish());
  return licence;
}

}  // namespace

Expected<Licence> ParseLicence(ByteView toml) {
  SR_ASSIGN_OR_RETURN(const Facts facts, ParseQuestion(toml));
  const auto stated = [&](const FactType& type) { return facts.Find(type.id) != nullptr; };
  if (facts.licences().size() != 1 || std::ranges::any_of(FactCatalogue(), stated)) {
    return Fail(ErrorCode::kMalformed, "a licence is one table [licence] and nothing else",
                "docs/POLICY.md lists its keys");
  }
  return facts.licences().front();
}

Bytes SerializeLicence(const Licence& licence) {
  std::vector<std::string> countries;
  for (const place::Country& country : licence.countries) countries.push_back(ToText(Value(country)));
  ObjectBuilder members;
  if (licence.copies) members.String("copies", ToText(Value(*licence.copies)));
  members.Strings("countries", countries)
      .Integer("format", 1)
      .String("id", licence.id)
      .String("issuer", licence.issuer)
      .Strings("items", licence.items)
      .Strings("parties", licence.parties)
      .Time("valid_from", licence.valid_from)
      .Time("valid_until", licence.valid_until);
  return ToBytes(AsBytes(envelope::CanonicalJson(members.Build())));
}

Expected<Licence> ParseLicencePayload(ByteView payload) {
  SR_ASSIGN_OR_RETURN(const envelope::Json json,
                      envelope::ParseCanonicalJson(payload, {.max_bytes = kMaxSignedLicenceSize}));
  SR_ASSIGN_OR_RETURN(Licence licence, ReadLicence(json));
  if (const Status fit = Facts().AddLicence(licence); !fit)
    return Fail(ErrorCode::kMalformed, fit.error().message);
  if (SerializeLicence(licence) != ToBytes(payload))
    return Fail(ErrorCode::kMalformed, "licence.copies: must be a number in its shortest form");
  return licence;
}

Expected<Bytes> SignLicence(const Licence& licence, const crypto::Ed25519PrivateKey& key) {
  const Bytes payload = SerializeLicence(licence);
  if (const auto parsed = ParseLicencePayload(payload); !parsed)
    return Fail(ErrorCode::kInvalidArgument, "this licence cannot be signed: " + parsed.error().message);
  return envelope::SignDsse(kSignedLicenceType, payload, key);
}

Expected<Licence> VerifySignedLicence(ByteView file, const envelope::TrustStore& trust) {
  SR_ASSIGN_OR_RETURN(const auto envelope, envelope::ParseDsse(file, kMaxSignedLicenceSize));
  SR_ASSIGN_OR_RETURN(Licence licence, ParseLicencePayload(envelope.unverified_payload));
  SR_RETURN_IF_ERROR(VerifyByName(envelope, kSignedLicenceType, trust, envelope::KeyPurpose::kLicenceIssuer,
                                  licence.issuer));
  return licence;
}

}  // namespace strongroom::policy
