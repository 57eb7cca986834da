// strongroom selftest: the campaigns that try to break the log, on this machine.
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "session.h"
#include "strongroom/selftest/campaign.h"
#include "units.h"

namespace strongroom::cli {
namespace {

using std::chrono::steady_clock;

constexpr auto kProgressInterval = std::chrono::seconds(10);

constexpr Positional kPositionals[] = {
    {.name = "CAMPAIGN",
     .help = "faults, power-loss, kills, bits, proofs, tamper or forks; else all of them",
     .optional = true,
     .repeatable = true,
     .completion = Completion::kWords,
     .words = "faults power-loss kills bits proofs tamper forks"},
};
constexpr Option kOptions[] = {
    {.name = "full", .help = "the whole campaigns, which take hours; else small ones, of a minute or two"},
    {.name = "seed", .value = "N", .help = "what is random comes from this number (default 1)"},
    {.name = "dir",
     .value = "DIR",
     .help = "on which disk the campaigns with real files work (default: the directory for temporary files)",
     .completion = Completion::kDirectory},
};
constexpr Example kExamples[] = {
    {"strongroom selftest", "a small run of each campaign"},
    {"strongroom selftest kills --full --dir /var/lib/strongroom", "10,000 kills, on the disk that matters"},
    {"strongroom selftest faults --seed 7", "the run that a failure named"},
};

// Tells how far a campaign is, now and then.
class RunsDone {
 public:
  RunsDone(Output& output, std::string_view campaign) : output_(output), campaign_(campaign) {}
  void Update(std::uint64_t done, std::uint64_t total) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock() || steady_clock::now() < next_) return;
    next_ = steady_clock::now() + kProgressInterval;
    output_.Note(campaign_ + ": run " + std::to_string(done) + " of " + std::to_string(total));
  }

 private:
  Output& output_;
  std::string campaign_;
  std::mutex mutex_;
  steady_clock::time_point next_ = steady_clock::now() + kProgressInterval;
};

std::string Processor() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) return line.substr(std::min(line.find(':') + 2, line.size()));
  }
  return "unknown processor";
}

std::string Machine() {
  utsname name{};
  ::uname(&name);
  return Processor() + ", " + std::to_string(std::thread::hardware_concurrency()) + " threads, " +
         name.sysname + " " + name.release + " " + name.machine;
}

Expected<std::vector<const selftest::Campaign*>> Chosen(const Arguments& arguments) {
  const std::vector<std::string> names = arguments.All("CAMPAIGN");
  std::vector<const selftest::Campaign*> chosen;
  for (const selftest::Campaign& campaign : selftest::Campaigns()) {
    if (names.empty() || std::ranges::find(names, campaign.name) != names.end()) chosen.push_back(&campaign);
  }
  for (const std::string& name : names) {
    const auto all = selftest::Campaigns();
    if (std::ranges::find(all, name, &selftest::Campaign::name) == all.end()) {
      return Fail(ErrorCode::kInvalidArgument, "there is no campaign '" + name + "'",
                  "'strongroom help selftest' lists them");
    }
  }
  return chosen;
}

std::vector<std::string> Cells(const selftest::CampaignReport& report, double seconds) {
  return {report.campaign,
          report.Held() ? "held" : "FAILED",
          std::to_string(report.runs),
          std::to_string(report.acknowledged),
          std::to_string(report.lost),
          std::to_string(report.bad_checkpoints),
          std::to_string(report.forks),
          report.restarts.empty() ? "-" : Fixed(report.RestartSeconds(100) * 1000, 1) + " ms",
          report.restarts.empty() ? "-" : Fixed(report.RestartSeconds(99) * 1000, 1) + " ms",
          Fixed(seconds, 1) + " s"};
}

