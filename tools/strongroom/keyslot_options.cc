#include "keyslot_options.h"

#include <algorithm>

#include "secret_source.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kChoices =
    "--to tpm seals to this machine's TPM; --to recovery:FILE to a passphrase (--generate-recovery makes "
    "one); give both, so that a lost TPM loses no model";

bool IsFile(const std::string& source) {
  return source != "-" && !source.starts_with("fd:");
}

Status CheckKeyslot(Session& session, const std::string& to, bool generate) {
  if (to == "tpm") return {};
  if (to.starts_with("custodian:")) {
    return Fail(ErrorCode::kUnsupported, "this version cannot seal to custodians yet", std::string(kChoices));
  }
  const auto source = RecoverySource(to);
  if (!source)
    return Fail(ErrorCode::kInvalidArgument, "--to does not know '" + to + "'", std::string(kChoices));
  const bool absent = IsFile(*source) && !session.files().Stat(*source);
  if (absent && generate) return {};
  auto checked = CheckRecoverySource(session, *source);
  if (!checked && absent)
    return std::unexpected(
        std::move(checked).error().Next("--generate-recovery puts a new passphrase into " + *source));
  return checked;
}

// Puts a new passphrase into a file that is not there yet.
Expected<keyslot::RecoverySecret> GenerateInto(Session& session, const std::string& path) {
  const SecretBytes passphrase = keyslot::GeneratePassphrase();
  SR_ASSIGN_OR_RETURN(const auto file, session.files().Open(path, OpenMode::kCreate));
  const std::array<std::uint8_t, 1> newline = {'\n'};
  const std::array<ByteView, 2> line = {passphrase.Expose(), newline};
  SR_RETURN_IF_ERROR(file->WritevAt(0, line));
  SR_RETURN_IF_ERROR(file->Sync());
  SR_RETURN_IF_ERROR(session.files().SyncDirectory(ParentDirectory(path)));
  session.output().Note("a recovery passphrase of 128 bits is in " + path +
                        ": keep it offline, away from the bundle");
  return keyslot::ParseRecoverySecret(passphrase);
}

// Asks twice; nothing typed means that one is generated, and shown.
Expected<keyslot::RecoverySecret> AskForNew(Session& session) {
  SR_ASSIGN_OR_RETURN(const SecretBytes first,
                      PromptSecret("new recovery passphrase (empty: generate one): ", session.interrupt()));
  if (first.empty()) {
    const SecretBytes generated = keyslot::GeneratePassphrase();
    SR_RETURN_IF_ERROR(
        ShowOnTerminal("recovery passphrase: ", generated, "\nwrite it down: it is shown once\n"));
    return keyslot::ParseRecoverySecret(generated);
  }
  SR_ASSIGN_OR_RETURN(const SecretBytes second, PromptSecret("once more: ", session.interrupt()));
  if (!ConstantTimeEqual(first.Expose(), second.Expose()))
    return Fail(ErrorCode::kInvalidArgument, "the two passphrases differ");
  return keyslot::ParseRecoverySecret(first);
}

Expected<keyslot::RecoverySecret> NewRecoverySecret(Session& session, const KeyslotPlan& plan,
                                                    const std::string& source) {
  if (source == "-") return AskForNew(session);
  if (plan.generate && IsFile(source) && !session.files().Stat(source)) return GenerateInto(session, source);
  return ReadRecoverySecret(session, source);
}

}  // namespace

Expected<KeyslotPlan> ReadKeyslotPlan(Session& session, const Arguments& arguments) {
  KeyslotPlan plan;
  plan.to = arguments.All("to");
  plan.generate = arguments.Has("generate-recovery");
  if (arguments.Has("threshold"))
    return Fail(ErrorCode::kUnsupported, "this version cannot seal to a threshold of custodians yet",
                std::string(kChoices));
  if (plan.to.empty())
    return Fail(ErrorCode::kInvalidArgument, "nobody could open it: no --to is given", std::string(kChoices));
  for (const std::string& to : plan.to) SR_RETURN_IF_ERROR(CheckKeyslot(session, to, plan.generate));
  if (const auto pcrs = arguments.Optional("pcrs")) {
    auto selection = tpm::PcrSelection::Parse(*pcrs);
    if (!selection) return std::unexpected(AsUsage(std::move(selection).error()).With("--pcrs"));
    plan.pcrs = *std::move(selection);
  }
  SR_ASSIGN_OR_RETURN(const auto floor, arguments.Number("approval-floor", 0, 255));
  plan.approval_floor = static_cast<std::uint8_t>(floor.value_or(0));
  return plan;
}

void WarnOfPlan(Session& session, const KeyslotPlan& plan) {
  if (!std::ranges::all_of(plan.to, [](const std::string& to) { return to == "tpm"; })) return;
  session.output().Warn(
      "sealed to a TPM alone: if it is lost, cleared or replaced, the model is lost; add --to recovery:FILE");
}

Expected<std::vector<node::NewKeyslot>> PrepareKeyslots(Session& session, const KeyslotPlan& plan,
                                                        const crypto::P256PublicKey& policy_key) {
  const keyslot::TpmSlotPlan tpm = {
      .pcrs = plan.pcrs, .policy_key = policy_key, .approval_floor = plan.approval_floor};
  std::vector<node::NewKeyslot> keyslots;
  for (const std::string& to : plan.to) {
    if (const auto source = RecoverySource(to)) {
      auto secret = NewRecoverySecret(session, plan, *source);
      if (!secret && secret.error().code == ErrorCode::kNoKey)
        return std::unexpected(AsUsage(std::move(secret).error()));
      if (!secret) return std::unexpected(std::move(secret).error());
      keyslots.emplace_back(node::NewRecoveryKeyslot{.secret = *std::move(secret)});
    } else {
      keyslots.emplace_back(node::NewTpmKeyslot{.tpm = session.TpmOpener(), .plan = tpm});
    }
  }
  return keyslots;
}

}  // namespace strongroom::cli
