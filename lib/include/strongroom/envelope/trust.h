// Who is trusted for what. A key trusted for one purpose is not trusted for another.
#ifndef STRONGROOM_ENVELOPE_TRUST_H_
#define STRONGROOM_ENVELOPE_TRUST_H_

#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"

namespace strongroom::envelope {

enum class KeyPurpose {
  kOwner,          // signs manifests and keyslots
  kPackAuthority,  // signs policy packs
  kLog,            // signs checkpoints
  kWitness,        // cosigns checkpoints
  kCustodian,      // signs a custodian's statements
  kLicenceIssuer,  // signs licences on file
};

// "owner", "pack-authority", "log", "witness", "custodian", "licence-issuer".
std::string_view Name(KeyPurpose purpose);
Expected<KeyPurpose> ParseKeyPurpose(std::string_view text);

struct TrustedKey {
  KeyPurpose purpose;
  NoteKey key;
  friend bool operator==(const TrustedKey&, const TrustedKey&) = default;
};

// TrustStore is the list of trusted keys. Its text form has a line for each key, "PURPOSE VKEY"; empty lines
// and lines that begin with
// '#' are comments, which the store does not keep. A value type; not thread-safe while it is changed.
class TrustStore {
 public:
  // kMalformed, naming the line, for anything but the text form, a key or a name given twice for one purpose.
  static Expected<TrustStore> Parse(std::string_view text);
  [[nodiscard]] std::string Serialize() const;

  // kExists if that purpose has a key of this name or this key already: remove it first, so that no key is
  // replaced in silence.
  Status Add(TrustedKey key);
  Status Remove(KeyPurpose purpose, std::string_view name);  // kNotFound

  // The key if it is trusted for this purpose, else nullptr. Valid until the store changes.
  [[nodiscard]] const NoteKey* Find(KeyPurpose purpose, const crypto::Ed25519PublicKey& key) const;
  [[nodiscard]] std::vector<NoteKey> Keys(KeyPurpose purpose) const;
  [[nodiscard]] const std::vector<TrustedKey>& keys() const { return keys_; }

 private:
  std::vector<TrustedKey> keys_;
};

}  // namespace strongroom::envelope

#endif  // STRONGROOM_ENVELOPE_TRUST_H_
