// Cosignatures of checkpoints (https://c2sp.org/tlog-cosignature, cosignature/v1 with Ed25519): a witness's
// statement that, at that time, the checkpoint was the largest consistent tree of the log that it had seen.
#ifndef STRONGROOM_LOG_COSIGNATURE_H_
#define STRONGROOM_LOG_COSIGNATURE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/note.h"

namespace strongroom::log {

// CosignerKey is the public half of a cosigner's key (signature type 0x04). What is signed does not hold the
// name: an operator needs another key for each cosigner. Its text form is a vkey, as that of NoteKey.
struct CosignerKey {
  std::string name;
  crypto::Ed25519PublicKey key{};

  [[nodiscard]] std::uint32_t id() const;
  [[nodiscard]] std::string ToText() const;
  friend bool operator==(const CosignerKey&, const CosignerKey&) = default;
};

// ParseCosignerKey: kMalformed unless the text is exactly what ToText gives, kUnsupported for a key of
// another type, such as a log's own (0x01) or an ML-DSA-44 one (0x06).
Expected<CosignerKey> ParseCosignerKey(std::string_view text);

// Cosign signs a checkpoint's text as of `time`. kInvalidArgument for a time before 1970, a name that is no
// key's, or a text that is not a note's.
Expected<envelope::NoteSignature> Cosign(std::string_view checkpoint_text, std::string_view name,
                                         const crypto::Ed25519PrivateKey& key, Timestamp time);

struct Cosignature {
  std::size_t key = 0;  // index into the keys given
  Timestamp time;
  friend bool operator==(const Cosignature&, const Cosignature&) = default;
};

// VerifyCosignatures checks the signatures of a note whose name and key id are among `keys`, passes over the
// others, and gives the latest of each key, in the order of `keys`. kAltered if one by a known key is wrong.
// None by a known key is an empty list: how many are needed is for a WitnessPolicy to say.
Expected<std::vector<Cosignature>> VerifyCosignatures(const envelope::Note& note,
                                                      std::span<const CosignerKey> keys);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_COSIGNATURE_H_
