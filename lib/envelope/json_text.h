// How values stand in the strings of a document.
#ifndef STRONGROOM_ENVELOPE_JSON_TEXT_H_
#define STRONGROOM_ENVELOPE_JSON_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"

namespace strongroom::envelope {

// What an error says of a value that has not the form.
inline constexpr std::string_view kDigestForm = "must be 64 lower-case hexadecimal digits";
inline constexpr std::string_view kTimeForm = "must be a time as in \"2026-11-21T19:43:00Z\"";
std::string SizeForm(std::size_t max_bytes);
std::string ItemsForm(std::size_t max_items);
std::string RangeForm(const std::string& min, const std::string& max);

// The value that a text spells, if it is the one text that spells it.
std::optional<Digest> DigestOfText(std::string_view text);
std::optional<Timestamp> TimeOfText(std::string_view text);

// How many bytes from the first on stand for themselves in a string, whatever their neighbours are.
std::size_t PlainTextLength(std::string_view text);

// Takes a string in canonical form, quotes and escapes included, off the beginning of `rest`: its value;
// nothing if none stands there.
std::optional<std::string> TakeJsonString(std::string_view& rest);

// Appends a string in canonical form, with its quotes. Each byte that is not part of valid UTF-8 becomes
// U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);
std::string ReplaceInvalidUtf8(std::string_view text);

}  // namespace strongroom::envelope

#endif  // STRONGROOM_ENVELOPE_JSON_TEXT_H_
