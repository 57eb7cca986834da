// Where a passphrase or key comes from: a file, a descriptor, or the terminal. Never an argument or the
// environment.
#ifndef STRONGROOM_SECRET_SOURCE_H_
#define STRONGROOM_SECRET_SOURCE_H_

#include <string>
#include <string_view>

#include "interrupt.h"
#include "strongroom/base/error.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::cli {

inline constexpr std::size_t kMaxSecretFile = 1024;

// ReadSecret reads all of SOURCE, a path or "fd:N", as it is. kNotFound; kInvalidArgument for one of more
// than kMaxSecretFile bytes.
Expected<SecretBytes> ReadSecret(const std::string& source);
// CheckSecretSource says early whether ReadSecret or PromptSecret can work, and reads nothing.
Status CheckSecretSource(const std::string& source);

// PromptSecret asks on /dev/tty with echo off. May be empty. kInvalidArgument if there is no terminal,
// kInterrupted.
Expected<SecretBytes> PromptSecret(std::string_view question, Interrupt& interrupt);
// ShowOnTerminal writes a secret to /dev/tty and nowhere else.
Status ShowOnTerminal(std::string_view before, const SecretBytes& secret, std::string_view after);

}  // namespace strongroom::cli

#endif  // STRONGROOM_SECRET_SOURCE_H_
