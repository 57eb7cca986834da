// strongroom, the command line. main wires the parts together; each command is in its own cmd_*.cc.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "help.h"
#include "log_source.h"
#include "parse.h"
#include "session.h"
#include "strongroom/secret/secret_bytes.h"
#include "version.h"

namespace strongroom::cli {
namespace {

bool IsSet(const char* name) {
  const char* value =
      std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
  return value != nullptr && *value != '\0';
}

bool WantsColor(const Arguments& globals, int descriptor) {
  if (globals.Has("no-color") || IsSet("NO_COLOR")) return false;
  if (IsSet("FORCE_COLOR")) return true;
  const char* terminal = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): as above
  return ::isatty(descriptor) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

// Wrong usage is reported before the options are known: by what can be seen of them.
int ReportUsage(Error error, const std::string& usage, std::span<const char* const> words) {
  OutputOptions options;
  for (const std::string_view word : words) options.json |= word == "--json";
  Output output(options);
  if (error.next.empty()) error.next = "usage: " + usage;
  output.Failure(error);
  if (!options.json && error.next.find("usage: ") == std::string::npos) output.Note("usage: " + usage);
  return ExitCode(error.code);
}

Status RunLine(const ParsedLine& line, Session& session) {
  Output& output = session.output();
  if (line.globals.Has("version")) {
    PrintVersion(output);
    return {};
  }
  if (line.globals.Has("help")) {
    output.Text(line.command != nullptr ? CommandHelp(*line.command)
                : line.group.empty()    ? Overview()
                                        : GroupHelp(line.group));
    return {};
  }
  SR_RETURN_IF_ERROR(session.CheckOptions());
  if (line.command != nullptr) {
    Status status = line.command->run(session, line.arguments);
    if (!status && status.error().next.empty() && line.command->name.starts_with("log "))
      status.error().next = LogNextStep(status.error().code);
    return status;
  }
  if (line.group.empty()) return Fail(ErrorCode::kInvalidArgument, "no command is given", "strongroom help");
  return Fail(ErrorCode::kInvalidArgument, "'" + line.group + "' needs a second word",
              "strongroom " + line.group + " --help");
}

int Run(std::span<const char* const> words, std::vector<std::string> hardening) {
  std::string usage;
  const auto line = ParseLine(words, usage);
  if (!line) return ReportUsage(line.error(), usage, words);
  Output output({.json = line->globals.Has("json"),
                 .quiet = line->globals.Has("quiet"),
                 .color = WantsColor(line->globals, STDERR_FILENO),
                 .colored_results = WantsColor(line->globals, STDOUT_FILENO)});
  Interrupt interrupt(output);
  const auto files = MakeRealFileSystem();
  const SystemClock clock;
  Session session(line->globals, output, interrupt, *files, clock, std::move(hardening));
  Status status = RunLine(*line, session);
  if (status) status = output.Flush();
  // Whoever read our output has left: end as any filter does, without a message.
  if (output.reader_gone()) {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  if (status) return 0;
  output.Failure(status.error());
  return ExitCode(status.error().code);
}

}  // namespace
}  // namespace strongroom::cli

int main(int argc, char** argv) {
  std::vector<std::string> hardening = strongroom::HardenProcess();
  // A lost reader or TPM socket, or a file that outgrows a limit, is an error of the call that meets it.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return strongroom::cli::Run(
        {argv + (argc > 0 ? 1 : 0), static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}, std::move(hardening));
  } catch (const std::exception& error) {
    strongroom::cli::Output({}).Failure(
        strongroom::Error(strongroom::ErrorCode::kInternal, std::string("unexpected: ") + error.what()));
    return strongroom::ExitCode(strongroom::ErrorCode::kInternal);
  }
}
