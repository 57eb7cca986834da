#include "strongroom/envelope/dsse.h"

#include <algorithm>

#include "strongroom/envelope/json.h"

namespace strongroom::envelope {
namespace {

// Pre-authentication encoding: what the signature covers.
Bytes Pae(std::string_view payload_type, ByteView payload) {
  ByteWriter pae;
  pae.Append("DSSEv1 ").Append(std::to_string(payload_type.size())).Append(" ").Append(payload_type);
  pae.Append(" ").Append(std::to_string(payload.size())).Append(" ").Append(payload);
  return std::move(pae).Take();
}

Status CheckType(const DsseEnvelope& envelope, std::string_view expected_type) {
  if (envelope.unverified_payload_type == expected_type) return {};
  return Fail(ErrorCode::kMalformed, "envelope holds " + CanonicalJson(envelope.unverified_payload_type) +
                                         " and not " + CanonicalJson(expected_type));
}

// Whether the text is the beginning of an envelope and ends too early, as a file that was cut short does. A
// changed character never looks so: all but the base64 and the type is fixed, and each of them ends with a
// quotation mark.
bool IsCutShort(std::string_view text) {
  constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  constexpr std::string_view kType = "abcdefghijklmnopqrstuvwxyz0123456789+-./";
  const auto skip_fixed = [&text](std::string_view fixed) {
    const std::string_view expected = fixed.substr(0, text.size());
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
  };
  const auto skip_any = [&text](std::string_view characters) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
    return true;
  };
  constexpr std::string_view kEnd = R"("}]})";
  return skip_fixed(R"({"payload":")") && skip_any(kBase64) && skip_fixed(R"(","payloadType":")") &&
         skip_any(kType) && skip_fixed(R"(","signatures":[{"keyid":"","sig":")") && skip_any(kBase64) &&
         text.size() < kEnd.size() && skip_fixed(kEnd);
}

Expected<DsseEnvelope> ParseWhole(ByteView bytes, std::size_t max_bytes) {
  constexpr std::size_t kLevels = 3;
  constexpr std::size_t kValues = 7;
  SR_ASSIGN_OR_RETURN(const Json json, ParseCanonicalJson(bytes, {max_bytes, kLevels, kValues}));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "envelope"));
  DsseEnvelope envelope;
  SR_ASSIGN_OR_RETURN(envelope.unverified_payload, reader.Bytes("payload", max_bytes));
  SR_ASSIGN_OR_RETURN(envelope.unverified_payload_type, reader.String("payloadType", 256));
  SR_ASSIGN_OR_RETURN(std::vector<ObjectReader> signatures, reader.Objects("signatures"));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (signatures.size() != 1) return reader.Refuse("signatures", "must be exactly one");
  SR_RETURN_IF_ERROR(signatures[0].Constant("keyid", ""));
  SR_ASSIGN_OR_RETURN(envelope.signature, signatures[0].FixedBytes<sizeof(crypto::Ed25519Signature)>("sig"));
  SR_RETURN_IF_ERROR(signatures[0].Finish());
  return envelope;
}

}  // namespace

Bytes SignDsse(std::string_view payload_type, ByteView payload, const crypto::Ed25519PrivateKey& key) {
  const crypto::Ed25519Signature signature = key.Sign(Pae(payload_type, payload));
  const Json envelope =
      ObjectBuilder()
          .Bytes("payload", payload)
          .String("payloadType", payload_type)
          .Value("signatures",
                 Json::Array{ObjectBuilder().String("keyid", "").Bytes("sig", signature).Build()})
          .Build();
  return ToBytes(AsBytes(CanonicalJson(envelope)));
}

Expected<DsseEnvelope> ParseDsse(ByteView bytes, std::size_t max_bytes) {
  auto envelope = ParseWhole(bytes, max_bytes);
  if (envelope || bytes.size() > max_bytes || !IsCutShort(AsText(bytes))) return envelope;
  return Fail(ErrorCode::kTruncated,
              "envelope is cut short: it ends after " + std::to_string(bytes.size()) + " bytes",
              "get the file again from where it came from");
}

Expected<std::size_t> VerifyDsse(const DsseEnvelope& envelope, std::string_view expected_type,
                                 std::span<const crypto::Ed25519PublicKey> keys) {
  SR_RETURN_IF_ERROR(CheckType(envelope, expected_type));
  const Bytes pae = Pae(envelope.unverified_payload_type, envelope.unverified_payload);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (crypto::Verify(keys[i], pae, envelope.signature)) return i;
  }
  return Fail(ErrorCode::kUntrusted,
              "envelope is not signed by any of the " + std::to_string(keys.size()) + " trusted keys");
}

Status VerifyDsseBy(const DsseEnvelope& envelope, std::string_view expected_type,
                    const crypto::Ed25519PublicKey& key) {
  SR_RETURN_IF_ERROR(CheckType(envelope, expected_type));
  const Bytes pae = Pae(envelope.unverified_payload_type, envelope.unverified_payload);
  if (crypto::Verify(key, pae, envelope.signature)) return {};
  return Fail(ErrorCode::kAltered,
              "envelope's signature does not verify under the key it must be signed with");
}

}  // namespace strongroom::envelope
