// strongroom log show: the entries of the log, each proven before it is shown.
#include <algorithm>
#include <chrono>
#include <deque>

#include "auditor_view.h"
#include "log_entry_text.h"
#include "log_filter.h"
#include "log_source.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr auto kFollowInterval = std::chrono::milliseconds(500);
constexpr std::uint64_t kFollowFirst = 10;  // entries, as tail -f shows
constexpr std::size_t kRowsAtOnce = 256;

constexpr std::array<Option, 4> kOwnOptions = {{
    {.name = "last", .value = "N", .help = "only the last N of what is asked for"},
    {.name = "index", .value = "N", .help = "this one entry, with everything that is in it"},
    {.name = "follow", .letter = 'f', .help = "go on with what is appended, until interrupted"},
    kAuditorKeyOption,
}};
constexpr auto kOptions = Join(Join(kOwnOptions, kLogFilterOptions), kLogSourceOptions);
constexpr Example kExamples[] = {
    {"strongroom log show --last 10", "the latest accesses and refusals"},
    {"strongroom log show --outcome refuse --since 2026-11-01", "what was refused this month"},
    {"strongroom log show --index 17", "everything that record 17 says"},
    {"strongroom log show --follow --json", "each record as it is appended, one a line"},
    {"strongroom log show --url https://log.example.com/ --key VKEY", "somebody else's published log"},
};

// View shows entries of a log as it comes by them.
class View {
 public:
  View(Output& output, const LogFilter& filter, const AuditorView& auditor)
      : output_(output), filter_(filter), auditor_(auditor) {}

  // Shows what matches of the entries [begin, end).
  Status Show(log::LogReader& reader, std::uint64_t begin, std::uint64_t end) {
    SR_RETURN_IF_ERROR(reader.Visit(begin, end, [&](std::uint64_t index, ByteView logged) -> Status {
      const Bytes bytes = auditor_.Open(index, logged);
      SR_ASSIGN_OR_RETURN(const log::Entry entry, ParseEntryAt(index, bytes));
      return Matches(entry) ? Add(index, entry, bytes) : Status();
    }));
    Finish();
    return {};
  }

  // Shows the last `count` of what matches.
  Status ShowLast(log::LogReader& reader, std::uint64_t begin, std::uint64_t end, std::uint64_t count) {
    std::deque<std::uint64_t> found;
    for (std::uint64_t index = end; index > begin && found.size() < count; --index) {
      SR_ASSIGN_OR_RETURN(const Bytes bytes, Read(reader, index - 1));
      SR_ASSIGN_OR_RETURN(const log::Entry entry, ParseEntryAt(index - 1, bytes));
      if (Matches(entry)) found.push_front(index - 1);
    }
    for (const std::uint64_t index : found) {
      SR_ASSIGN_OR_RETURN(const Bytes bytes, Read(reader, index));
      SR_ASSIGN_OR_RETURN(const log::Entry entry, ParseEntryAt(index, bytes));
      SR_RETURN_IF_ERROR(Add(index, entry, bytes));
    }
    Finish();
    return {};
  }

  Status ShowOne(log::LogReader& reader, std::uint64_t index) {
    SR_ASSIGN_OR_RETURN(const Bytes entry, Read(reader, index));
    SR_ASSIGN_OR_RETURN(const std::string text, LogEntryText(index, entry));
    output_.Line(text);
    return EmitLogEntry(output_, index, entry);
  }

 private:
  Expected<Bytes> Read(log::LogReader& reader, std::uint64_t index) {
    SR_ASSIGN_OR_RETURN(const Bytes logged, reader.Entry(index));
    return auditor_.Open(index, logged);
  }

  Status Add(std::uint64_t index, const log::Entry& entry, ByteView bytes) {
    if (output_.json()) return EmitLogEntry(output_, index, bytes);
    table_.Row(LogEntryRow(index, entry));
    if (table_.size() >= kRowsAtOnce) Flush();
    return {};
  }

  // Counts what cannot be compared.
  bool Matches(const log::Entry& entry) {
    const FilterResult result = filter_.Compare(entry);
    if (result == FilterResult::kSealed) ++sealed_;
    return result == FilterResult::kMatches;
  }

  void Flush() {
    if (table_.size() > 0) output_.Line(table_.Render());
  }

  void Finish() {
    Flush();
    if (sealed_ > 0) ReportSealed();
    sealed_ = 0;
  }

  void ReportSealed() {
    std::string text;
    std::vector<std::string> parts;
    for (const log::SealablePart part : filter_.SealableParts()) {
      parts.emplace_back(log::Name(part));
      text += (text.empty() ? "" : " or ") + parts.back();
    }
    output_.Warn(sealed_ == 1
                     ? "1 record keeps its " + text + " sealed and was not compared"
                     : Count(sealed_, "record") + " keep their " + text + " sealed and were not compared");
    envelope::ObjectBuilder members;
    output_.Object("not_compared", std::move(members.Integer("records", sealed_).Strings("sealed", parts)));
  }

