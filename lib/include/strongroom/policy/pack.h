// Policy packs: dated, cited rules over typed facts, and the dated tables that the rules refer to.
// docs/POLICY.md says how to read one; these are the types behind it. Everything here is a value, immutable
// once parsed, and safe to share among threads.
#ifndef STRONGROOM_POLICY_PACK_H_
#define STRONGROOM_POLICY_PACK_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
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
  std::string citation;  // where its dates are written; may be empty
  [[nodiscard]] bool Contains(Timestamp at) const;
  friend bool operator==(const Window&, const Window&) = default;
};

// RegionList is a named set of countries, or of parts of countries, that changes with time.
struct RegionList {
  struct Version {
    Timestamp from;                         // holds until the next version's
    std::string source;                     // where the members were read, and how sure that is
    std::vector<place::Country> countries;  // sorted
    std::vector<std::string> subdivisions;  // ISO 3166-2, sorted; a list has either these or countries
  };
  std::string id;  // "D:5"
  std::string title;
  std::string citation;
  bool of_subdivisions = false;
  std::vector<Version> versions;  // by `from`, never empty
  std::string table;              // the id of its data table

  [[nodiscard]] const Version* At(Timestamp at) const;  // null before the first version
};

// CountsAs says that a country is treated as another one wherever the lists of its table are asked.
struct CountsAs {
  place::Country country, as;
  Timestamp from;
  std::string citation;
};

