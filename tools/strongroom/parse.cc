#include "parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "help.h"

namespace strongroom::cli {
namespace {

using Values = std::vector<std::string>;

// One CLI11 parser for a command, with a place for the values of each of its options and positionals.
struct Parser {
  CLI::App* app = nullptr;
  const Command* command = nullptr;
  std::map<std::string_view, Values> options;
  std::map<std::string_view, std::int64_t> flags;
};

std::string OptionNames(const Option& option) {
  std::string names = "--" + std::string(option.name);
  if (option.letter != 0) names = std::string("-") + option.letter + "," + names;
  return names;
}

void AddOptions(Parser& parser, std::span<const Option> options) {
  for (const Option& option : options) {
    if (option.value.empty()) {
      parser.app->add_flag(OptionNames(option), parser.flags[option.name]);
    } else {
      // One value at a time, or the option would take the positionals after it.
      parser.app->add_option(OptionNames(option), parser.options[option.name])
          ->expected(1)
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
}

void AddPositionals(Parser& parser) {
  for (const Positional& positional : parser.command->positionals) {
    auto* option = parser.app->add_option(std::string(positional.name), parser.options[positional.name]);
    option->expected(1)
        ->allow_extra_args(positional.repeatable)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
}

std::string_view FirstWord(std::string_view name) {
  return name.substr(0, name.find(' '));
}

// The whole command line: root options, and a parser for each command, those of two words under one for the
// first word.
class CommandLine {
 public:
  CommandLine() {
    app_.set_help_flag();
    app_.require_subcommand(0, 1);
    app_.allow_extras();
    root_.app = &app_;
    AddOptions(root_, GlobalOptions());
    for (const Command* command : Commands()) AddCommand(*command);
  }

  Expected<ParsedLine> Parse(std::span<const char* const> words, std::string& usage);

 private:
  void AddCommand(const Command& command);
  CLI::App* GroupApp(std::string_view group);
  Expected<ParsedLine> Collect(const Parser* chosen, std::string group);

  CLI::App app_{"strongroom", "strongroom"};
  Parser root_;
  std::map<std::string_view, CLI::App*> groups_;
  std::vector<std::unique_ptr<Parser>> parsers_;
};

CLI::App* CommandLine::GroupApp(std::string_view group) {
  CLI::App*& app = groups_[group];
  if (app == nullptr) {
    app = app_.add_subcommand(std::string(group));
    app->set_help_flag();
    app->require_subcommand(0, 1)->fallthrough()->allow_extras();
  }
  return app;
}

void CommandLine::AddCommand(const Command& command) {
  auto parser = std::make_unique<Parser>();
  const std::string_view first = FirstWord(command.name);
  CLI::App* parent = first == command.name ? &app_ : GroupApp(first);
  parser->command = &command;
  parser->app = parent->add_subcommand(std::string(command.name.substr(command.name.rfind(' ') + 1)));
  parser->app->set_help_flag();
  parser->app->fallthrough()->allow_extras();
  AddOptions(*parser, command.options);
  AddPositionals(*parser);
  parsers_.push_back(std::move(parser));
}

// How many letters one has to insert, drop, change, or swap with their neighbour.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string Suggestion(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best.empty() ? "" : "did you mean '" + best + "'?";
}

std::vector<std::string> KnownOptions(const Parser* chosen) {
  std::vector<std::string> known;
  for (const Option& option : GlobalOptions()) known.push_back("--" + std::string(option.name));
  if (chosen == nullptr) return known;
  for (const Option& option : chosen->command->options) known.push_back("--" + std::string(option.name));
  return known;
}

std::vector<std::string> KnownVerbs(std::string_view group) {
  std::vector<std::string> known;
  for (const Command* command : Commands()) {
    const std::string_view first = FirstWord(command->name);
    if (group.empty()) known.emplace_back(first);
    if (!group.empty() && first == group && first != command->name)
      known.emplace_back(command->name.substr(first.size() + 1));
  }
  return known;
}

Status CheckExtras(const Parser* chosen, std::string_view group, const std::vector<std::string>& extras) {
  for (const std::string& word : extras) {
    if (word == "--" || !word.starts_with('-') || word == "-") continue;
    return Fail(ErrorCode::kInvalidArgument, "there is no option '" + word + "' here",
                Suggestion(word.substr(0, word.find('=')), KnownOptions(chosen)));
  }
  for (const std::string& word : extras) {
    if (word == "--") continue;
    if (chosen != nullptr)
      return Fail(ErrorCode::kInvalidArgument, "'" + word + "' is one argument too many");
    const std::string what = group.empty() ? "there is no command '" + word + "'"
                                           : "there is no command '" + std::string(group) + " " + word + "'";
    return Fail(ErrorCode::kInvalidArgument, what, Suggestion(word, KnownVerbs(group)));
  }
  return {};
}

// Moves what CLI11 collected to `out`, holding it to what the table says about repeating.
Status Gather(const Parser& parser, std::span<const Option> options, Arguments& out) {
  for (const Option& option : options) {
    const std::string name = "--" + std::string(option.name);
    if (option.value.empty()) {
      if (parser.flags.at(option.name) > 0) out.Add(option.name, "");
      continue;
    }
    const Values& values = parser.options.at(option.name);
    if (values.size() > 1 && !option.repeatable)
      return Fail(ErrorCode::kInvalidArgument, name + " is given more than once");
    for (const std::string& value : values) {
      if (value.empty())
        return Fail(ErrorCode::kInvalidArgument, name + " needs a value: " + std::string(option.value));
      out.Add(option.name, value);
    }
  }
  return {};
}

Status CheckRequired(const Command& command, const Arguments& arguments) {
  for (const Positional& positional : command.positionals) {
    if (positional.optional || arguments.Has(positional.name)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                std::string(positional.name) + " is missing: " + std::string(positional.help));
  }
  for (const Option& option : command.options) {
    if (!option.required || arguments.Has(option.name)) continue;
    return Fail(ErrorCode::kInvalidArgument, "--" + std::string(option.name) + " " +
                                                 std::string(option.value) +
                                                 " is missing: " + std::string(option.help));
  }
  return {};
}

Expected<ParsedLine> CommandLine::Collect(const Parser* chosen, std::string group) {
  ParsedLine line;
  line.group = std::move(group);
  SR_RETURN_IF_ERROR(Gather(root_, GlobalOptions(), line.globals));
  if (chosen == nullptr) return line;
  line.command = chosen->command;
  SR_RETURN_IF_ERROR(Gather(*chosen, chosen->command->options, line.arguments));
  for (const Positional& positional : chosen->command->positionals) {
    for (const std::string& value : chosen->options.at(positional.name))
      line.arguments.Add(positional.name, value);
  }
  if (!line.globals.Has("help") && !line.globals.Has("version"))
    SR_RETURN_IF_ERROR(CheckRequired(*chosen->command, line.arguments));
  return line;
}

Expected<ParsedLine> CommandLine::Parse(std::span<const char* const> words, std::string& usage) {
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  std::string failure;
  try {
    app_.parse(reversed);
  } catch (const CLI::Error& error) {
    failure = error.what();
  }
  const Parser* chosen = nullptr;
  for (const auto& parser : parsers_) {
    if (parser->app->parsed()) chosen = parser.get();
  }
  std::string group;
  for (const auto& [name, app] : groups_) {
    if (app->parsed()) group = name;
  }
  usage = chosen != nullptr ? Usage(*chosen->command)
                            : "strongroom " + (group.empty() ? "" : group + " ") + "COMMAND [options]";
  if (!failure.empty()) return Fail(ErrorCode::kInvalidArgument, failure);
  SR_RETURN_IF_ERROR(CheckExtras(chosen, group, app_.remaining(true)));
  return Collect(chosen, std::move(group));
}

}  // namespace

Expected<ParsedLine> ParseLine(std::span<const char* const> words, std::string& usage) {
  return CommandLine().Parse(words, usage);
}

}  // namespace strongroom::cli
