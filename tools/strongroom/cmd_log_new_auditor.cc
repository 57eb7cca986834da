// strongroom log new-auditor: a key to which parts of records can be sealed.
#include "session.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/auditor.h"
#include "strongroom/secret/secret_file.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "NAME", .help = "what the auditor is called, as in auditor.example/2026"},
};
constexpr Option kOptions[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "where the private key goes; it must not be there yet",
     .required = true,
     .completion = Completion::kFile},
};
constexpr Example kExamples[] = {
    {"strongroom log new-auditor auditor.example/2026 -o auditor.key",
     "the line for the file 'auditors' of the homes whose logs this auditor reads"},
};

Status Run(Session& session, const Arguments& arguments) {
  const std::string name = arguments.Text("NAME");
  if (!envelope::IsNoteKeyName(name)) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' cannot name a key",
                "use a name without white space, control characters or '+'");
  }
  const auto key = crypto::X25519PrivateKey::Generate();
  const std::string path = arguments.Path("output");
  SR_RETURN_IF_ERROR(WriteSecretFile(session.files(), path, key.seed()));
  const std::string text = log::AuditorKey{name, key.public_key()}.ToText();
  Output& output = session.output();
  output.Line("auditor " + text);
  output.Object("auditor", std::move(envelope::ObjectBuilder().String("key", text).String("file", path)));
  output.Note(
      "next: put that line into the file 'auditors' of the home that keeps the log, beside one such as\n"
      "'seal party place': without " +
      path + " nobody reads what is sealed from then on");
  return {};
}

}  // namespace

constexpr Command kLogNewAuditor = {
    .name = "log new-auditor",
    .summary = "make a key to which parts of access records can be sealed",
    .description =
        "Writes the auditor's private key to a file (mode 0600) and prints the public line. With that line "
        "in the file 'auditors' of a home, and a line that says which parts, as in 'seal party node place "
        "reasons', those parts of every further record are encrypted to the auditor; the log itself holds a "
        "commitment in the place of each. Parts that can be sealed: decision, node, note, party, place, "
        "reasons.\n\nThe key is the auditor's: make it on his machine, and keep a copy. It needs no home.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
