#include "policy/reasoning.h"

#include <algorithm>
#include <utility>

namespace strongroom::policy {
namespace {

std::size_t Index(FactId id) {
  return static_cast<std::size_t>(id);
}

Conclusion Open(FactId missing) {
  Conclusion conclusion{.truth = Truth::kUnknown, .support = {}};
  conclusion.support.missing.set(Index(missing));
  return conclusion;
}

Conclusion Conclude(bool holds, Support support) {
  support.missing.reset();
  return {holds ? Truth::kTrue : Truth::kFalse, std::move(support)};
}

bool IsOneOf(const std::vector<Operand>& operands, const Value& value) {
  return std::ranges::any_of(operands, [&](const Operand& one) { return std::get<Value>(one) == value; });
}

bool Contains(const Condition& condition, const Value& value) {
  const auto& texts = std::get<std::vector<std::string>>(value);
  const Value& wanted = std::get<Value>(condition.operands[0]);
  return std::ranges::find(texts, std::get<std::string>(wanted)) != texts.end();
}

bool TestTime(const Condition& condition, Timestamp value, Timestamp at) {
  if (condition.op == Operator::kWithinDays)
    return value <= at && at.seconds - value.seconds <= condition.seconds;
  const Value& operand = std::get<Value>(condition.operands[0]);
  switch (condition.op) {
    case Operator::kPast:
      return (value <= at) == std::get<bool>(operand);
    case Operator::kAtLeast:
      return value >= std::get<Timestamp>(operand);
    default:
      return value < std::get<Timestamp>(operand);
  }
}

template <typename T>
bool Holds(const std::vector<T>& values, const T& value) {
  return std::ranges::find(values, value) != values.end();
}

std::optional<std::string> TextOf(const Facts& facts, FactId id) {
  const Fact* fact = facts.Find(id);
  if (fact == nullptr) return std::nullopt;
  return std::get<std::string>(fact->value);
}

// Whether a licence covers the act, and what is missing or wrong if it does not.
struct Cover {
  Truth truth = Truth::kTrue;
  std::string why;
  FactSet missing;
};

class Coverage {
 public:
  Coverage(const Licence& licence, const Facts& facts) : licence_(licence), facts_(facts) {}

  Cover At(Timestamp at) {
    if (at < licence_.valid_from) Refuse("begins on " + ToRfc3339(licence_.valid_from));
    if (at >= licence_.valid_until) Refuse("ended on " + ToRfc3339(licence_.valid_until));
    CheckParty();
    CheckItem();
    CheckCountry();
    CheckCopies();
    return std::move(cover_);
  }

 private:
  void CheckParty() {
    const auto party = TextOf(facts_, FactId::kNodeOperator);
    if (!party) return Miss(FactId::kNodeOperator);
    if (!Holds(licence_.parties, *party)) Refuse("is for another party");
  }

  void CheckItem() {
    const auto label = TextOf(facts_, FactId::kModelLabel);
    const auto eccn = TextOf(facts_, FactId::kModelEccn);
    if (!label && !eccn) return Miss(FactId::kModelLabel);
    const bool covered = (label && Holds(licence_.items, *label)) || (eccn && Holds(licence_.items, *eccn));
    if (!covered) Refuse("is for another item");
  }

  void CheckCountry() {
    const Fact* country = facts_.Find(FactId::kNodeCountry);
    if (country == nullptr) return Miss(FactId::kNodeCountry);
    if (!Holds(licence_.countries, std::get<place::Country>(country->value)))
      Refuse("is for another country");
  }

  void CheckCopies() {
    if (!licence_.copies) return;
    const Fact* copies = facts_.Find(FactId::kActCopies);
    if (copies == nullptr) return Miss(FactId::kActCopies);
    if (std::get<Decimal>(copies->value) > *licence_.copies)
      Refuse("allows no more than " + licence_.copies->ToText() + " copies");
  }

  void Refuse(std::string why) {
    if (cover_.truth == Truth::kFalse) return;
    cover_ = {.truth = Truth::kFalse, .why = std::move(why), .missing = {}};
  }

  void Miss(FactId id) {
    if (cover_.truth == Truth::kFalse) return;
    cover_.truth = Truth::kUnknown;
    cover_.why = "may cover this, but nobody stated " + std::string(Describe(id).name);
    cover_.missing.set(Index(id));
  }

