#include "embedded_node.h"

#include "installed_licences.h"
#include "log_anchors.h"
#include "screening_facts.h"
#include "witnesses.h"

namespace strongroom::cli {

custodian::ManifestFacts ToManifestFacts(bundle::VerifiedManifest verified) {
  bundle::Manifest& manifest = verified.manifest;
  custodian::ManifestFacts facts;
  facts.bundle_id = verified.bundle_id;
  facts.instance = manifest.instance;
  facts.series = manifest.series;
  facts.sequence = manifest.sequence;
  facts.owner = std::move(manifest.owner);
  facts.label = std::move(manifest.label);
  facts.facts = std::move(manifest.facts);
  facts.cooperative_keyslots = manifest.cooperative_keyslots;
  for (const bundle::PackPin& pin : manifest.packs) facts.packs.push_back(ToReference(pin));
  return facts;
}

policy::PackReference ToReference(const bundle::PackPin& pin) {
  return {.authority = pin.authority,
          .id = pin.id,
          .min_version = pin.min_version,
          .digest = pin.digest,
          .follow = pin.rule == bundle::PackPin::Rule::kFrozen ? policy::PackReference::Follow::kFrozen
                                                               : policy::PackReference::Follow::kNewest};
}

Status EmbeddedNode::SeenInHome::Check(const release::BundleVersion& version) const {
  return home_.CheckSeen(version.series, version.sequence, version.bundle_id, version.revision);
}

Status EmbeddedNode::SeenInHome::Remember(const release::BundleVersion& version) {
  return home_.RememberSeen(version.series, version.sequence, version.bundle_id, version.revision);
}

EmbeddedNode::EmbeddedNode(Session& session, home::Home home, envelope::TrustStore trust,
                           InstalledPacks packs, std::vector<policy::Licence> licences,
                           log::SealingRules sealing)
    : session_(session),
      home_(std::move(home)),
      trust_(std::move(trust)),
      packs_(std::move(packs)),
      licences_(std::move(licences)),
      sealing_(std::move(sealing)),
      seen_(home_),
      custodian_(Wiring()) {}

Expected<std::vector<std::string>> EmbeddedNode::Screen(policy::Facts& facts) {
  if (!screening_read_) {
    SR_ASSIGN_OR_RETURN(screening_, LoadScreening(session_.files(), home_));
    screening_read_ = true;
  }
  if (!screening_) return std::vector<std::string>();
  SR_ASSIGN_OR_RETURN(const auto matches, policy::ScreenOperator(*screening_, facts));
  return policy::TellScreening(*screening_, matches);
}

custodian::Grounds EmbeddedNode::GroundsWith(std::span<const policy::Pack> packs) {
  return {packs, licences_, [this](policy::Facts& facts) { return Screen(facts); }};
}

custodian::Dependencies EmbeddedNode::Wiring() {
  custodian::Dependencies with;
  with.verify_manifest = [this](ByteView envelope) -> Expected<custodian::ManifestFacts> {
    SR_ASSIGN_OR_RETURN(bundle::VerifiedManifest verified, bundle::VerifyManifest(envelope, trust_));
    return ToManifestFacts(std::move(verified));
  };
  with.open_log = [this] { return session_.OpenLog(home_); };
  with.check_log = [this](log::Log& log) -> Status {
    SR_RETURN_IF_ERROR(CheckAnchor(session_, home_, log));
    return RequireWitnessed(session_.files(), home_, session_.clock(), log);
  };
  with.remember_checkpoint = [this](const log::Receipt& receipt) {
    return KeepCheckpoint(session_, home_, receipt);
  };
  with.seal_parts = [this](log::AccessRecord record) { return home_.SealParts(std::move(record), sealing_); };
  with.packs = packs_.packs;
  with.licences = licences_;
  with.screen = [this](policy::Facts& facts) { return Screen(facts); };
  with.seen = &seen_;
  with.clock = &session_.clock();
  return with;
}

Expected<std::unique_ptr<EmbeddedNode>> EmbeddedNode::Open(Session& session) {
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(envelope::TrustStore trust, home.Trust());
  SR_ASSIGN_OR_RETURN(Bytes declaration, home.NodeDeclaration());
  SR_ASSIGN_OR_RETURN(log::SealingRules sealing, home.SealingRules());
  const Timestamp now = session.clock().Now();
  SR_ASSIGN_OR_RETURN(InstalledPacks packs, LoadInstalledPacks(&home, now));
  SR_ASSIGN_OR_RETURN(InstalledLicences licences, LoadInstalledLicences(&home, now));
  NoteRefused(session, packs.refused);
  NoteRefused(session, licences.refused);
  SR_ASSIGN_OR_RETURN(std::shared_ptr<const crypto::BulkCrypto> bulk, session.Bulk());
  const std::string name = home.profile().name;
  std::unique_ptr<EmbeddedNode> made(new EmbeddedNode(session, std::move(home), std::move(trust),
                                                      std::move(packs), std::move(licences.licences),
                                                      std::move(sealing)));
  made->node_.emplace(node::Node{.files = session.files(),
                                 .trust = made->trust_,
                                 .seen = made->seen_,
                                 .broker = made->custodian_,
                                 .name = name,
                                 .declaration = std::move(declaration),
                                 .bulk = std::move(bulk)});
  return made;
}

}  // namespace strongroom::cli
