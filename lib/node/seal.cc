#include "strongroom/node/seal.h"

#include <algorithm>

#include "node/allowed_keyslots.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::node {
namespace {

release::Event SealEvent(const Node& node, log::Outcome outcome) {
  release::Event event{.action = log::Action::kSeal, .outcome = outcome};
  event.node = node.name;
  event.declaration = node.declaration;
  return event;
}

Status CheckSeries(const SealRequest& request) {
  if (!request.supersedes || request.supersedes->owner.key == request.owner_key->public_key()) return {};
  return Fail(ErrorCode::kUntrusted,
              "the bundle to be superseded belongs to " + request.supersedes->owner.name +
                  ", and this home has another owner's key",
              "seal with the home of that owner, or start a new series");
}

bundle::Manifest MakeManifest(const SealRequest& request, const bundle::Instance& instance,
                              bundle::SealedFiles sealed) {
  bundle::Manifest manifest;
  manifest.commitment = sealed.commitment;
  manifest.cooperative_keyslots = request.cooperative_keyslots;
  manifest.created = request.created;
  manifest.facts = request.facts;
  manifest.instance = instance;
  manifest.label = request.label;
  manifest.owner = {request.owner_name, request.owner_key->public_key()};
  manifest.packs = request.packs;
  manifest.parity = request.options.parity;
  manifest.subjects = std::move(sealed.subjects);
  if (request.supersedes) {
    manifest.series = request.supersedes->series;
    manifest.sequence = request.supersedes->sequence + 1;
  } else {
    crypto::RandomFill(manifest.series);
  }
  return manifest;
}

// A seal whose beginning is recorded.
class Sealing {
 public:
  Sealing(const Node& node, const SealRequest& request, bundle::Sealer& sealer)
      : node_(node), request_(request), sealer_(sealer) {}

  Expected<SealResult> Run(MadeKeyslots made, const bundle::ProgressFunction& progress,
                           std::stop_token stop) {
    SR_ASSIGN_OR_RETURN(bundle::SealedFiles sealed, sealer_.Run(progress, std::move(stop)));
    SealResult result;
    result.totals = sealer_.totals();
    result.resumed_size = sealer_.resumed_size();
    result.size = sealed.size;
    result.warnings = std::move(made.warnings);
    result.keyslots = std::move(made.slots);
    result.manifest = MakeManifest(request_, sealer_.instance(), std::move(sealed));
    SR_RETURN_IF_ERROR(Finish(result));
    return result;
  }

 private:
  Status Finish(SealResult& result) {
    SR_ASSIGN_OR_RETURN(const Bytes manifest,
                        bundle::SignManifest(result.manifest, *request_.owner_key, request_.owner_name));
    SR_ASSIGN_OR_RETURN(const bundle::UntrustedManifest read_back, bundle::ReadManifestUnverified(manifest));
    result.bundle_id = read_back.bundle_id;
    const keyslot::KeyslotsDocument document{result.bundle_id, result.manifest.instance, 1, result.keyslots};
    SR_ASSIGN_OR_RETURN(const Bytes keyslots, keyslot::SignKeyslots(document, *request_.owner_key));
    release::Event done = SealEvent(node_, log::Outcome::kDone);
    done.instance = document.instance;
    done.bundle_id = document.bundle_id;
    done.revision = document.revision;
    SR_RETURN_IF_ERROR(node_.broker.Report(done));
    SR_RETURN_IF_ERROR(sealer_.Finish(manifest, keyslots));
    return node_.seen.Remember(
        {result.manifest.series, result.manifest.sequence, document.bundle_id, document.revision});
  }

  const Node& node_;
  const SealRequest& request_;
  bundle::Sealer& sealer_;
};

// Records the beginning and makes the keyslots. The long work has not begun: a failure leaves nothing behind,
// unless it is a former run's.
Expected<MadeKeyslots> Begin(const Node& node, const SealRequest& request, const bundle::Sealer& sealer) {
  release::Event begun = SealEvent(node, log::Outcome::kPermit);
  begun.instance = sealer.instance();
  SR_RETURN_IF_ERROR(node.broker.Report(begun));
  return MakeKeyslots(request.keyslots, sealer.instance(), sealer.bundle_key());
}

// Records that a seal failed and gives its error back; if it cannot be recorded, that is the graver news.
Error Failed(const Node& node, const bundle::Instance& instance, Error error) {
  if (error.code == ErrorCode::kLogUnavailable) return error;
  release::Event failed = SealEvent(node, log::Outcome::kFailed);
  failed.instance = instance;
  failed.reasons = {std::string(Name(error.code))};  // the message may hold names of files
  const Expected<log::Receipt> receipt = node.broker.Report(failed);
  return receipt ? error : receipt.error();
}

}  // namespace

Expected<SealResult> Seal(const Node& node, SealRequest request, const bundle::ProgressFunction& progress,
                          std::stop_token stop) {
  SR_RETURN_IF_ERROR(CheckSeries(request));
  SR_RETURN_IF_ERROR(node.broker.CheckLog());
  SR_RETURN_IF_ERROR(CheckAllowed(node, request.keyslots, request.cooperative_keyslots,
                                  SealEvent(node, log::Outcome::kRefuse)));
  request.options.bulk = node.bulk;
  SR_ASSIGN_OR_RETURN(std::unique_ptr<bundle::Sealer> sealer,
                      bundle::Sealer::Start(node.files, request.options, *request.journal_key));
  const bundle::Instance instance = sealer->instance();
  Expected<MadeKeyslots> made = Begin(node, request, *sealer);
  if (!made) {
    const bool resumed = sealer->resumed();
    sealer.reset();
    if (!resumed) SR_RETURN_IF_ERROR(node.files.RemoveTree(request.options.output + ".partial"));
    return std::unexpected(Failed(node, instance, std::move(made).error()));
  }
  Expected<SealResult> result =
      Sealing(node, request, *sealer).Run(*std::move(made), progress, std::move(stop));
  if (!result) return std::unexpected(Failed(node, instance, std::move(result).error()));
  return result;
}

}  // namespace strongroom::node
