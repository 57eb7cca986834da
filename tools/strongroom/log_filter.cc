#include "log_filter.h"

#include <algorithm>

#include "session.h"
#include "strongroom/place/country.h"

namespace strongroom::cli {
namespace {

Expected<std::optional<Timestamp>> ReadTime(const Arguments& arguments, std::string_view name) {
  const auto text = arguments.Optional(name);
  if (!text) return std::nullopt;
  auto time = ParseRfc3339(*text);
  if (!time) return std::unexpected(AsUsage(std::move(time).error()).With("--" + std::string(name)));
  return *time;
}

Expected<std::vector<std::string>> ReadWords(const Arguments& arguments, std::string_view option) {
  const auto declared = std::ranges::find(kLogFilterOptions, option, &Option::name);
  std::vector<std::string> words = arguments.All(option);
  for (const std::string& word : words) {
    const std::string listed = " " + std::string(declared->words) + " ";
    if (word.empty() || !listed.contains(" " + word + " ")) {
      return Fail(ErrorCode::kInvalidArgument, "--" + std::string(option) + " must be one of: " +
                                                   std::string(declared->words) + ", not '" + word + "'");
    }
  }
  return words;
}

Expected<std::string> ReadBundle(const Arguments& arguments) {
  const std::string digits = arguments.Text("bundle");
  const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hexadecimal && digits.size() <= 2 * sizeof(Digest) && (!digits.empty() || !arguments.Has("bundle")))
    return digits;
  return Fail(ErrorCode::kInvalidArgument,
              "--bundle must be up to 64 lower-case hexadecimal digits, not '" + digits + "'");
}

std::string_view TypeName(const log::Entry& entry) {
  if (std::holds_alternative<log::AccessRecord>(entry)) return "access";
  return std::holds_alternative<log::IndexRecord>(entry) ? "index" : "key";
}

// Whether its id or instance begins with these digits.
bool IsOfBundle(const log::AccessRecord& record, std::string_view digits) {
  if (digits.empty()) return true;
  if (!record.bundle) return false;
  return Hex(record.bundle->instance).starts_with(digits) ||
         (record.bundle->id && Hex(*record.bundle->id).starts_with(digits));
}

bool Among(const std::vector<std::string>& words, std::string_view word) {
  return words.empty() || std::ranges::find(words, word) != words.end();
}

}  // namespace

Expected<LogFilter> LogFilter::Read(const Arguments& arguments) {
  LogFilter filter;
  SR_ASSIGN_OR_RETURN(filter.since_, ReadTime(arguments, "since"));
  SR_ASSIGN_OR_RETURN(filter.until_, ReadTime(arguments, "until"));
  SR_ASSIGN_OR_RETURN(filter.outcomes_, ReadWords(arguments, "outcome"));
  SR_ASSIGN_OR_RETURN(filter.actions_, ReadWords(arguments, "action"));
  SR_ASSIGN_OR_RETURN(filter.bundle_, ReadBundle(arguments));
  if (const auto code = arguments.Optional("country")) {
    const auto country = place::Country::Parse(*code);
    if (!country) return std::unexpected(AsUsage(country.error()).With("--country"));
    filter.country_ = *code;
  }
  filter.node_ = arguments.Optional("node");
  SR_ASSIGN_OR_RETURN(const std::vector<std::string> type, ReadWords(arguments, "type"));
  if (!type.empty()) filter.type_ = type[0];
  return filter;
}

std::vector<log::SealablePart> LogFilter::SealableParts() const {
  std::vector<log::SealablePart> parts;
  if (node_) parts.push_back(log::SealablePart::kNode);
  if (country_) parts.push_back(log::SealablePart::kPlace);
  return parts;
}

FilterResult LogFilter::CompareAccess(const log::AccessRecord& record) const {
  if (!Among(outcomes_, log::Name(record.outcome)) || !Among(actions_, log::Name(record.action)) ||
      !IsOfBundle(record, bundle_))
    return FilterResult::kDiffers;
  if (country_ && record.place && record.place->country != *country_) return FilterResult::kDiffers;
  if (node_ && record.node && record.node->name != *node_ && record.node->id != *node_)
    return FilterResult::kDiffers;
  bool sealed = false;
  for (const log::SealablePart part : SealableParts()) {
    if (log::Holds(record, part)) continue;
    if (std::ranges::find(record.sealed, part, &log::SealedPart::part) == record.sealed.end())
      return FilterResult::kDiffers;
    sealed = true;
  }
  return sealed ? FilterResult::kSealed : FilterResult::kMatches;
}

FilterResult LogFilter::Compare(const log::Entry& entry) const {
  if (type_ != "all" && type_ != TypeName(entry)) return FilterResult::kDiffers;
  if (const auto* record = std::get_if<log::AccessRecord>(&entry)) return CompareAccess(*record);
  const bool any = outcomes_.empty() && actions_.empty() && !country_ && !node_ && bundle_.empty();
  return any ? FilterResult::kMatches : FilterResult::kDiffers;
}

}  // namespace strongroom::cli
