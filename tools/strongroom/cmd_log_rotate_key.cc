// strongroom log rotate-key.
#include "log_anchors.h"

namespace strongroom::cli {
namespace {

constexpr Option kOptions[] = {
    {.name = "lost",
     .help =
         "the present key is gone, or is not to be used again: the change is signed by the new key alone"},
};
constexpr Example kExamples[] = {
    {"strongroom log rotate-key", "a new key signs the log; the old one vouches for it"},
    {"strongroom log rotate-key --lost",
     "after log.key was lost; tell auditors and witnesses the new key yourself"},
};

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  const bool lost = arguments.Has("lost");
  const log::KeyChange change = lost ? log::KeyChange::kLoss : log::KeyChange::kRotation;
  const auto holds = [&](log::Log& log) { return CheckAnchor(session, home, log); };
  SR_ASSIGN_OR_RETURN(const envelope::NoteKey key, home.ChangeLogKey(change, session.clock(), holds));
  SR_ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, home.RememberedCheckpoint());
  SR_RETURN_IF_ERROR(AdvanceAnchor(session, home, checkpoint));
  Output& output = session.output();
  output.Line("the log is signed by a new key\n" + key.ToText());
  output.Note("give it to the log's witnesses" +
              std::string(lost ? " and auditors: nothing but your word connects it with the old one"
                               : "; auditors who know the old key find the change in the log"));
  envelope::ObjectBuilder members;
  members.String("key", key.ToText()).String("reason", log::Name(change));
  output.Object("log_key", std::move(members));
  return {};
}

}  // namespace

constexpr Command kLogRotateKey = {
    .name = "log rotate-key",
    .summary = "sign the log with a new key, and record the change in it",
    .description =
        "Makes a new signing key for the access log. The change is a record of the log itself, and the "
        "checkpoint "
        "over it is signed by both keys, so that whoever trusts the old one can follow. The home trusts the "
        "new key "
        "in the old one's place and keeps the old public key for the checkpoints that it signed.\n\nIf the "
        "key was "
        "lost, or others may have it, the change is recorded as a loss and signed by the new key alone. "
        "Auditors and "
        "witnesses must then be told of the new key in another way.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
