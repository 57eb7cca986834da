#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <thread>

#include "bench.h"
#include "bench_workspace.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/log_reader.h"
#include "strongroom/log/log_writer.h"
#include "strongroom/log/tile_source.h"
#include "units.h"

namespace strongroom::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kOrigin = "bench.example/access-log";
constexpr double kWantedRate = 50'000;      // appends a second
constexpr std::size_t kMostWaiting = 4096;  // records that wait for the disk at once
constexpr std::size_t kFewestWaiting = 16;
constexpr std::size_t kFrameSize = 37;          // of the journal, around a record
constexpr std::size_t kCheckpointSize = 300;    // of a signed checkpoint's frame
constexpr std::size_t kBundles = 1000;          // that the records name
constexpr std::uint64_t kBesideBare = 200'000;  // records for the comparison with bare writes
constexpr std::size_t kProofs = 1000;
constexpr std::size_t kPaced = 20'000;
constexpr auto kPace = std::chrono::microseconds(200);  // 5,000 a second

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double Percentile99(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() * 99 / 100];
}

// A record of some 300 bytes.
log::AccessRecord RecordNumber(std::uint64_t number) {
  log::AccessRecord record;
  record.action = log::Action::kOpen;
  record.outcome = log::Outcome::kPermit;
  record.bundle.emplace().instance[0] = static_cast<std::uint8_t>(number % kBundles);
  record.bundle->instance[1] = static_cast<std::uint8_t>(number % kBundles >> 8);
  record.place = log::RecordedPlace{"DE", "declared"};
  record.node = log::RecordedNode{"node-" + std::to_string(number % 100), "rack"};
  return record;
}

// Bare writes of so many bytes each, with a sync after each, to a file of their own: the seconds of each.
Expected<std::vector<double>> WriteBare(const Workspace& work, const std::vector<std::size_t>& sizes) {
  const std::string path = work / "bare";
  SR_ASSIGN_OR_RETURN(const auto file, work.files().Open(path, OpenMode::kCreate));
  const Bytes bytes = crypto::RandomBytes(*std::ranges::max_element(sizes));
  std::vector<double> seconds;
  std::uint64_t offset = 0;
  for (const std::size_t size : sizes) {
    const auto start = SteadyClock::now();
    SR_RETURN_IF_ERROR(file->WriteAt(offset, ByteView(bytes).first(size)));
    SR_RETURN_IF_ERROR(file->Sync());
    seconds.push_back(SecondsSince(start));
    offset += size;
  }
  SR_RETURN_IF_ERROR(work.files().Remove(path));
  return seconds;
}

double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// BenchedLog is a log in the workspace, of this name, and what is timed on it.
class BenchedLog {
 public:
  BenchedLog(Session& session, const Workspace& work, const std::string& name)
      : session_(session),
        work_(work),
        directory_(work / name),
        key_(crypto::Ed25519PrivateKey::Generate()) {}

  Status Create() {
    SR_ASSIGN_OR_RETURN(log::Log log, log::Log::Create(work_.files(), directory_, std::string(kOrigin), key_,
                                                       session_.clock()));
    SR_ASSIGN_OR_RETURN(writer_, log::LogWriter::Start(std::move(log)));
    return {};
  }

