// strongroom bench: this machine's speeds beside those of the tools one would use instead.
#include <algorithm>
#include <ctime>

#include "bench.h"
#include "sample_model/model_plan.h"
#include "sample_model/values.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr unsigned kRounds = 5;
constexpr std::uint64_t kDefaultSize = 2ULL << 30;
constexpr std::uint64_t kQuickSize = 256ULL << 20;
constexpr std::uint64_t kDefaultEntries = 1'000'000;
constexpr std::uint64_t kQuickEntries = 100'000;

constexpr Option kOptions[] = {
    {.name = "size", .value = "SIZE", .help = "of the model for the part with files (default 2GiB)"},
    {.name = "dir",
     .value = "DIR",
     .help = "where the files go (default: /dev/shm if it has room)",
     .completion = Completion::kDirectory},
    {.name = "quick", .help = "a model of 256MiB: a minute, and less exact"},
    {.name = "memory-only", .help = "only the parts in memory"},
    {.name = "log-only", .help = "only the access log"},
    {.name = "log-entries", .value = "N", .help = "records of the access log (default 1000000)"},
    {.name = "log-dir",
     .value = "DIR",
     .help = "where the access log goes: a disk (default: the temporary folder)",
     .completion = Completion::kDirectory},
};
constexpr Example kExamples[] = {
    {"strongroom bench", "everything, medians of five"},
    {"strongroom bench --log-only --log-entries 10000000",
     "a log of ten million records, some 8 GB on the disk"},
    {"strongroom bench --quick --crypto openssl", "as on a machine without AVX-512"},
};

double Seconds(Timing timing) {
  timespec now{};
  ::clock_gettime(timing == Timing::kThread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string Verdict(const Comparison& row) {
  return std::string(row.met() ? "yes" : "NO") + " (" + (row.at_least ? ">= " : "<= ") + Fixed(row.goal, 2) +
         ")";
}

void Tell(Output& output, Table& table, const std::vector<Comparison>& rows) {
  for (const Comparison& row : rows) {
    table.Row({row.work, Fixed(row.ratio, 3), Verdict(row), row.detail});
    envelope::ObjectBuilder members;
    members.String("work", row.work)
        .String("ratio", Fixed(row.ratio, 4))
        .String("goal", Fixed(row.goal, 4))
        .Bool("at_least", row.at_least);
    members.Bool("met", row.met()).String("detail", row.detail);
    output.Object("comparison", std::move(members));
  }
}

Status Run(Session& session, const Arguments& arguments) {
  const bool quick = arguments.Has("quick");
  FileBenchOptions options = {.folder = arguments.Path("dir"), .size = quick ? kQuickSize : kDefaultSize};
  if (const auto size = arguments.Optional("size")) {
    SR_ASSIGN_OR_RETURN(options.size, ParseSize(*size, "--size"));
  }
  SR_ASSIGN_OR_RETURN(const auto entries, arguments.Number("log-entries", 1000, 1'000'000'000));
  const LogBenchOptions log_options = {.folder = arguments.Path("log-dir"),
                                       .entries = entries.value_or(quick ? kQuickEntries : kDefaultEntries)};
  Table table({"WORK", "RATIO", "MET", "FIGURES"}, {false, true});
  if (!arguments.Has("log-only")) {
    SR_ASSIGN_OR_RETURN(const auto in_memory, CompareInMemory(session, kRounds));
    Tell(session.output(), table, in_memory);
  }
  if (!arguments.Has("log-only") && !arguments.Has("memory-only")) {
    SR_ASSIGN_OR_RETURN(const auto with_files, CompareWithFiles(session, options, kRounds));
    Tell(session.output(), table, with_files);
  }
  if (!arguments.Has("memory-only")) {
    SR_ASSIGN_OR_RETURN(const auto log, CompareLog(session, log_options));
    Tell(session.output(), table, log);
  }
  session.output().Line(table.Render());
  return {};
}

}  // namespace

Expected<std::vector<double>> Medians(Session& session, const std::vector<Contender>& contenders,
                                      unsigned rounds, Timing timing) {
  std::vector<std::vector<double>> times(contenders.size());
  for (unsigned round = 0; round < rounds; ++round) {
    for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
      const std::size_t i = round % 2 == 0 ? turn : contenders.size() - 1 - turn;
      if (session.interrupt().token().stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
      if (contenders[i].prepare) SR_RETURN_IF_ERROR(contenders[i].prepare());
      const double start = Seconds(timing);
      SR_RETURN_IF_ERROR(contenders[i].run());
      times[i].push_back(Seconds(timing) - start);
    }
  }
  std::vector<double> medians;
  for (std::vector<double>& all : times) {
    std::ranges::sort(all);
    medians.push_back(all[all.size() / 2]);
  }
  return medians;
}

Expected<Bytes> TrainedWeights(std::size_t size) {
  constexpr std::uint64_t kColumns = 4096;
  const sample_model::ValueSource values(1);
  sample_model::PlannedTensor tensor;
  tensor.columns = kColumns;
  tensor.rows = size / tensor.row_size();
  Bytes weights(tensor.size());
  std::vector<float> workspace;
  for (std::uint64_t row = 0; row < tensor.rows; ++row) {
    values.FillRow(tensor, row, MutableBytes(weights).subspan(row * tensor.row_size(), tensor.row_size()),
                   workspace);
  }
  return weights;
}

constexpr Command kBench = {
    .name = "bench",
    .summary = "this machine's speeds beside OpenSSL's, zstd's, age's and cp's",
    .description =
        "Times the product's own code, not a copy of it, beside the thing compared, in the same run: each at "
        "least five times, in turns, medians as ratios. "
        "Speeds vary with the machine and its load; the ratios are what counts, and what the last column "
        "asks for.\n\n"
        "The part with files writes a model of random weights, a bundle of it and copies, and removes them. "
        "It wants memory-backed storage of about three "
        "times the model's size.\n\n"
        "The part of the access log wants a disk, as logs do: its figures are of that disk too.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
