// This machine as a node, with its custodian in the same process: what opens a bundle where no daemon stands
// between.
#ifndef STRONGROOM_EMBEDDED_NODE_H_
#define STRONGROOM_EMBEDDED_NODE_H_

#include <memory>
#include <vector>

#include "installed_packs.h"
#include "session.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/custodian/custodian.h"
#include "strongroom/custodian/judgement.h"
#include "strongroom/node/open.h"
#include "strongroom/policy/screening_list.h"

namespace strongroom::cli {

// How the policy names the pack that a manifest pins.
policy::PackReference ToReference(const bundle::PackPin& pin);

// What a custodian needs to know of it.
custodian::ManifestFacts ToManifestFacts(bundle::VerifiedManifest verified);

class EmbeddedNode {
 public:
  // Opens the home and wires node, custodian, log and packs together. The session must outlive it. Neither
  // log nor TPM is touched yet.
  static Expected<std::unique_ptr<EmbeddedNode>> Open(Session& session);
  EmbeddedNode(const EmbeddedNode&) = delete;
  EmbeddedNode& operator=(const EmbeddedNode&) = delete;

  [[nodiscard]] const node::Node& node() const { return *node_; }
  [[nodiscard]] const home::Home& home() const { return home_; }
  [[nodiscard]] const InstalledPacks& packs() const { return packs_; }
  [[nodiscard]] const std::vector<policy::Licence>& licences() const { return licences_; }
  // What the custodian would judge by if these packs were installed. Borrows the packs and this node.
  [[nodiscard]] custodian::Grounds GroundsWith(std::span<const policy::Pack> packs);

 private:
  // The home's memory of versions, as the custodian and the node ask for it.
  class SeenInHome final : public release::SeenVersions {
   public:
    explicit SeenInHome(home::Home& home) : home_(home) {}
    Status Check(const release::BundleVersion& version) const override;
    Status Remember(const release::BundleVersion& version) override;

   private:
    home::Home& home_;
  };

  EmbeddedNode(Session& session, home::Home home, envelope::TrustStore trust, InstalledPacks packs,
               std::vector<policy::Licence> licences, log::SealingRules sealing);
  [[nodiscard]] custodian::Dependencies Wiring();
  // Screens the operator whom the facts name against the home's list, which is read once, when first asked.
  // Returns sentences about it.
  Expected<std::vector<std::string>> Screen(policy::Facts& facts);

  Session& session_;
  home::Home home_;
  const envelope::TrustStore trust_;
  const InstalledPacks packs_;
  const std::vector<policy::Licence> licences_;
  const log::SealingRules sealing_;
  bool screening_read_ = false;
  std::optional<policy::ScreeningList> screening_;
  SeenInHome seen_;
  custodian::Custodian custodian_;
  std::optional<node::Node> node_;
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_EMBEDDED_NODE_H_
