#include "help.h"

#include <algorithm>

namespace strongroom::cli {
namespace {

constexpr std::size_t kWidth = 100;

std::string_view FirstWord(std::string_view name) {
  return name.substr(0, name.find(' '));
}

std::string Label(const Option& option) {
  std::string label = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
  label += "--" + std::string(option.name);
  if (!option.value.empty()) label += " " + std::string(option.value);
  if (option.repeatable) label += " ...";
  return label;
}

// "label   text", the text broken into lines that start under one another.
std::string Entry(std::string_view label, std::string_view text, std::size_t column) {
  std::string out = "  " + std::string(label);
  if (text.empty()) return out + "\n";
  std::size_t at = out.size();
  if (!label.empty() && at + 2 > column) {
    out += "\n";
    at = 0;
  }
  out += std::string(column - at, ' ');
  at = column;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (at > column && at + 1 + word.size() > kWidth) {
      out += "\n" + std::string(column, ' ');
      at = column;
    }
    if (at > column) {
      out += ' ';
      ++at;
    }
    out += word;
    at += word.size();
  }
  return out + "\n";
}

std::string Paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    out += Entry("", text.substr(0, end), 2);
    text.remove_prefix(std::min(text.size(), end + 2));
    if (!text.empty()) out += "\n";
  }
  return out;
}

std::string OptionList(std::span<const Option> options) {
  std::string out;
  for (const Option& option : options) {
    out += Entry(Label(option), std::string(option.help) + (option.required ? " (required)" : ""), 28);
  }
  return out;
}

std::string ExitList() {
  std::string out;
  for (const ExitMeaning& exit : ExitMeanings()) out += Entry(std::to_string(exit.code), exit.meaning, 7);
  return out;
}

std::string ExampleList(const Command& command) {
  std::string out;
  for (const Example& example : command.examples) {
    out += Entry("# " + std::string(example.says), "", 2);
    out += "  " + std::string(example.command) + "\n";
  }
  return out;
}

}  // namespace

std::string Usage(const Command& command) {
  std::string usage = "strongroom " + std::string(command.name);
  for (const Positional& positional : command.positionals) {
    std::string word(positional.name);
    if (positional.repeatable) word += "...";
    usage += positional.optional ? " [" + word + "]" : " " + word;
  }
  for (const Option& option : command.options) {
    if (!option.required) continue;
    usage += " " + (option.letter != 0 ? std::string("-") + option.letter : "--" + std::string(option.name));
    if (!option.value.empty()) usage += " " + std::string(option.value);
    if (option.repeatable) usage += "...";
  }
  return usage + " [options]";
}

std::string Overview() {
  std::string out =
      "strongroom - custody for closed AI model weights\n\nusage: strongroom COMMAND "
      "[options]\n\ncommands:\n";
  for (const Command* command : Commands()) out += Entry(command->name, command->summary, 24);
  out += "\noptions of every command:\n" + OptionList(GlobalOptions());
  out += "\nexit status:\n" + ExitList();
  out += "\n'strongroom help COMMAND' shows one command, with examples.\n";
  return out;
}

std::string GroupHelp(std::string_view group) {
  std::string out =
      "strongroom " + std::string(group) + " - " + std::string(GroupSummary(group)) + "\n\ncommands:\n";
  for (const Command* command : Commands()) {
    if (FirstWord(command->name) == group) out += Entry(command->name, command->summary, 24);
  }
  return out;
}

std::string CommandHelp(const Command& command) {
  std::string out = "strongroom " + std::string(command.name) + " - " + std::string(command.summary) +
                    "\n\nusage: " + Usage(command) + "\n";
  if (!command.examples.empty()) out += "\nexamples:\n" + ExampleList(command);
  out += "\n" + Paragraphs(command.description);
  if (!command.positionals.empty()) out += "\narguments:\n";
  for (const Positional& positional : command.positionals) out += Entry(positional.name, positional.help, 28);
  if (!command.options.empty()) out += "\noptions:\n" + OptionList(command.options);
  out += "\noptions of every command:\n" + OptionList(GlobalOptionsBeside(command));
  out += "\nexit status:\n" + ExitList();
  return out;
}

}  // namespace strongroom::cli
