// A signed pack: one file, NAME.pack, in which an authority publishes a version of a pack with everything
// that it needs to be asked. docs/FORMAT.md gives its form: a DSSE envelope over canonical JSON.
#ifndef STRONGROOM_POLICY_SIGNED_PACK_H_
#define STRONGROOM_POLICY_SIGNED_PACK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/note.h"
#include "strongroom/envelope/trust.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

inline constexpr std::string_view kSignedPackType = "application/vnd.strongroom.pack.v1+json";
inline constexpr std::size_t kMaxSignedPackSize = 4 << 20;

// PackDocuments are the files that a pack consists of, byte for byte.
struct PackDocuments {
  Bytes pack;                 // pack.toml
  Bytes cases;                // cases.csv
  std::vector<Bytes> tables;  // exactly those that pack.toml names, in its order
  std::vector<Bytes> parts;   // the same
  friend bool operator==(const PackDocuments&, const PackDocuments&) = default;
};

// PackStatement is what the authority signs.
struct PackStatement {
  std::string authority;  // also the name of the key that signs
  std::string id;
  std::uint64_t version = 0;
  Timestamp issued;
  Timestamp expires;                      // from this moment on the pack does not load
  std::optional<std::uint64_t> replaces;  // the version that it follows; lower than its own
  std::vector<Digest> revokes;            // other versions of it that must not load again; sorted
  PackDocuments documents;

  [[nodiscard]] Digest digest() const;  // Pack::digest: SHA-256 of pack.toml
  friend bool operator==(const PackStatement&, const PackStatement&) = default;
};

// The payload of the envelope. Parsing is strict: kMalformed for anything that Serialize does not write.
// Neither looks into the documents.
Bytes SerializePackStatement(const PackStatement& statement);
Expected<PackStatement> ParsePackStatement(ByteView payload);

// SignPack makes the bytes of the file. kInvalidArgument if it would be too large, or if the statement is not
// one that ParsePackStatement takes back.
Expected<Bytes> SignPack(const PackStatement& statement, const crypto::Ed25519PrivateKey& key);

// A statement whose signature was checked against the key that this machine trusts as that authority's. It
// may have expired, and its documents may be no pack.
struct VerifiedPack {
  PackStatement statement;
  envelope::NoteKey signer;
};

// VerifySignedPack checks, in this order: that the file parses (kMalformed), that a key of the authority's
// name is trusted as a pack authority (kUntrusted), and that it signed (kAltered).
Expected<VerifiedPack> VerifySignedPack(ByteView file, const envelope::TrustStore& trust);

// LoadVerifiedPack gives the pack itself. kDenied if the statement has expired at `now`; kMalformed if the
// documents do not load as LoadPack loads them, are not those that pack.toml names, or if pack.toml has
// another authority, id or version than the statement. `others` are the packs among which an overlay finds
// its base.
Expected<Pack> LoadVerifiedPack(const VerifiedPack& verified, std::span<const Pack> others, Timestamp now);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_SIGNED_PACK_H_
