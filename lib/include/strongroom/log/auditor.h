// Auditors: to whom parts of access records are sealed, and which parts. docs/LOG.md describes both texts.
#ifndef STRONGROOM_LOG_AUDITOR_H_
#define STRONGROOM_LOG_AUDITOR_H_

#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/crypto/x25519.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

// AuditorKey is the public half of an auditor's key. Its text form is like that of NoteKey, with the type
// 0xff and an identifier of ours, so that it cannot be taken for a key that verifies signatures.
struct AuditorKey {
  std::string name;
  crypto::X25519PublicKey key{};

  [[nodiscard]] std::string ToText() const;
  friend bool operator==(const AuditorKey&, const AuditorKey&) = default;
};

// ParseAuditorKey: kMalformed unless the text is exactly what ToText gives, kUnsupported for a key of another
// type.
Expected<AuditorKey> ParseAuditorKey(std::string_view text);

inline constexpr std::size_t kMaxAuditors = 16;
inline constexpr std::size_t kMaxSealingRulesSize = 64 * 1024;

// SealingRules say which parts of every record are sealed, and to whom. A default-constructed one seals
// nothing.
struct SealingRules {
  std::vector<SealablePart> parts;   // sorted, none twice
  std::vector<AuditorKey> auditors;  // no key twice

  // Parse reads lines 'auditor KEY' and 'seal PART...'; '#' begins a comment line. kMalformed, naming the
  // line, for anything else, and for a text that names no auditor or no part: nothing would be sealed then,
  // and somebody may think that it is.
  static Expected<SealingRules> Parse(std::string_view text);
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_AUDITOR_H_
