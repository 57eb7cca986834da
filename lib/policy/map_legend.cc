#include "policy/map_legend.h"

#include <algorithm>

#include "strongroom/envelope/json.h"

namespace strongroom::policy {
namespace {

constexpr LegendEntry kEntries[] = {
    {.outcome = Outcome::kPermit, .words = "permitted", .sign = '+'},
    {.outcome = Outcome::kNeedsLicence, .words = "needs a licence", .sign = '*'},
    {.outcome = Outcome::kUnknown, .words = "unknown", .sign = '?'},
    {.outcome = Outcome::kDeny, .words = "denied", .sign = '-'},
};
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::size_t SequenceLength(char lead) {
  const auto byte = static_cast<std::uint8_t>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

// A control character of C0 or C1, DEL, or one of the two that XML 1.0 leaves out at the end of the plane.
bool Undisplayable(std::string_view sequence) {
  if (sequence.size() == 1) return static_cast<std::uint8_t>(sequence[0]) < 0x20 || sequence[0] == 0x7F;
  if (sequence.size() == 2) return sequence[0] == '\xC2' && static_cast<std::uint8_t>(sequence[1]) < 0xA0;
  return sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF";
}

// At most so many characters of it.
std::string_view Beginning(std::string_view text, std::size_t characters) {
  std::size_t size = 0;
  for (; characters > 0 && size < text.size(); --characters) size += SequenceLength(text[size]);
  return text.substr(0, size);
}

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::vector<LegendEntry> Legend(const WorldMap& map) {
  std::vector<LegendEntry> legend(std::begin(kEntries), std::end(kEntries));
  for (LegendEntry& entry : legend) {
    entry.count =
        static_cast<std::size_t>(std::ranges::count(map.answers, entry.outcome, &CountryAnswer::outcome));
  }
  return legend;
}

std::string_view Words(Outcome outcome) {
  return std::ranges::find(kEntries, outcome, &LegendEntry::outcome)->words;
}

std::vector<RuleShare> SharesByRule(const WorldMap& map) {
  std::vector<RuleShare> shares;
  for (const CountryAnswer& answer : map.answers) {
    auto found = std::ranges::find_if(shares, [&](const RuleShare& share) {
      return share.outcome == answer.outcome && share.rule == answer.rule && share.reason == answer.reason;
    });
    if (found == shares.end())
      found = shares.insert(shares.end(), {answer.outcome, answer.rule, answer.reason, {}});
    found->countries.push_back(answer.country);
  }
  std::ranges::sort(shares, [](const RuleShare& a, const RuleShare& b) {
    if (a.outcome != b.outcome) return a.outcome < b.outcome;
    if (a.countries.size() != b.countries.size()) return a.countries.size() > b.countries.size();
    return a.countries.front() < b.countries.front();
  });
  return shares;
}

const CountryAnswer* FindAnswer(const WorldMap& map, std::string_view code) {
  const auto found =
      std::ranges::find(map.answers, code, [](const CountryAnswer& answer) { return answer.country.code(); });
  return found == map.answers.end() ? nullptr : &*found;
}

std::string Displayable(std::string_view text) {
  const envelope::Json json(text);  // a string of Json is UTF-8 always
  const std::string& utf8 = *json.Get<std::string>();
  std::string clean;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::string_view sequence = std::string_view(utf8).substr(at, SequenceLength(utf8[at]));
    clean += Undisplayable(sequence) ? kReplacement : sequence;
    at += sequence.size();
  }
  return clean;
}

std::vector<std::string> Wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = Beginning(text.substr(at, end - at), width);
    const bool whole = at + word.size() == end;
    if (lines.empty() || Characters(lines.back()) + 1 + Characters(word) > width) {
      lines.emplace_back(word);
    } else {
      lines.back() += " " + std::string(word);
    }
    at += word.size() + (whole ? 1 : 0);
  }
  return lines;
}

}  // namespace strongroom::policy
