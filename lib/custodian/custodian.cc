#include "strongroom/custodian/custodian.h"

#include <algorithm>
#include <utility>

#include "custodian/access_record.h"
#include "custodian/sent_decision.h"
#include "strongroom/custodian/judgement.h"
#include "strongroom/keyslot/binding.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/policy/fact_files.h"

namespace strongroom::custodian {

// A request whose bundle has verified.
struct Custodian::Case {
  log::AccessRecord record;  // what is known of it so far
  ManifestFacts manifest;
  release::BundleVersion version;
  std::optional<log::RecordedKeyslot> keyslot;
  std::string node;
  Bytes declaration;
};

namespace {

Expected<keyslot::KeyslotsDocument> VerifyKeyslots(const ManifestFacts& manifest, ByteView envelope) {
  SR_ASSIGN_OR_RETURN(keyslot::KeyslotsDocument keyslots,
                      keyslot::ParseKeyslots(envelope, manifest.owner.key));
  SR_RETURN_IF_ERROR(keyslot::CheckBinding(keyslots, manifest.bundle_id, manifest.instance));
  return keyslots;
}

Expected<std::optional<log::RecordedKeyslot>> Find(const keyslot::KeyslotsDocument& keyslots,
                                                   std::optional<std::uint32_t> index) {
  if (!index) return std::optional<log::RecordedKeyslot>();
  if (*index >= keyslots.slots.size()) {
    return Fail(ErrorCode::kInvalidArgument, "the bundle has no keyslot " + std::to_string(*index));
  }
  return keyslot::RecordedAs(keyslots, *index);
}

Expected<policy::Facts> Declared(ByteView declaration) {
  auto facts = policy::ParseNodeDeclaration(declaration);
  if (!facts) return std::unexpected(std::move(facts).error().With("node.toml"));
  return facts;
}

Error CooperativeNotAllowed(const log::RecordedKeyslot& keyslot) {
  return Error(ErrorCode::kDenied,
               "keyslot " + std::to_string(keyslot.index) + " (" + keyslot.kind +
                   ") is cooperative, and the manifest allows enforced keyslots alone",
               "open through custodians, or ask the owner for a bundle that allows cooperative keyslots");
}

}  // namespace

// A log that cannot be written any more, as when another process has changed its key, is opened anew. It must
// then hold all that was seen of it before.
Expected<log::Log*> Custodian::WritableLog() {
  if (!log_ || !log_->CheckWritable()) {
    log_.reset();
    SR_ASSIGN_OR_RETURN(std::shared_ptr<log::Log> opened, with_.open_log());
    SR_RETURN_IF_ERROR(opened->CheckWritable());
    if (last_) SR_RETURN_IF_ERROR(opened->CheckExtends(*last_));
    log_ = std::move(opened);
  }
  last_ = log_->checkpoint();
  return log_.get();
}

Expected<log::Receipt> Custodian::Append(log::AccessRecord record) {
  SR_ASSIGN_OR_RETURN(log::Log * log, WritableLog());
  if (with_.seal_parts) {
    SR_ASSIGN_OR_RETURN(record, with_.seal_parts(std::move(record)));
  }
  SR_ASSIGN_OR_RETURN(log::Receipt receipt, log->Append(std::move(record)));
  last_ = receipt.checkpoint();
  SR_RETURN_IF_ERROR(with_.remember_checkpoint(receipt));
  return receipt;
}

Expected<Custodian::Case> Custodian::Examine(const release::ReleaseRequest& request) {
  Case asked;
  SR_ASSIGN_OR_RETURN(asked.manifest, with_.verify_manifest(request.manifest_envelope));
  const ManifestFacts& manifest = asked.manifest;
  SR_ASSIGN_OR_RETURN(const auto keyslots, VerifyKeyslots(manifest, request.keyslots_envelope));
  asked.version = {manifest.series, manifest.sequence, manifest.bundle_id, keyslots.revision};
  SR_RETURN_IF_ERROR(with_.seen->Check(asked.version));
  SR_ASSIGN_OR_RETURN(asked.keyslot, Find(keyslots, request.keyslot));
  asked.node = request.node;
  asked.declaration = request.declaration;
  asked.record.action = request.action;
  asked.record.bundle = log::RecordedBundle{manifest.instance, manifest.bundle_id, keyslots.revision};
  asked.record.keyslot = asked.keyslot;
  SR_RETURN_IF_ERROR(CheckLog());
  return asked;
}

Expected<release::Decision> Custodian::Decide(Case& asked) const {
  SR_ASSIGN_OR_RETURN(const policy::Facts declared, Declared(asked.declaration));
  AddNode(asked.node, declared, asked.record);
  if (asked.keyslot && asked.keyslot->keyslot_class == log::KeyslotClass::kCooperative &&
      !asked.manifest.cooperative_keyslots) {
    return std::unexpected(CooperativeNotAllowed(*asked.keyslot));
  }
  const std::string kind = asked.keyslot ? asked.keyslot->kind : std::string();
  SR_ASSIGN_OR_RETURN(
      const policy::Decision judged,
      Judge(asked.manifest, declared, kind, {with_.packs, with_.licences, with_.screen}, with_.clock->Now()));
  release::Decision decision = ToSend(judged);
  AddDecision(decision, asked.record);
  return decision;
}

// Records a refusal and gives it back; if it cannot be recorded, that is the graver news.
Error Custodian::Refuse(log::AccessRecord record, Error refusal) {
  record.outcome = log::Outcome::kRefuse;
  AddReasons({refusal.message}, record);
  AddReasons(refusal.why, record);
  const Expected<log::Receipt> receipt = Append(record);
  return receipt ? refusal : receipt.error();
}

Expected<release::Release> Custodian::Ask(const release::ReleaseRequest& request) {
  SR_ASSIGN_OR_RETURN(Case asked, Examine(request));
  Expected<release::Decision> decision = Decide(asked);
  if (!decision) return std::unexpected(Refuse(asked.record, decision.error()));
  if (decision->outcome != release::Outcome::kPermit) {
    return std::unexpected(Refuse(asked.record, release::Refusal(*decision)));
  }
  asked.record.outcome = log::Outcome::kPermit;
  SR_ASSIGN_OR_RETURN(log::Receipt receipt, Append(asked.record));
  SR_RETURN_IF_ERROR(with_.seen->Remember(asked.version));
  return release::Release{*std::move(decision), std::move(receipt)};
}

Expected<release::Decision> Custodian::Preview(const release::ReleaseRequest& request) {
  SR_ASSIGN_OR_RETURN(Case asked, Examine(request));
  return Decide(asked);
}

Status Custodian::CheckLog() {
  SR_ASSIGN_OR_RETURN(log::Log * log, WritableLog());
  return with_.check_log ? with_.check_log(*log) : Status();
}

Expected<log::Receipt> Custodian::Report(const release::Event& event) {
  SR_ASSIGN_OR_RETURN(const policy::Facts declared, Declared(event.declaration));
  log::AccessRecord record;
  record.action = event.action;
  record.outcome = event.outcome;
  if (event.instance) record.bundle = log::RecordedBundle{*event.instance, event.bundle_id, event.revision};
  record.keyslot = event.keyslot;
  AddNode(event.node, declared, record);
  AddReasons(event.reasons, record);
  return Append(record);
}

}  // namespace strongroom::custodian
