// Policy packs: dated, cited rules over typed facts, and the dated tables that the rules refer to.
// docs/POLICY.md says how to read one; these are the types behind it. Everything here is a value, immutable
// once parsed, and safe to share among threads.
#ifndef STRONGROOM_POLICY_PACK_H_
#define STRONGROOM_POLICY_PACK_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/place/place.h"
#include "strongroom/policy/facts.h"

namespace strongroom::policy {

// Outcome is what a decision says, the laxest first: across packs the greatest wins. Only kPermit opens.
enum class Outcome { kPermit, kNeedsLicence, kUnknown, kDeny };
std::string_view Name(Outcome outcome);  // "permit", "needs_licence", "unknown", "deny"
std::optional<Outcome> FindOutcome(std::string_view name);

// Window is a run of time: from its first moment up to, and not including, its end. An absent side is open.
struct Window {
  std::optional<Timestamp> from, until;
  [[nodiscard]] bool Contains(Timestamp at) const;
};

// CountryList is a named set of countries that changes with time.
struct CountryList {
  struct Version {
    Timestamp from;                         // holds until the next version's
    std::string source;                     // where the members were read, and how sure that is
    std::vector<place::Country> countries;  // sorted
  };
  std::string id;  // "D:5"
  std::string title;
  std::string citation;
  std::vector<Version> versions;  // by `from`, never empty

  [[nodiscard]] const Version* At(Timestamp at) const;  // null before the first version
};

// DataTable is one file of dated data, apart from the rules.
struct DataTable {
  std::string id;
  std::string title;
  Digest digest{};  // SHA-256 of its bytes
  std::vector<CountryList> lists;
};

// ParseDataTable reads a data table. kMalformed, with line and column, for anything that docs/POLICY.md does
// not allow.
Expected<DataTable> ParseDataTable(ByteView toml);

enum class RuleKind {
  kBar,          // overrides everything
  kException,    // permits, unless a bar holds
  kRequirement,  // asks for a licence or refuses, unless an exception holds
};
std::string_view Name(RuleKind kind);

enum class RuleStatus {
  kInForce,
  kSuspended,    // does not apply
  kNotEnforced,  // codified, so it applies; the decision says that its authority does not enforce it
  kProposed,     // does not apply
};
std::string_view Name(RuleStatus status);

enum class Operator { kIs, kIsNot, kIn, kNotIn, kInList, kNotInList, kAtLeast, kBelow, kContains };
std::string_view Name(Operator op);  // the key of the pack's text: "is", "in_list", ...

// Condition is one test of one fact. A fact that is absent makes it unknown.
struct Condition {
  FactId fact;
  Operator op;
  std::vector<Value> values;  // to compare with; empty for the list operators
  std::size_t list = 0;       // into Pack::lists, for the list operators
};

struct Rule {
  std::string id;
  RuleKind kind;
  Outcome outcome;  // of a bar or requirement that holds: deny or needs_licence; of an exception: permit
  RuleStatus status = RuleStatus::kInForce;
  Window in_force;     // when the text stands; the pack's own window where the rule gives none
  Window compliance;   // when it must be followed
  Window enforcement;  // when its authority enforces it; outside, the rule applies and the decision says so
  std::vector<std::string> citations;         // never empty
  std::string reason;                         // a plain sentence
  std::vector<std::string> obligations;       // of an exception: what its user must do
  std::optional<place::Basis> weakest_basis;  // of an exception that rests on the place: what satisfies it
  std::vector<Condition> all;                 // every one must hold
  std::vector<Condition> any;                 // at least one must hold, where there are any
};

struct Pack {
  std::string id;
  std::string authority;  // the name under which it is trusted
  std::uint64_t version = 0;
  std::string title;
  Timestamp verified_on;  // when somebody last held it against its sources
  Window valid;           // outside, the pack denies
  Digest digest{};        // SHA-256 of its bytes, which name the digests of its tables
  std::vector<CountryList> lists;
  std::vector<Rule> rules;  // in the order of the text
};

// ParsePack reads a pack. `tables` are the data tables at hand; the pack names those it uses by id and
// digest. kMalformed, with line and column, for an unknown key, a value of the wrong type, a rule without
// citation, a list that begins after the rule that uses it, and whatever else docs/POLICY.md does not allow;
// kUnsupported for a newer format. It does not run the pack's cases: LoadPack does.
Expected<Pack> ParsePack(ByteView toml, std::span<const DataTable> tables);

// PackReference is how a manifest names a pack.
struct PackReference {
  enum class Follow {
    kFrozen,  // exactly the pack of this digest decides
    kNewest,  // the newest installed version of that authority decides
  };
  std::string authority;
  std::string id;
  std::uint64_t min_version = 0;
  Digest digest{};  // of the pack when the manifest was signed
  Follow follow = Follow::kNewest;
};

// SelectPacks finds the pack for each reference among those installed, in the order of the references.
// kNotFound if none of that authority and id is installed; kDenied if there are no references, if the one
// that would decide is older than the minimum, is not in its window of validity at `now`, is not the frozen
// one, or cannot be told from another of the same version. The pointers are into `installed`.
Expected<std::vector<const Pack*>> SelectPacks(std::span<const PackReference> references,
                                               std::span<const Pack> installed, Timestamp now);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PACK_H_
