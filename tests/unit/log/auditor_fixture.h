// Auditors and the rules that seal to them.
#ifndef STRONGROOM_TESTS_UNIT_LOG_AUDITOR_FIXTURE_H_
#define STRONGROOM_TESTS_UNIT_LOG_AUDITOR_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "strongroom/log/auditor.h"

namespace strongroom::log {

inline crypto::X25519PrivateKey AuditorPrivateKey(std::uint8_t fill) {
  return *crypto::X25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

inline AuditorKey Auditor(std::string name, std::uint8_t fill) {
  return {std::move(name), AuditorPrivateKey(fill).public_key()};
}

// Seals these parts to the auditors of fills 1 and 2.
inline SealingRules Sealing(std::vector<SealablePart> parts) {
  return {std::move(parts), {Auditor("a.example/audit", 1), Auditor("b.example/audit", 2)}};
}

}  // namespace strongroom::log

#endif  // STRONGROOM_TESTS_UNIT_LOG_AUDITOR_FIXTURE_H_