  // As fast as the log takes them with so many waiting at once: the records a second, and the bytes of each
  // batch that they came to.
  Expected<double> Append(std::uint64_t count, std::size_t at_once, std::vector<std::size_t>& batches) {
    const std::size_t frame = log::SerializeAccessRecord(RecordNumber(0)).size() + kFrameSize;
    const auto start = SteadyClock::now();
    std::deque<std::future<Expected<log::Receipt>>> waiting;
    std::uint64_t covered = 0;
    const auto take = [&]() -> Status {
      SR_ASSIGN_OR_RETURN(const log::Receipt receipt, waiting.front().get());
      waiting.pop_front();
      if (receipt.checkpoint().size != covered) batches.push_back(kCheckpointSize);
      covered = receipt.checkpoint().size;
      batches.back() += frame;
      return {};
    };
    for (std::uint64_t i = 0; i < count; ++i) {
      if (session_.interrupt().token().stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
      if (waiting.size() == at_once) SR_RETURN_IF_ERROR(take());
      waiting.push_back(writer_->Append(RecordNumber(i)));
    }
    while (!waiting.empty()) SR_RETURN_IF_ERROR(take());
    return static_cast<double>(count) / SecondsSince(start);
  }

  // The seconds that each of kPaced records took that came kPace after the one before.
  Expected<std::vector<double>> AppendPaced() {
    struct Waiting {
      SteadyClock::time_point start;
      std::future<Expected<log::Receipt>> receipt;
    };
    std::vector<Waiting> waiting(kPaced);
    std::atomic<std::size_t> started = 0;
    const auto begin = SteadyClock::now();
    const std::jthread appender([&] {
      for (std::size_t i = 0; i < kPaced; ++i) {
        std::this_thread::sleep_until(begin + i * kPace);
        waiting[i] = {SteadyClock::now(), writer_->Append(RecordNumber(i))};
        started = i + 1;
        started.notify_one();
      }
    });
    std::vector<double> seconds;
    for (std::size_t i = 0; i < kPaced; ++i) {
      started.wait(i);
      SR_RETURN_IF_ERROR(waiting[i].receipt.get());
      seconds.push_back(SecondsSince(waiting[i].start));
    }
    return seconds;
  }

  // Publishes what there is, and closes the log.
  Status Close() {
    SR_RETURN_IF_ERROR(writer_->Publish());
    writer_.reset();
    return {};
  }

  // Seconds for the whole log, journal and tiles.
  Expected<double> Verify(std::uint64_t& entries) {
    const auto start = SteadyClock::now();
    SR_ASSIGN_OR_RETURN(const log::LogVerification verified,
                        log::VerifyLog(work_.files(), directory_, Key(), std::nullopt));
    log::DirectoryTiles tiles = Tiles();
    SR_RETURN_IF_ERROR(log::VerifyTiles(tiles, verified.checkpoint.size, verified.checkpoint.root));
    entries = verified.checkpoint.size;
    return SecondsSince(start);
  }

  // The mean seconds of proofs that each begin with nothing but the files.
  Expected<double> Prove(std::uint64_t entries) {
    const auto start = SteadyClock::now();
    for (std::uint64_t i = 0; i < kProofs; ++i) {
      log::DirectoryTiles tiles = Tiles();
      SR_ASSIGN_OR_RETURN(const Bytes note, tiles.Read("checkpoint", log::kMaxCheckpointSize));
      SR_ASSIGN_OR_RETURN(log::LogReader reader,
                          log::LogReader::Open(tiles, std::string(AsText(note)), std::array{Key()}));
      SR_RETURN_IF_ERROR(reader.Prove(i * (entries / kProofs)));
    }
    return SecondsSince(start) / kProofs;
  }

 private:
  [[nodiscard]] envelope::NoteKey Key() const { return {std::string(kOrigin), key_.public_key()}; }
  [[nodiscard]] log::DirectoryTiles Tiles() const { return {work_.files(), JoinPath(directory_, "public")}; }

  Session& session_;
  const Workspace& work_;
  std::string directory_;
  crypto::Ed25519PrivateKey key_;
  std::unique_ptr<log::LogWriter> writer_;
};

// So many records must wait at once for the wanted rate, if a batch takes as long as four small syncs,
// while as many wait for the next.
std::size_t WaitingForTheWantedRate(const std::vector<double>& syncs) {
  const double mean = Sum(syncs) / static_cast<double>(syncs.size());
  return std::clamp(static_cast<std::size_t>(2 * 4 * mean * kWantedRate), kFewestWaiting, kMostWaiting);
}

// What so many appends a second, each on its own, take longer than a sync.
Expected<Comparison> CompareLatency(BenchedLog& log, const std::vector<double>& syncs) {
  SR_ASSIGN_OR_RETURN(const std::vector<double> paced, log.AppendPaced());
  const double beyond = Percentile99(paced) - Percentile99(syncs);
  return Comparison{
      "p99 at 5,000/s beyond the sync, ms",
      Fixed(Percentile99(paced) * 1e3, 2) + " ms; a sync " + Fixed(Percentile99(syncs) * 1e3, 2) + " ms",
      beyond * 1e3, 5, false};
}

Expected<Comparison> CompareWithBareWrites(BenchedLog& log, const Workspace& work,
                                           const std::vector<double>& syncs) {
  const std::size_t waiting = WaitingForTheWantedRate(syncs);
  std::vector<std::size_t> batches;
  SR_ASSIGN_OR_RETURN(const double rate, log.Append(kBesideBare, waiting, batches));
  SR_ASSIGN_OR_RETURN(const std::vector<double> bare, WriteBare(work, batches));
  const double seconds = static_cast<double>(kBesideBare) / rate;
  return Comparison{"durable appends, of write and sync alone",
                    Fixed(rate, 0) + "/s, " + std::to_string(waiting) + " waiting: " + Fixed(seconds, 2) +
                        " s; the same " + Count(batches.size(), "batch", "batches") + " alone " +
                        Fixed(Sum(bare), 2) + " s",
                    seconds / Sum(bare), 3, false};
}

Expected<Comparison> CompareRate(BenchedLog& log, std::uint64_t entries) {
  std::vector<std::size_t> batches;
  SR_ASSIGN_OR_RETURN(const double rate, log.Append(entries, kMostWaiting, batches));
  return Comparison{"durable appends, of 50,000/s",
                    Fixed(rate, 0) + "/s in " + Count(batches.size(), "batch", "batches"), rate / kWantedRate,
                    1, true};
}

}  // namespace

