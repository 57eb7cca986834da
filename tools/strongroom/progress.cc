#include "progress.h"

#include <algorithm>

#include "units.h"

namespace strongroom::cli {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::int64_t kBarMs = 100;
constexpr std::int64_t kEventMs = 1000;
constexpr std::int64_t kLineMs = 5000;

std::string Bar(std::uint64_t done, std::uint64_t total) {
  constexpr std::uint64_t kCells = 24;
  const std::uint64_t full =
      total == 0 ? kCells
                 : std::min(kCells, static_cast<std::uint64_t>(static_cast<double>(done) /
                                                               static_cast<double>(total) * kCells));
  return "[" + std::string(full, '#') + std::string(kCells - full, '.') + "]";
}

std::string Amount(ProgressUnit unit, std::uint64_t done, std::uint64_t total, double rate) {
  if (unit == ProgressUnit::kBytes)
    return FormatSize(done) + " of " + FormatSize(total) + "  " + FormatRate(rate);
  return std::to_string(done) + " of " + Count(total, "record") + "  " + Fixed(rate, 0) + "/s";
}

std::int64_t Interval(bool json, bool terminal) {
  if (json) return kEventMs;
  return terminal ? kBarMs : kLineMs;
}

}  // namespace

Progress::Progress(Output& output, std::string action, ProgressUnit unit, bool terminal)
    : output_(output),
      action_(std::move(action)),
      unit_(unit),
      terminal_(terminal),
      start_(steady_clock::now()),
      next_ms_(Interval(output.json(), terminal)) {}

Progress::~Progress() {
  if (shown_ && terminal_ && !output_.json()) output_.Transient("");
}

void Progress::Update(std::uint64_t done, std::uint64_t total) {
  if (output_.quiet()) return;
  const auto elapsed = steady_clock::now() - start_;
  const std::int64_t now_ms = duration_cast<milliseconds>(elapsed).count();
  if (now_ms < next_ms_.load(std::memory_order_relaxed)) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock() || now_ms < next_ms_.load(std::memory_order_relaxed)) return;
  next_ms_.store(now_ms + Interval(output_.json(), terminal_), std::memory_order_relaxed);
  Show(done, total, duration<double>(elapsed).count());
}

void Progress::Show(std::uint64_t done, std::uint64_t total, double seconds) {
  shown_ = true;
  const double rate = static_cast<double>(done) / seconds;
  if (output_.json()) {
    envelope::ObjectBuilder members;
    members.String("action", action_)
        .Integer("done", done)
        .Integer("total", total)
        .Integer(unit_ == ProgressUnit::kBytes ? "bytes_per_second" : "records_per_second",
                 static_cast<std::uint64_t>(rate));
    return output_.Object("progress", std::move(members));
  }
  const double left = rate > 0 && total > done ? static_cast<double>(total - done) / rate : 0;
  const std::uint64_t percent =
      total == 0 ? 100
                 : static_cast<std::uint64_t>(100.0 * static_cast<double>(done) / static_cast<double>(total));
  std::string text = action_ + " " + (terminal_ ? Bar(done, total) + " " : "") + std::to_string(percent) +
                     "%  " + Amount(unit_, done, total, rate) + "  " + FormatDuration(left) + " left";
  if (terminal_) {
    output_.Transient("\r\x1b[K" + text);
  } else {
    output_.Note(text);
  }
}

}  // namespace strongroom::cli
