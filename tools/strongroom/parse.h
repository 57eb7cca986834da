// From argv to a command and its arguments.
#ifndef STRONGROOM_PARSE_H_
#define STRONGROOM_PARSE_H_

#include <span>
#include <string>

#include "command.h"

namespace strongroom::cli {

struct ParsedLine {
  const Command* command = nullptr;  // null for a bare "strongroom", or one with --help or --version alone
  std::string group;                 // "policy" in "strongroom policy --help"
  Arguments arguments;               // of the command
  Arguments globals;
};

// ParseLine reads the arguments that follow the program's name. Options and positionals may stand in any
// order. kInvalidArgument for wrong usage, with a suggestion where a word looks like a slip; `usage` is then
// the usage line of the command concerned.
Expected<ParsedLine> ParseLine(std::span<const char* const> words, std::string& usage);

}  // namespace strongroom::cli

#endif  // STRONGROOM_PARSE_H_
