#include "strongroom/log/auditor.h"

#include <algorithm>
#include <array>

#include "strongroom/base/bytes.h"
#include "strongroom/envelope/note.h"

namespace strongroom::log {
namespace {

// 0xff is the type of keys that https://c2sp.org/signed-note assigns no byte to; an identifier follows.
constexpr std::uint8_t kOtherType = 0xff;
constexpr std::string_view kKeyKind = "strongroom/auditor-x25519";

using TypedKey = std::array<std::uint8_t, kKeyKind.size() + 32>;

std::unexpected<Error> BadRules(std::string why) {
  return Fail(ErrorCode::kMalformed, std::move(why), "its lines read 'auditor KEY' or 'seal PART...'");
}

// Takes a word off the front of a line whose words stand between blanks; empty at its end.
std::string_view TakeWord(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

Status AddAuditor(std::string_view line, SealingRules& rules) {
  SR_ASSIGN_OR_RETURN(AuditorKey added, ParseAuditorKey(TakeWord(line)));
  if (!TakeWord(line).empty()) return Fail(ErrorCode::kMalformed, "more than one key in a line");
  const auto same = [&](const AuditorKey& known) { return known.key == added.key; };
  if (std::ranges::any_of(rules.auditors, same)) {
    return Fail(ErrorCode::kMalformed, "the key of '" + added.name + "' stands there already");
  }
  if (rules.auditors.size() == kMaxAuditors) {
    return Fail(ErrorCode::kMalformed, "more than " + std::to_string(kMaxAuditors) + " auditors");
  }
  rules.auditors.push_back(std::move(added));
  return {};
}

Status AddParts(std::string_view line, SealingRules& rules) {
  for (std::string_view word = TakeWord(line); !word.empty(); word = TakeWord(line)) {
    SR_ASSIGN_OR_RETURN(const SealablePart part, ParseSealablePart(word));
    if (std::ranges::find(rules.parts, part) != rules.parts.end()) {
      return Fail(ErrorCode::kMalformed, "'" + std::string(word) + "' stands there already");
    }
    rules.parts.push_back(part);
  }
  return {};
}

Status AddLine(std::string_view line, SealingRules& rules) {
  const std::string_view what = TakeWord(line);
  if (what.empty() || what.starts_with('#')) return {};
  if (what == "auditor") return AddAuditor(line, rules);
  if (what == "seal") return AddParts(line, rules);
  return Fail(ErrorCode::kMalformed, "it begins with neither 'auditor' nor 'seal'");
}

}  // namespace

std::string AuditorKey::ToText() const {
  TypedKey typed{};
  std::ranges::copy(key, std::ranges::copy(AsBytes(kKeyKind), typed.begin()).out);
  return envelope::NoteKeyText(name, kOtherType, typed);
}

Expected<AuditorKey> ParseAuditorKey(std::string_view text) {
  TypedKey typed{};
  AuditorKey parsed;
  SR_ASSIGN_OR_RETURN(parsed.name, envelope::ParseNoteKeyText(text, kOtherType, typed));
  const ByteView bytes(typed);
  if (AsText(bytes.first(kKeyKind.size())) != kKeyKind) {
    return Fail(ErrorCode::kUnsupported, "key '" + parsed.name + "' is not an auditor's");
  }
  std::ranges::copy(bytes.subspan(kKeyKind.size()), parsed.key.begin());
  return parsed;
}

Expected<SealingRules> SealingRules::Parse(std::string_view text) {
  if (text.size() > kMaxSealingRulesSize) {
    return BadRules("more than " + std::to_string(kMaxSealingRulesSize) + " bytes");
  }
  SealingRules rules;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const Status added = AddLine(line, rules);
    ++number;
    if (!added) return BadRules("line " + std::to_string(number) + ": " + added.error().message);
  }
  if (rules.auditors.empty()) return BadRules("no line 'auditor KEY' is there");
  if (rules.parts.empty()) return BadRules("no line 'seal PART...' says what is sealed");
  std::ranges::sort(rules.parts);
  return rules;
}

}  // namespace strongroom::log
