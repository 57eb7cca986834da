// Which witnesses suffice (https://c2sp.org/tlog-policy): a file of logs, witnesses, groups of witnesses and
// a quorum. Beyond that document, witnesses count by who operates them: however many keys an operator has,
// they count once.
#ifndef STRONGROOM_LOG_WITNESS_POLICY_H_
#define STRONGROOM_LOG_WITNESS_POLICY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/cosignature.h"

namespace strongroom::log {

// WitnessPolicy is a policy file. A value type.
class WitnessPolicy {
 public:
  struct Log {
    envelope::NoteKey key;  // its name is the log's origin
    std::string url;        // may be empty
  };
  struct Witness {
    std::string name;  // in this file
    CosignerKey key;
    std::string url;            // may be empty
    std::string operator_name;  // of an 'operator' line, or else the key's name up to its first '/'
  };
  struct Member {
    bool is_group = false;
    std::size_t index = 0;  // in groups() or witnesses()
  };
  struct Group {
    std::string name;
    std::uint64_t threshold = 0;  // how many of its members must count
    std::vector<Member> members;  // groups only such as stand before this one
  };

  // Parse reads a file of at most 1 MiB and 256 lines of each kind. Beyond the lines of the document it knows
  // 'operator NAME WITNESS...', which says who operates witnesses defined above it. kMalformed, naming the
  // line, for anything else; for a key of a log that is a witness's too; for witnesses of one operator in
  // more than one group; and for a group that asks for more members than count. kUnsupported for a key that
  // is not Ed25519.
  static Expected<WitnessPolicy> Parse(std::string_view text);

  [[nodiscard]] const std::vector<Log>& logs() const { return logs_; }
  [[nodiscard]] const std::vector<Witness>& witnesses() const { return witnesses_; }
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  // What must be met; nothing where nothing but the log's signature is asked for.
  [[nodiscard]] const std::optional<Member>& quorum() const { return quorum_; }
  [[nodiscard]] std::vector<envelope::NoteKey> LogKeys() const;
  [[nodiscard]] std::vector<CosignerKey> WitnessKeys() const;  // in the order of witnesses()
  // Whether nothing but the log's signature is asked for.
  [[nodiscard]] bool NeedsNoWitness() const { return !quorum_; }
  // Whether these witnesses, by their place in witnesses(), meet the quorum.
  [[nodiscard]] bool IsQuorum(std::span<const std::size_t> cosigned) const;

 private:
  friend class WitnessPolicyParser;

  // How many of a group's members count: groups that are met, and operators with a witness that cosigned.
  [[nodiscard]] std::uint64_t Count(const Group& group, const std::vector<bool>& cosigned,
                                    const std::vector<bool>& met) const;

  std::vector<Log> logs_;
  std::vector<Witness> witnesses_;
  std::vector<Group> groups_;
  std::optional<Member> quorum_;  // none: 'quorum none'
};

// Freshness is what a cosignature's time must be to count now. Where a proof is checked years later, no
// Freshness is asked for, and times are only reported.
struct Freshness {
  Timestamp now;
  std::int64_t max_age_seconds = 0;
  std::int64_t max_ahead_seconds = 0;  // how far a witness's clock may run before ours
};

// WitnessedCheckpoint is a checkpoint that met a policy, with the cosignatures that count, by their place in
// the policy's witnesses().
struct WitnessedCheckpoint {
  Checkpoint checkpoint;
  std::vector<Cosignature> cosignatures;
};

// VerifyWitnessedCheckpoint checks a signed note: by a log among `log_keys` (the policy's own, or those that
// the caller trusts) and, where the policy names logs, among those, and cosigned by a quorum, freshly enough.
// kMalformed, kUntrusted or kAltered as VerifyCheckpoint and VerifyCosignatures; kUntrusted too if the policy
// names other logs alone; kQuorum, saying of each witness what it lacks.
Expected<WitnessedCheckpoint> VerifyWitnessedCheckpoint(std::string_view note,
                                                        std::span<const envelope::NoteKey> log_keys,
                                                        const WitnessPolicy& policy,
                                                        const std::optional<Freshness>& freshness);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_WITNESS_POLICY_H_
