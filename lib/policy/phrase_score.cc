#include "policy/phrase_score.h"

#include <algorithm>
#include <cmath>

namespace strongroom::policy {
namespace {

constexpr float kWithoutLegalForms = 0.98F;
constexpr float kContained = 0.95F;
constexpr int kMinContainedWords = 2;
constexpr float kMinContainedWeight = 8;
constexpr int kMinAddressWords = 2;

// The words of one phrase, and how much of them found a pair, or their equal, in the other.
struct Side {
  float weight = 0, paired = 0, equal = 0;
  int words = 0, plain = 0, numbers = 0, numbers_paired = 0;

  [[nodiscard]] float Paired() const { return weight > 0 ? paired / weight : 0; }
  [[nodiscard]] float Equal() const { return weight > 0 ? equal / weight : 0; }
};

enum class Optional { kCounts, kLeftOut };

Side Weigh(std::span<const WordShape> words, std::span<const WordPair> pairs,
           std::uint32_t WordPair::*position, Optional optional) {
  const auto counts = [&](const WordShape& word) {
    return optional == Optional::kCounts || word.kind != WordKind::kOptional;
  };
  Side side;
  for (const WordShape& word : words) {
    if (!counts(word)) continue;
    side.weight += word.weight;
    ++side.words;
    side.plain += word.kind == WordKind::kPlain ? 1 : 0;
    side.numbers += word.kind == WordKind::kNumber ? 1 : 0;
  }
  for (const WordPair& pair : pairs) {
    const WordShape& word = words[pair.*position];
    if (!counts(word)) continue;
    side.paired += word.weight * pair.similarity;
    if (pair.similarity == 1) side.equal += word.weight;
    side.numbers_paired += word.kind == WordKind::kNumber ? 1 : 0;
  }
  return side;
}

Side Screened(const Comparison& comparison, Optional optional) {
  return Weigh(comparison.screened, comparison.pairs, &WordPair::screened, optional);
}

Side Listed(const Comparison& comparison, Optional optional) {
  return Weigh(comparison.listed, comparison.pairs, &WordPair::listed, optional);
}

float Dice(const Side& a, const Side& b) {
  const float weight = a.weight + b.weight;
  return weight > 0 ? (a.paired + b.paired) / weight : 0;
}

float NameInside(const Side& name) {
  return name.words >= kMinContainedWords && name.weight >= kMinContainedWeight ? name.Equal() : 0;
}

float AddressInside(const Side& address) {
  const bool tells = address.plain >= kMinAddressWords && address.numbers > 0;
  return tells && address.numbers_paired == address.numbers ? address.Paired() : 0;
}

// A hundredth of a point is forgiven to binary fractions.
int Points(float share) {
  return static_cast<int>(std::floor(share * 100 + 0.01F));
}

}  // namespace

int NameScore(const Comparison& names) {
  const float all = Dice(Screened(names, Optional::kCounts), Listed(names, Optional::kCounts));
  const Side screened = Screened(names, Optional::kLeftOut);
  const Side listed = Listed(names, Optional::kLeftOut);
  const float bare = Dice(screened, listed);
  const float inside = std::max(NameInside(screened), NameInside(listed));
  return Points(std::max({all, kWithoutLegalForms * bare, kContained * inside}));
}

int AddressScore(const Comparison& addresses) {
  return Points(std::max(AddressInside(Listed(addresses, Optional::kLeftOut)),
                         AddressInside(Screened(addresses, Optional::kCounts))));
}

}  // namespace strongroom::policy
