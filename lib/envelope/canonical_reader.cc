#include <charconv>

#include "envelope/json_text.h"
#include "strongroom/envelope/canonical_json.h"

namespace strongroom::envelope {
namespace {

bool TakePrefix(std::string_view& rest, std::string_view prefix) {
  if (!rest.starts_with(prefix)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

// Takes `"name":` off the beginning, behind a comma if it is not the first of its object.
bool TakeName(std::string_view& rest, std::string_view name, bool first) {
  return (first || TakePrefix(rest, ",")) && TakePrefix(rest, "\"") && TakePrefix(rest, name) &&
         TakePrefix(rest, "\":");
}

}  // namespace

CanonicalReader::CanonicalReader(ByteView document, std::string_view what, const JsonLimits& limits)
    : document_(AsText(document)), rest_(document_), what_(what), limits_(limits) {
  levels_.reserve(limits.max_depth);
}

std::string CanonicalReader::Path(std::size_t levels) const {
  std::string path(what_);
  for (std::size_t i = 0; i < levels; ++i) {
    const Level& level = levels_[i];
    path += level.is_list ? "[" + std::to_string(level.taken - 1) + "]" : "." + std::string(level.member);
  }
  return path;
}

// A document that is not canonical JSON at all is refused for that.
std::unexpected<Error> CanonicalReader::Wrong(std::string message) const {
  if (auto json = ParseCanonicalJson(AsBytes(document_), limits_); !json) {
    return std::unexpected(std::move(json).error());
  }
  return Fail(ErrorCode::kMalformed, std::move(message));
}

std::unexpected<Error> CanonicalReader::Refuse(std::string_view why) const {
  return Wrong(Path(levels_.size()) + ": " + std::string(why));
}

// Members stand in the order of their names, so one that comes before the wanted one is none that is known.
std::unexpected<Error> CanonicalReader::WrongMember(std::string_view wanted) {
  const std::string object = Path(levels_.size() - 1) + ".";
  std::string_view rest = rest_;
  TakePrefix(rest, ",");
  const auto found = TakeJsonString(rest);
  if (found && (wanted.empty() || *found < wanted)) {
    return Wrong(object + CanonicalJson(*found) + ": is not a known member");
  }
  return Wrong(object + std::string(wanted) + ": is missing");
}

Status CanonicalReader::Open(char bracket, std::size_t max_items) {
  const bool is_list = bracket == '[';
  if (!rest_.starts_with(bracket)) return Refuse(is_list ? "must be an array" : "must be an object");
  if (levels_.size() == limits_.max_depth) return Refuse("has more levels than allowed");
  if (document_.size() > limits_.max_bytes) return Refuse(SizeForm(limits_.max_bytes));
  rest_.remove_prefix(1);
  levels_.push_back({is_list, max_items, 0, {}});
  return {};
}

Status CanonicalReader::Enter() {
  return Open('{', 0);
}

Status CanonicalReader::Enter(std::string_view name) {
  SR_RETURN_IF_ERROR(Take(name));
  return Open('{', 0);
}

Status CanonicalReader::Leave() {
  if (!TakePrefix(rest_, "}")) return WrongMember({});
  levels_.pop_back();
  return {};
}

Status CanonicalReader::Finish() const {
  if (rest_.empty()) return {};
  return Wrong(std::string(what_) + ": does not end where it should");
}

bool CanonicalReader::Has(std::string_view name) const {
  std::string_view rest = rest_;
  return TakeName(rest, name, levels_.back().taken == 0);
}

Status CanonicalReader::Take(std::string_view name) {
  Level& object = levels_.back();
  std::string_view rest = rest_;
  if (!TakeName(rest, name, object.taken == 0)) return WrongMember(name);
  rest_ = rest;
  ++object.taken;
  object.member = name;
  if (++values_ > limits_.max_values) return Refuse("is one value more than allowed");
  return {};
}

Status CanonicalReader::EnterList(std::string_view name, std::size_t max_items) {
  SR_RETURN_IF_ERROR(Take(name));
  return Open('[', max_items);
}

Expected<bool> CanonicalReader::NextItem() {
  Level& list = levels_.back();
  if (TakePrefix(rest_, "]")) {
    levels_.pop_back();
    return false;
  }
  if (list.taken == list.max_items) return Wrong(Path(levels_.size() - 1) + ": " + ItemsForm(list.max_items));
  if (list.taken++ > 0 && !TakePrefix(rest_, ",")) return Refuse("must stand behind a comma");
  if (++values_ > limits_.max_values) return Refuse("is one value more than allowed");
  return true;
}

Expected<std::string_view> CanonicalReader::TakeText(std::size_t max_size) {
  if (!rest_.starts_with('"')) return Refuse("must be a string");
  const std::size_t plain = PlainTextLength(rest_.substr(1));
  std::string_view text = rest_.substr(1, plain);
  if (plain + 1 < rest_.size() && rest_[plain + 1] == '"') {
    rest_.remove_prefix(plain + 2);
  } else {
    auto taken = TakeJsonString(rest_);
    if (!taken) return Refuse("must be a string");
    text_ = *std::move(taken);
    text = text_;
  }
  if (text.size() > max_size) return Refuse(SizeForm(max_size));
  return text;
}

Expected<Digest> CanonicalReader::TakeDigest() {
  SR_ASSIGN_OR_RETURN(const std::string_view text, TakeText(ObjectReader::kMaxString));
  const auto digest = DigestOfText(text);
  if (!digest) return Refuse(kDigestForm);
  return *digest;
}

Expected<std::string_view> CanonicalReader::Text(std::string_view name, std::size_t max_size) {
  SR_RETURN_IF_ERROR(Take(name));
  return TakeText(max_size);
}

Expected<std::string> CanonicalReader::String(std::string_view name, std::size_t max_size) {
  SR_ASSIGN_OR_RETURN(const std::string_view text, Text(name, max_size));
  return std::string(text);
}

Status CanonicalReader::Constant(std::string_view name, std::string_view expected) {
  SR_ASSIGN_OR_RETURN(const std::string_view text, Text(name, ObjectReader::kMaxString));
  if (text != expected) return Refuse("must be " + CanonicalJson(expected));
  return {};
}

Expected<Digest> CanonicalReader::Digest(std::string_view name) {
  SR_RETURN_IF_ERROR(Take(name));
  return TakeDigest();
}

Expected<Timestamp> CanonicalReader::Time(std::string_view name) {
  SR_ASSIGN_OR_RETURN(const std::string_view text, Text(name, ObjectReader::kMaxString));
  const auto time = TimeOfText(text);
  if (!time) return Refuse(kTimeForm);
  return *time;
}

Expected<std::uint64_t> CanonicalReader::Unsigned(std::string_view name, std::uint64_t max) {
  SR_RETURN_IF_ERROR(Take(name));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  const auto digits = static_cast<std::size_t>(end - rest_.data());
  const bool padded = digits > 1 && rest_.front() == '0';
  if (error != std::errc() || padded || value > max) return Refuse(RangeForm("0", std::to_string(max)));
  rest_.remove_prefix(digits);
  return value;
}

Expected<std::vector<std::string>> CanonicalReader::Strings(std::string_view name, std::size_t max_items,
                                                            std::size_t max_size) {
  SR_RETURN_IF_ERROR(EnterList(name, max_items));
  std::vector<std::string> strings;
  while (true) {
    SR_ASSIGN_OR_RETURN(const bool more, NextItem());
    if (!more) return strings;
    SR_ASSIGN_OR_RETURN(const std::string_view text, TakeText(max_size));
    strings.emplace_back(text);
  }
}

Expected<std::vector<strongroom::Digest>> CanonicalReader::Digests(std::string_view name,
                                                                   std::size_t max_items) {
  SR_RETURN_IF_ERROR(EnterList(name, max_items));
  std::vector<strongroom::Digest> digests;
  while (true) {
    SR_ASSIGN_OR_RETURN(const bool more, NextItem());
    if (!more) return digests;
    SR_ASSIGN_OR_RETURN(digests.emplace_back(), TakeDigest());
  }
}

}  // namespace strongroom::envelope
