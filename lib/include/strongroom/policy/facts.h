// The facts that policy packs ask about: each has a name, a type and somebody who states it. docs/POLICY.md
// lists them for readers; FactCatalogue() is that list for programs. A fact that nobody stated is absent, and
// absent is never the same as "no".
#ifndef STRONGROOM_POLICY_FACTS_H_
#define STRONGROOM_POLICY_FACTS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/place/place.h"
#include "strongroom/policy/decimal.h"

namespace strongroom::policy {

enum class FactId : std::uint8_t {
  kModelLabel,
  kModelWeights,
  kModelTrainingOps,
  kModelEccn,
  kModelOrigin,
  kModelOwnerHq,
  kModelBaseOps,
  kModelAddedOps,
  kModelSyntheticShare,
  kModelTeacher,
  kModelTeacherOps,
  kModelGenerationOps,
  kModelNote2,
  kModelCopy,
  kModelFromUsWeights,
  kModelControlledChips,
  kModelGp10Chips,
  kModelNamedIn,
  kModelBytes,
  kActWhat,
  kActKeyslot,
  kActKey,
  kActCopies,
  kActCustodians,
  kActLeaseSeconds,
  kActEndUse,
  kNodeCountry,
  kNodeSubdivision,
  kNodeBasis,
  kNodeOperator,
  kNodeOperatorHq,
  kNodeOperatorParentHq,
  kNodeAuthorizations,
  kNodeVeuCountries,
  kNodeVeuUntil,
  kNodeLicences,
  kNodeTpm,
  kNodeEvidence,
  kNodeEgress,
  kNodeAddress,
  kNodePerson,
  kNodePersonNationality,
  kNodeLists,
  kNodeListsDate,
  kNodeEntityListScope,
  kNodeEntityListReview,
  kNodeListedOwnership,
  kStorageParagraph14,
  kStorageParagraph15,
  kStorageParagraph18,
  kStorageCertificateUntil,
  kStorageEncryption,
};
inline constexpr std::size_t kFactCount = 52;

// What a fact's value is. The comment says how it is written as text.
enum class ValueType : std::uint8_t {
  kText,     // 1 to 256 bytes of UTF-8 without control characters
  kWord,     // one of the words that the catalogue lists
  kCountry,  // ISO 3166-1 alpha-2
  kDecimal,  // an exact decimal number
  kShare,    // a decimal number from 0 to 1
  kTime,     // RFC 3339, a bare date being midnight UTC
  kTexts,    // several texts; in one text they are parted by ';'
  kTruth,    // "true" or "false"
};
using Value = std::variant<std::string, place::Country, Decimal, Timestamp, std::vector<std::string>, bool>;

struct FactType {
  FactId id;
  std::string_view name;  // "node.operator_hq": the table and key that state it in a question file
  ValueType type;
  std::string_view meaning;
  std::span<const std::string_view> words = {};  // of a kWord; of each of kTexts, where there are any
};

std::span<const FactType> FactCatalogue();  // in the order of FactId
const FactType& Describe(FactId id);
std::optional<FactId> FindFact(std::string_view name);

// ParseValue reads a value of that fact's type from text. kMalformed, naming the fact and what is wrong with
// the text.
Expected<Value> ParseValue(FactId id, std::string_view text);
std::string ToText(const Value& value);  // the inverse

// Who states a fact, the weakest first.
enum class Source : std::uint8_t {
  kQuestion,     // supposed, by who asks what would be
  kDeclaration,  // the node says so of itself
  kRequest,      // what the node asks for: the program knows which act it is about to do
  kLicence,      // a signed licence on file
  kEvidence,     // evidence about the node, verified
  kManifest,     // the owner's signed manifest
};
std::string_view Name(Source source);  // "question", "declaration", ...
std::optional<Source> FindSource(std::string_view name);

struct Fact {
  Value value;
  Source source = Source::kQuestion;
  friend bool operator==(const Fact&, const Fact&) = default;
};

// Licence is a licence on file. It says what it covers: what it does not name, it does not cover.
struct Licence {
  std::string id;                    // the issuer's number for it
  std::string issuer;                // "BIS"
  std::vector<std::string> parties;  // the operators it is for, as node.operator names them
  std::vector<std::string> items;    // labels or classifications, as model.label and model.eccn name them
  std::vector<place::Country> countries;
  std::optional<Decimal> copies;      // how many copies it allows; absent where it sets no number
  Timestamp valid_from, valid_until;  // from its first moment up to, and not including, its end
  Source source = Source::kQuestion;
  friend bool operator==(const Licence&, const Licence&) = default;
};

// Facts holds at most one value of each fact, and the licences on file. A value type; not thread-safe while
// it is changed.
class Facts {
 public:
  // Set states a fact, or restates it. kInvalidArgument if the value is not of the fact's type.
  Status Set(FactId id, Value value, Source source);
  // SetPlace states node.country, node.subdivision and node.basis at once, dropping what they were.
  void SetPlace(const place::Place& place, Source source);
  // AddLicence puts a licence on file. kInvalidArgument if it ends before it begins, or has more than 64
  // parties, items or countries, or a text that is not one (ValueType::kText).
  Status AddLicence(Licence licence);
  // AddMissing takes over the facts of `other` that are not stated here, and its licences: add the strongest
  // source first.
  void AddMissing(const Facts& other);

  // Erase forgets the facts of which `is_one` is true.
  template <typename Predicate>
  void Erase(Predicate is_one) {
    for (std::optional<Fact>& fact : facts_) {
      if (fact && is_one(*fact)) fact.reset();
    }
  }

  // Null where absent; valid until the next change.
  [[nodiscard]] const Fact* Find(FactId id) const {
    const std::optional<Fact>& fact = facts_[static_cast<std::size_t>(id)];
    return fact ? &*fact : nullptr;
  }
  [[nodiscard]] const std::vector<Licence>& licences() const { return licences_; }
  friend bool operator==(const Facts&, const Facts&) = default;

 private:
  std::array<std::optional<Fact>, kFactCount> facts_;
  std::vector<Licence> licences_;
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_FACTS_H_
