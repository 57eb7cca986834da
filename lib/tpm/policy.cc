#include "strongroom/tpm/policy.h"

#include <algorithm>

#include "strongroom/crypto/hash.h"
#include "tpm/marshal.h"

namespace strongroom::tpm {
namespace {

constexpr Digest kFreshSession{};

constexpr std::uint32_t kCommandPolicyAuthorize = 0x0000016A;
constexpr std::uint32_t kCommandPolicyOr = 0x00000171;
constexpr std::uint32_t kCommandPolicyPcr = 0x0000017F;

// As a TPML_PCR_SELECTION of one bank.
void AppendSelection(ByteWriter& out, const PcrSelection& selection) {
  const auto bitmap = selection.Bitmap();
  const std::uint16_t hash = selection.bank() == PcrBank::kSha256 ? kAlgSha256 : kAlgSha384;
  out.U32Be(1).U16Be(hash).U8(static_cast<std::uint8_t>(bitmap.size())).Append(ByteView(bitmap));
}

}  // namespace

Digest PolicyPcr(const PcrValues& values) {
  ByteWriter concatenated;
  for (const Bytes& digest : values.digests()) concatenated.Append(ByteView(digest));
  ByteWriter update;
  update.Append(ByteView(kFreshSession)).U32Be(kCommandPolicyPcr);
  AppendSelection(update, values.selection());
  update.Append(ByteView(crypto::Sha256(concatenated.bytes())));
  return crypto::Sha256(update.bytes());
}

Digest PolicyOr(std::span<const Digest> branches) {
  ByteWriter update;
  update.Append(ByteView(kFreshSession)).U32Be(kCommandPolicyOr);
  for (const Digest& branch : branches) update.Append(ByteView(branch));
  return crypto::Sha256(update.bytes());
}

Digest PolicyAuthorize(const crypto::P256PublicKey& key, const Digest& policy_ref) {
  const Bytes public_area = VerificationKeyPublicArea(key);
  const Digest hash = crypto::Sha256(ByteView(public_area).subspan(kSizeFieldSize));
  ByteWriter update;
  update.Append(ByteView(kFreshSession))
      .U32Be(kCommandPolicyAuthorize)
      .U16Be(kAlgSha256)
      .Append(ByteView(hash));
  const Digest with_name = crypto::Sha256(update.bytes());
  const ByteView pieces[] = {with_name, policy_ref};
  return crypto::Sha256(pieces);
}

std::array<std::uint8_t, 64> AuthorizationMessage(const Digest& approved, const Digest& policy_ref) {
  std::array<std::uint8_t, 64> message{};
  std::ranges::copy(approved, message.begin());
  std::ranges::copy(policy_ref, message.begin() + approved.size());
  return message;
}

Bytes VerificationKeyPublicArea(const crypto::P256PublicKey& key) {
  ByteWriter area;
  area.U16Be(kAlgEcc).U16Be(kAlgSha256).U32Be(kAttributeSign | kAttributeUserWithAuth);
  area.U16Be(0);                                            // authPolicy
  area.U16Be(kAlgNull).U16Be(kAlgEcdsa).U16Be(kAlgSha256);  // symmetric, scheme
  area.U16Be(kCurveP256).U16Be(kAlgNull);                   // curve, kdf
  area.U16Be(static_cast<std::uint16_t>(key.x.size())).Append(ByteView(key.x));
  area.U16Be(static_cast<std::uint16_t>(key.y.size())).Append(ByteView(key.y));
  ByteWriter sized;
  sized.U16Be(static_cast<std::uint16_t>(area.bytes().size())).Append(ByteView(area.bytes()));
  return std::move(sized).Take();
}

Expected<ObjectName> NameOf(ByteView public_area) {
  ByteReader reader(public_area, "TPM2B_PUBLIC");
  SR_ASSIGN_OR_RETURN(const std::uint16_t size, reader.U16Be());
  SR_ASSIGN_OR_RETURN(const ByteView area, reader.Take(size));
  SR_RETURN_IF_ERROR(reader.Finish());
  ByteReader fields(area, "TPMT_PUBLIC");
  SR_RETURN_IF_ERROR(fields.Skip(sizeof(std::uint16_t)));  // type
  SR_ASSIGN_OR_RETURN(const std::uint16_t name_algorithm, fields.U16Be());
  if (name_algorithm != kAlgSha256) {
    return Fail(ErrorCode::kUnsupported, "the nameAlg of a TPM object is not SHA-256");
  }
  ByteWriter name;
  name.U16Be(kAlgSha256).Append(ByteView(crypto::Sha256(area)));
  return std::move(name).Take();
}

}  // namespace strongroom::tpm
