#include "release_question.h"

#include <set>

namespace strongroom::cli {
namespace {

// The kinds of keyslot that the manifest lets anybody use.
std::set<std::string, std::less<>> KindsAllowed(const ReleaseQuestion& question) {
  std::set<std::string, std::less<>> kinds;
  for (const keyslot::Keyslot& slot : question.keyslots.slots) {
    const bool cooperative = keyslot::Class(slot) == log::KeyslotClass::kCooperative;
    if (!cooperative || question.manifest.cooperative_keyslots)
      kinds.insert(std::string(keyslot::Kind(slot)));
  }
  return kinds;
}

}  // namespace

Expected<ReleaseQuestion> ReadReleaseQuestion(const EmbeddedNode& node, const std::string& bundle) {
  SR_ASSIGN_OR_RETURN(node::VerifiedBundle verified, node::VerifyBundle(node.node(), bundle));
  return ReleaseQuestion{.manifest = ToManifestFacts(std::move(verified.manifest)),
                         .keyslots = std::move(verified.keyslots)};
}

Expected<ReleaseAnswer> AskForRelease(const ReleaseQuestion& question, const policy::Facts& declared,
                                      const custodian::Grounds& grounds, Timestamp at) {
  std::optional<ReleaseAnswer> laxest;
  for (const std::string& kind : KindsAllowed(question)) {
    SR_ASSIGN_OR_RETURN(policy::Decision decision,
                        custodian::Judge(question.manifest, declared, kind, grounds, at));
    if (!laxest || decision.outcome < laxest->decision.outcome) laxest = {kind, std::move(decision)};
  }
  if (laxest) return *std::move(laxest);
  return Fail(ErrorCode::kDenied, "the manifest allows enforced keyslots alone, and the bundle has none",
              "ask the owner for a keyslot of custodians");
}

}  // namespace strongroom::cli
