#include "strongroom/keyslot/approval.h"

#include <algorithm>
#include <string>
#include <utility>

#include "keyslot/pcr_json.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/json.h"

namespace strongroom::keyslot {

using envelope::Json;
using envelope::ObjectBuilder;
using envelope::ObjectReader;

namespace {

constexpr std::string_view kType = "strongroom.approval.v1";
constexpr std::string_view kTypePrefix = "strongroom.approval.";
constexpr std::string_view kFloorLabel = "strongroom approval floor v1";
constexpr std::size_t kMaxSignatures = 256;
constexpr std::size_t kCoordinate = 32;

Json SignatureJson(const crypto::P256Signature& signature) {
  ByteWriter both;
  both.Append(ByteView(signature.r)).Append(ByteView(signature.s));
  return Json(Base64(both.bytes()));
}

Expected<crypto::P256Signature> ReadSignature(const std::string& text) {
  SR_ASSIGN_OR_RETURN(const Bytes bytes, FromBase64(text));
  if (bytes.size() != 2 * kCoordinate) {
    return Fail(ErrorCode::kMalformed, "approval.signatures: each has 64 bytes");
  }
  crypto::P256Signature signature;
  std::copy_n(bytes.begin(), kCoordinate, signature.r.begin());
  std::copy_n(bytes.begin() + kCoordinate, kCoordinate, signature.s.begin());
  return signature;
}

Status CheckType(ObjectReader& reader) {
  SR_ASSIGN_OR_RETURN(const std::string type, reader.String("type", 64));
  if (type == kType) return {};
  if (type.starts_with(kTypePrefix)) {
    return Fail(ErrorCode::kUnsupported, "an approval of type " + type + " is newer than this program",
                "use a newer strongroom");
  }
  return reader.Refuse("type", "must be " + std::string(kType));
}

Status CheckSignatures(const Approval& approval) {
  const Digest approved = tpm::PolicyPcr(approval.pcrs);
  for (std::size_t floor = 0; floor < approval.signatures.size(); ++floor) {
    const auto message = tpm::AuthorizationMessage(approved, PolicyRef(static_cast<std::uint8_t>(floor)));
    if (!crypto::Verify(approval.policy_key, message, approval.signatures[floor])) {
      return Fail(ErrorCode::kAltered, "the approval's signature for floor " + std::to_string(floor) +
                                           " is not by the policy key it names");
    }
  }
  return {};
}

}  // namespace

Digest PolicyRef(std::uint8_t floor) {
  ByteWriter text;
  text.Append(kFloorLabel).U64Be(floor);
  return crypto::Sha256(text.bytes());
}

Approval MakeApproval(tpm::PcrValues pcrs, std::uint8_t version, const crypto::P256PrivateKey& policy_key) {
  const Digest approved = tpm::PolicyPcr(pcrs);
  Approval approval{std::move(pcrs), policy_key.public_key(), {}};
  for (int floor = 0; floor <= version; ++floor) {
    const Digest reference = PolicyRef(static_cast<std::uint8_t>(floor));
    approval.signatures.push_back(policy_key.Sign(tpm::AuthorizationMessage(approved, reference)));
  }
  return approval;
}

Bytes SerializeApproval(const Approval& approval) {
  Json::Array signatures;
  std::ranges::transform(approval.signatures, std::back_inserter(signatures), SignatureJson);
  return ToBytes(AsBytes(envelope::CanonicalJson(ObjectBuilder()
                                                     .Value("pcrs", PcrValuesJson(approval.pcrs))
                                                     .Value("policy_key", PolicyKeyJson(approval.policy_key))
                                                     .Value("signatures", std::move(signatures))
                                                     .String("type", kType)
                                                     .Integer("version", approval.version())
                                                     .Build())));
}

Expected<Approval> ParseApproval(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const Json json, envelope::ParseCanonicalJson(bytes, {.max_bytes = kMaxApprovalSize}));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "approval"));
  SR_RETURN_IF_ERROR(CheckType(reader));
  SR_ASSIGN_OR_RETURN(tpm::PcrValues pcrs, ReadPcrValues(reader, "pcrs"));
  SR_ASSIGN_OR_RETURN(const crypto::P256PublicKey key, ReadPolicyKey(reader, "policy_key"));
  SR_ASSIGN_OR_RETURN(const std::vector<std::string> signatures,
                      reader.Strings("signatures", kMaxSignatures));
  SR_ASSIGN_OR_RETURN(const auto version, reader.Integer<std::uint8_t>("version"));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (signatures.size() != std::size_t{version} + 1) {
    return reader.Refuse("signatures", "there must be one for each floor from 0 to the version");
  }
  Approval approval{std::move(pcrs), key, {}};
  for (const std::string& text : signatures) {
    SR_ASSIGN_OR_RETURN(const crypto::P256Signature signature, ReadSignature(text));
    approval.signatures.push_back(signature);
  }
  if (!std::ranges::equal(SerializeApproval(approval), bytes)) {
    return Fail(ErrorCode::kMalformed, "approval: a value is not in its one encoding");
  }
  SR_RETURN_IF_ERROR(CheckSignatures(approval));
  return approval;
}

Expected<tpm::Authorization> AuthorizationFor(const Approval& approval, const TpmSlot& slot) {
  if (approval.policy_key != slot.policy_key) {
    return Fail(ErrorCode::kNoKey,
                "the approval is signed by another policy key than this keyslot's owner has");
  }
  if (approval.version() < slot.approval_floor) {
    return Fail(ErrorCode::kNoKey,
                "approval version " + std::to_string(approval.version()) + " is below the floor " +
                    std::to_string(slot.approval_floor) + " of this keyslot",
                "ask the owner for a newer approval (strongroom node approve-pcrs)");
  }
  if (approval.pcrs.selection() != slot.pcrs.selection()) {
    return Fail(ErrorCode::kNoKey, "the approval is about " + approval.pcrs.selection().ToString() +
                                       ", this keyslot about " + slot.pcrs.selection().ToString());
  }
  return tpm::Authorization{.key = slot.policy_key,
                            .policy_ref = PolicyRef(slot.approval_floor),
                            .approved = tpm::PolicyPcr(approval.pcrs),
                            .signature = approval.signatures[slot.approval_floor]};
}

}  // namespace strongroom::keyslot
