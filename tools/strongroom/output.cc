#include "output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace strongroom::cli {
namespace {

// Writes all of it; the errno of the failure, or 0.
int WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// What to do about an error that does not say so itself.
std::string_view UsualNextStep(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "strongroom help COMMAND shows what it takes";
    case ErrorCode::kExists:
      return "choose another name";
    case ErrorCode::kUnsupported:
      return "use a newer strongroom";
    case ErrorCode::kMalformed:
      return "correct it if it is yours, else get it again from where it came";
    case ErrorCode::kAltered:
    case ErrorCode::kUntrusted:
    case ErrorCode::kRolledBack:
      return "get it again from where it came; strongroom verify checks all of a bundle";
    case ErrorCode::kDenied:
      return "strongroom policy show tells what a pack permits";
    case ErrorCode::kNotFound:
      return "check the name, and that it can be read from here";
    case ErrorCode::kLogUnavailable:
      return "nothing is released without the log; look at it with strongroom log verify";
    case ErrorCode::kUnavailable:
      return "try again";
    case ErrorCode::kTruncated:
      return "get it again from where it came, or mend it with strongroom repair";
    case ErrorCode::kNoKey:
      return "strongroom inspect lists a bundle's keyslots; try another by --via";
    case ErrorCode::kInterrupted:
      return "run the same command again, with --resume if it kept anything";
    case ErrorCode::kInternal:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kAttestation:
    case ErrorCode::kQuorum:
      break;
  }
  return "strongroom doctor shows what this machine lacks";
}

}  // namespace

std::string Output::Paint(Style style, std::string_view text) const {
  if (!options_.color || style == Style::kPlain) return std::string(text);
  static constexpr std::string_view kCodes[] = {"", "\x1b[1m", "\x1b[32m", "\x1b[33m", "\x1b[31m"};
  return std::string(kCodes[static_cast<std::size_t>(style)]) + std::string(text) + "\x1b[0m";
}

void Output::WriteOut(std::string_view text) {
  if (write_errno_ != 0) return;
  write_errno_ = WriteAll(STDOUT_FILENO, text);
  if (write_errno_ == EPIPE) reader_gone_ = true;
}

void Output::WriteErr(std::string_view text) {
  if (transient_) WriteAll(STDERR_FILENO, "\r\x1b[K");
  transient_ = false;
  WriteAll(STDERR_FILENO, text);
}

void Output::Line(std::string_view text) {
  if (!options_.json) Text(text);
}

void Output::Text(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (transient_) WriteErr("");
  std::string line(text);
  if (!line.ends_with('\n')) line += '\n';
  WriteOut(line);
}

void Output::Object(std::string_view type, envelope::ObjectBuilder members) {
  if (!options_.json) return;
  members.String("type", type);
  const std::string line = envelope::CanonicalJson(std::move(members).Build()) + "\n";
  const std::lock_guard lock(mutex_);
  if (raw_) {
    WriteErr(line);
  } else {
    WriteOut(line);
  }
}

void Output::Note(std::string_view text) {
  if (options_.quiet || options_.json) return;
  const std::lock_guard lock(mutex_);
  WriteErr(std::string(text) + "\n");
}

void Output::Warn(std::string_view text) {
  if (options_.json) {
    envelope::ObjectBuilder members;
    members.String("message", Printable(text));
    return Object("warning", std::move(members));
  }
  const std::lock_guard lock(mutex_);
  WriteErr(Paint(Style::kYellow, "warning: ") + Printable(text) + "\n");
}

std::string Output::FailureText(const Error& error) const {
  const std::string next = error.next.empty() ? std::string(UsualNextStep(error.code)) : error.next;
  if (options_.json) {
    envelope::ObjectBuilder members;
    members.String("type", "error").String("code", Name(error.code)).Integer("exit", ExitCode(error.code));
    members.String("message", error.message).Strings("why", error.why).String("next", next);
    members.Bool("retryable", error.code == ErrorCode::kUnavailable);
    return envelope::CanonicalJson(std::move(members).Build()) + "\n";
  }
  std::string text = Paint(Style::kRed, "error: ") + Printable(error.message) + "\n";
  for (const std::string& reason : error.why) text += "  why:  " + Printable(reason) + "\n";
  return text + "  next: " + Printable(next) + "\n";
}

void Output::Failure(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (options_.json && !raw_) {
    WriteOut(FailureText(error));
  } else {
    WriteErr(FailureText(error));
  }
}

void Output::LastWords(const Error& error) {
  const std::unique_lock lock(mutex_, std::chrono::milliseconds(100));
  pollfd out = {
      .fd = options_.json && !raw_ ? STDOUT_FILENO : STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (!lock.owns_lock() || ::poll(&out, 1, 0) != 1) return;
  if (out.fd == STDOUT_FILENO) {
    WriteOut(FailureText(error));
  } else {
    WriteErr(FailureText(error));
  }
}

void Output::Transient(std::string_view text) {
  const std::lock_guard lock(mutex_);
  WriteErr(text);
  transient_ = !text.empty();
}

Status Output::Raw(ByteView bytes) {
  const std::lock_guard lock(mutex_);
  raw_ = true;
  WriteOut(AsText(bytes));
  if (write_errno_ == 0) return {};
  return Fail(ErrorCode::kUnavailable,
              "cannot write to standard output: " + std::string(std::strerror(write_errno_)));
}

Status Output::Flush() {
  const std::lock_guard lock(mutex_);
  if (transient_) WriteErr("");
  if (write_errno_ == 0 || reader_gone_) return {};
  raw_ = true;
  return Fail(ErrorCode::kUnavailable,
              "cannot write to standard output: " + std::string(std::strerror(write_errno_)));
}

Table::Table(std::vector<std::string> heading, std::vector<bool> right_aligned)
    : right_aligned_(std::move(right_aligned)) {
  right_aligned_.resize(heading.size());
  widths_.resize(heading.size());
  rows_.push_back(std::move(heading));
}

void Table::Row(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string Table::Render() {
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], DisplayWidth(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths_[i] - DisplayWidth(row[i]), ' ');
      if (i > 0) text += "  ";
      if (right_aligned_[i]) text += padding;
      text += row[i];
      if (!right_aligned_[i] && i + 1 < row.size()) text += padding;
    }
    text += '\n';
  }
  rows_.clear();
  return text;
}

}  // namespace strongroom::cli
