// Access records: what the log says of one access, allowed or not. A record names things by ids and digests,
// never by a label or a file name, because a log may be public. docs/LOG.md is the schema.
#ifndef STRONGROOM_LOG_RECORD_H_
#define STRONGROOM_LOG_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"

namespace strongroom::log {

inline constexpr std::string_view kAccessRecordType = "strongroom.access.v1";
inline constexpr std::size_t kMaxRecordSize = 65535;  // what a tlog-tiles entry bundle can hold

enum class Action {
  kSeal,
  kOpen,
  kCat,
  kLs,
  kRekey,
  kAnchor,  // the log was anchored against rollback, or its anchor removed
  kErase,   // a sealed part of a record is about to be erased
};

enum class Outcome {
  kPermit,  // written before a keyslot is touched
  kRefuse,  // the policy or another check refused
  kFailed,  // permitted, and then it did not work
  kDone,    // finished, where that is worth a record of its own
};

enum class KeyslotClass { kCooperative, kEnforced };

struct RecordedBundle {
  Digest instance{};         // the bundle's random name
  std::optional<Digest> id;  // SHA-256 of its manifest payload, once there is one
  std::optional<std::uint64_t> keyslots_revision;
  friend bool operator==(const RecordedBundle&, const RecordedBundle&) = default;
};

struct RecordedParty {
  std::string operator_name;
  std::string operator_hq;  // a country
  friend bool operator==(const RecordedParty&, const RecordedParty&) = default;
};

struct RecordedNode {
  std::string id;
  std::string name;
  friend bool operator==(const RecordedNode&, const RecordedNode&) = default;
};

struct RecordedPlace {
  std::string country;
  std::string basis;  // "declared", "endorsed" or "measured"
  friend bool operator==(const RecordedPlace&, const RecordedPlace&) = default;
};

struct RecordedKeyslot {
  std::string kind;  // "tpm", "threshold", "recovery"
  KeyslotClass keyslot_class = KeyslotClass::kCooperative;
  std::uint32_t index = 0;
  friend bool operator==(const RecordedKeyslot&, const RecordedKeyslot&) = default;
};

struct DecisionStep {
  std::string rule;
  std::vector<std::string> citations;
  friend bool operator==(const DecisionStep&, const DecisionStep&) = default;
};

struct RecordedDecision {
  std::string result;  // "permit", "needs_licence", "deny", "unknown"
  Timestamp at;        // the time for which the policy was asked
  std::vector<DecisionStep> path;
  friend bool operator==(const RecordedDecision&, const RecordedDecision&) = default;
};

struct RecordedLease {
  std::string id;
  Timestamp until;
  friend bool operator==(const RecordedLease&, const RecordedLease&) = default;
};

// The parts of a record that can be sealed to auditors (sealed_part.h): those that no check of a release
// reads.
enum class SealablePart { kDecision, kNode, kNote, kParty, kPlace, kReasons };

// SealedPart stands in a record for a part that was taken out of it.
struct SealedPart {
  SealablePart part = SealablePart::kParty;
  Digest commitment{};
  friend bool operator==(const SealedPart&, const SealedPart&) = default;
};

// AccessRecord is one entry of the log. Absent parts did not apply or were not known.
struct AccessRecord {
  Timestamp time;                      // set by Log::Append
  std::string time_source = "system";  // whose clock it was
  Action action = Action::kOpen;
  Outcome outcome = Outcome::kRefuse;
  std::vector<std::string> reasons;
  std::optional<RecordedBundle> bundle;
  std::optional<RecordedParty> party;
  std::optional<RecordedNode> node;
  std::optional<RecordedPlace> place;
  std::optional<RecordedKeyslot> keyslot;
  std::optional<RecordedDecision> decision;
  std::vector<Digest> packs;
  std::optional<Digest> evidence;  // SHA-256 of the Evidence presented
  std::optional<RecordedLease> lease;
  std::optional<std::string> note;
  std::vector<SealedPart> sealed;  // in the order of their names, none twice, none beside its own content
  friend bool operator==(const AccessRecord&, const AccessRecord&) = default;
};

std::string_view Name(Action action);
std::string_view Name(Outcome outcome);
std::string_view Name(KeyslotClass keyslot_class);
std::string_view Name(SealablePart part);                         // the member of the record: "party"
Expected<SealablePart> ParseSealablePart(std::string_view name);  // kMalformed for any other word

// Whether the record has content in this part.
bool Holds(const AccessRecord& record, SealablePart part);

// SerializeAccessRecord gives the entry: canonical JSON. Bytes of a string that are not UTF-8 become U+FFFD.
Bytes SerializeAccessRecord(const AccessRecord& record);

// ParseAccessRecord: kMalformed for anything that SerializeAccessRecord does not write: unknown members, an
// unknown word where the schema lists the words, a string above 1 KiB, a list above 256 items, a part that is
// both there and sealed, more than kMaxRecordSize bytes.
Expected<AccessRecord> ParseAccessRecord(ByteView bytes);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_RECORD_H_
