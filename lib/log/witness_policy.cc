#include "strongroom/log/witness_policy.h"

#include <set>
#include <utility>

namespace strongroom::log {
namespace {

// The seconds from one time to a later one, however far apart.
std::uint64_t SecondsBetween(Timestamp from, Timestamp to) {
  return static_cast<std::uint64_t>(to.seconds) - static_cast<std::uint64_t>(from.seconds);
}

// Why a cosignature of this time does not count now; empty if it does.
std::string Staleness(Timestamp time, const Freshness& freshness) {
  const auto within = [](std::uint64_t seconds, std::int64_t bound) {
    return std::cmp_less_equal(seconds, bound);
  };
  if (time > freshness.now) {
    const bool counts = within(SecondsBetween(freshness.now, time), freshness.max_ahead_seconds);
    return counts ? "" : "cosigned at " + ToRfc3339(time) + ", which is not yet";
  }
  const bool counts = within(SecondsBetween(time, freshness.now), freshness.max_age_seconds);
  return counts ? "" : "cosigned at " + ToRfc3339(time) + ", too long ago";
}

Error NoQuorum(const WitnessPolicy& policy, const std::vector<std::string>& lacks) {
  Error error(ErrorCode::kQuorum, "the checkpoint is not cosigned by a quorum of witnesses",
              "ask the witnesses of the policy to cosign the log's newest checkpoint");
  for (std::size_t i = 0; i < lacks.size(); ++i) {
    if (!lacks[i].empty()) error.why.push_back("witness '" + policy.witnesses()[i].name + "': " + lacks[i]);
  }
  return error;
}

// Whether the policy accepts the log: all of them, where it names none.
Status CheckAccepted(const WitnessPolicy& policy, const envelope::Note& note, const std::string& origin) {
  if (policy.logs().empty()) return {};
  const auto accepted = VerifyCheckpoint(note, policy.LogKeys());
  if (accepted) return {};
  if (accepted.error().code == ErrorCode::kAltered) return std::unexpected(accepted.error());
  return Fail(ErrorCode::kUntrusted,
              "none of the policy's 'log' lines names a key that signed this checkpoint of '" + origin + "'",
              "add the log's key to the policy, if the policy is for this log");
}

}  // namespace

std::vector<envelope::NoteKey> WitnessPolicy::LogKeys() const {
  std::vector<envelope::NoteKey> keys;
  for (const Log& log : logs_) keys.push_back(log.key);
  return keys;
}

std::vector<CosignerKey> WitnessPolicy::WitnessKeys() const {
  std::vector<CosignerKey> keys;
  for (const Witness& witness : witnesses_) keys.push_back(witness.key);
  return keys;
}

std::uint64_t WitnessPolicy::Count(const Group& group, const std::vector<bool>& cosigned,
                                   const std::vector<bool>& met) const {
  std::uint64_t groups = 0;
  std::set<std::string_view> operators;
  for (const Member& member : group.members) {
    if (member.is_group) {
      if (met[member.index]) ++groups;
    } else if (cosigned[member.index]) {
      operators.insert(witnesses_[member.index].operator_name);
    }
  }
  return groups + operators.size();
}

bool WitnessPolicy::IsQuorum(std::span<const std::size_t> cosigned) const {
  if (!quorum_) return true;
  std::vector<bool> has_cosigned(witnesses_.size(), false);
  for (const std::size_t witness : cosigned) {
    if (witness < has_cosigned.size()) has_cosigned[witness] = true;
  }
  std::vector<bool> met;
  for (const Group& group : groups_) met.push_back(Count(group, has_cosigned, met) >= group.threshold);
  return quorum_->is_group ? met[quorum_->index] : has_cosigned[quorum_->index];
}

Expected<WitnessedCheckpoint> VerifyWitnessedCheckpoint(std::string_view note,
                                                        std::span<const envelope::NoteKey> log_keys,
                                                        const WitnessPolicy& policy,
                                                        const std::optional<Freshness>& freshness) {
  SR_ASSIGN_OR_RETURN(const envelope::Note parsed, envelope::ParseNote(note, kMaxCheckpointSize));
  WitnessedCheckpoint witnessed;
  SR_ASSIGN_OR_RETURN(witnessed.checkpoint, VerifyCheckpoint(parsed, log_keys));
  SR_RETURN_IF_ERROR(CheckAccepted(policy, parsed, witnessed.checkpoint.origin));
  SR_ASSIGN_OR_RETURN(const std::vector<Cosignature> cosignatures,
                      VerifyCosignatures(parsed, policy.WitnessKeys()));
  std::vector<std::string> lacks(policy.witnesses().size(), "has not cosigned it");
  std::vector<std::size_t> counted;
  for (const Cosignature& cosignature : cosignatures) {
    lacks[cosignature.key] = freshness ? Staleness(cosignature.time, *freshness) : "";
    if (!lacks[cosignature.key].empty()) continue;
    counted.push_back(cosignature.key);
    witnessed.cosignatures.push_back(cosignature);
  }
  if (!policy.IsQuorum(counted)) return std::unexpected(NoQuorum(policy, lacks));
  return witnessed;
}

}  // namespace strongroom::log
