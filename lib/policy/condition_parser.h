// Reads the conditions of a pack's text against what the pack has so far: its lists, numbers and findings.
#ifndef STRONGROOM_POLICY_CONDITION_PARSER_H_
#define STRONGROOM_POLICY_CONDITION_PARSER_H_

#include <string>

#include "policy/toml_reader.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// ReadConditions takes `when` and `when_any`, both optional. A list must have begun by the first moment of
// `in_force`, in which the conditions are asked.
Expected<Conditions> ReadConditions(TomlTable& table, const Pack& pack, const Window& in_force);

// ReadQuantity reads what a number is made of or compared with: a quoted decimal, { fact = } or { number = }.
// From a table only the key that says which is taken.
Expected<Operand> ReadQuantity(const TomlNode& node, TomlTable* table, const Pack& pack);

// "is, is_not, in": a list of words for a message.
std::string Listed(std::span<const std::string_view> words);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CONDITION_PARSER_H_
