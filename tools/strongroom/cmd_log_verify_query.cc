// strongroom log verify-query: the answer of a log query, checked offline with the log's public key.
#include "log_answer_text.h"
#include "log_trust.h"
#include "cosigners.h"
#include "strongroom/log/completeness.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "FILE", .help = "the proof, as log query --complete wrote it", .completion = Completion::kFile},
};
constexpr Option kOptions[] = {
    {.name = "key",
     .value = "VKEY",
     .help = "the log's verifier key, from anybody but who gave you the proof; else the home's",
     .repeatable = true},
    kPolicyOption,
    {.name = "expect-bundle", .value = "ID", .help = "refuse an answer about another bundle"},
    {.name = "expect-size",
     .value = "N",
     .help = "refuse an answer from a log of fewer entries, such as one that you have seen before"},
};
constexpr Example kExamples[] = {
    {"strongroom log verify-query answer --key VKEY", "are these all the records about that bundle?"},
    {"strongroom log verify-query answer --key VKEY --policy witnesses --expect-bundle ID",
     "and did enough witnesses see that log?"},
};

std::unexpected<Error> Refused(Error error, const std::string& path) {
  if (error.next.empty()) error.next = "ask for the answer again, and keep this one: it is worth nothing";
  return std::unexpected(std::move(error).With(path));
}

Expected<log::CompletenessProof> ReadProof(Session& session, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes text, ReadWhole(session.files(), path, log::kMaxCompletenessProofSize));
  auto proof = log::ParseCompletenessProof(AsText(text));
  if (!proof) return Refused(std::move(proof).error(), path);
  return proof;
}

// What was asked; of the bundle that the proof names, where nobody says.
Expected<log::CompletenessQuestion> ReadQuestion(const Arguments& arguments, const Digest& of_the_proof) {
  log::CompletenessQuestion question{.key = of_the_proof};
  if (const auto text = arguments.Optional("expect-bundle")) {
    SR_ASSIGN_OR_RETURN(question.key, ParseBundleKey(*text, "--expect-bundle"));
  }
  SR_ASSIGN_OR_RETURN(const auto size, arguments.Number("expect-size", 0, UINT64_MAX));
  question.min_size = size.value_or(0);
  return question;
}

Status VerifyQuery(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const LogTrust trust, ReadLogTrust(session, arguments));
  const std::string path = arguments.Text("FILE");
  SR_ASSIGN_OR_RETURN(const log::CompletenessProof proof, ReadProof(session, path));
  SR_ASSIGN_OR_RETURN(const log::CompletenessQuestion question, ReadQuestion(arguments, proof.key));
  auto answer = log::VerifyCompleteness(proof, question, trust.keys, trust.policy, std::nullopt);
  if (!answer) return Refused(std::move(answer).error(), path);
  SR_RETURN_IF_ERROR(CheckSucceeded(session, trust, proof.checkpoint_note));
  return ReportAnswer(session.output(), question.key, *answer, trust.policy);
}

}  // namespace

constexpr Command kLogVerifyQuery = {
    .name = "log verify-query",
    .summary = "check that an answer of log query leaves nothing out, offline",
    .description =
        "Takes the file that log query --complete wrote and the log's verifier key, and needs nothing else: "
        "neither the log nor a network, nor a home if --key is given. Shows the records, and for which log "
        "they are all: how many entries it had, until when, and who cosigned it.\n\nThat none is missing "
        "rests, for what stands before it, on the log's last index record, which everybody who runs log "
        "verify on the whole log checks. An answer may be old: read until when it reaches, or say with "
        "--expect-size how many entries the log has at least.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = VerifyQuery,
};

}  // namespace strongroom::cli
