#include "log_answer_text.h"

#include "log_entry_text.h"
#include "cosigners.h"
#include "units.h"

namespace strongroom::cli {
namespace {

std::string Summary(const Digest& key, const log::CompleteAnswer& answer, const log::WitnessPolicy& policy) {
  const log::Checkpoint& checkpoint = answer.checkpoint.checkpoint;
  const std::string witnesses = WitnessText(policy, answer.checkpoint);
  Table table({"bundle", Hex(key)});
  table.Row({"log", Printable(checkpoint.origin)});
  table.Row({"entries", std::to_string(checkpoint.size)});
  table.Row({"root", Hex(checkpoint.root)});
  table.Row({"until", answer.last_time ? ToRfc3339(*answer.last_time) : "the log is empty"});
  table.Row({"index", answer.indexed > 0 ? "entry " + std::to_string(answer.indexed)
                                         : "none yet: every entry was looked at"});
  table.Row({"witnesses", witnesses.empty() ? "none asked for" : witnesses});
  return table.Render();
}

envelope::ObjectBuilder Members(const Digest& key, const log::CompleteAnswer& answer,
                                const log::WitnessPolicy& policy) {
  const log::Checkpoint& checkpoint = answer.checkpoint.checkpoint;
  envelope::ObjectBuilder members;
  members.Digest("bundle", key).Integer("records", answer.matches.size());
  members.String("origin", checkpoint.origin)
      .Integer("size", checkpoint.size)
      .Digest("root", checkpoint.root);
  members.OptionalTime("until", answer.last_time).Integer("indexed", answer.indexed);
  members.Value("witnesses", WitnessJson(policy, answer.checkpoint));
  return members;
}

}  // namespace

Status ReportAnswer(Output& output, const Digest& key, const log::CompleteAnswer& answer,
                    const log::WitnessPolicy& policy) {
  Table table = LogEntryTable();
  for (const log::CompleteAnswer::Match& match : answer.matches) {
    table.Row(LogEntryRow(match.index, match.record));
    if (!output.json()) continue;
    SR_RETURN_IF_ERROR(EmitLogEntry(output, match.index, log::SerializeAccessRecord(match.record)));
  }
  if (!answer.matches.empty()) output.Line(table.Render() + "\n");
  const std::string count = Count(answer.matches.size(), "record");
  output.Line((answer.matches.size() == 1 ? count + " names" : count + " name") +
              " the bundle, and no other does\n" + Summary(key, answer, policy));
  output.Object("answer", Members(key, answer, policy));
  return {};
}

}  // namespace strongroom::cli
