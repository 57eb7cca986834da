// The manifest: the owner's signed statement of what a bundle is and which files, of which size and Merkle
// root, it consists of. docs/FORMAT.md section 6.
#ifndef STRONGROOM_BUNDLE_MANIFEST_H_
#define STRONGROOM_BUNDLE_MANIFEST_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/json.h"
#include "strongroom/envelope/note.h"
#include "strongroom/envelope/trust.h"

namespace strongroom::bundle {

inline constexpr std::size_t kMaxManifestSize = 64 << 20;

// A policy pack that must permit before the key may be released.
struct PackPin {
  enum class Rule {
    kNewest,  // the newest installed version from min_version on decides
    kFrozen,  // exactly the pack of this digest decides
  };
  std::string authority;
  std::string id;
  std::uint64_t min_version = 0;
  Digest digest{};  // of the pack as the owner saw it
  Rule rule = Rule::kNewest;
  friend bool operator==(const PackPin&, const PackPin&) = default;
};

// Groups of `data` shards have `parity` parity files each.
struct ParitySpec {
  std::uint32_t data = 0;
  std::uint32_t parity = 0;
  friend bool operator==(const ParitySpec&, const ParitySpec&) = default;
};
// kInvalidArgument unless both are at least 1 and their sum is at most 255.
Status CheckParity(const ParitySpec& spec);

// Subject is one file of the bundle.
struct Subject {
  std::string name;
  std::uint64_t size = 0;
  Digest root{};                 // docs/FORMAT.md section 5
  std::optional<Digest> sha256;  // of the whole file, where the owner asked for it
  friend bool operator==(const Subject&, const Subject&) = default;
};

struct Manifest {
  Digest commitment{};
  bool cooperative_keyslots = false;
  Timestamp created;
  envelope::Json facts;  // an object of classification facts; not interpreted here
  Instance instance{};
  std::string label;
  envelope::NoteKey owner;
  std::vector<PackPin> packs;
  std::optional<ParitySpec> parity;
  std::uint64_t sequence = 1;
  std::array<std::uint8_t, 16> series{};
  std::vector<Subject> subjects;  // sorted by name

  // The file of that name, or nullptr.
  [[nodiscard]] const Subject* Find(std::string_view name) const;
  [[nodiscard]] std::uint32_t shards() const;  // how many the subjects name
};

// VerifiedManifest is a manifest whose signature was checked against a key that this machine trusts as an
// owner's.
struct VerifiedManifest {
  Manifest manifest;
  Digest bundle_id{};  // SHA-256 of the payload
  Bytes envelope;
};

// SignManifest makes the bytes of manifest.json. The owner is set to `key` under `owner_name`.
// kInvalidArgument if the manifest is not one that ParseManifest would take back.
Expected<Bytes> SignManifest(Manifest manifest, const crypto::Ed25519PrivateKey& key,
                             std::string_view owner_name);

// VerifyManifest checks, in this order: that it parses (kMalformed), that the format is known (kUnsupported),
// that the owner it names is trusted (kUntrusted), that the owner signed it (kAltered).
Expected<VerifiedManifest> VerifyManifest(ByteView envelope, const envelope::TrustStore& trust);

// What an envelope claims, signed by the key that it names itself but which nobody vouches for: for
// inspection alone, never to open. kMalformed, kUnsupported, or kAltered if even that signature fails.
struct UntrustedManifest {
  Manifest manifest;
  Digest bundle_id{};
};
Expected<UntrustedManifest> ReadManifestUnverified(ByteView envelope);

// The payload alone: an in-toto Statement in canonical JSON. kMalformed or kUnsupported.
Expected<Manifest> ParseManifestPayload(ByteView payload);
Bytes SerializeManifestPayload(const Manifest& manifest);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_MANIFEST_H_
