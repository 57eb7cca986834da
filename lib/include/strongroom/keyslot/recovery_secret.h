// What opens a recovery keyslot: a passphrase that a person can write down and type, or a recovery key in a
// file.
#ifndef STRONGROOM_KEYSLOT_RECOVERY_SECRET_H_
#define STRONGROOM_KEYSLOT_RECOVERY_SECRET_H_

#include <variant>

#include "strongroom/secret/secret_bytes.h"

namespace strongroom::keyslot {

using RecoveryKey = SecretKey<struct RecoveryKeyTag>;

// Passphrase is UTF-8 text in the form that is hashed: CanonicalPassphrase makes it.
struct Passphrase {
  SecretBytes text;
};

using RecoverySecret = std::variant<Passphrase, RecoveryKey>;

// ParseRecoverySecret reads what a source (a file, a descriptor, a prompt) gave. One final newline is
// dropped. Text that begins with "strongroom-recovery-key-1:" is a recovery key and must go on with 64
// hexadecimal digits; any other text is a passphrase. kNoKey, for it could open nothing: an empty source, a
// damaged recovery key, a generated passphrase with a typing error.
Expected<RecoverySecret> ParseRecoverySecret(const SecretBytes& source);

// RecoveryKeyText is the text that ParseRecoverySecret reads, with a final newline.
SecretBytes RecoveryKeyText(const RecoveryKey& key);

// GeneratePassphrase draws 128 random bits and writes them for people: 7 groups of 4 characters of
// Crockford's base32 (0-9, A-Z without I, L, O, U) with dashes between, as in "7ZK2-...": 26 characters for
// the bits, the last filled with zero bits, and 2 that are the first 10 bits of SHA-256("strongroom
// passphrase v1" || the 16 bytes).
SecretBytes GeneratePassphrase();

// CanonicalPassphrase: what is typed for a generated passphrase may lack the dashes or have blanks for them,
// be of either case, and have O for 0, I or L for 1; it comes back as it was generated. Any other passphrase
// comes back as it is. kNoKey if it looks generated, and its last characters say that it was mistyped.
Expected<Passphrase> CanonicalPassphrase(const SecretBytes& typed);

// CheckPassphraseStrength refuses, with kInvalidArgument and the reason, a passphrase that guessing would
// find: fewer than 12 characters, or less than about 64 bits, counting little for repeats, sequences,
// keyboard rows and the commonest words.
Status CheckPassphraseStrength(const Passphrase& passphrase);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_RECOVERY_SECRET_H_
