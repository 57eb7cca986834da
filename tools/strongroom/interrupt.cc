#include "interrupt.h"

#include <unistd.h>

#include <csignal>

namespace strongroom::cli {
namespace {

// SIGUSR1 only wakes the watcher when the program is done.
sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Interrupt::Interrupt(Output& output) : output_(output) {
  // A signal that was ignored when we started (as under nohup) must stay so, and it does: a blocked, ignored
  // signal is dropped.
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

}  // namespace strongroom::cli
