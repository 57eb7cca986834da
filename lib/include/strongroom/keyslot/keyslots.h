// keyslots.json: the ways to recover a bundle key. docs/FORMAT.md section 7 is the format.
#ifndef STRONGROOM_KEYSLOT_KEYSLOTS_H_
#define STRONGROOM_KEYSLOT_KEYSLOTS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "strongroom/crypto/hash.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/log/record.h"
#include "strongroom/tpm/pcr.h"
#include "strongroom/tpm/sealing.h"
#include "strongroom/tpm/storage_root.h"

namespace strongroom::keyslot {

inline constexpr std::string_view kKeyslotsPayloadType = "application/vnd.strongroom.keyslots.v1+json";
inline constexpr std::size_t kMaxKeyslotsSize = 1 << 20;
inline constexpr std::size_t kMaxKeyslots = 64;

using Instance = std::array<std::uint8_t, 32>;

// A bundle key under a wrapping key: nonce (12), ciphertext (32), tag (16).
using WrappedKey = std::array<std::uint8_t, 60>;

// TpmSlot opens on one TPM, while its registers hold `pcrs`, or what the owner's policy key approved in an
// approval of version `approval_floor` or higher.
struct TpmSlot {
  tpm::StorageRoot root;
  tpm::SealedObject object;  // holds the secret from which the wrapping key derives
  tpm::PcrValues pcrs;       // at sealing
  crypto::P256PublicKey policy_key;
  std::uint8_t approval_floor = 0;
  WrappedKey wrapped_key{};

  [[nodiscard]] tpm::SealingPolicy Policy() const;
};

// How a passphrase becomes a secret: Argon2id.
struct PassphraseHashing {
  std::array<std::uint8_t, crypto::kArgon2SaltSize> salt{};
  crypto::Argon2Cost cost;
};

// RecoverySlot opens anywhere, for who knows the passphrase or has the recovery key.
struct RecoverySlot {
  std::optional<PassphraseHashing> passphrase;  // absent: by recovery key
  WrappedKey wrapped_key{};
};

using Keyslot = std::variant<TpmSlot, RecoverySlot>;

std::string_view Kind(const Keyslot& slot);  // "tpm", "recovery"

// Class: cooperative means that whoever is root on that machine, or knows the secret, can go around this
// program, its policy and log.
log::KeyslotClass Class(const Keyslot& slot);

// Whether the slot withstands a quantum computer. Recovery slots do: symmetric cryptography alone. tpm slots
// do not: sessions to the TPM are salted, and approvals signed, with elliptic curves or RSA.
bool IsPostQuantum(const Keyslot& slot);

struct KeyslotsDocument {
  Digest bundle_id{};
  Instance instance{};
  std::uint64_t revision = 1;  // from 1; each rekeying adds one
  std::vector<Keyslot> slots;  // 1 to kMaxKeyslots
};

// SerializeKeyslots gives the payload: canonical JSON.
Bytes SerializeKeyslots(const KeyslotsDocument& document);

// ParseKeyslotsPayload: kUnsupported for a newer format or a kind of keyslot that this program does not know,
// kMalformed for everything else that SerializeKeyslots does not write; also for a tpm slot whose sealed
// object has another policy than the slot describes.
Expected<KeyslotsDocument> ParseKeyslotsPayload(ByteView payload);

// SignKeyslots gives the bytes of keyslots.json. kInvalidArgument for no slots or too many.
Expected<Bytes> SignKeyslots(const KeyslotsDocument& document, const crypto::Ed25519PrivateKey& owner);

// ParseKeyslots verifies and parses keyslots.json. `owner` is the key that signed the bundle's manifest.
// kAltered if it did not sign these bytes; else as ParseKeyslotsPayload.
Expected<KeyslotsDocument> ParseKeyslots(ByteView envelope, const crypto::Ed25519PublicKey& owner);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_KEYSLOTS_H_
