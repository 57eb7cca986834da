// Reads the numbers, findings and rules of a pack or of a part.
#ifndef STRONGROOM_POLICY_RULE_PARSER_H_
#define STRONGROOM_POLICY_RULE_PARSER_H_

#include <optional>
#include <string>
#include <string_view>

#include "policy/toml_reader.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// ReadDefinitions takes `number`, `finding` and `rule` from the root of a document and adds them to the pack,
// whose tables and window are read already.
Status ReadDefinitions(TomlTable& root, Pack& pack);

// ReadId takes `id`: lower-case letters, digits and hyphens, none of the reserved ids.
Expected<std::string> ReadId(TomlTable& table);

// ReadWindow reads { from, until, citation }, each optional.
Expected<Window> ReadWindow(const TomlNode& node, std::string_view what);

// ReadSentences takes a list of texts: at least one, none of them empty.
Expected<std::vector<std::string>> ReadSentences(TomlTable& table, std::string_view key);
Expected<std::vector<std::string>> ReadOptionalSentences(TomlTable& table, std::string_view key);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_RULE_PARSER_H_
