// What the program says: results on standard output; messages and warnings on standard error, or with --json
// all of it as one object a line on standard output.
#ifndef STRONGROOM_OUTPUT_H_
#define STRONGROOM_OUTPUT_H_

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "printable.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/json.h"

namespace strongroom::cli {

struct OutputOptions {
  bool json = false;
  bool quiet = false;
  bool color = false;            // of standard error
  bool colored_results = false;  // colours on standard output
};

enum class Style { kPlain, kBold, kGreen, kYellow, kRed };

// Thread-safe.
class Output {
 public:
  explicit Output(OutputOptions options) : options_(options) {}

  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] bool quiet() const { return options_.quiet; }
  [[nodiscard]] bool colored_results() const { return options_.colored_results; }

  // A result for people: a line, or several, on standard output. Nothing with --json.
  void Line(std::string_view text);
  // Text that was asked for as such (help, a man page, a script): on standard output, also with --json.
  void Text(std::string_view text);
  // The same result as Line's for programs: nothing without --json. Its type comes first in what callers look
  // at, so it is an argument.
  void Object(std::string_view type, envelope::ObjectBuilder members);
  // What happens meanwhile. Nothing with --quiet.
  void Note(std::string_view text);
  // What the user should hear even with --quiet.
  void Warn(std::string_view text);
  // The end of a run that failed.
  void Failure(const Error& error);
  // Failure from beside the main thread, just before the process ends: says nothing rather than wait for a
  // stuck reader.
  void LastWords(const Error& error);

  // A progress line that the next output replaces; standard error is a terminal.
  void Transient(std::string_view text);

  // Raw result bytes. kUnavailable if standard output takes no more; afterwards nothing else goes there.
  Status Raw(ByteView bytes);
  // Flushes standard output; kUnavailable if anything written to it was lost.
  Status Flush();
  // Whether whoever read standard output has gone away.
  [[nodiscard]] bool reader_gone() const { return reader_gone_; }

 private:
  [[nodiscard]] std::string FailureText(const Error& error) const;
  void WriteOut(std::string_view text);
  void WriteErr(std::string_view text);
  [[nodiscard]] std::string Paint(Style style, std::string_view text) const;

  OutputOptions options_;
  std::timed_mutex mutex_;
  bool transient_ = false;  // a progress line stands on the terminal
  bool raw_ = false;        // standard output carries the user's bytes
  bool reader_gone_ = false;
  int write_errno_ = 0;
};

// Columns, each as wide as its widest cell so far; the last one is not padded. The first row is the heading.
class Table {
 public:
  explicit Table(std::vector<std::string> heading, std::vector<bool> right_aligned = {});
  void Row(std::vector<std::string> cells);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }  // of what Render would give
  // The rows that were not rendered before, so that a long table can be shown piece by piece.
  [[nodiscard]] std::string Render();

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<bool> right_aligned_;
  std::vector<std::size_t> widths_;
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_OUTPUT_H_
