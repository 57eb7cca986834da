// The lines that the C2SP texts are made of: checkpoints, proofs, requests to witnesses.
#ifndef STRONGROOM_LOG_C2SP_LINES_H_
#define STRONGROOM_LOG_C2SP_LINES_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "strongroom/base/bytes.h"

namespace strongroom::log {

// Takes a line off the front of `text` and returns it without its newline; nothing if no newline is left.
std::optional<std::string_view> TakeLine(std::string_view& text);

// Decimal digits without a sign or a leading zero.
std::optional<std::uint64_t> ParseDecimal(std::string_view text);

// The canonical base64 of 32 bytes.
std::optional<Digest> ParseBase64Digest(std::string_view text);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_C2SP_LINES_H_
