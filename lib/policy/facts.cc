#include "strongroom/policy/facts.h"

#include <algorithm>

#include "policy/control_characters.h"
#include "strongroom/base/bytes.h"

namespace strongroom::policy {
namespace {

using enum ValueType;
using Words = std::span<const std::string_view>;

constexpr std::size_t kMaxText = 256;
constexpr std::size_t kMaxTexts = 64;

constexpr std::string_view kSources[] = {"question", "declaration", "request",
                                         "licence",  "evidence",    "manifest"};

std::unexpected<Error> Refuse(FactId id, std::string_view why, std::string next = {}) {
  return Fail(ErrorCode::kMalformed, std::string(Describe(id).name) + " " + std::string(why),
              std::move(next));
}

bool IsText(std::string_view text) {
  return !text.empty() && text.size() <= kMaxText && IsUtf8(text) && !HasControl(text);
}

Status CheckText(FactId id, std::string_view text) {
  if (IsText(text)) return {};
  return Refuse(id, "must be 1 to 256 bytes of UTF-8 without control characters");
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
    SR_RETURN_IF_ERROR(Describe(id).words.empty() ? CheckText(id, text) : CheckWord(id, text));
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
    case kTruth:
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
    case kTruth:
      return std::holds_alternative<bool>(value);
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
    case kTruth:
      if (text == "true" || text == "false") return Value(text == "true");
      return Refuse(id, "is neither true nor false");
  }
  return Refuse(id, "has no type");
}

struct TextOf {
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
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

std::optional<Source> FindSource(std::string_view name) {
  const auto found = std::ranges::find(kSources, name);
  if (found == std::end(kSources)) return std::nullopt;
  return static_cast<Source>(found - std::begin(kSources));
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
  licences_.insert(licences_.end(), other.licences_.begin(), other.licences_.end());
}

Status Facts::AddLicence(Licence licence) {
  const auto refuse = [](std::string_view why) {
    return Fail(ErrorCode::kInvalidArgument, "the licence on file " + std::string(why));
  };
  const auto are_texts = [](const std::vector<std::string>& texts) {
    return texts.size() <= kMaxTexts && std::ranges::all_of(texts, IsText);
  };
  if (!IsText(licence.id) || !IsText(licence.issuer) || !are_texts(licence.parties) ||
      !are_texts(licence.items) || licence.countries.size() > kMaxTexts) {
    return refuse("has a text that is not 1 to 256 bytes of UTF-8, or more than 64 of a kind");
  }
  if (licence.valid_from >= licence.valid_until) return refuse("ends before it begins");
  licences_.push_back(std::move(licence));
  return {};
}

}  // namespace strongroom::policy
