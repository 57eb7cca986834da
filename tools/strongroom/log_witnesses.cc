#include "log_witnesses.h"

namespace strongroom::cli {
namespace {

constexpr std::uint64_t kMaxPolicySize = 1 << 20;
constexpr std::string_view kHomePolicy = "witnesses";

}  // namespace

Expected<log::WitnessPolicy> ReadWitnessPolicy(Session& session, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes text, ReadWhole(session.files(), path, kMaxPolicySize));
  auto policy = log::WitnessPolicy::Parse(AsText(text));
  if (!policy) return std::unexpected(std::move(policy).error().With(path));
  return policy;
}

Expected<log::WitnessPolicy> ReadHomePolicy(Session& session, const std::optional<home::Home>& home) {
  if (!home) return log::WitnessPolicy();
  auto policy = ReadWitnessPolicy(session, home->PathOf(kHomePolicy));
  if (!policy && policy.error().code == ErrorCode::kNotFound) return log::WitnessPolicy();
  return policy;
}

Expected<log::WitnessPolicy> ChoosePolicy(Session& session, const Arguments& arguments,
                                          const std::optional<home::Home>& home) {
  const auto path = arguments.Optional("policy");
  return path ? ReadWitnessPolicy(session, *path) : ReadHomePolicy(session, home);
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
