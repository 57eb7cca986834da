// Who cosigned a checkpoint, held against a policy file.
#ifndef STRONGROOM_COSIGNERS_H_
#define STRONGROOM_COSIGNERS_H_

#include <optional>
#include <string>

#include "session.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::cli {

inline constexpr Option kPolicyOption = {
    .name = "policy",
    .value = "FILE",
    .help = "witnesses and the quorum of them that must have cosigned, as docs/LOG.md describes",
    .completion = Completion::kFile};

// The policy of the home whose log it is; one that asks for nothing if there is no home, or none in it.
Expected<log::WitnessPolicy> ReadHomePolicy(Session& session, const std::optional<home::Home>& home);
// That of --policy, else the home's.
Expected<log::WitnessPolicy> ChoosePolicy(Session& session, const Arguments& arguments,
                                          const std::optional<home::Home>& home);

// "a1 (a.example, 2026-11-21T19:43:00Z), ..." of the cosignatures that count; empty if there are none.
std::string WitnessText(const log::WitnessPolicy& policy, const log::WitnessedCheckpoint& witnessed);
envelope::Json WitnessJson(const log::WitnessPolicy& policy, const log::WitnessedCheckpoint& witnessed);

}  // namespace strongroom::cli

#endif  // STRONGROOM_COSIGNERS_H_
