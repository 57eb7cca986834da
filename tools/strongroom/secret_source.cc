#include "secret_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace strongroom::cli {
namespace {

// An open descriptor, closed at the end if it is ours.
class Descriptor {
 public:
  Descriptor(int number, bool ours) : number_(number), ours_(ours) {}
  Descriptor(Descriptor&& other) noexcept
      : number_(other.number_), ours_(std::exchange(other.ours_, false)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (ours_) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
  bool ours_;
};

Expected<Descriptor> OpenSource(const std::string& source) {
  if (source.starts_with("fd:")) {
    int number = -1;
    const char* end = source.data() + source.size();
    const auto parsed = std::from_chars(source.data() + 3, end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < 0 || ::fcntl(number, F_GETFD) < 0) {
      return Fail(ErrorCode::kInvalidArgument, "'" + source + "' is not an open file descriptor");
    }
    return Descriptor(number, false);
  }
  const int number = ::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (number < 0) return std::unexpected(FromErrno(errno, source));
  return Descriptor(number, true);
}

// Without opening it: what a named pipe holds comes once.
Status CheckFile(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || ::access(path.c_str(), R_OK) != 0)
    return std::unexpected(FromErrno(errno, path));
  if (S_ISDIR(found.st_mode))
    return Fail(ErrorCode::kInvalidArgument, path + " is a directory",
                "name a file that holds the passphrase");
  return {};
}

// Fills `out` until the end of the input; how many bytes came.
Expected<std::size_t> Fill(const Descriptor& from, const std::string& source, MutableBytes out) {
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::read(from.number(), out.data() + have, out.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(FromErrno(errno, source));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

SecretBytes Prefix(const SecretBytes& bytes, std::size_t size) {
  return SecretBytes::CopyOf(bytes.Expose().first(size));
}

// A terminal with echo off while it lives.
class SilentTerminal {
 public:
  explicit SilentTerminal(int tty) : tty_(tty), changed_(::tcgetattr(tty, &before_) == 0) {
    if (!changed_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(tty, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (changed_) ::tcsetattr(tty_, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  [[nodiscard]] bool silent() const { return changed_; }

 private:
  int tty_;
  termios before_{};
  bool changed_;
};

Status WriteTerminal(int tty, std::string_view text) {
  if (::write(tty, text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
  return std::unexpected(FromErrno(errno, "/dev/tty"));
}

Expected<Descriptor> OpenTerminal() {
  const int tty = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (tty >= 0) return Descriptor(tty, true);
  return Fail(ErrorCode::kInvalidArgument, "there is no terminal to ask for a passphrase on",
              "give a file, or fd:N for a descriptor");
}

Expected<SecretBytes> ReadLineFrom(int tty, const std::stop_token& stop) {
  SecretBytes line(kMaxSecretFile);
  std::size_t have = 0;
  while (true) {
    pollfd waiting = {.fd = tty, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, 100);
    if (stop.stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
    if (ready <= 0) continue;
    std::uint8_t* next = line.ExposeForWriting().data() + have;
    const ssize_t got = ::read(tty, next, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || *next == '\n') return Prefix(line, have);
    if (++have == kMaxSecretFile) return Fail(ErrorCode::kInvalidArgument, "the passphrase is too long");
  }
}

}  // namespace

Expected<SecretBytes> ReadSecret(const std::string& source) {
  SR_ASSIGN_OR_RETURN(const Descriptor from, OpenSource(source));
  SecretBytes buffer(kMaxSecretFile + 1);
  SR_ASSIGN_OR_RETURN(const std::size_t size, Fill(from, source, buffer.ExposeForWriting()));
  if (size <= kMaxSecretFile) return Prefix(buffer, size);
  return Fail(ErrorCode::kInvalidArgument, source + " holds more than " + std::to_string(kMaxSecretFile) +
                                               " bytes: that is no passphrase");
}

Status CheckSecretSource(const std::string& source) {
  if (source == "-") {
    SR_ASSIGN_OR_RETURN(const Descriptor tty, OpenTerminal());
    return {};
  }
  if (!source.starts_with("fd:")) return CheckFile(source);
  SR_ASSIGN_OR_RETURN(const Descriptor from, OpenSource(source));
  return {};
}

Expected<SecretBytes> PromptSecret(std::string_view question, Interrupt& interrupt) {
  SR_ASSIGN_OR_RETURN(const Descriptor tty, OpenTerminal());
  const Interrupt::Graceful graceful(interrupt);
  const SilentTerminal silence(tty.number());
  if (!silence.silent())
    return Fail(ErrorCode::kInvalidArgument, "the terminal would show the passphrase",
                "give a file, or fd:N");
  SR_RETURN_IF_ERROR(WriteTerminal(tty.number(), question));
  auto line = ReadLineFrom(tty.number(), interrupt.token());
  SR_RETURN_IF_ERROR(WriteTerminal(tty.number(), "\n"));
  return line;
}

Status ShowOnTerminal(std::string_view before, const SecretBytes& secret, std::string_view after) {
  SR_ASSIGN_OR_RETURN(const Descriptor tty, OpenTerminal());
  SR_RETURN_IF_ERROR(WriteTerminal(tty.number(), before));
  SR_RETURN_IF_ERROR(WriteTerminal(tty.number(), AsText(secret.Expose())));
  return WriteTerminal(tty.number(), after);
}

}  // namespace strongroom::cli
