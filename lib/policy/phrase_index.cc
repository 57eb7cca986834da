#include "policy/phrase_index.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "policy/jaro_winkler.h"

namespace strongroom::policy {
namespace {

constexpr double kRounding = 1e-9;                 // what is 0.85 on paper may be a little less in binary
constexpr std::size_t kMaxPrefix = 4;              // of which Jaro-Winkler takes notice
static_assert(kMaxPrefix == kMaxExactLength + 1);  // so that words that are compared have as many letters

std::uint32_t LetterBits(std::u32string_view text) {
  std::uint32_t bits = 0;
  for (const char32_t c : text) bits |= std::uint32_t{1} << (c % 32);
  return bits;
}

bool ExactOnly(const Word& word) {
  return word.kind == WordKind::kNumber || word.text.size() <= kMaxExactLength;
}

// Jaro-Winkler makes much of a common beginning: by itself it would take "acme" for "acmetal".
bool OfLikeLength(std::size_t a, std::size_t b) {
  return 4 * std::min(a, b) >= 3 * std::max(a, b);
}

std::size_t CommonPrefix(std::u32string_view a, std::u32string_view b) {
  std::size_t length = 0;
  while (length < kMaxPrefix && a[length] == b[length]) ++length;
  return length;
}

std::vector<WordShape> ShapesFrom(const Phrase& phrase) {
  std::vector<WordShape> shapes;
  shapes.reserve(phrase.size());
  for (const Word& word : phrase) shapes.push_back({Weight(word), word.kind});
  return shapes;
}

// Leaves the disjoint pairs that a greedy choice takes.
void ChoosePairs(std::span<const WordShape> screened, std::span<const WordShape> listed,
                 std::vector<WordPair>& pairs) {
  const auto worth = [&](const WordPair& pair) {
    return pair.similarity * (screened[pair.screened].weight + listed[pair.listed].weight);
  };
  std::ranges::sort(pairs, [&](const WordPair& a, const WordPair& b) {
    const float difference = worth(a) - worth(b);
    if (difference != 0) return difference > 0;
    return std::pair(a.screened, a.listed) < std::pair(b.screened, b.listed);
  });
  std::vector<bool> screened_taken(screened.size());
  std::vector<bool> listed_taken(listed.size());
  std::erase_if(pairs, [&](const WordPair& pair) {
    if (screened_taken[pair.screened] || listed_taken[pair.listed]) return true;
    screened_taken[pair.screened] = listed_taken[pair.listed] = true;
    return false;
  });
}

}  // namespace

PhraseIndex::Traits PhraseIndex::TraitsOf(const Word& word) {
  static_assert(kMaxWordLength <= std::numeric_limits<std::uint8_t>::max());
  return {LetterBits(word.text), static_cast<std::uint8_t>(word.text.size()), ExactOnly(word)};
}

// Whether two words of so many equal first letters can be as alike as kSameWord: each letter that the other
// word lacks is unmatched.
bool PhraseIndex::MayBeAlike(const Traits& a, const Traits& b, std::size_t prefix) {
  const double matched = std::min(a.size - std::popcount(a.letters & ~b.letters),
                                  b.size - std::popcount(b.letters & ~a.letters));
  const double jaro = (matched / a.size + matched / b.size + 1) / 3;
  return jaro + 0.1 * static_cast<double>(prefix) * (1 - jaro) >= kSameWord - kRounding;
}

PhraseIndex::Id PhraseIndex::Add(const Phrase& phrase) {
  const auto id = static_cast<Id>(starts_.size() - 1);
  for (std::size_t position = 0; position < phrase.size(); ++position) {
    const Word& word = phrase[position];
    const auto [found, is_new] =
        by_text_.try_emplace(word.text, static_cast<std::uint32_t>(vocabulary_.size()));
    if (is_new) {
      vocabulary_.push_back({word.text, {}});
      traits_.push_back(TraitsOf(word));
    }
    vocabulary_[found->second].uses.push_back(std::uint64_t{id} << 32 | position);
    shapes_.push_back({Weight(word), word.kind});
  }
  starts_.push_back(shapes_.size());
  return id;
}

std::span<const WordShape> PhraseIndex::ShapesOf(Id phrase) const {
  return std::span(shapes_).subspan(starts_[phrase], starts_[phrase + 1] - starts_[phrase]);
}

std::vector<PhraseIndex::SimilarWord> PhraseIndex::SimilarTo(const Word& word) const {
  std::vector<SimilarWord> similar;
  if (ExactOnly(word)) {
    if (const auto found = by_text_.find(word.text); found != by_text_.end())
      similar.push_back({found->second, 1});
    return similar;
  }
  const Traits traits = TraitsOf(word);
  for (std::uint32_t i = 0; i < traits_.size(); ++i) {
    if (traits_[i].exact || !OfLikeLength(traits.size, traits_[i].size) ||
        !MayBeAlike(traits, traits_[i], kMaxPrefix))
      continue;
    const std::u32string& other = vocabulary_[i].text;
    if (!MayBeAlike(traits, traits_[i], CommonPrefix(word.text, other))) continue;
    const double similarity = JaroWinkler(word.text, other);
    if (similarity >= kSameWord - kRounding) similar.push_back({i, static_cast<float>(similarity)});
  }
  return similar;
}

void PhraseIndex::AddHits(const Word& word, std::uint32_t position, const std::vector<bool>* only,
                          std::vector<Hit>& hits) const {
  for (const SimilarWord& similar : SimilarTo(word)) {
    for (const std::uint64_t use : vocabulary_[similar.word].uses) {
      const auto phrase = static_cast<Id>(use >> 32);
      if (only != nullptr && !(*only)[phrase]) continue;
      hits.push_back({phrase, {position, static_cast<std::uint32_t>(use), similar.similarity}});
    }
  }
}

std::vector<PhraseIndex::Hit> PhraseIndex::HitsOf(const Phrase& screened) const {
  const auto telling = [](const Word& word) {
    return word.kind == WordKind::kPlain || word.kind == WordKind::kNumber;
  };
  std::vector<Hit> hits;
  for (std::uint32_t i = 0; i < screened.size(); ++i) {
    if (telling(screened[i])) AddHits(screened[i], i, nullptr, hits);
  }
  std::vector<bool> reached(starts_.size() - 1);
  for (const Hit& hit : hits) reached[hit.phrase] = true;
  const bool any_telling = std::ranges::any_of(screened, telling);
  for (std::uint32_t i = 0; i < screened.size(); ++i) {
    if (!telling(screened[i])) AddHits(screened[i], i, any_telling ? &reached : nullptr, hits);
  }
  std::ranges::sort(hits, {}, &Hit::phrase);
  return hits;
}

void PhraseIndex::ForEachSimilar(const Phrase& screened,
                                 const std::function<void(Id, const Comparison&)>& visit) const {
  const std::vector<WordShape> shapes = ShapesFrom(screened);
  const std::vector<Hit> hits = HitsOf(screened);
  std::vector<WordPair> pairs;
  for (std::size_t i = 0; i < hits.size();) {
    const Id phrase = hits[i].phrase;
    pairs.clear();
    for (; i < hits.size() && hits[i].phrase == phrase; ++i) pairs.push_back(hits[i].pair);
    ChoosePairs(shapes, ShapesOf(phrase), pairs);
    visit(phrase, {shapes, ShapesOf(phrase), pairs});
  }
}

}  // namespace strongroom::policy