  const Licence& licence_;
  const Facts& facts_;
  Cover cover_;
};

}  // namespace

Support& Support::operator|=(const Support& other) {
  used |= other.used;
  missing |= other.missing;
  replaced |= other.replaced;
  findings |= other.findings;
  numbers |= other.numbers;
  return *this;
}

Conclusion Reasoning::Test(const Conditions& conditions) {
  Conclusion all = All(conditions.all);
  if (conditions.any.empty() || all.truth == Truth::kFalse) return all;
  const Conclusion any = Any(conditions.any);
  if (any.truth < all.truth) return any;
  if (any.truth == all.truth) all.support |= any.support;
  return all;
}

// The support of a conjunction is that of its parts that make it what it is; of several false parts the first
// one suffices.
Conclusion Reasoning::All(const std::vector<Condition>& conditions) {
  Conclusion result{.truth = Truth::kTrue, .support = {}};
  for (const Condition& condition : conditions) {
    const Conclusion one = Test(condition);
    if (one.truth == Truth::kFalse) return one;
    if (one.truth < result.truth) {
      result = one;
    } else if (one.truth == result.truth) {
      result.support |= one.support;
    }
  }
  return result;
}

Conclusion Reasoning::Any(const std::vector<Condition>& conditions) {
  Conclusion result{.truth = Truth::kFalse, .support = {}};
  for (const Condition& condition : conditions) {
    const Conclusion one = Test(condition);
    if (one.truth == Truth::kTrue) return one;
    if (one.truth > result.truth) {
      result = one;
    } else if (one.truth == result.truth) {
      result.support |= one.support;
    }
  }
  return result;
}

Conclusion Reasoning::Test(const Condition& condition) {
  if (const auto* finding = std::get_if<FindingRef>(&condition.subject))
    return TestFinding(condition, *finding);
  if (const auto* licence = std::get_if<LicenceFrom>(&condition.subject)) return TestLicences(*licence);
  if (const auto* number = std::get_if<NumberRef>(&condition.subject))
    return Compare(condition, Measure(*number));
  const FactId id = std::get<FactId>(condition.subject);
  if (facts_.Find(id) != nullptr || !condition.otherwise) return TestFact(condition, id);
  Conclusion conclusion = TestFact(condition, *condition.otherwise);
  if (conclusion.truth != Truth::kUnknown) conclusion.support.replaced.set(Index(id));
  return conclusion;
}

Conclusion Reasoning::TestFinding(const Condition& condition, FindingRef ref) {
  Conclusion conclusion = Conclude(ref);
  conclusion.support.findings.set(ref.index);
  const bool wanted = std::get<bool>(std::get<Value>(condition.operands[0]));
  if (!wanted && conclusion.truth != Truth::kUnknown) {
    conclusion.truth = conclusion.truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
  }
  return conclusion;
}

Conclusion Reasoning::TestFact(const Condition& condition, FactId id) {
  const ValueType type = Describe(id).type;
  if (type == ValueType::kDecimal || type == ValueType::kShare) return Compare(condition, Measure(id));
  const Fact* fact = facts_.Find(id);
  if (fact == nullptr) return Open(id);
  Support support;
  support.used.set(Index(id));
  switch (condition.op) {
    case Operator::kIs:
    case Operator::kIn:
      return policy::Conclude(IsOneOf(condition.operands, fact->value), std::move(support));
    case Operator::kIsNot:
    case Operator::kNotIn:
      return policy::Conclude(!IsOneOf(condition.operands, fact->value), std::move(support));
    case Operator::kInList:
    case Operator::kNotInList:
      return AboutList(condition, fact->value, std::move(support));
    case Operator::kContains:
      return policy::Conclude(Contains(condition, fact->value), std::move(support));
    case Operator::kLacks:
      return policy::Conclude(!Contains(condition, fact->value), std::move(support));
    default:
      return policy::Conclude(TestTime(condition, std::get<Timestamp>(fact->value), at_), std::move(support));
  }
}

Conclusion Reasoning::AboutList(const Condition& condition, const Value& value, Support support) const {
  const RegionList& list = pack_.lists[condition.list];
  const RegionList::Version* version = list.At(at_);
  if (version == nullptr) return {Truth::kUnknown, std::move(support)};
  bool member = false;
  if (list.of_subdivisions) {
    member = std::ranges::binary_search(version->subdivisions, std::get<std::string>(value));
  } else {
    place::Country country = std::get<place::Country>(value);
    for (const CountsAs& counts : pack_.counts_as) {
      if (counts.country == country && at_ >= counts.from) {
        country = counts.as;
        break;
      }
    }
    member = std::ranges::binary_search(version->countries, country);
  }
  return policy::Conclude(member == (condition.op == Operator::kInList), std::move(support));
}

Conclusion Reasoning::TestLicences(const LicenceFrom& from) const {
  Conclusion result{.truth = Truth::kFalse, .support = {}};
  for (const Licence& licence : facts_.licences()) {
    if (licence.issuer != from.issuer) continue;
    for (const FactId id : kLicenceFacts) {
      if (facts_.Find(id) != nullptr) result.support.used.set(Index(id));
    }
    const Cover cover = Coverage(licence, facts_).At(at_);
    result.truth = std::max(result.truth, cover.truth);
    result.support.missing |= cover.missing;
  }
  if (result.truth != Truth::kUnknown) result.support.missing.reset();
  return result;
}

std::vector<std::string> Reasoning::WhyNotCovered(const LicenceFrom& from) const {
  std::vector<std::string> sentences;
  for (const Licence& licence : facts_.licences()) {
    if (licence.issuer != from.issuer) continue;
    const Cover cover = Coverage(licence, facts_).At(at_);
    if (cover.truth != Truth::kTrue)
      sentences.push_back("licence " + licence.id + " of " + licence.issuer + " " + cover.why);
  }
  return sentences;
}

// A comparison is decided by what is known of both sides, each at least its lower bound.
Conclusion Reasoning::Compare(const Condition& condition, const Quantity& left) {
  const Quantity right = Measure(condition.operands[0]);
  Support support = left.support;
  support |= right.support;
  // "at least" and "below" divide at equality one way, "above" and "at most" the other.
  const bool strict = condition.op == Operator::kAbove || condition.op == Operator::kAtMost;
  const bool wanted = condition.op == Operator::kAtLeast || condition.op == Operator::kAbove;
  const bool reaches = strict ? left.lower > right.lower : left.lower >= right.lower;
  const bool decided = reaches ? right.exact : left.exact;
  if (!decided) return {Truth::kUnknown, std::move(support)};
  return policy::Conclude(reaches == wanted, std::move(support));
}

const Conclusion& Reasoning::Conclude(FindingRef ref) {
  std::optional<Conclusion>& conclusion = findings_[ref.index];
  if (!conclusion) conclusion = Test(pack_.findings[ref.index].when);
  return *conclusion;
}

Reasoning::Quantity Reasoning::Measure(FactId id) {
  Quantity quantity;
  const Fact* fact = facts_.Find(id);
  if (fact == nullptr) {
    quantity.exact = false;
    quantity.support.missing.set(Index(id));
    return quantity;
  }
  quantity.lower = std::get<Decimal>(fact->value);
  quantity.support.used.set(Index(id));
  return quantity;
}

const Reasoning::Quantity& Reasoning::Measure(NumberRef ref) {
  std::optional<Quantity>& quantity = numbers_[ref.index];
  if (!quantity) {
    quantity = Compute(pack_.numbers[ref.index]);
    quantity->support.numbers.set(ref.index);
  }
  return *quantity;
}

Reasoning::Quantity Reasoning::Measure(const Operand& operand) {
  if (const auto* fact = std::get_if<FactId>(&operand)) return Measure(*fact);
  if (const auto* number = std::get_if<NumberRef>(&operand)) return Measure(*number);
  return {.lower = std::get<Decimal>(std::get<Value>(operand)), .exact = true, .support = {}};
}

Reasoning::Quantity Reasoning::Compute(const Number& number) {
  Quantity total;
  if (number.kind == Number::Kind::kProduct) total.lower = *Decimal::Parse("1");
  for (const Number::Term& term : number.terms) AddTerm(number, term, total);
  return total;
}

// Numbers are never negative, so what is known of the terms is a lower bound of the whole.
void Reasoning::AddTerm(const Number& number, const Number::Term& term, Quantity& total) {
  const Conclusion counts = Test(term.when);
  total.support |= counts.support;
  if (counts.truth == Truth::kFalse) return;
  if (counts.truth == Truth::kUnknown) {
    total.exact = false;
    return;
  }
  const Quantity value = Measure(term.value);
  total.support |= value.support;
  total.exact = total.exact && value.exact;
  std::optional<Decimal> combined;
  switch (number.kind) {
    case Number::Kind::kSum:
      combined = Decimal::Sum(total.lower, value.lower);
      break;
    case Number::Kind::kProduct:
      combined = Decimal::Product(total.lower, value.lower);
      break;
    case Number::Kind::kGreatest:
      combined = std::max(total.lower, value.lower);
      break;
  }
  // A result that no Decimal holds leaves the number open. A sum keeps what was known before; a product that
  // is too long says nothing about how large it is.
  if (!combined) {
    total.exact = false;
    if (number.kind == Number::Kind::kProduct) total.lower = Decimal();
    return;
  }
  total.lower = *std::move(combined);
}

}  // namespace strongroom::policy
