// Documents that say themselves in whose name they are signed.
#ifndef STRONGROOM_POLICY_NAMED_SIGNER_H_
#define STRONGROOM_POLICY_NAMED_SIGNER_H_

#include <string_view>

#include "strongroom/envelope/dsse.h"
#include "strongroom/envelope/trust.h"

namespace strongroom::policy {

// VerifyByName holds an envelope to the key that is trusted for a purpose under the name that its payload
// claims, and gives that key. kUntrusted if there is none; kAltered if it did not sign.
Expected<envelope::NoteKey> VerifyByName(const envelope::DsseEnvelope& envelope,
                                         std::string_view payload_type, const envelope::TrustStore& trust,
                                         envelope::KeyPurpose purpose, std::string_view name);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_NAMED_SIGNER_H_