void TellObject(Output& output, const selftest::CampaignReport& report, double seconds) {
  envelope::ObjectBuilder members;
  members.String("campaign", report.campaign)
      .Bool("held", report.Held())
      .Integer("seed", report.seed)
      .Integer("runs", report.runs)
      .Integer("promises_checked", report.acknowledged)
      .Integer("lost", report.lost)
      .Integer("bad_checkpoints", report.bad_checkpoints)
      .Integer("forks", report.forks)
      .Integer("failures", report.failures)
      .String("worst_restart_seconds", Fixed(report.RestartSeconds(100), 4))
      .String("p99_restart_seconds", Fixed(report.RestartSeconds(99), 4))
      .String("seconds", Fixed(seconds, 1))
      .String("machine", Machine())
      .String("date", ToRfc3339(SystemClock().Now()));
  envelope::ObjectBuilder figures;
  for (const auto& [figure, count] : report.figures) figures.Integer(figure, count);
  members.Value("figures", figures.Build());
  output.Object("campaign", std::move(members));
}

Expected<selftest::CampaignReport> RunCampaign(Session& session, const selftest::Campaign& campaign,
                                               selftest::CampaignOptions options, Table& table) {
  Output& output = session.output();
  output.Note(std::string(campaign.name) + ": " + std::string(campaign.summary));
  RunsDone runs_done(output, campaign.name);
  options.progress = [&](std::uint64_t done, std::uint64_t total) { runs_done.Update(done, total); };
  const auto start = steady_clock::now();
  SR_ASSIGN_OR_RETURN(selftest::CampaignReport report, campaign.run(options));
  const double seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
  table.Row(Cells(report, seconds));
  TellObject(output, report, seconds);
  for (const auto& [figure, count] : report.figures) {
    output.Note(report.campaign + ": " + std::to_string(count) + " " + figure);
  }
  for (const std::string& what : report.told) output.Warn(what);
  return report;
}

Expected<selftest::CampaignOptions> OptionsOf(Session& session, const Arguments& arguments) {
  selftest::CampaignOptions options;
  SR_ASSIGN_OR_RETURN(const auto seed, arguments.Number("seed", 0, UINT64_MAX));
  SR_ASSIGN_OR_RETURN(const unsigned threads, session.Threads());
  std::error_code ignored;
  options.seed = seed.value_or(1);
  options.full = arguments.Has("full");
  options.directory =
      arguments.Has("dir") ? arguments.Path("dir") : std::filesystem::temp_directory_path(ignored).string();
  options.threads = threads != 0 ? threads : std::max(std::thread::hardware_concurrency(), 1U);
  options.stop = session.interrupt().token();
  return options;
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const auto campaigns, Chosen(arguments));
  SR_ASSIGN_OR_RETURN(const selftest::CampaignOptions options, OptionsOf(session, arguments));
  const Interrupt::Graceful graceful(session.interrupt());
  const std::string date = ToRfc3339(session.clock().Now());
  Table table({"CAMPAIGN", "", "RUNS", "PROMISES", "LOST", "BAD CHECKPOINTS", "FORKS", "WORST RESTART", "P99",
               "TIME"},
              {false, false, true, true, true, true, true, true, true, true});
  std::string failed;
  for (const selftest::Campaign* campaign : campaigns) {
    SR_ASSIGN_OR_RETURN(const auto report, RunCampaign(session, *campaign, options, table));
    if (!report.Held()) failed += (failed.empty() ? "" : ", ") + report.campaign;
  }
  session.output().Line(table.Render() + "\nseed " + std::to_string(options.seed) +
                        (options.full ? ", whole campaigns, " : ", small campaigns, ") + date + "\n" +
                        Machine());
  if (failed.empty()) return {};
  return Fail(ErrorCode::kInternal, "did not hold: " + failed,
              "each failure above names what to run again; the seed is " + std::to_string(options.seed));
}

}  // namespace

constexpr Command kSelftest = {
    .name = "selftest",
    .summary = "tries to make the access log lose, forge or hide an entry, on this machine",
    .description =
        "Makes logs of its own and does to them what disks, kernels, power cuts and people do, thousands of "
        "times. "
        "Everything that a log answered for must be found again, every checkpoint must be that of its "
        "entries, and no "
        "log may fork. docs/OPERATIONS.md says what each campaign does; with --full they take hours.\n\n"
        "Nothing of the home is touched. The exit code is 0 only if everything held.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
