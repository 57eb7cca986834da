// Sealed parts of access records: taken out of the record, encrypted to auditors, and committed to by what
// remains. Without the document nobody can tell what a commitment stands for; that there was a part stays
// proven. docs/LOG.md has the bytes. Pure functions, but for the randomness in sealing.
#ifndef STRONGROOM_LOG_SEALED_PART_H_
#define STRONGROOM_LOG_SEALED_PART_H_

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/x25519.h"
#include "strongroom/log/auditor.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

inline constexpr std::string_view kSealedPartType = "strongroom.sealed-part.v1";
inline constexpr std::size_t kMaxSealedDocumentSize = 4 << 20;  // bytes
inline constexpr std::size_t kMinPaddedPart = 512;              // bytes; larger ones go to a power of two

using Salt = std::array<std::uint8_t, 32>;

// SealedCopy is a part encrypted to one auditor.
struct SealedCopy {
  AuditorKey auditor;
  Bytes message;  // as crypto::HpkeSeal gives it
  friend bool operator==(const SealedCopy&, const SealedCopy&) = default;
};

// SealedDocument is a part as it is kept: for every auditor the same, padded, each under his own key.
struct SealedDocument {
  Digest commitment{};
  std::vector<SealedCopy> copies;
  friend bool operator==(const SealedDocument&, const SealedDocument&) = default;
};

Bytes SerializeSealedDocument(const SealedDocument& document);
// ParseSealedDocument: kMalformed unless SerializeSealedDocument gives these bytes; kAltered if the copies
// are not those that the document's own digest was taken of. Only who can open a copy knows that it is right.
Expected<SealedDocument> ParseSealedDocument(ByteView bytes);

// A record with what remains of it in public, and its sealed parts.
struct SealedRecord {
  AccessRecord record;
  std::vector<SealedDocument> documents;
};

// SealParts seals those parts that the rules name and the record has. `origin` is the log's: no document can
// be carried over to another log. kInvalidArgument for a record that breaks the schema's bounds or has sealed
// parts already; kMalformed for an auditor's key that is of no use.
Expected<SealedRecord> SealParts(AccessRecord record, const SealingRules& rules, std::string_view origin);

// OpenedPart is a part and what shows that a record committed to it. Whoever is told both can check that.
struct OpenedPart {
  SealablePart part = SealablePart::kParty;
  Salt salt{};
  std::string json;  // canonical: {"party":{...}}
};

// Commitment is SHA-256("strongroom.sealed-part.v1\n" || salt || json).
Digest Commitment(const Salt& salt, std::string_view json);

// OpenPart opens the document of a part that a record names, and checks it against the record's commitment.
// kNoKey if it is not sealed to this key; kAltered if it is not what the record committed to, or of another
// log.
Expected<OpenedPart> OpenPart(const SealedDocument& document, const SealedPart& named,
                              std::string_view origin, const crypto::X25519PrivateKey& auditor);

// RestoreRecord puts opened parts back into their record; those that are not given stay sealed. kMalformed if
// the whole is then no access record.
Expected<AccessRecord> RestoreRecord(const AccessRecord& record, std::span<const OpenedPart> parts);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_SEALED_PART_H_
