// The options of commands that make keyslots: seal and rekey.
#ifndef STRONGROOM_KEYSLOT_OPTIONS_H_
#define STRONGROOM_KEYSLOT_OPTIONS_H_

#include <array>
#include <vector>

#include "command.h"
#include "session.h"
#include "strongroom/node/new_keyslots.h"

namespace strongroom::cli {

inline constexpr std::array<Option, 5> kKeyslotOptions = {{
    {.name = "to",
     .value = "KEYSLOT",
     .help = "who can open it: tpm (this machine's), or recovery:SOURCE (who knows a passphrase or recovery "
             "key), where SOURCE is a "
             "file, fd:N, or - to be asked",
     .repeatable = true},
    {.name = "generate-recovery",
     .help = "make a passphrase of 128 bits in each recovery file that is not there yet (mode 0600)"},
    {.name = "pcrs",
     .value = "PCRS",
     .help = "the registers that a tpm keyslot is bound to (default sha256:0,2,4,7)"},
    {.name = "approval-floor",
     .value = "N",
     .help = "approvals of PCR values below this version do not open a tpm keyslot (default 0)"},
    {.name = "threshold", .value = "K", .help = "how many custodians it takes; not in this version"},
}};

// What --to asks for, with nothing made, read or asked yet.
struct KeyslotPlan {
  std::vector<std::string> to;  // "tpm", "recovery:SOURCE"
  tpm::PcrSelection pcrs = tpm::PcrSelection::Default();
  std::uint8_t approval_floor = 0;
  bool generate = false;
};

// kInvalidArgument, listing the choices, without a --to; kUnsupported for custodians.
Expected<KeyslotPlan> ReadKeyslotPlan(Session& session, const Arguments& arguments);
// Says aloud what the plan risks.
void WarnOfPlan(Session& session, const KeyslotPlan& plan);
// Reads, asks for or generates the secrets. A generated passphrase is durable in its file before this
// returns. `policy_key` is the owner's, who approves PCR values with it.
Expected<std::vector<node::NewKeyslot>> PrepareKeyslots(Session& session, const KeyslotPlan& plan,
                                                        const crypto::P256PublicKey& policy_key);

}  // namespace strongroom::cli

#endif  // STRONGROOM_KEYSLOT_OPTIONS_H_
