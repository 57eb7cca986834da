// The home: one directory with all that this machine keeps between runs. It holds no absolute path, so a
// copied home works.
//
//   profile             canonical JSON: format, name, roles. A directory without it is not a home.
//   node.toml           what the node declares of itself: plain, unsigned, read at every run
//   facts.example.toml  a facts file for `seal` to start from
//   trust               who is trusted for what: the text form of envelope::TrustStore
//   owner.key           seed of the Ed25519 key that signs manifests and keyslots      (role owner)
//   policy.key          scalar of the P-256 key that approves PCR values to a TPM      (role owner)
//   journal.key         wraps the journals of unfinished seals                         (role owner)
//   log/                the access log
//   log.key             seed of the Ed25519 key that signs its checkpoints
//   log.key.next        the key that is to follow, while a change of keys is under way
//   log.keys.earlier    the verifier keys that signed the log before, one a line, oldest first
//   log.quota           how many bytes the log's journal is meant to have, in decimal; optional
//   witnesses           a tlog-policy: whose cosignatures the log needs; optional
//   witnesses.max-age   how many seconds old these may be at a release, in decimal; optional
//   log.remembered      the last checkpoint seen, outside log/: a log cut short or put back is noticed by it
//   log.anchor          the log's anchor in the TPM, if one is set, with log.anchor.key and log.anchor.lock beside
//                       it: anchor::TpmAnchor's files
//   auditors            which parts of records are sealed, and to whom: log::SealingRules; optional
//   seen                the highest sequence of each series and keyslots revision of each bundle
//   packs/              installed policy packs, signed
//   packs.seen          the newest version ever installed of each, and what newer ones revoked
//   licences/           installed licences, signed
//   screening           the installed screening list: policy::ScreeningList's snapshot
//   lock                held while trust, seen, packs or licences change
//
// Keys are 32 raw bytes each, mode 0600; one that group or others can read is refused. Every change is
// durable before the call that makes it returns. Several processes may use one home.
#ifndef STRONGROOM_HOME_HOME_H_
#define STRONGROOM_HOME_HOME_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/trust.h"
#include "strongroom/log/auditor.h"
#include "strongroom/log/log.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::home {

enum class Role { kOwner, kNode, kCustodian };

std::string_view Name(Role role);                 // "owner", "node", "custodian"
Expected<Role> ParseRole(std::string_view name);  // kInvalidArgument for any other word

struct InitOptions {
  // What the owner's and the log's keys are called; empty: "strongroom-" and eight random digits, for names
  // must not meet by chance.
  std::string name = {};
  std::vector<Role> roles = {};  // empty: all three, for one machine that does everything
  std::string declaration = {};  // for node.toml, as policy::NodeDeclarationToml writes it; may be empty
  std::vector<envelope::NoteKey> pack_authorities = {};  // of the packs that come with the program
};

struct Profile {
  std::string name;
  std::vector<Role> roles;  // sorted, none twice
  [[nodiscard]] bool Has(Role role) const;
};

using SeriesId = std::array<std::uint8_t, 16>;

// Document is a signed file that was installed. The home keeps its bytes and never looks into them: whoever
// uses it verifies it, each time.
struct Document {
  std::string path;
  Expected<Bytes> bytes;  // one that cannot be read does not hide the others
};

// PackVersion is what a home needs to know of a signed pack to tell a newer one from an older.
struct PackVersion {
  std::string authority, id;
  std::uint64_t version = 0;
  Timestamp issued;     // of two signatures over one version, the later one is newer
  Digest digest{};      // of the pack itself
  std::vector<Digest> revokes = {};
};

// PackSeen is what a home remembers of the packs of one authority and id, whatever became of their files.
struct PackSeen {
  std::string authority, id;
  std::uint64_t version = 0;  // the highest ever installed, and of it:
  Timestamp issued;
  Digest digest{};
  std::vector<Digest> revoked = {};  // by any version ever installed; sorted
  friend bool operator==(const PackSeen&, const PackSeen&) = default;
};

