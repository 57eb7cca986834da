// The messages between a node and a custodian, and Broker, the interface at which both ends meet: in one
// process, or across HTTP.
#ifndef STRONGROOM_RELEASE_BROKER_H_
#define STRONGROOM_RELEASE_BROKER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/log/receipt.h"
#include "strongroom/log/record.h"
#include "strongroom/release/decision.h"

namespace strongroom::release {

// ReleaseRequest asks that one keyslot of a bundle may be opened. Bundle, facts and packs are what the signed
// envelopes say.
struct ReleaseRequest {
  log::Action action = log::Action::kOpen;
  Bytes manifest_envelope;
  Bytes keyslots_envelope;
  // Its index; absent if the node can use none, which is decided and recorded all the same.
  std::optional<std::uint32_t> keyslot;
  std::string node;   // the node's name
  Bytes declaration;  // the node's node.toml as it stands; the custodian parses it
};

// Release is a permit: the decision, and the receipt of its durable record, without which no keyslot opens.
struct Release {
  Decision decision;
  log::Receipt receipt;
};

// Event is something that happened outside a request and belongs into the log: a seal begun or done, a
// permitted keyslot that failed.
struct Event {
  log::Action action = log::Action::kSeal;
  log::Outcome outcome = log::Outcome::kDone;
  std::optional<std::array<std::uint8_t, 32>> instance = {};  // absent if it was refused before it had one
  std::optional<Digest> bundle_id = {};                       // absent while a seal has none yet
  std::optional<std::uint64_t> revision = {};                 // of the keyslots concerned
  std::optional<log::RecordedKeyslot> keyslot = {};
  std::vector<std::string> reasons = {};
  std::string node = {};
  Bytes declaration = {};  // the node's node.toml as it stands; the custodian parses it
};

// Broker stands between a node and the key. Each call that returns a receipt has made its record durable
// first.
class Broker {
 public:
  virtual ~Broker() = default;

  // Ask decides in this order: manifest and keyslots verify (kMalformed, kUntrusted, kAltered, kRolledBack),
  // the log can be written and is vouched for (kLogUnavailable, kQuorum), the policy permits (kDenied; the
  // refusal is recorded with its reasons), the record is durable.
  virtual Expected<Release> Ask(const ReleaseRequest& request) = 0;

  // Preview answers like Ask, in the same order, and records nothing. The decision may be any; it opens
  // nothing.
  virtual Expected<Decision> Preview(const ReleaseRequest& request) = 0;

  // CheckLog fails with kLogUnavailable or kQuorum if nothing would be released now, whatever the policy
  // says. For work that must leave nothing behind when it is refused.
  virtual Status CheckLog() = 0;

  // Report records an event. kLogUnavailable if it cannot be made durable: what was to follow must not
  // happen.
  virtual Expected<log::Receipt> Report(const Event& event) = 0;
};

}  // namespace strongroom::release

#endif  // STRONGROOM_RELEASE_BROKER_H_
