// Completion scripts for bash, zsh and fish, written out from the table of commands: no shell runs this
// program to complete a word.
#include "help.h"

namespace strongroom::cli {
namespace {

std::string_view FirstWord(std::string_view name) {
  return name.substr(0, name.find(' '));
}

// A word in single quotes, for any shell here.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::vector<std::string> FirstWords() {
  std::vector<std::string> words;
  for (const Command* command : Commands()) {
    const std::string first(FirstWord(command->name));
    if (words.empty() || words.back() != first) words.push_back(first);
  }
  return words;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string OptionWords(std::span<const Option> options) {
  std::string out;
  for (const Option& option : options) {
    out += " --" + std::string(option.name);
    if (option.letter != 0) out += std::string(" -") + option.letter;
  }
  return out;
}

// One arm of bash's `case $previous`: what may follow an option.
std::string BashValues(std::span<const Option> options) {
  std::string out;
  for (const Option& option : options) {
    if (option.value.empty()) continue;
    std::string pattern = "--" + std::string(option.name);
    if (option.letter != 0) pattern += std::string("|-") + option.letter;
    std::string action = ":";
    if (option.completion == Completion::kFile) action = "COMPREPLY=($(compgen -f -- \"$word\"))";
    if (option.completion == Completion::kDirectory) action = "COMPREPLY=($(compgen -d -- \"$word\"))";
    if (option.completion == Completion::kWords)
      action = "COMPREPLY=($(compgen -W " + Quoted(option.words) + " -- \"$word\"))";
    out += "        " + pattern + ") " + action + "; return;;\n";
  }
  return out;
}

std::string PositionalWords(const Command& command) {
  std::string out;
  for (const Positional& positional : command.positionals) {
    if (positional.completion == Completion::kWords) out += " " + std::string(positional.words);
  }
  return out;
}

std::string BashArm(const Command& command) {
  std::string out = "    " + Quoted(command.name) + ")\n      case \"$previous\" in\n" +
                    BashValues(command.options) + "      esac\n";
  out += "      words=" + Quoted(OptionWords(command.options) + PositionalWords(command)) + ";;\n";
  return out;
}

std::string BashGroupArm(const std::string& group) {
  std::string verbs;
  for (const Command* command : Commands()) {
    if (FirstWord(command->name) == group && command->name != group)
      verbs += " " + std::string(command->name.substr(group.size() + 1));
  }
  return verbs.empty() ? ""
                       : "    " + Quoted(group) + ") COMPREPLY=($(compgen -W " + Quoted(verbs) +
                             " -- \"$word\")); return;;\n";
}

// The function that fills COMPREPLY, for bash and for zsh's emulation of its completion.
std::string WordsFunction() {
  std::string out = R"(_strongroom_words() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} verb='' words='' given
  COMPREPLY=()
  for given in "${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    case "$given" in
      -*) ;;
      )";
  std::string groups;
  for (const std::string& first : FirstWords()) {
    if (!GroupSummary(first).empty()) groups += (groups.empty() ? "" : "|") + first;
  }
  out += groups +
         ") verb=$given;;\n      *) case \"$verb\" in\n          '') verb=$given; break;;\n          " +
         groups +
         ") verb=\"$verb $given\"; break;;\n        esac;;\n    esac\n  done\n  case \"$previous\" in\n" +
         BashValues(GlobalOptions()) + "  esac\n  case \"$verb\" in\n";
  out += "    '') words=" + Quoted(Joined(FirstWords())) + ";;\n";
  for (const std::string& first : FirstWords()) out += BashGroupArm(first);
  for (const Command* command : Commands()) out += BashArm(*command);
  out += "  esac\n  words=\"$words" + OptionWords(GlobalOptions()) +
         "\"\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n  [[ -z $verb || $word == -* ]] || "
         "COMPREPLY+=($(compgen -f -- \"$word\"))\n}\n";
  return out;
}

std::string Bash() {
  return "# bash completion for strongroom\n" + WordsFunction() +
         "complete -o filenames -F _strongroom_words strongroom\n";
}

// A file that zsh loads as the body of its function _strongroom, at the first completion.
std::string Zsh() {
  return "#compdef strongroom\nautoload -U +X bashcompinit && bashcompinit\n" + WordsFunction() +
         "_bash_complete -o filenames -F _strongroom_words\n";
}

std::string FishOption(const Option& option, const std::string& condition) {
  std::string out = "complete -c strongroom" + condition + " -l " + std::string(option.name);
  if (option.letter != 0) out += std::string(" -s ") + option.letter;
  if (!option.value.empty())
    out +=
        option.completion == Completion::kFile || option.completion == Completion::kDirectory ? " -r" : " -x";
  if (option.completion == Completion::kWords) out += " -a " + Quoted(option.words);
  return out + " -d " + Quoted(option.help) + "\n";
}

std::string Fish() {
  std::string out = "# fish completion for strongroom\n";
  const std::string verbs = Joined(FirstWords());
  for (const std::string& first : FirstWords()) {
    std::string_view summary = GroupSummary(first);
    for (const Command* command : Commands()) summary = command->name == first ? command->summary : summary;
    out += "complete -c strongroom -n 'not __fish_seen_subcommand_from " + verbs + "' -f -a " + first +
           " -d " + Quoted(summary) + "\n";
  }
  for (const Command* command : Commands()) {
    const std::string first(FirstWord(command->name));
    std::string condition = " -n '__fish_seen_subcommand_from " + first;
    if (first != command->name) {
      const std::string second(command->name.substr(first.size() + 1));
      out +=
          "complete -c strongroom" + condition + "' -a " + second + " -d " + Quoted(command->summary) + "\n";
      condition += "; and __fish_seen_subcommand_from " + second;
    }
    condition += "'";
    for (const Option& option : command->options) out += FishOption(option, condition);
  }
  for (const Option& option : GlobalOptions()) out += FishOption(option, "");
  return out;
}

}  // namespace

Expected<std::string> CompletionScript(std::string_view shell) {
  if (shell == "bash") return Bash();
  if (shell == "zsh") return Zsh();
  if (shell == "fish") return Fish();
  return Fail(ErrorCode::kInvalidArgument, "no completion is made for the shell '" + std::string(shell) + "'",
              "ask for bash, zsh or fish");
}

}  // namespace strongroom::cli
