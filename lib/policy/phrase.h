// Names and addresses as words that can be compared. docs/SCREENING.md says the same for readers.
//
// A text is decomposed and folded (Unicode NFKD and full case folding, marks dropped), letters that do not
// decompose and Cyrillic ones become Latin ("ø" is "o", "Ж" is "zh"), apostrophes vanish, "&" is the word
// "and", and whatever is neither letter nor digit parts words. Single letters in a row make one word
// ("J.S.C." is "jsc"). A word has 64 letters at most; a longer run is several words. The first 128
// words count.
#ifndef STRONGROOM_POLICY_PHRASE_H_
#define STRONGROOM_POLICY_PHRASE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strongroom::policy {

enum class WordKind : std::uint8_t {
  kPlain,
  kNumber,    // has a digit
  kGeneric,   // tells little: "trading", "street"; weighs a quarter of its letters
  kOptional,  // may be missing: the legal form in a name; all but street and city in a listed address
};

struct Word {
  std::u32string text;
  WordKind kind = WordKind::kPlain;
};
using Phrase = std::vector<Word>;

inline constexpr std::size_t kMaxWordLength = 64;
inline constexpr std::size_t kMaxWords = 128;

// All take UTF-8 and are total: a text that is not UTF-8, or has no letter or digit, has no words.
Phrase NameWords(std::string_view name);
Phrase AddressWords(std::string_view address);

// How much a word counts in a comparison: its letters, four at least for a number.
float Weight(const Word& word);

// The letters of all words that are not optional, without the spaces.
std::u32string Joined(const Phrase& phrase);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PHRASE_H_
