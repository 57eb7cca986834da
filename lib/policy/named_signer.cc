#include "policy/named_signer.h"

#include <algorithm>

namespace strongroom::policy {

Expected<envelope::NoteKey> VerifyByName(const envelope::DsseEnvelope& envelope,
                                         std::string_view payload_type, const envelope::TrustStore& trust,
                                         envelope::KeyPurpose purpose, std::string_view name) {
  const std::string role(envelope::Name(purpose));
  const std::vector<envelope::NoteKey> keys = trust.Keys(purpose);
  const auto key = std::ranges::find(keys, name, &envelope::NoteKey::name);
  if (key == keys.end()) {
    return Fail(
        ErrorCode::kUntrusted,
        "it is in the name of '" + std::string(name) + "', whom this machine does not trust as a " + role,
        "if it should: strongroom trust add VKEY --purpose " + role + ", with the key of that name");
  }
  auto verified = envelope::VerifyDsseBy(envelope, payload_type, key->key);
  if (!verified) {
    return std::unexpected(std::move(verified).error().Because(
        "it was changed after it was signed, or signed by somebody else than " + key->ToText()));
  }
  return *key;
}

}  // namespace strongroom::policy
