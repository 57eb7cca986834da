// The table of commands: what each is called, takes and does. Parsing, help, man pages and shell completions
// are all made from it.
#ifndef STRONGROOM_COMMAND_H_
#define STRONGROOM_COMMAND_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"

namespace strongroom::cli {

class Session;

// What a shell may offer for a value.
enum class Completion { kNone, kFile, kDirectory, kWords };

// An option; a flag if `value` is empty.
struct Option {
  std::string_view name = {};   // long form, without dashes
  char letter = 0;              // short form, or 0
  std::string_view value = {};  // what its value is called in help: "FILE"
  std::string_view help = {};
  bool required = false;
  bool repeatable = false;  // given again, it adds a value; otherwise that is an error
  Completion completion = Completion::kNone;
  std::string_view words = {};  // for Completion::kWords, separated by spaces
};

struct Positional {
  std::string_view name = {};  // "BUNDLE"
  std::string_view help = {};
  bool optional = false;
  bool repeatable = false;  // the last one only
  Completion completion = Completion::kNone;
  std::string_view words = {};
};

struct Example {
  std::string_view command;
  std::string_view says;
};

// The values that were given. Asking for an option that the command does not declare is a defect and finds
// nothing.
class Arguments {
 public:
  [[nodiscard]] bool Has(std::string_view name) const { return values_.contains(name); }
  // The value of an option or positional, or nothing.
  [[nodiscard]] std::optional<std::string> Optional(std::string_view name) const;
  // The same, empty where it was not given: for what the table requires.
  [[nodiscard]] std::string Text(std::string_view name) const { return Optional(name).value_or(""); }
  // The same for a path, without the slashes that a shell's completion may leave at its end.
  [[nodiscard]] std::string Path(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> All(std::string_view name) const;
  // A whole number within bounds; kInvalidArgument otherwise.
  [[nodiscard]] Expected<std::optional<std::uint64_t>> Number(std::string_view name, std::uint64_t min,
                                                              std::uint64_t max) const;

  void Add(std::string_view name, std::string value) {
    values_[std::string(name)].push_back(std::move(value));
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Command {
  std::string_view name = {};         // "seal", or two words: "policy check"
  std::string_view summary = {};      // one line, lower-case
  std::string_view description = {};  // paragraphs, separated by empty lines
  std::span<const Positional> positionals = {};
  std::span<const Option> options = {};
  std::span<const Example> examples = {};
  Status (*run)(Session& session, const Arguments& arguments) = nullptr;
};

// Each is defined in its own cmd_*.cc.
extern const Command kInit, kTrustAdd, kTrustList, kTrustRemove, kSeal, kOpen, kCat, kLs, kInspect, kVerify,
    kRepair, kRekey, kNodeShow, kNodeApprovePcrs, kPolicyCheck, kPolicyDiff, kPolicyExplain, kPolicyImpact,
    kPolicyInstall, kPolicyLint, kPolicyList, kPolicyMap, kPolicyRemove, kPolicyScreen, kPolicyShow,
    kPolicySign, kPolicyTest, kLogAnchor, kLogErase, kLogNewAuditor, kLogRotateKey, kLogServe, kLogShow,
    kLogVerify, kLogCheckpoint, kLogWitness, kLogExport, kLogProve, kLogVerifyProof, kLogQuery,
    kLogVerifyQuery, kSelftest, kDoctor, kBench, kHelp;

std::span<const Command* const> Commands();  // in the order in which help shows them
std::span<const Option> GlobalOptions();     // accepted before and after the verb
std::vector<Option> GlobalOptionsBeside(
    const Command& command);  // without those whose name the command has for something else
std::string_view GroupSummary(
    std::string_view group);  // of "policy" and other first words of two; empty for the others

struct ExitMeaning {
  int code;
  std::string_view meaning;
};
std::span<const ExitMeaning> ExitMeanings();

}  // namespace strongroom::cli

#endif  // STRONGROOM_COMMAND_H_
