// strongroom rekey: new keyslots for a bundle, its shards untouched.
#include <algorithm>

#include "embedded_node.h"
#include "keyslot_options.h"
#include "strongroom/node/rekey.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "BUNDLE", .help = "the bundle's directory", .completion = Completion::kDirectory}};
constexpr auto kOptions =
    Join(Join(kKeyslotOptions, kUnlockOptions),
         std::array<Option, 1>{{
             {.name = "check", .help = "try the keyslots that this node can use, and change nothing"},
         }});
constexpr Example kExamples[] = {
    {"strongroom rekey model.bundle --via recovery:old.txt --to tpm --to recovery:new.txt "
     "--generate-recovery",
     "move to this machine's TPM and a new passphrase"},
    {"strongroom rekey model.bundle --check --via tpm --via recovery:passphrase.txt",
     "would each of them still open it?"},
};

Status CheckSlots(Session& session, const EmbeddedNode& embedded, const node::OpenRequest& request) {
  SR_ASSIGN_OR_RETURN(const std::vector<node::KeyslotCheck> checks,
                      node::CheckKeyslots(embedded.node(), request));
  std::optional<Error> failure;
  for (const node::KeyslotCheck& check : checks) {
    for (const std::string& warning : check.warnings) session.output().Warn(warning);
    const std::string result = !check.tried  ? "not tried: no source for it here"
                               : check.error ? check.error->message
                                             : "opens";
    session.output().Line("keyslot " + std::to_string(check.keyslot) + ": " + Printable(result));
    envelope::ObjectBuilder members;
    members.Integer("keyslot", check.keyslot)
        .Bool("tried", check.tried)
        .Bool("opens", check.tried && !check.error)
        .String("result", result);
    session.output().Object("keyslot", std::move(members));
    if (check.error && !failure)
      failure = Error(check.error->code,
                      "keyslot " + std::to_string(check.keyslot) + " does not open: " + check.error->message,
                      check.error->next);
  }
  if (failure) return std::unexpected(*std::move(failure));
  if (std::ranges::none_of(checks, &node::KeyslotCheck::tried))
    return Fail(ErrorCode::kNoKey, "no keyslot could be tried", "name sources by --via");
  return {};
}

void Tell(Output& output, const std::string& bundle, const node::RekeyResult& result) {
  output.Line("rekeyed " + Printable(bundle) + ": keyslots revision " + std::to_string(result.revision));
  envelope::Json::Array slots;
  for (const keyslot::Keyslot& slot : result.keyslots) {
    output.Line("keyslot " + std::to_string(slots.size()) + ": " + Describe(slot));
    slots.push_back(KeyslotJson(slot, slots.size()));
  }
  envelope::ObjectBuilder members;
  members.String("bundle", bundle).Integer("revision", result.revision).Value("keyslots", std::move(slots));
  output.Object("rekeyed", std::move(members));
  output.Note(
      "The bundle key is the same: who holds an old copy of keyslots.json and an old key still opens it. To "
      "revoke a past holder, seal anew.");
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(node::OpenRequest request, ReadOpenRequest(session, arguments, log::Action::kRekey));
  SR_ASSIGN_OR_RETURN(const auto embedded, EmbeddedNode::Open(session));
  if (arguments.Has("check")) {
    if (arguments.Has("to"))
      return Fail(ErrorCode::kInvalidArgument, "--check makes no keyslots: it takes no --to");
    return CheckSlots(session, *embedded, request);
  }
  SR_ASSIGN_OR_RETURN(const KeyslotPlan plan, ReadKeyslotPlan(session, arguments));
  WarnOfPlan(session, plan);
  SR_ASSIGN_OR_RETURN(const crypto::Ed25519PrivateKey owner_key, embedded->home().OwnerKey());
  SR_ASSIGN_OR_RETURN(const crypto::P256PrivateKey policy_key, embedded->home().PolicyKey());
  node::RekeyRequest rekey;
  rekey.open = std::move(request);
  SR_ASSIGN_OR_RETURN(rekey.keyslots, PrepareKeyslots(session, plan, policy_key.public_key()));
  rekey.owner_key = &owner_key;
  const std::string bundle = rekey.open.bundle;
  SR_ASSIGN_OR_RETURN(const node::RekeyResult result, node::Rekey(embedded->node(), std::move(rekey)));
  for (const std::string& warning : result.warnings) session.output().Warn(warning);
  Tell(session.output(), bundle, result);
  return {};
}

}  // namespace

constexpr Command kRekey = {
    .name = "rekey",
    .summary = "replace a bundle's keyslots, its shards untouched",
    .description =
        "Recovers the bundle key by one keyslot, as open does (policy and record first), makes the keyslots "
        "that --to names, and replaces keyslots.json "
        "whole. Only its owner can: the document is signed.\n\n"
        "Rekeying changes who is let in from now on. It does not revoke: old keyslots with their keys still "
        "open what they opened. For that, seal anew.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
