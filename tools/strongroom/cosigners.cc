#include "cosigners.h"

#include "witnesses.h"

namespace strongroom::cli {

Expected<log::WitnessPolicy> ReadHomePolicy(Session& session, const std::optional<home::Home>& home) {
  if (!home) return log::WitnessPolicy();
  SR_ASSIGN_OR_RETURN(auto policy, ReadWitnessPolicy(session.files(), *home));
  return std::move(policy).value_or(log::WitnessPolicy());
}

Expected<log::WitnessPolicy> ChoosePolicy(Session& session, const Arguments& arguments,
                                          const std::optional<home::Home>& home) {
  const auto path = arguments.Optional("policy");
  return path ? ReadPolicyFile(session.files(), *path) : ReadHomePolicy(session, home);
}

std::string WitnessText(const log::WitnessPolicy& policy, const log::WitnessedCheckpoint& witnessed) {
  std::string text;
  for (const log::Cosignature& cosignature : witnessed.cosignatures) {
    const log::WitnessPolicy::Witness& witness = policy.witnesses()[cosignature.key];
    text += (text.empty() ? "" : ", ") + Printable(witness.name) + " (" + Printable(witness.operator_name) +
            ", " + ToRfc3339(cosignature.time) + ")";
  }
  return text;
}

envelope::Json WitnessJson(const log::WitnessPolicy& policy, const log::WitnessedCheckpoint& witnessed) {
  envelope::Json::Array list;
  for (const log::Cosignature& cosignature : witnessed.cosignatures) {
    const log::WitnessPolicy::Witness& witness = policy.witnesses()[cosignature.key];
    envelope::ObjectBuilder members;
    members.String("name", witness.name)
        .String("operator", witness.operator_name)
        .String("key", witness.key.ToText())
        .Time("time", cosignature.time);
    list.emplace_back(members.Build());
  }
  return list;
}

}  // namespace strongroom::cli
