// The options of every command that needs a bundle's key: by which keyslot, and with what.
#ifndef STRONGROOM_UNLOCK_OPTIONS_H_
#define STRONGROOM_UNLOCK_OPTIONS_H_

#include <array>

#include "command.h"
#include "session.h"
#include "strongroom/node/open.h"

namespace strongroom::cli {

inline constexpr std::array<Option, 3> kUnlockOptions = {{
    {.name = "via",
     .value = "KEYSLOT",
     .help = "tpm, or recovery:SOURCE for a passphrase or recovery key, where SOURCE is a file, fd:N, or - "
             "to be asked; "
             "without it the keyslots that this node can use are tried in turn",
     .repeatable = true},
    {.name = "approval",
     .value = "FILE",
     .help = "PCR values that the owner approved, from node approve-pcrs",
     .completion = Completion::kFile},
    {.name = "expect", .value = "ID", .help = "refuse any bundle but the one of this id"},
}};

// Two tables of options in one.
template <std::size_t A, std::size_t B>
consteval std::array<Option, A + B> Join(const std::array<Option, A>& first,
                                         const std::array<Option, B>& second) {
  std::array<Option, A + B> joined;
  for (std::size_t i = 0; i < A; ++i) joined[i] = first[i];
  for (std::size_t i = 0; i < B; ++i) joined[A + i] = second[i];
  return joined;
}

// What the options ask for. Secrets are not read before the request is used. The session must outlive the
// request.
Expected<node::OpenRequest> ReadOpenRequest(Session& session, const Arguments& arguments, log::Action action);

// CheckRecoverySource says early whether ReadRecoverySecret will be able to read its source.
Status CheckRecoverySource(const Session& session, const std::string& source);
Expected<keyslot::RecoverySecret> ReadRecoverySecret(Session& session, const std::string& source);

// "recovery:" and what follows it, or nothing.
std::optional<std::string> RecoverySource(const std::string& keyslot);

// A keyslot for people: "1: recovery, by passphrase (cooperative)".
std::string Describe(const keyslot::Keyslot& slot);
envelope::Json KeyslotJson(const keyslot::Keyslot& slot, std::size_t index);

}  // namespace strongroom::cli

#endif  // STRONGROOM_UNLOCK_OPTIONS_H_
