// The only place in the library that knows utf8proc.
#include "policy/phrase.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

namespace strongroom::policy {
namespace {

struct Letter {
  char32_t letter;
  std::u32string_view latin;
};
// Folded letters that Unicode does not decompose. Cyrillic is close to BGN/PCGN, by which the lists are
// written. By code point.
constexpr Letter kLetters[] = {
    {U'æ', U"ae"},   {U'ð', U"d"},  {U'ø', U"o"},  {U'þ', U"th"}, {U'đ', U"d"},  {U'ħ', U"h"},  {U'ı', U"i"},
    {U'ł', U"l"},    {U'œ', U"oe"}, {U'ŧ', U"t"},  {U'ə', U"a"},  {U'а', U"a"},  {U'б', U"b"},  {U'в', U"v"},
    {U'г', U"g"},    {U'д', U"d"},  {U'е', U"e"},  {U'ж', U"zh"}, {U'з', U"z"},  {U'и', U"i"},  {U'к', U"k"},
    {U'л', U"l"},    {U'м', U"m"},  {U'н', U"n"},  {U'о', U"o"},  {U'п', U"p"},  {U'р', U"r"},  {U'с', U"s"},
    {U'т', U"t"},    {U'у', U"u"},  {U'ф', U"f"},  {U'х', U"kh"}, {U'ц', U"ts"}, {U'ч', U"ch"}, {U'ш', U"sh"},
    {U'щ', U"shch"}, {U'ъ', U""},   {U'ы', U"y"},  {U'ь', U""},   {U'э', U"e"},  {U'ю', U"yu"}, {U'я', U"ya"},
    {U'ђ', U"dj"},   {U'є', U"ye"}, {U'ѕ', U"dz"}, {U'і', U"i"},  {U'ј', U"j"},  {U'љ', U"lj"}, {U'њ', U"nj"},
    {U'ћ', U"c"},    {U'џ', U"dz"}, {U'ґ', U"g"},
};
static_assert(std::ranges::is_sorted(kLetters, {}, &Letter::letter));

// Sorted, and as the folding leaves them.
constexpr std::u32string_view kLegalForms[] = {
    U"ab",           U"ad",   U"ag",     U"ao",           U"aps",     U"as",   U"asa",         U"bhd",
    U"bv",           U"bvba", U"cjsc",   U"co",           U"company", U"corp", U"corporation", U"cv",
    U"doo",          U"ead",  U"eireli", U"eood",         U"eurl",    U"fzc",  U"fzco",        U"fze",
    U"gesellschaft", U"gmbh", U"inc",    U"incorporated", U"joint",   U"jsc",  U"kft",         U"kg",
    U"kgaa",         U"kk",   U"lda",    U"liability",    U"limited", U"llc",  U"llp",         U"lp",
    U"ltd",          U"ltda", U"mbh",    U"nv",           U"nyrt",    U"oao",  U"ojsc",        U"ood",
    U"ooo",          U"oy",   U"oyj",    U"pao",          U"pjsc",    U"plc",  U"pt",          U"pte",
    U"pty",          U"pvt",  U"sa",     U"saoc",         U"saog",    U"sarl", U"sas",         U"sdn",
    U"se",           U"sia",  U"sl",     U"spa",          U"spzoo",   U"srl",  U"sro",         U"stock",
    U"tbk",          U"uab",  U"zao",    U"zrt",
};
static_assert(std::ranges::is_sorted(kLegalForms));

constexpr std::u32string_view kGenericInNames[] = {
    U"and",         U"bank",        U"bureau",        U"center",       U"centre",        U"de",
    U"department",  U"development", U"electronic",    U"electronics",  U"engineering",   U"enterprise",
    U"enterprises", U"equipment",   U"establishment", U"export",       U"factory",       U"for",
    U"foundation",  U"general",     U"global",        U"group",        U"holding",       U"holdings",
    U"import",      U"industrial",  U"industries",    U"industry",     U"institute",     U"international",
    U"investment",  U"investments", U"laboratory",    U"logistics",    U"manufacturing", U"national",
    U"no",          U"of",          U"office",        U"organization", U"plant",         U"research",
    U"science",     U"sciences",    U"scientific",    U"service",      U"services",      U"shipping",
    U"software",    U"solutions",   U"state",         U"supply",       U"system",        U"systems",
    U"tech",        U"technical",   U"technological", U"technologies", U"technology",    U"the",
    U"trade",       U"trading",     U"university",
};
static_assert(std::ranges::is_sorted(kGenericInNames));

constexpr std::u32string_view kGenericInAddresses[] = {
    U"and",        U"apartment", U"area",     U"avenue",   U"block", U"box",    U"building", U"center",
    U"centre",     U"city",      U"district", U"east",     U"flat",  U"floor",  U"free",     U"house",
    U"industrial", U"lane",      U"near",     U"no",       U"north", U"number", U"of",       U"office",
    U"park",       U"plaza",     U"po",       U"province", U"road",  U"room",   U"rural",    U"sector",
    U"south",      U"square",    U"st",       U"street",   U"suite", U"the",    U"tower",    U"township",
    U"unit",       U"west",      U"zone",
};
static_assert(std::ranges::is_sorted(kGenericInAddresses));

using Abbreviation = std::pair<std::u32string_view, std::u32string_view>;
constexpr Abbreviation kAddressAbbreviations[] = {
    {U"apt", U"apartment"}, {U"ave", U"avenue"}, {U"bldg", U"building"}, {U"blvd", U"boulevard"},
    {U"dist", U"district"}, {U"fl", U"floor"},   {U"flr", U"floor"},     {U"ln", U"lane"},
    {U"prov", U"province"}, {U"rd", U"road"},    {U"rm", U"room"},       {U"sq", U"square"},
    {U"str", U"street"},
};
static_assert(std::ranges::is_sorted(kAddressAbbreviations));

bool IsLetterOrDigit(char32_t c) {
  if (c < 0x80) return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9');
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

bool IsDigit(char32_t c) {
  if (c < 0x80) return c >= U'0' && c <= U'9';
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

bool IsApostrophe(char32_t c) {
  constexpr std::u32string_view kApostrophes = U"'`´ʹʻʼʽʾʿˈ‘’‛′";
  return kApostrophes.contains(c);
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// What the folding of Unicode does to ASCII, and much faster.
std::u32string FoldedAscii(std::string_view text) {
  std::u32string folded(text.begin(), text.end());
  for (char32_t& c : folded) {
    if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
  }
  return folded;
}

// The decomposed and folded code points of UTF-8; none where it is not UTF-8.
std::u32string Folded(std::string_view text) {
  if (IsAscii(text)) return FoldedAscii(text);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
  std::vector<utf8proc_int32_t> points(text.size());
  utf8proc_ssize_t count = utf8proc_decompose(bytes, size, points.data(), size, options);
  if (count > size) {
    points.resize(static_cast<std::size_t>(count));
    count = utf8proc_decompose(bytes, size, points.data(), count, options);
  }
  if (count < 0) return {};
  return {points.begin(), points.begin() + count};
}

void AppendLatin(char32_t c, std::u32string& out) {
  if (c < 0x80) {
    out += c;
    return;
  }
  const auto* found = std::ranges::lower_bound(kLetters, c, {}, &Letter::letter);
  if (found != std::end(kLetters) && found->letter == c) {
    out += found->latin;
  } else {
    out += c;
  }
}

// Words in the order of the text. Letters that stand alone, one after another, are one word.
class WordSplitter {
 public:
  std::vector<std::u32string> Split(std::string_view text) && {
    for (const char32_t c : Folded(text)) {
      if (IsApostrophe(c)) continue;
      if (IsLetterOrDigit(c)) {
        AppendLatin(c, word_);
        continue;
      }
      End();
      if (c != U'&') continue;
      word_ = U"and";
      End();
    }
    End();
    if (words_.size() > kMaxWords) words_.resize(kMaxWords);
    return std::move(words_);
  }

 private:
  void End() {
    const bool single = word_.size() == 1 && !IsDigit(word_[0]);
    if (single && after_single_ && words_.back().size() < kMaxWordLength) {
      words_.back() += word_;
    } else {
      for (std::size_t at = 0; at < word_.size(); at += kMaxWordLength)
        words_.push_back(word_.substr(at, kMaxWordLength));
    }
    after_single_ = single || (word_.empty() && after_single_);
    word_.clear();
  }

  std::vector<std::u32string> words_;
  std::u32string word_;
  bool after_single_ = false;
};

}  // namespace

Phrase NameWords(std::string_view name) {
  Phrase phrase;
  for (std::u32string& text : WordSplitter().Split(name)) {
    WordKind kind = WordKind::kPlain;
    if (std::ranges::any_of(text, IsDigit)) kind = WordKind::kNumber;
    if (std::ranges::binary_search(kGenericInNames, text)) kind = WordKind::kGeneric;
    if (std::ranges::binary_search(kLegalForms, text)) kind = WordKind::kOptional;
    phrase.push_back({std::move(text), kind});
  }
  return phrase;
}

Phrase AddressWords(std::string_view address) {
  Phrase phrase;
  for (std::u32string& text : WordSplitter().Split(address)) {
    const auto* found = std::ranges::lower_bound(kAddressAbbreviations, text, {}, &Abbreviation::first);
    if (found != std::end(kAddressAbbreviations) && found->first == text) text = found->second;
    WordKind kind = WordKind::kPlain;
    if (std::ranges::any_of(text, IsDigit)) kind = WordKind::kNumber;
    if (std::ranges::binary_search(kGenericInAddresses, text)) kind = WordKind::kGeneric;
    phrase.push_back({std::move(text), kind});
  }
  return phrase;
}

float Weight(const Word& word) {
  const auto letters = static_cast<float>(word.text.size());
  if (word.kind == WordKind::kNumber) return std::max(letters, 4.0F);
  if (word.kind == WordKind::kGeneric) return letters / 4;
  return letters;
}

std::u32string Joined(const Phrase& phrase) {
  std::u32string joined;
  for (const Word& word : phrase) {
    if (word.kind != WordKind::kOptional) joined += word.text;
  }
  return joined;
}

}  // namespace strongroom::policy
