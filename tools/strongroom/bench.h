// What `strongroom bench` measures, and how.
#ifndef STRONGROOM_BENCH_H_
#define STRONGROOM_BENCH_H_

#include <functional>
#include <string>
#include <vector>

#include "session.h"

namespace strongroom::cli {

// One of several pieces of work that are timed against each other.
struct Contender {
  std::string name;
  std::function<Status()> run;      // this is timed
  std::function<Status()> prepare;  // and this, before each run, is not; may be empty
};

enum class Timing {
  kWall,
  kThread,  // processor time of this thread: work on one core, whatever else runs meanwhile
};

// Medians runs every contender `rounds` times, in turns, every other round backwards: the seconds each took,
// by the median. kInterrupted.
Expected<std::vector<double>> Medians(Session& session, const std::vector<Contender>& contenders,
                                      unsigned rounds, Timing timing);

// A result: how two pieces of work compare, and what is asked of the product.
struct Comparison {
  std::string work;
  std::string detail;  // the figures behind it
  double ratio = 0;
  double goal = 0;
  bool at_least = true;  // false: at most
  [[nodiscard]] bool met() const { return at_least ? ratio >= goal : ratio <= goal; }
};

// One core, in memory: coding, encryption and hashing beside OpenSSL's AES-256-GCM.
Expected<std::vector<Comparison>> CompareInMemory(Session& session, unsigned rounds);

struct FileBenchOptions {
  std::string folder;      // where the files go; empty: a memory-backed one with room, else the temporary one
  std::uint64_t size = 0;  // of the model
};
// All cores, with files: seal beside zstd piped into age, open beside cp. Empty, with a note, where those
// programs are not installed.
Expected<std::vector<Comparison>> CompareWithFiles(Session& session, const FileBenchOptions& options,
                                                   unsigned rounds);

struct LogBenchOptions {
  std::string folder;  // on a disk; empty: the temporary one
  std::uint64_t entries = 0;
};
// The access log: durable appends beside bare writes and syncs, verification, proofs.
Expected<std::vector<Comparison>> CompareLog(Session& session, const LogBenchOptions& options);

// BF16 weights with exponents as trained ones have them.
Expected<Bytes> TrainedWeights(std::size_t size);

}  // namespace strongroom::cli

#endif  // STRONGROOM_BENCH_H_
