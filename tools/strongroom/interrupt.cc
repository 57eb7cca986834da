#include "interrupt.h"

#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>

namespace strongroom::cli {
namespace {

// A signal that was ignored when we started, as in a shell script's background, must stay so: sigwait would
// take it. SIGUSR1 only wakes the watcher when the program is done.
sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction inherited {};
    if (sigaction(signal, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN) continue;
    sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

Interrupt::Interrupt(Output& output) : output_(output) {
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  watcher_ = std::jthread([this](const std::stop_token& done) { Watch(done); });
}

Interrupt::~Interrupt() {
  watcher_.request_stop();
  pthread_kill(watcher_.native_handle(), SIGUSR1);
}

void Interrupt::Watch(const std::stop_token& done) {
  const sigset_t set = StopSignals();
  while (!done.stop_requested()) {
    int signal = 0;
    if (sigwait(&set, &signal) == 0 && signal != SIGUSR1) Handle();
  }
}

void Interrupt::Handle() {
  if (graceful_ > 0 && stop_.request_stop()) {
    output_.Note("stopping; once more to stop at once");
    return;
  }
  output_.LastWords(Error(ErrorCode::kInterrupted, "interrupted"));
  _exit(ExitCode(ErrorCode::kInterrupted));
}

bool WaitForStop(const std::stop_token& token, std::optional<std::chrono::milliseconds> longest) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  const auto never = [] { return false; };
  if (longest) {
    stopped.wait_for(lock, token, *longest, never);
  } else {
    stopped.wait(lock, token, never);
  }
  return token.stop_requested();
}

}  // namespace strongroom::cli
