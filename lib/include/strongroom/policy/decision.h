// What packs decide about an act. Evaluate is a pure function: the same packs, facts and time give the same
// decision for ever, so that an auditor can run it again. It is total: no rule can loop, throw or fail.
#ifndef STRONGROOM_POLICY_DECISION_H_
#define STRONGROOM_POLICY_DECISION_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "strongroom/envelope/json.h"
#include "strongroom/policy/facts.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// The ids of steps that no rule of a pack took.
inline constexpr std::string_view kDefaultRule = "default";  // nothing in the pack permits it
inline constexpr std::string_view kOutsideWindowRule =
    "not-in-force";                                         // the pack does not speak about this time
inline constexpr std::string_view kNoPackRule = "no-pack";  // there was nothing to ask
inline constexpr std::string_view kLeftToBaseRule = "left-to-base";  // an overlay that adds nothing here

// Step is one rule that decided the outcome of its pack.
struct Step {
  std::string pack;
  std::string rule;
  Outcome outcome;  // kUnknown where a missing fact leaves open whether the rule holds
  std::vector<std::string> citations;
  std::string reason;
  bool open = false;  // a missing fact leaves open whether the rule holds: its reason may not be so
  friend bool operator==(const Step&, const Step&) = default;
};

// TellReason is the reason of a step, for an open one with words that do not claim it.
std::string TellReason(const Step& step);

// Ground is a finding that a deciding rule rests on.
struct Ground {
  std::string pack;
  std::string finding;
  bool holds = false;  // or is known not to
  std::string title;
  std::vector<std::string> citations;
  friend bool operator==(const Ground&, const Ground&) = default;
};

struct FactUsed {
  FactId id;
  std::string value;
  Source source;
  friend bool operator==(const FactUsed&, const FactUsed&) = default;
};

struct PackIdentity {
  std::string authority;
  std::string id;
  std::uint64_t version;
  Digest digest;
  friend bool operator==(const PackIdentity&, const PackIdentity&) = default;
};

struct Decision {
  Outcome outcome = Outcome::kDeny;
  Timestamp as_of;
  std::vector<PackIdentity> packs;  // every pack that was asked, sorted
  std::vector<Step> path;           // pack by pack; within a pack in the order of its text
  std::vector<Ground> grounds;      // pack by pack; in the order of the text
  std::vector<FactUsed> used;       // by the rules of the path, and by the bars that a permit passed
  std::vector<FactId> missing;      // that would have been needed
  std::vector<std::string> obligations;
  std::vector<std::string> flags;           // what the outcome rests on and a reader must know
  std::optional<place::Basis> place_basis;  // the basis of the place, where the path rests on it
  std::optional<Source> weakest_source;     // of the facts used
  friend bool operator==(const Decision&, const Decision&) = default;
};

// Evaluate asks every pack and takes the worst answer. Inside a pack a bar overrides an exception, which
// overrides a requirement; what nothing permits is denied. The order of the packs does not matter; none at
// all is a denial.
Decision Evaluate(std::span<const Pack* const> packs, const Facts& facts, Timestamp at);

// Explain tells a decision as lines of text for a person.
std::vector<std::string> Explain(const Decision& decision);

// DecisionJson is the decision for a program; an object without secrets.
envelope::Json DecisionJson(const Decision& decision);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_DECISION_H_
