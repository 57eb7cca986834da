// A custodian: verify, decide, record, release. A state machine without sockets or threads; `strongroom open`
// uses it in its own process, a daemon puts a listener in front of it.
#ifndef STRONGROOM_CUSTODIAN_CUSTODIAN_H_
#define STRONGROOM_CUSTODIAN_CUSTODIAN_H_

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
#include "strongroom/envelope/json.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/log.h"
#include "strongroom/policy/pack.h"
#include "strongroom/release/broker.h"
#include "strongroom/release/seen_versions.h"

namespace strongroom::custodian {

// What a custodian needs to know of a manifest that has verified.
struct ManifestFacts {
  Digest bundle_id{};
  std::array<std::uint8_t, 32> instance{};
  std::array<std::uint8_t, 16> series{};
  std::uint64_t sequence = 0;
  envelope::NoteKey owner;
  std::string label;
  envelope::Json facts;
  std::vector<policy::PackReference> packs;
  bool cooperative_keyslots = true;
};

// Dependencies of a Custodian. The functions keep bundles, files and homes out of this layer: the program
// that composes it fills them in.
struct Dependencies {
  // Verifies a manifest's envelope against the owners that this custodian trusts. It must do all that
  // bundle::VerifyManifest does.
  std::function<Expected<ManifestFacts>(ByteView envelope)> verify_manifest;
  // Opens the access log; called at the first need, since a bundle that does not verify is refused before the
  // log is looked at, and again when the log that was opened cannot be written any more.
  std::function<Expected<std::shared_ptr<log::Log>>()> open_log;
  // Holds the log against what vouches for it elsewhere, as a TPM or witnesses. Called for each request, and
  // each CheckLog, before anything is recorded or released; not for a Report, which says what has happened.
  // May be empty.
  std::function<Status(log::Log&)> check_log = {};
  // Keeps the checkpoint of each record outside the log, where a later opening is held against it.
  std::function<Status(const log::Receipt&)> remember_checkpoint;
  // Takes the parts of a record that are sealed to auditors out of it and keeps them durably, before what is
  // left is appended. Never bundle, keyslot or outcome, which a keyslot reads in the receipt. May be empty.
  std::function<Expected<log::AccessRecord>(log::AccessRecord)> seal_parts = {};
  std::span<const policy::Pack> packs;             // installed; borrowed
  std::span<const policy::Licence> licences = {};  // on file, verified; borrowed
  std::function<Expected<std::vector<std::string>>(policy::Facts&)> screen = {};  // see Grounds; may be empty
  release::SeenVersions* seen = nullptr;                                          // borrowed
  const Clock* clock = nullptr;                                                   // borrowed
};

// Custodian is the Broker of one process. Not thread-safe: one request at a time.
class Custodian final : public release::Broker {
 public:
  explicit Custodian(Dependencies dependencies) : with_(std::move(dependencies)) {}

  Expected<release::Release> Ask(const release::ReleaseRequest& request) override;
  Expected<release::Decision> Preview(const release::ReleaseRequest& request) override;
  Status CheckLog() override;
  Expected<log::Receipt> Report(const release::Event& event) override;

 private:
  struct Case;
  Expected<Case> Examine(const release::ReleaseRequest& request);
  Expected<release::Decision> Decide(Case& asked) const;
  Error Refuse(log::AccessRecord record, Error refusal);
  Expected<log::Log*> WritableLog();
  Expected<log::Receipt> Append(log::AccessRecord record);

  Dependencies with_;
  std::shared_ptr<log::Log> log_;
  std::optional<log::Checkpoint> last_;  // of the log, as it was last found in order
};

}  // namespace strongroom::custodian

#endif  // STRONGROOM_CUSTODIAN_CUSTODIAN_H_