  Output& output_;
  const LogFilter& filter_;
  const AuditorView& auditor_;
  Table table_ = LogEntryTable();
  std::uint64_t sealed_ = 0;  // records that were not compared, since the last report
};

// The first entry whose time is not before `time`. Entries are in the order of their times, to which log
// verify holds the log.
Expected<std::uint64_t> FirstAt(log::LogReader& reader, Timestamp time) {
  std::uint64_t begin = 0, end = reader.head().size;
  while (begin < end) {
    const std::uint64_t middle = begin + (end - begin) / 2;
    SR_ASSIGN_OR_RETURN(const Bytes bytes, reader.Entry(middle));
    SR_ASSIGN_OR_RETURN(const log::Entry entry, ParseEntryAt(middle, bytes));
    if (log::TimeOf(entry) < time) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// Shows what was appended since, and moves the reader on.
Status ShowNew(const LogSource& source, log::LogReader& reader, View& view) {
  auto next = source.Open();
  if (!next && next.error().code == ErrorCode::kUnavailable) return {};
  if (!next) return std::unexpected(std::move(next).error());
  SR_RETURN_IF_ERROR(next->CheckExtends(reader.head()));
  SR_RETURN_IF_ERROR(view.Show(*next, reader.head().size, next->head().size));
  reader = *std::move(next);
  return {};
}

// Shows what is appended from now on, for as long as somebody reads it and nobody interrupts.
Status Follow(Session& session, const LogSource& source, log::LogReader reader, View& view) {
  const Interrupt::Graceful graceful(session.interrupt());
  const std::stop_token stop = session.interrupt().token();
  while (!session.output().reader_gone() && !WaitForStop(stop, kFollowInterval)) {
    const Status shown = ShowNew(source, reader, view);
    if (!shown && !stop.stop_requested()) return shown;
  }
  return {};
}

struct Request {
  std::optional<std::uint64_t> last, index;
  bool follow = false;
  LogFilter filter;
};

Expected<Request> ReadRequest(const Arguments& arguments) {
  Request request;
  SR_ASSIGN_OR_RETURN(request.last, arguments.Number("last", 1, UINT64_MAX));
  SR_ASSIGN_OR_RETURN(request.index, arguments.Number("index", 0, UINT64_MAX));
  SR_ASSIGN_OR_RETURN(request.filter, LogFilter::Read(arguments));
  request.follow = arguments.Has("follow");
  if (request.follow && (request.index || request.filter.until()))
    return Fail(ErrorCode::kInvalidArgument, "--follow goes with neither --index nor --until");
  if (request.index) {
    const auto given = [&](const Option& option) { return arguments.Has(option.name); };
    const auto filter = std::ranges::find_if(kLogFilterOptions, given);
    if (request.last || filter != kLogFilterOptions.end()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--index names one entry, and --" + std::string(request.last ? "last" : filter->name) +
                      " chooses among all",
                  "leave out one of them");
    }
  }
  if (request.follow && !request.last && !request.filter.since()) request.last = kFollowFirst;
  return request;
}

Status ShowFrom(Session& session, const LogSource& source, const Request& request,
                const AuditorView& auditor) {
  SR_ASSIGN_OR_RETURN(log::LogReader reader, source.Open());
  View view(session.output(), request.filter, auditor);
  if (request.index) return view.ShowOne(reader, *request.index);
  std::uint64_t begin = 0, end = reader.head().size;
  if (const auto since = request.filter.since()) {
    SR_ASSIGN_OR_RETURN(begin, FirstAt(reader, *since));
  }
  if (const auto until = request.filter.until()) {
    SR_ASSIGN_OR_RETURN(end, FirstAt(reader, Timestamp{until->seconds + 1}));
  }
  SR_RETURN_IF_ERROR(request.last ? view.ShowLast(reader, begin, end, *request.last)
                                  : view.Show(reader, begin, end));
  if (!request.follow) return {};
  return Follow(session, source, std::move(reader), view);
}

Status Show(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Request request, ReadRequest(arguments));
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  SR_ASSIGN_OR_RETURN(const AuditorView auditor, AuditorView::Read(session, arguments, source));
  return source.Explain(ShowFrom(session, source, request, auditor));
}

}  // namespace

constexpr Command kLogShow = {
    .name = "log show",
    .summary = "show the access records",
    .description =
        "One line for each seal, open, list and refusal, with the bundle's id, the keyslot, the place and "
        "the reason. Records name bundles by id, never by label or file name. With --json, or --index, each "
        "record in full.\n\nNothing is shown that is not proven to be in the log, under its newest signed "
        "checkpoint. Few of the log's files are read where few records are asked for; log verify reads them "
        "all.\n\n--follow begins with the last 10 records, and what it shows later is proven to extend what "
        "it showed before, until it is interrupted.\n\nParts that are sealed stay closed, unless "
        "--auditor-key "
        "opens them. Records whose place or node stays sealed are not compared with --country and --node; a "
        "warning says how many.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Show,
};

}  // namespace strongroom::cli
