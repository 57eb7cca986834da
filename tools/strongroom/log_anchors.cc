#include "log_anchors.h"

#include <limits>

#include "units.h"
#include "witnesses.h"

namespace strongroom::cli {
namespace {

// What does not hold is not to be written to, whatever is wrong with it.
Error Unavailable(Error error) {
  error.code = ErrorCode::kLogUnavailable;
  return error;
}

AnchorFinding Remembered(const home::Home& home, const anchor::LogHolds& holds) {
  AnchorFinding finding{.text = "remembered checkpoint", .outside_home = false, .error = std::nullopt};
  const auto remembered = home.RememberedCheckpoint();
  if (!remembered) {
    finding.error = remembered.error();
    return finding;
  }
  finding.text += " of " + Count(remembered->size, "record");
  if (const Status held = holds(*remembered); !held) finding.error = held.error();
  return finding;
}

AnchorFinding InTpm(const anchor::TpmAnchor& anchor, const anchor::LogHolds& holds) {
  AnchorFinding finding{.text = "TPM counter", .outside_home = true, .error = std::nullopt};
  const auto standing = anchor.Read();
  if (!standing) {
    finding.error = standing.error();
    return finding;
  }
  finding.text +=
      " at " + std::to_string(standing->count) + ", of " + Count(standing->checkpoint.size, "record");
  if (const Status held = holds(standing->checkpoint); !held) finding.error = held.error();
  return finding;
}

// What the witnesses vouch for, of whatever age; nothing where the home names none, or too few cosigned yet.
std::optional<AnchorFinding> Witnessed(Session& session, const home::Home& home,
                                       const anchor::LogHolds& holds) {
  AnchorFinding finding{.text = "witnesses", .outside_home = true, .error = std::nullopt};
  const auto policy = ReadWitnessPolicy(session.files(), home);
  if (policy && (!*policy || (*policy)->NeedsNoWitness())) return std::nullopt;
  const auto witnessed = policy ? CheckWitnessed(session.files(), home, **policy, session.clock().Now(),
                                                 std::numeric_limits<std::int64_t>::max())
                                : Expected<log::WitnessedCheckpoint>(std::unexpected(policy.error()));
  if (!witnessed) {
    if (witnessed.error().code == ErrorCode::kQuorum) return std::nullopt;
    finding.error = witnessed.error();
    return finding;
  }
  finding.text += " of " + Count(witnessed->checkpoint.size, "record");
  if (const Status held = holds(witnessed->checkpoint); !held) finding.error = held.error();
  return finding;
}

}  // namespace

anchor::TpmAnchor TpmAnchorOf(Session& session, const home::Home& home) {
  return {session.files(), home.PathOf("log.anchor"), session.TpmOpener()};
}

anchor::LogHolds HeldBy(log::Log& log) {
  return [&log](const log::Checkpoint& checkpoint) -> Status {
    // Another process may have appended since the log was opened: this reads it.
    if (checkpoint.size > log.size()) SR_RETURN_IF_ERROR(log.CheckWritable());
    return log.CheckExtends(checkpoint);
  };
}

Status CheckAnchor(Session& session, const home::Home& home, log::Log& log) {
  Status checked = TpmAnchorOf(session, home).Check(HeldBy(log));
  if (!checked) return std::unexpected(Unavailable(std::move(checked).error()));
  return checked;
}

Expected<std::shared_ptr<log::Log>> OpenAnchoredLog(Session& session, const home::Home& home) {
  SR_ASSIGN_OR_RETURN(std::shared_ptr<log::Log> log, session.OpenLog(home));
  SR_RETURN_IF_ERROR(CheckAnchor(session, home, *log));
  return log;
}

Status AdvanceAnchor(Session& session, const home::Home& home, const log::Checkpoint& checkpoint) {
  Status advanced = TpmAnchorOf(session, home).Advance(checkpoint);
  if (!advanced) return std::unexpected(Unavailable(std::move(advanced).error()));
  return advanced;
}

Status KeepCheckpoint(Session& session, home::Home& home, const log::Receipt& receipt) {
  SR_RETURN_IF_ERROR(home.RememberCheckpoint(receipt));
  return AdvanceAnchor(session, home, receipt.checkpoint());
}

std::vector<AnchorFinding> DescribeAnchors(Session& session, const home::Home& home,
                                           const anchor::LogHolds& holds) {
  std::vector<AnchorFinding> findings = {Remembered(home, holds)};
  const anchor::TpmAnchor anchor = TpmAnchorOf(session, home);
  const auto set = anchor.IsSet();
  if (!set || *set) findings.push_back(InTpm(anchor, holds));
  if (auto witnessed = Witnessed(session, home, holds)) findings.push_back(*std::move(witnessed));
  return findings;
}

}  // namespace strongroom::cli
