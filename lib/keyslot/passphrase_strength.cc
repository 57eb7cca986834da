// A rough guess at how long guessing takes. It cannot know where a passphrase comes from; it refuses what is
// plainly weak.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "strongroom/keyslot/recovery_secret.h"

namespace strongroom::keyslot {
namespace {

constexpr std::size_t kMinCharacters = 12;
constexpr double kMinBits = 64;
constexpr double kBitsOfKnownWord = 6;
constexpr double kBitsOfStep = 1;  // of a character that repeats or continues the one before it

// The heads of lists of passwords in use; in lower case, with letters for the digits that stand for them.
constexpr std::string_view kKnownWords[] = {
    "password", "passwort", "passphrase", "letmein",    "welcome",  "iloveyou", "monkey",
    "dragon",   "master",   "admin",      "login",      "princess", "sunshine", "football",
    "baseball", "shadow",   "superman",   "trustno",    "secret",   "changeme", "default",
    "hello",    "freedom",  "whatever",   "strongroom", "summer",   "winter",   "spring",
    "autumn",   "test",     "correct",    "horse",      "battery",  "staple"};
constexpr std::string_view kKeyboardRows[] = {"1234567890", "qwertyuiop", "qwertzuiop",
                                              "asdfghjkl",  "zxcvbnm",    "azertyuiop"};

char Plain(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  switch (c) {
    case '0':
      return 'o';
    case '1':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    default:
      return c;
  }
}

// The length of the known word that begins the text; 0 if none does.
std::size_t KnownWordAt(std::string_view text) {
  const auto begins = [text](std::string_view word) {
    return text.size() >= word.size() &&
           std::ranges::equal(text.substr(0, word.size()), word, {}, Plain, Plain);
  };
  std::size_t longest = 0;
  for (const std::string_view word : kKnownWords) {
    if (begins(word)) longest = std::max(longest, word.size());
  }
  return longest;
}

bool AreKeyboardNeighbours(char a, char b) {
  return std::ranges::any_of(kKeyboardRows, [&](std::string_view row) {
    const std::size_t i = row.find(a);
    const std::size_t j = row.find(b);
    return i != std::string_view::npos && j != std::string_view::npos && (i + 1 == j || j + 1 == i);
  });
}

bool Continues(char before, char c) {
  return std::abs(before - c) <= 1 || AreKeyboardNeighbours(before, c);
}

// Whether the three characters that end at `at` stood in the text before.
bool RepeatsEarlier(std::string_view text, std::size_t at) {
  constexpr std::size_t kRun = 3;
  return at >= kRun && text.substr(0, at).find(text.substr(at - kRun + 1, kRun)) != std::string_view::npos;
}

// How many characters one would have to try for each, judging by the kinds that occur.
double Alphabet(std::string_view text) {
  const auto has = [text](char first, char last) {
    return std::ranges::any_of(text, [=](char c) { return c >= first && c <= last; });
  };
  double size = 0;
  if (has('a', 'z')) size += 26;
  if (has('A', 'Z')) size += 26;
  if (has('0', '9')) size += 10;
  const bool other = std::ranges::any_of(text, [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
  });
  return other ? size + 20 : size;
}

double EstimateBits(std::string_view text) {
  const double fresh = std::log2(Alphabet(text));
  double bits = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (const std::size_t length = KnownWordAt(text.substr(i)); length > 0) {
      bits += kBitsOfKnownWord;
      i += length;
      continue;
    }
    const bool predictable = i > 0 && (Continues(text[i - 1], text[i]) || RepeatsEarlier(text, i));
    bits += predictable ? kBitsOfStep : fresh;
    ++i;
  }
  return bits;
}

}  // namespace

Status CheckPassphraseStrength(const Passphrase& passphrase) {
  constexpr std::string_view kNext = "let strongroom generate one, or take five or more words chosen by dice";
  const std::string_view text = AsText(passphrase.text.Expose());
  const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  if (std::cmp_less(characters, kMinCharacters)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the passphrase is weak: it has " + std::to_string(characters) + " characters, fewer than 12",
                std::string(kNext));
  }
  if (EstimateBits(text) < kMinBits) {
    return Fail(ErrorCode::kInvalidArgument,
                "the passphrase is weak: known words, repeats or sequences leave less than 64 bits to guess",
                std::string(kNext));
  }
  return {};
}

}  // namespace strongroom::keyslot
