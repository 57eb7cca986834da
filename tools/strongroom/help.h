// Help for people, man pages and shells, all from the table of commands.
#ifndef STRONGROOM_HELP_H_
#define STRONGROOM_HELP_H_

#include <string>
#include <string_view>

#include "command.h"

namespace strongroom::cli {

std::string Usage(const Command& command);      // "strongroom seal PATH -o BUNDLE [options]"
std::string Overview();                         // what "strongroom help" shows
std::string GroupHelp(std::string_view group);  // the commands under one first word
std::string CommandHelp(const Command& command);

// A page in man(7) roff of section 1. `date` is YYYY-MM-DD.
std::string OverviewManPage(std::string_view version);
std::string CommandManPage(const Command& command, std::string_view version);
std::string ManPageName(const Command& command);  // "strongroom-policy-check.1"

// `shell` is bash, zsh or fish; kInvalidArgument for another.
Expected<std::string> CompletionScript(std::string_view shell);

}  // namespace strongroom::cli

#endif  // STRONGROOM_HELP_H_