// Home is an opened home. Safe to use from several threads and processes; nothing is cached, so each call
// sees what others changed.
class Home {
 public:
  // Init makes a home at `path`: prepared beside it as PATH.partial and renamed whole. Missing parent
  // directories are made. Its own owner and log keys and the pack authorities are trusted. kExists if
  // anything but an empty directory is there; kInvalidArgument for a name that cannot stand in a key.
  static Expected<Home> Init(FileSystem& files, const std::string& path, const InitOptions& options,
                             const Clock& clock);
  // kNotFound if there is no home; kUnsupported for one of a newer format. `files` must outlive the Home.
  static Expected<Home> Open(FileSystem& files, const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const Profile& profile() const { return profile_; }
  [[nodiscard]] std::string PathOf(std::string_view entry) const;  // of one of the names above

  // The bytes of node.toml, for policy::ParseNodeDeclaration. None if it is gone: nothing is declared then.
  [[nodiscard]] Expected<Bytes> NodeDeclaration() const;

  [[nodiscard]] Expected<envelope::TrustStore> Trust() const;
  // Changes the trust file under the lock; a failed change leaves it as it was.
  Status ChangeTrust(const std::function<Status(envelope::TrustStore&)>& change);

  // The owner's keys: kNotFound if this home lacks the role owner, kInvalidArgument if others can read the
  // file.
  [[nodiscard]] const std::string& OwnerName() const { return profile_.name; }
  [[nodiscard]] Expected<crypto::Ed25519PrivateKey> OwnerKey() const;
  [[nodiscard]] Expected<crypto::P256PrivateKey> PolicyKey() const;
  [[nodiscard]] Expected<WrappingKey> JournalKey() const;

  // The access log, held against log.remembered; the pointer keeps its signing key alive too. Every failure
  // is kLogUnavailable. `clock` must outlive it.
  [[nodiscard]] Expected<std::shared_ptr<log::Log>> OpenLog(const Clock& clock) const;
  [[nodiscard]] std::string LogDirectory() const;
  [[nodiscard]] Expected<envelope::NoteKey> LogKey() const;  // the public half; its name is the log's origin
  // All that have signed the log, oldest first; the last is LogKey().
  [[nodiscard]] Expected<std::vector<envelope::NoteKey>> LogKeys() const;
  // ChangeLogKey makes a new signing key, records the change in the log, and trusts the new key in the place of the
  // old one. With kLoss the old key's file may be gone or damaged. kLogUnavailable if the record cannot be made
  // durable: the old key goes on signing then. A change that was cut off is finished or undone by the next opening
  // of the log. `holds` says whether the log, as it was opened, may be written to: its error refuses the change.
  // Returns the new key.
  using LogCheck = std::function<Status(log::Log&)>;
  Expected<envelope::NoteKey> ChangeLogKey(log::KeyChange change, const Clock& clock, const LogCheck& holds);
  // What log.remembered holds; kLogUnavailable if it is missing or is not signed by one of the log's keys.
  [[nodiscard]] Expected<log::Checkpoint> RememberedCheckpoint() const;
  // Keeps the receipt's checkpoint if it is newer than the one remembered. kLogUnavailable if that cannot be
  // made durable.
  Status RememberCheckpoint(const log::Receipt& receipt);

  // How many seconds old the witnesses' cosignatures may be where something is released: what
  // witnesses.max-age says, or 3600 if it is not there. Every failure is kLogUnavailable.
  [[nodiscard]] Expected<std::int64_t> WitnessesMaxAge() const;

  // What the file `auditors` says; rules that seal nothing if it is not there. kMalformed if it does not parse.
  [[nodiscard]] Expected<log::SealingRules> SealingRules() const;
  // Seals parts of a record by these rules and keeps them durably in the log's directory. Returns what is left
  // to append to this home's log. Every failure is kLogUnavailable.
  [[nodiscard]] Expected<log::AccessRecord> SealParts(log::AccessRecord record,
                                                      const log::SealingRules& rules) const;

  // kRolledBack if a higher sequence of the series, or a higher keyslots revision of the bundle, was seen
  // before.
  [[nodiscard]] Status CheckSeen(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id,
                                 std::uint64_t revision) const;
  // Keeps what is higher than before.
  Status RememberSeen(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id,
                      std::uint64_t revision);

  // Packs and licences that were installed, ordered by path.
  [[nodiscard]] Expected<std::vector<Document>> Packs() const;
  [[nodiscard]] Expected<std::vector<Document>> Licences() const;
  // kMalformed if that memory is gone while there are packs: nothing could be told from its elder then.
  [[nodiscard]] Expected<std::vector<PackSeen>> PacksSeen() const;

  // Puts a pack beside its other versions, after it is remembered. The caller has verified it. kRolledBack if
  // a newer version, or a later signature over this one, was ever installed; kExists if this version was, with
  // another digest; kDenied if a newer version revoked it. To install the same again is no error.
  Status InstallPack(const PackVersion& pack, ByteView bytes);
  // kNotFound if it is not there. It stays remembered.
  Status RemovePack(std::string_view authority, std::string_view id, std::uint64_t version);

  // Licences go by issuer and number. kExists if other bytes are installed under these.
  Status InstallLicence(std::string_view issuer, std::string_view id, ByteView bytes);
  Status RemoveLicence(std::string_view issuer, std::string_view id);

 private:
  Home(FileSystem& files, std::string path, Profile profile)
      : files_(&files), path_(std::move(path)), profile_(std::move(profile)) {}
  [[nodiscard]] Expected<crypto::Ed25519PrivateKey> LogSigningKey() const;
  [[nodiscard]] Expected<std::vector<envelope::NoteKey>> EarlierLogKeys() const;
  [[nodiscard]] Expected<log::LogOptions> LogSettings() const;
  [[nodiscard]] Expected<std::optional<std::int64_t>> ReadNumber(std::string_view entry) const;
  [[nodiscard]] Expected<std::vector<envelope::NoteKey>> SignersBefore(
      const crypto::Ed25519PrivateKey& next) const;
  [[nodiscard]] Expected<log::Log> OpenLogSignedBy(const crypto::Ed25519PrivateKey& next, const Clock& clock) const;
  [[nodiscard]] Expected<log::Checkpoint> RememberedSignedBy(std::span<const envelope::NoteKey> keys) const;
  [[nodiscard]] Status SettleKeyChange(const Clock& clock) const;
  [[nodiscard]] Status AdoptLogKey(const crypto::Ed25519PrivateKey& next) const;
  [[nodiscard]] Status KeepRemembered(const log::Checkpoint& checkpoint, std::string_view note) const;
  [[nodiscard]] Expected<SecretBytes> ReadSecret(std::string_view entry) const;
  [[nodiscard]] Expected<SecretBytes> ReadOwnerSecret(std::string_view entry) const;

  FileSystem* files_;
  std::string path_;
  Profile profile_;
};

}  // namespace strongroom::home

#endif  // STRONGROOM_HOME_HOME_H_
