// Many phrases, searched at once for those that a given one resembles.
#ifndef STRONGROOM_POLICY_PHRASE_INDEX_H_
#define STRONGROOM_POLICY_PHRASE_INDEX_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "policy/phrase.h"

namespace strongroom::policy {

// What a comparison sees of a word.
struct WordShape {
  float weight = 0;
  WordKind kind = WordKind::kPlain;
};

// WordPair says that a word of one phrase is taken for a word of the other: by position, no word twice.
struct WordPair {
  std::uint32_t screened = 0, listed = 0;
  float similarity = 0;
};

struct Comparison {
  std::span<const WordShape> screened, listed;
  std::span<const WordPair> pairs;
};

// Words of three letters or fewer, and words with digits, are taken for one another if they are equal; others
// if their Jaro-Winkler similarity is at least this and the shorter has three quarters of the longer's
// letters.
inline constexpr double kSameWord = 0.85;
inline constexpr std::size_t kMaxExactLength = 3;

// Thread-safe once it is filled.
class PhraseIndex {
 public:
  using Id = std::uint32_t;

  // Ids count from 0.
  Id Add(const Phrase& phrase);

  // ForEachSimilar visits, once each and by id, the phrases that share a word with `screened` that is neither
  // generic nor optional; where `screened` has none such, those that share any word. Words are paired
  // greedily: the pair of the greatest similarity times weight first.
  void ForEachSimilar(const Phrase& screened, const std::function<void(Id, const Comparison&)>& visit) const;

 private:
  // What rules most words out, kept apart from them so that a search reads little memory.
  struct Traits {
    std::uint32_t letters = 0;  // which letters it has, a bit for each residue modulo 32
    std::uint8_t size = 0;
    bool exact = false;  // only its equal is taken for it
  };
  struct VocabularyWord {
    std::u32string text;
    std::vector<std::uint64_t> uses;  // phrase in the upper half, position in the lower
  };
  static Traits TraitsOf(const Word& word);
  static bool MayBeAlike(const Traits& a, const Traits& b, std::size_t prefix);
  struct SimilarWord {
    std::uint32_t word = 0;
    float similarity = 0;
  };
  struct Hit {
    Id phrase = 0;
    WordPair pair;
  };

  [[nodiscard]] std::vector<SimilarWord> SimilarTo(const Word& word) const;
  void AddHits(const Word& word, std::uint32_t position, const std::vector<bool>* only,
               std::vector<Hit>& hits) const;
  [[nodiscard]] std::vector<Hit> HitsOf(const Phrase& screened) const;
  [[nodiscard]] std::span<const WordShape> ShapesOf(Id phrase) const;

  std::vector<VocabularyWord> vocabulary_;
  std::vector<Traits> traits_;  // of each word of the vocabulary
  std::unordered_map<std::u32string, std::uint32_t> by_text_;
  std::vector<WordShape> shapes_;          // of all phrases, one after another
  std::vector<std::size_t> starts_ = {0};  // where in it each phrase begins, and the end
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PHRASE_INDEX_H_