// DataTable is one file of dated data, apart from the rules.
struct DataTable {
  std::string id;
  std::string title;
  Digest digest{};  // SHA-256 of its bytes
  std::vector<RegionList> lists;
  std::vector<CountsAs> counts_as;
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

enum class Operator {
  kIs,
  kIsNot,
  kIn,
  kNotIn,
  kInList,
  kNotInList,
  kAtLeast,
  kAtMost,
  kAbove,
  kBelow,
  kContains,
  kLacks,
  kWithinDays,  // a time not in the future and at most so many days ago
  kPast,        // whether a time has come: `past = true` or `past = false`
};
std::string_view Name(Operator op);  // the key of the pack's text: "is", "in_list", ...

// What a condition tests: a fact, a number or a finding of the same pack, or the licences on file.
struct NumberRef {
  std::size_t index;  // into Pack::numbers
  friend bool operator==(const NumberRef&, const NumberRef&) = default;
};
struct FindingRef {
  std::size_t index;  // into Pack::findings
  friend bool operator==(const FindingRef&, const FindingRef&) = default;
};
struct LicenceFrom {
  std::string issuer;  // a licence of this issuer covers the act; see docs/POLICY.md
  friend bool operator==(const LicenceFrom&, const LicenceFrom&) = default;
};
using Subject = std::variant<FactId, NumberRef, FindingRef, LicenceFrom>;

// What it is compared with: a value, or another fact or number of the same type.
using Operand = std::variant<Value, FactId, NumberRef>;

// Condition is one test. A fact that is absent makes it unknown, unless the comparison is decided already.
struct Condition {
  Subject subject;
  std::optional<FactId> otherwise;  // the fact that is asked where nobody stated the subject
  Operator op = Operator::kIs;
  std::vector<Operand> operands;  // to compare with; empty for the list operators, licences and kWithinDays
  std::int64_t seconds = 0;       // of kWithinDays
  std::size_t list = 0;           // into Pack::lists, for the list operators
};

// Conditions hold if every one of `all` holds and, where there are any, at least one of `any`.
struct Conditions {
  std::vector<Condition> all, any;
};

// Reading is one way to read an ambiguous text. Of the readings of one text exactly one controls.
struct Reading {
  std::string text;
  bool controls = false;
};

// Number is a quantity computed from facts, exactly: "operations counted". A term with `when` counts only
// where that holds.
struct Number {
  enum class Kind { kSum, kProduct, kGreatest };
  struct Term {
    Operand value;  // a Decimal, a fact or an earlier number
    Conditions when;
  };
  std::string id;
  std::string title;
  std::vector<std::string> citations;  // never empty
  std::vector<Reading> readings;
  Kind kind = Kind::kSum;
  std::vector<Term> terms;  // never empty
  std::string part;         // the part that it comes from; empty for the pack's own
};

// Finding is an intermediate conclusion: "the item is subject to the regulations". Findings refer to earlier
// ones alone, so nothing can loop.
struct Finding {
  std::string id;
  std::string title;                   // a plain sentence that is so where it holds
  std::vector<std::string> citations;  // never empty
  std::vector<Reading> readings;
  Conditions when;
  std::string part;  // as of a number
};

struct Rule {
  std::string id;
  RuleKind kind = RuleKind::kRequirement;
  Outcome outcome =
      Outcome::kDeny;  // of a bar or requirement that holds: not kPermit; of an exception: kPermit
  RuleStatus status = RuleStatus::kInForce;
  Window in_force;     // when the text stands; the pack's own window where the rule gives none
  Window compliance;   // when it must be followed
  Window enforcement;  // when its authority enforces it; outside, the rule applies and the decision says so
  std::vector<std::string> citations;         // never empty
  std::string reason;                         // a plain sentence
  std::vector<Reading> readings;              // where its text is ambiguous
  std::vector<std::string> obligations;       // what its user must do
  std::vector<std::string> flags;             // what a reader of the decision must know where it decides
  std::optional<place::Basis> weakest_basis;  // of an exception that rests on the place: what satisfies it
  std::optional<Source> weakest_source;       // of an exception: the weakest statement that satisfies it
  bool always = false;                        // it has no conditions and holds whatever the facts
  Conditions when;
  std::string part;  // as of a number
};

// A document that a pack is made with, named by digest.
struct PartIdentity {
  std::string id;
  Digest digest{};
};

// Part is a file of numbers, findings and rules that several packs share. It is read within each of them.
struct Part {
  PartIdentity identity;
  ByteView toml;  // borrowed
};

// ParsePart finds out what a part is called. kMalformed, with line and column, if it is not a TOML document
// with an id.
Expected<Part> ParsePart(ByteView toml);

// Overlay says that a pack only adds to another, which is asked with it: what the overlay does not bar or
// require it leaves to the other.
struct Overlay {
  std::string authority, id;
  std::uint64_t min_version = 0;
};

struct Pack {
  std::string id;
  std::string authority;  // the name under which it is trusted
  std::uint64_t version = 0;
  std::string title;
  std::vector<std::string> notes;  // what a reader must know of the whole pack; flags of each decision
  Timestamp verified_on;           // when somebody last held it against its sources
  Window valid;                    // outside, the pack denies
  Digest digest{};                 // SHA-256 of its bytes, which name the digests of its tables and parts
  std::optional<Overlay> overlay;
  std::vector<PartIdentity> tables, parts;
  std::vector<RegionList> lists;
  std::vector<CountsAs> counts_as;
  std::vector<Number> numbers;    // in the order of the text, parts first; at most 64
  std::vector<Finding> findings;  // the same
  std::vector<Rule> rules;        // the same, at most 256
  // Set by who installs: a newer version was installed once, so this one decides for nobody but the bundles
  // that are frozen to it.
  bool superseded = false;
};

// ParsePack reads a pack. `tables` and `parts` are the documents at hand; the pack names those it uses by id
// and digest. kMalformed, with line and column (and the part's id), for an unknown key, a value of the wrong
// type, a rule without citation, a list that begins after the rule that uses it, a reference to something
// later or absent, and whatever else docs/POLICY.md does not allow; kUnsupported for a newer format. It does
// not run the pack's cases: LoadPack does.
Expected<Pack> ParsePack(ByteView toml, std::span<const DataTable> tables, std::span<const Part> parts = {});

// PackHead is what the text of a pack says before its rules: what it is called, and what it is made with.
struct PackHead {
  std::string authority, id;
  std::uint64_t version = 0;
  std::optional<Overlay> overlay;
  std::vector<PartIdentity> tables, parts;
};

// ParsePackHead reads the head alone, for whoever has yet to find the tables and parts. kMalformed and
// kUnsupported as above.
Expected<PackHead> ParsePackHead(ByteView toml);

// FactsAskedBy lists the facts that some condition, number or licence test of the pack reads, in the order of
// the catalogue.
std::vector<FactId> FactsAskedBy(const Pack& pack);

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

// SelectPacks finds the pack for each reference among those installed, in the order of the references, and
// after them the packs under overlays. kNotFound if none of that authority and id is installed; kDenied if
// there are no references, if the one that would decide is older than the minimum, is not in its window of
// validity at `now`, is not the frozen one, was superseded by one that is not there, or cannot be told from
// another of the same version. The pointers are into `installed`.
Expected<std::vector<const Pack*>> SelectPacks(std::span<const PackReference> references,
                                               std::span<const Pack> installed, Timestamp now);

// WithBases adds to some packs those under their overlays, the newest installed of each that is not
// superseded, once. kNotFound
// where one is not installed in the version that its overlay asks for.
Expected<std::vector<const Pack*>> WithBases(std::span<const Pack* const> packs,
                                             std::span<const Pack> installed);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PACK_H_
