// Man pages in man(7) roff.
#include <algorithm>

#include "help.h"

namespace strongroom::cli {
namespace {

// Text as roff takes it: backslashes and hyphens escaped, no line that begins with a control character.
std::string Roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Heading(std::string_view title, std::string_view version) {
  std::string upper(title);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return ".TH \"" + Roff(upper) + "\" 1 \"\" \"strongroom " + Roff(version) + "\" \"Strongroom\"\n";
}

std::string Section(std::string_view name) {
  return ".SH " + std::string(name) + "\n";
}

std::string Item(std::string_view label, std::string_view text) {
  return ".TP\n\\fB" + Roff(label) + "\\fR\n" + Roff(text) + "\n";
}

std::string Options(std::span<const Option> options) {
  std::string out;
  for (const Option& option : options) {
    std::string label = option.letter != 0 ? std::string("-") + option.letter + ", --" : "--";
    label += option.name;
    if (!option.value.empty()) label += " " + std::string(option.value);
    std::string text(option.help);
    if (option.required) text += " (required)";
    if (option.repeatable) text += "; may be given several times";
    out += Item(label, text);
  }
  return out;
}

std::string Paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    out += ".PP\n" + Roff(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(text.size(), end + 2));
  }
  return out;
}

std::string ExitStatus() {
  std::string out = Section("EXIT STATUS");
  for (const ExitMeaning& exit : ExitMeanings()) out += Item(std::to_string(exit.code), exit.meaning);
  return out + ".PP\nOther codes may be added; treat an unknown one as failure.\n";
}

std::string PageTitle(const Command& command) {
  std::string title = "strongroom-" + std::string(command.name);
  for (char& c : title) c = c == ' ' ? '-' : c;
  return title;
}

std::string Environment() {
  return Section("ENVIRONMENT") + Item("STRONGROOM_HOME", "the home, where --home is not given") +
         Item("STRONGROOM_TCTI", "the TPM, where --tcti is not given") +
         Item("NO_COLOR, FORCE_COLOR, TERM=dumb", "whether messages are coloured") +
         ".PP\nNo secret is ever taken from an argument or from the environment.\n";
}

}  // namespace

std::string ManPageName(const Command& command) {
  return PageTitle(command) + ".1";
}

std::string OverviewManPage(std::string_view version) {
  std::string out = Heading("strongroom", version) + Section("NAME") +
                    "strongroom \\- custody for closed AI model weights\n";
  out += Section("SYNOPSIS") + ".B strongroom\n\\fICOMMAND\\fR [\\fIoptions\\fR]\n";
  out += Section("DESCRIPTION") +
         ".PP\nEncrypts, compresses and shards model weights, seals their key to hardware, releases it only "
         "where a dated policy permits, and lets "
         "no access happen that is not first in a tamper\\-evident log.\n";
  out += Section("COMMANDS");
  for (const Command* command : Commands()) out += Item(command->name, command->summary);
  out += Section("OPTIONS") + Options(GlobalOptions()) + Environment() + ExitStatus() + Section("SEE ALSO");
  for (const Command* command : Commands()) out += "\\fB" + Roff(PageTitle(*command)) + "\\fR(1)\n";
  return out;
}

std::string CommandManPage(const Command& command, std::string_view version) {
  const std::string title = PageTitle(command);
  std::string out =
      Heading(title, version) + Section("NAME") + Roff(title) + " \\- " + Roff(command.summary) + "\n";
  out += Section("SYNOPSIS") + "\\fB" + Roff(Usage(command)) + "\\fR\n";
  if (!command.examples.empty()) out += Section("EXAMPLES");
  for (const Example& example : command.examples) {
    out += ".PP\n" + Roff(example.says) + ":\n.PP\n.nf\n    " + Roff(example.command) + "\n.fi\n";
  }
  out += Section("DESCRIPTION") + Paragraphs(command.description);
  if (!command.positionals.empty()) out += Section("ARGUMENTS");
  for (const Positional& positional : command.positionals) out += Item(positional.name, positional.help);
  if (!command.options.empty()) out += Section("OPTIONS") + Options(command.options);
  out += Section("OPTIONS OF EVERY COMMAND") + Options(GlobalOptionsBeside(command));
  return out + Environment() + ExitStatus() + Section("SEE ALSO") + "\\fBstrongroom\\fR(1)\n";
}

}  // namespace strongroom::cli
