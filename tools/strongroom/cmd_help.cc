// strongroom help: help for people, and on request man pages and completion scripts.
#include <algorithm>

#include "help.h"
#include "session.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "COMMAND", .help = "the command, in one word or two", .optional = true},
    {.name = "VERB", .help = "its second word", .optional = true},
};

constexpr Option kOptions[] = {
    {.name = "man", .help = "the man page instead"},
    {.name = "man-pages",
     .value = "DIR",
     .help = "write every man page into DIR",
     .completion = Completion::kDirectory},
    {.name = "completion",
     .value = "SHELL",
     .help = "the completion script for bash, zsh or fish",
     .completion = Completion::kWords,
     .words = "bash zsh fish"},
};

constexpr Example kExamples[] = {
    {"strongroom help seal", "what seal takes, with examples"},
    {"source <(strongroom help --completion bash)", "complete words in this shell"},
    {"strongroom help --man seal | man -l -", "the man page"},
};

Status WriteManPages(Session& session, const std::string& folder) {
  if (const auto made = session.files().MakeDirectory(folder, 0755);
      !made && made.error().code != ErrorCode::kExists)
    return made;
  SR_RETURN_IF_ERROR(WriteDurably(session.files(), JoinPath(folder, "strongroom.1"),
                                  AsBytes(OverviewManPage(kVersion)), 0644));
  for (const Command* command : Commands()) {
    const std::string page = CommandManPage(*command, kVersion);
    SR_RETURN_IF_ERROR(
        WriteDurably(session.files(), JoinPath(folder, ManPageName(*command)), AsBytes(page), 0644));
  }
  return {};
}

Status Run(Session& session, const Arguments& arguments) {
  Output& output = session.output();
  if (const auto folder = arguments.Optional("man-pages")) return WriteManPages(session, *folder);
  if (const auto shell = arguments.Optional("completion")) {
    SR_ASSIGN_OR_RETURN(const std::string script, CompletionScript(*shell));
    output.Text(script);
    return {};
  }
  std::string name = arguments.Text("COMMAND");
  if (arguments.Has("VERB")) name += " " + arguments.Text("VERB");
  const bool man = arguments.Has("man");
  if (name.empty()) {
    output.Text(man ? OverviewManPage(kVersion) : Overview());
    return {};
  }
  const auto found = std::ranges::find(Commands(), name, &Command::name);
  if (found != Commands().end()) {
    output.Text(man ? CommandManPage(**found, kVersion) : CommandHelp(**found));
    return {};
  }
  if (GroupSummary(name).empty())
    return Fail(ErrorCode::kInvalidArgument, "there is no command '" + name + "'", "strongroom help");
  output.Text(GroupHelp(name));
  return {};
}

}  // namespace

constexpr Command kHelp = {
    .name = "help",
    .summary = "show help, man pages and completion scripts",
    .description = "Without a command, lists them all.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
