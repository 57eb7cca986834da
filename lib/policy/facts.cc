#include "strongroom/policy/facts.h"

#include <algorithm>

#include "strongroom/base/bytes.h"

namespace strongroom::policy {
namespace {

using enum ValueType;
using Words = std::span<const std::string_view>;

constexpr std::size_t kMaxText = 256;
constexpr std::size_t kMaxTexts = 64;

constexpr std::string_view kWeights[] = {"closed", "published", "derived_published"};
constexpr std::string_view kTeachers[] = {"published", "unpublished"};
constexpr std::string_view kActs[] = {"store", "transfer", "decrypt"};
constexpr std::string_view kKeyslots[] = {"tpm", "threshold", "recovery"};
constexpr std::string_view kBases[] = {"declared", "endorsed", "measured"};
constexpr std::string_view kTpms[] = {"hardware", "software"};
constexpr std::string_view kStorage[] = {"none", "s10_14_15_18", "e2ee_140:no_keys", "e2ee_140:key_release",
                                         "enc_host_holds_keys"};
// clang-format off
constexpr FactType kCatalogue[] = {
    {FactId::kModelLabel, "model.label", kText, "the owner's name for the model"},
    {FactId::kModelWeights, "model.weights", kWord, "whether the weights are published", kWeights},
    {FactId::kModelTrainingOps, "model.training_ops", kDecimal,
     "operations of all training, fine-tuning included"},
    {FactId::kModelEccn, "model.eccn", kText, "the export control classification that the owner states"},
    {FactId::kModelOrigin, "model.origin", kCountry, "the country where the weights were made"},
    {FactId::kModelOwnerHq, "model.owner_hq", kCountry, "where the owner is headquartered"},
    {FactId::kModelBaseOps, "model.base_ops", kDecimal,
     "training operations of the published model it derives from"},
    {FactId::kModelAddedOps, "model.added_ops", kDecimal, "training operations added to that model"},
    {FactId::kModelSyntheticShare, "model.synthetic_share", kShare,
     "share of the training operations spent on one generator model's unpublished data"},
    {FactId::kModelTeacher, "model.teacher", kWord,
     "whether that generator model's weights are published", kTeachers},
    {FactId::kModelTeacherOps, "model.teacher_ops", kDecimal, "training operations of the generator model"},
    {FactId::kModelGenerationOps, "model.generation_ops", kDecimal,
     "operations spent on generating the data"},
    {FactId::kActWhat, "act.what", kWord, "what is about to be done with the weights", kActs},
    {FactId::kActKeyslot, "act.keyslot", kWord,
     "the class of the keyslot that would give the key", kKeyslots},
    {FactId::kNodeCountry, "node.country", kCountry, "where the node is"},
    {FactId::kNodeSubdivision, "node.subdivision", kText, "the part of that country, as an ISO 3166-2 code"},
    {FactId::kNodeBasis, "node.basis", kWord, "how the node's place is known", kBases},
    {FactId::kNodeOperator, "node.operator", kText, "who operates the node"},
    {FactId::kNodeOperatorHq, "node.operator_hq", kCountry, "where the operator is headquartered"},
    {FactId::kNodeOperatorParentHq, "node.operator_parent_hq", kCountry,
     "where the operator's ultimate parent is headquartered; without it, where the operator is", {}, FactId::kNodeOperatorHq},
    {FactId::kNodeAuthorizations, "node.authorizations", kTexts,
     "standing authorisations that the operator claims"},
    {FactId::kNodeLicences, "node.licences", kTexts, "licences that the operator claims"},
    {FactId::kNodeTpm, "node.tpm", kWord, "whether the node's TPM is hardware or a software stand-in", kTpms},
    {FactId::kStorageSecurity, "storage.security", kWord, "how the place of storage is secured", kStorage},
    {FactId::kLicenceIssuer, "licence.issuer", kText, "who issued the licence on file"},
    {FactId::kLicenceHolder, "licence.holder", kText, "for whom the licence on file is"},
    {FactId::kLicenceValidFrom, "licence.valid_from", kTime, "the first moment of the licence on file"},
    {FactId::kLicenceValidUntil, "licence.valid_until", kTime,
     "the moment at which the licence on file ends"},
};
// clang-format on
static_assert(std::size(kCatalogue) == kFactCount);
static_assert([] {
  for (std::size_t i = 0; i < kFactCount; ++i) {
    if (kCatalogue[i].id != static_cast<FactId>(i)) return false;
  }
  return true;
}());

constexpr std::string_view kSources[] = {"question", "declaration", "request",
                                         "licence",  "evidence",    "manifest"};

std::unexpected<Error> Refuse(FactId id, std::string_view why, std::string next = {}) {
  return Fail(ErrorCode::kMalformed, std::string(Describe(id).name) + " " + std::string(why),
              std::move(next));
}

Status CheckText(FactId id, std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
  if (text.empty() || text.size() > kMaxText || !IsUtf8(text) || std::ranges::any_of(text, is_control)) {
    return Refuse(id, "must be 1 to 256 bytes of UTF-8 without control characters");
  }
  return {};
}

Status CheckWord(FactId id, std::string_view text) {
  const Words words = Describe(id).words;
  if (std::ranges::find(words, text) != words.end()) return {};
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return Refuse(id, "is not one of the words it may be", "write one of: " + list);
}

Status CheckShare(FactId id, const Decimal& share) {
  if (share <= *Decimal::Parse("1")) return {};
  return Refuse(id, "must be from 0 to 1");
}

Status CheckTexts(FactId id, const std::vector<std::string>& texts) {
  if (texts.size() > kMaxTexts) return Refuse(id, "has more than 64 elements");
  for (const std::string& text : texts) {
    SR_RETURN_IF_ERROR(CheckText(id, text));
    if (text.contains(';')) return Refuse(id, "has an element with ';' in it");
  }
  return {};
}

// Whether a value that has the right alternative is also in the range of the fact's type.
Status CheckRange(FactId id, const Value& value) {
  switch (Describe(id).type) {
    case kText:
      return CheckText(id, std::get<std::string>(value));
    case kWord:
      return CheckWord(id, std::get<std::string>(value));
    case kShare:
      return CheckShare(id, std::get<Decimal>(value));
    case kTexts:
      return CheckTexts(id, std::get<std::vector<std::string>>(value));
    case kCountry:
    case kDecimal:
    case kTime:
      return {};
  }
  return {};
}

bool HasAlternative(ValueType type, const Value& value) {
  switch (type) {
    case kText:
    case kWord:
      return std::holds_alternative<std::string>(value);
    case kCountry:
      return std::holds_alternative<place::Country>(value);
    case kDecimal:
    case kShare:
      return std::holds_alternative<Decimal>(value);
    case kTime:
      return std::holds_alternative<Timestamp>(value);
    case kTexts:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

template <typename T>
Expected<Value> Named(FactId id, Expected<T> value) {
  if (!value) return std::unexpected(std::move(value).error().With(Describe(id).name));
  return Value(*std::move(value));
}

Expected<Value> ReadValue(FactId id, std::string_view text) {
  switch (Describe(id).type) {
    case kText:
    case kWord:
      return Value(std::string(text));
    case kCountry:
      return Named(id, place::Country::Parse(text));
    case kDecimal:
    case kShare:
      return Named(id, Decimal::Parse(text));
    case kTime:
      return Named(id, ParseRfc3339(text));
    case kTexts:
      return Value(Split(text));
  }
  return Refuse(id, "has no type");
}

struct TextOf {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const place::Country& country) const { return std::string(country.code()); }
  std::string operator()(const Decimal& decimal) const { return decimal.ToText(); }
  std::string operator()(const Timestamp& time) const { return ToRfc3339(time); }
  std::string operator()(const std::vector<std::string>& texts) const {
    std::string joined;
    for (const std::string& text : texts) joined += (joined.empty() ? "" : ";") + text;
    return joined;
  }
};

}  // namespace

std::span<const FactType> FactCatalogue() {
  return kCatalogue;
}

const FactType& Describe(FactId id) {
  return kCatalogue[static_cast<std::size_t>(id)];
}

std::optional<FactId> FindFact(std::string_view name) {
  const auto found = std::ranges::find(kCatalogue, name, &FactType::name);
  if (found == std::end(kCatalogue)) return std::nullopt;
  return found->id;
}

Expected<Value> ParseValue(FactId id, std::string_view text) {
  SR_ASSIGN_OR_RETURN(Value value, ReadValue(id, text));
  SR_RETURN_IF_ERROR(CheckRange(id, value));
  return value;
}

std::string ToText(const Value& value) {
  return std::visit(TextOf(), value);
}

std::string_view Name(Source source) {
  return kSources[static_cast<std::size_t>(source)];
}

Status Facts::Set(FactId id, Value value, Source source) {
  if (!HasAlternative(Describe(id).type, value)) {
    return Fail(ErrorCode::kInvalidArgument, std::string(Describe(id).name) + " has a value of another type");
  }
  if (auto checked = CheckRange(id, value); !checked) {
    Error error = std::move(checked).error();
    error.code = ErrorCode::kInvalidArgument;
    return std::unexpected(std::move(error));
  }
  facts_[static_cast<std::size_t>(id)] = Fact{std::move(value), source};
  return {};
}

void Facts::SetPlace(const place::Place& place, Source source) {
  const auto put = [&](FactId id, std::optional<Value> value) {
    auto& slot = facts_[static_cast<std::size_t>(id)];
    slot.reset();
    if (value) slot = Fact{*std::move(value), source};
  };
  put(FactId::kNodeCountry, place.country);
  put(FactId::kNodeSubdivision, place.subdivision);
  put(FactId::kNodeBasis, std::string(place::Name(place.basis)));
}

void Facts::AddMissing(const Facts& other) {
  for (std::size_t i = 0; i < kFactCount; ++i) {
    if (!facts_[i]) facts_[i] = other.facts_[i];
  }
}

const Fact* Facts::Find(FactId id) const {
  const auto& fact = facts_[static_cast<std::size_t>(id)];
  return fact ? &*fact : nullptr;
}

}  // namespace strongroom::policy
