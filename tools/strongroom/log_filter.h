// Which entries of the log a user asked for.
#ifndef STRONGROOM_LOG_FILTER_H_
#define STRONGROOM_LOG_FILTER_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "strongroom/log/entry.h"

namespace strongroom::cli {

inline constexpr std::array<Option, 8> kLogFilterOptions = {{
    {.name = "since", .value = "TIME", .help = "not before this time, 2026-11-21 or 2026-11-21T19:43:00Z"},
    {.name = "until", .value = "TIME", .help = "not after this time"},
    {.name = "outcome",
     .value = "OUTCOME",
     .help = "permit, refuse, failed or done; again for one more",
     .repeatable = true,
     .completion = Completion::kWords,
     .words = "permit refuse failed done"},
    {.name = "action",
     .value = "ACTION",
     .help = "seal, open, cat, ls, rekey, anchor or erase; again for one more",
     .repeatable = true,
     .completion = Completion::kWords,
     .words = "seal open cat ls rekey anchor erase"},
    {.name = "bundle", .value = "ID", .help = "the bundle of this id or instance; its first digits suffice"},
    {.name = "country", .value = "CC", .help = "accesses in this country"},
    {.name = "node", .value = "NAME", .help = "the node of this name or id"},
    {.name = "type",
     .value = "TYPE",
     .help =
         "access, which is what is shown otherwise; index and key, which the log writes of itself; or all",
     .completion = Completion::kWords,
     .words = "access index key all"},
}};

// What a filter finds of an entry. kSealed: what it asks about is sealed in the record, and all else matches.
enum class FilterResult { kMatches, kDiffers, kSealed };

class LogFilter {
 public:
  // kInvalidArgument for a value that an option cannot have.
  static Expected<LogFilter> Read(const Arguments& arguments);

  [[nodiscard]] const std::optional<Timestamp>& since() const { return since_; }
  [[nodiscard]] const std::optional<Timestamp>& until() const { return until_; }
  // Whether an entry is of the type, bundle, outcome and so on; times are not looked at.
  [[nodiscard]] FilterResult Compare(const log::Entry& entry) const;
  // Of --country and --node, those that were given.
  [[nodiscard]] std::vector<log::SealablePart> SealableParts() const;

 private:
  [[nodiscard]] FilterResult CompareAccess(const log::AccessRecord& record) const;

  std::optional<Timestamp> since_, until_;
  std::vector<std::string> outcomes_, actions_;
  std::string bundle_;  // the beginning of an id or instance in hexadecimal
  std::optional<std::string> country_, node_;
  std::string type_ = "access";
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_FILTER_H_