Expected<std::vector<Comparison>> CompareLog(Session& session, const LogBenchOptions& options) {
  const std::string folder = options.folder.empty() ? TemporaryFolder() : options.folder;
  SR_ASSIGN_OR_RETURN(const Workspace work, Workspace::Create(session.files(), folder));
  SR_ASSIGN_OR_RETURN(const Volume volume, session.files().VolumeOf(folder));
  if (volume.in_memory)
    session.output().Warn(folder + " is in memory: its syncs cost nothing; --log-dir names another place");
  session.output().Note("access log, " + Count(options.entries, "record") + " in " + folder + " ...");
  SR_ASSIGN_OR_RETURN(const std::vector<double> syncs,
                      WriteBare(work, std::vector<std::size_t>(1000, kCheckpointSize)));
  std::vector<Comparison> rows;
  {
    BenchedLog small_batches(session, work, "small-batches");
    SR_RETURN_IF_ERROR(small_batches.Create());
    SR_ASSIGN_OR_RETURN(rows.emplace_back(), CompareLatency(small_batches, syncs));
    SR_ASSIGN_OR_RETURN(rows.emplace_back(), CompareWithBareWrites(small_batches, work, syncs));
    SR_RETURN_IF_ERROR(small_batches.Close());
  }
  BenchedLog log(session, work, "log");
  SR_RETURN_IF_ERROR(log.Create());
  SR_ASSIGN_OR_RETURN(rows.emplace_back(), CompareRate(log, options.entries));
  SR_RETURN_IF_ERROR(log.Close());
  std::uint64_t entries = 0;
  SR_ASSIGN_OR_RETURN(const double verify, log.Verify(entries));
  SR_ASSIGN_OR_RETURN(const double prove, log.Prove(entries));
  const double per_ten_million = verify * 1e7 / static_cast<double>(entries);
  rows.push_back({"verify journal and tiles, s per 10 million",
                  Count(entries, "entry", "entries") + " in " + Fixed(verify, 2) + " s", per_ten_million, 30,
                  false});
  rows.push_back({"inclusion proof from the files, ms",
                  "of " + Count(entries, "entry", "entries") + ", checkpoint verified each time", prove * 1e3,
                  1, false});
  return rows;
}

}  // namespace strongroom::cli
