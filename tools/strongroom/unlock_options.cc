#include "unlock_options.h"

#include <algorithm>

#include "secret_source.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kRecoveryPrefix = "recovery:";

Status AddSource(Session& session, const std::string& via, node::KeySources& sources) {
  if (via == "tpm") {
    sources.tpm = session.TpmOpener();
    return {};
  }
  if (const auto source = RecoverySource(via)) {
    if (sources.recovery) return Fail(ErrorCode::kInvalidArgument, "--via recovery is given more than once");
    SR_RETURN_IF_ERROR(CheckRecoverySource(session, *source));
    sources.recovery = [&session, source = *source] { return ReadRecoverySecret(session, source); };
    return {};
  }
  if (via.starts_with("custodian")) {
    return Fail(ErrorCode::kUnsupported, "this version cannot ask custodians for a key",
                "give --via tpm or --via recovery:SOURCE");
  }
  return Fail(ErrorCode::kInvalidArgument, "--via does not know '" + via + "'",
              "give --via tpm or --via recovery:SOURCE");
}

}  // namespace

std::optional<std::string> RecoverySource(const std::string& keyslot) {
  if (!keyslot.starts_with(kRecoveryPrefix) || keyslot.size() == kRecoveryPrefix.size()) return std::nullopt;
  return keyslot.substr(kRecoveryPrefix.size());
}

Expected<node::OpenRequest> ReadOpenRequest(Session& session, const Arguments& arguments,
                                            log::Action action) {
  node::OpenRequest request;
  request.bundle = arguments.Path("BUNDLE");
  request.action = action;
  std::vector<std::string> via = arguments.All("via");
  if (via.empty()) via.emplace_back("tpm");
  for (const std::string& keyslot : via) SR_RETURN_IF_ERROR(AddSource(session, keyslot, request.sources));
  if (const auto file = arguments.Optional("approval")) {
    SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(session.files(), *file, keyslot::kMaxApprovalSize));
    auto approval = keyslot::ParseApproval(bytes);
    if (!approval) return std::unexpected(std::move(approval).error().With(*file));
    request.sources.approval = *std::move(approval);
  }
  if (const auto id = arguments.Optional("expect")) {
    const auto bytes = FromHex(*id);
    if (!bytes || bytes->size() != sizeof(Digest))
      return Fail(ErrorCode::kInvalidArgument, "--expect must be a bundle id: 64 hexadecimal digits");
    std::ranges::copy(*bytes, request.expected_id.emplace().begin());
  }
  return request;
}

Status CheckRecoverySource(const Session& session, const std::string& source) {
  if (source == "-" && !session.MayAsk())
    return Fail(ErrorCode::kInvalidArgument, "--no-input forbids asking for a passphrase",
                "give a file or fd:N");
  return CheckSecretSource(source);
}

Expected<keyslot::RecoverySecret> ReadRecoverySecret(Session& session, const std::string& source) {
  if (source == "-") {
    SR_ASSIGN_OR_RETURN(const SecretBytes typed, PromptSecret("passphrase: ", session.interrupt()));
    return keyslot::ParseRecoverySecret(typed);
  }
  SR_ASSIGN_OR_RETURN(const SecretBytes read, ReadSecret(source));
  auto secret = keyslot::ParseRecoverySecret(read);
  if (!secret) return std::unexpected(std::move(secret).error().With(source));
  return secret;
}

std::string Describe(const keyslot::Keyslot& slot) {
  std::string text(keyslot::Kind(slot));
  if (const auto* tpm = std::get_if<keyslot::TpmSlot>(&slot)) {
    text += ", PCRs " + tpm->pcrs.selection().ToString() + ", approvals from version " +
            std::to_string(tpm->approval_floor);
  } else if (const auto* recovery = std::get_if<keyslot::RecoverySlot>(&slot)) {
    text += recovery->passphrase ? ", by passphrase" : ", by recovery key";
  }
  text += "; " + std::string(log::Name(keyslot::Class(slot)));
  return text + (keyslot::IsPostQuantum(slot) ? "; post-quantum" : "; not post-quantum");
}

envelope::Json KeyslotJson(const keyslot::Keyslot& slot, std::size_t index) {
  envelope::ObjectBuilder members;
  members.Integer("index", index)
      .String("kind", keyslot::Kind(slot))
      .String("class", log::Name(keyslot::Class(slot)));
  members.Bool("post_quantum", keyslot::IsPostQuantum(slot));
  if (const auto* tpm = std::get_if<keyslot::TpmSlot>(&slot)) {
    members.String("pcrs", tpm->pcrs.selection().ToString()).Integer("approval_floor", tpm->approval_floor);
  } else if (const auto* recovery = std::get_if<keyslot::RecoverySlot>(&slot)) {
    members.String("by", recovery->passphrase ? "passphrase" : "recovery key");
  }
  return std::move(members).Build();
}

}  // namespace strongroom::cli
