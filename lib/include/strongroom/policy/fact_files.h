// The documents that state facts: the facts file given to `seal`, a node's own declaration, and a question
// put to a pack. TOML is for people, JSON for manifests and messages. Reading is strict: an unknown key, a
// value of the wrong type or a word that is not in the catalogue is kMalformed, with line and column for
// TOML.
#ifndef STRONGROOM_POLICY_FACT_FILES_H_
#define STRONGROOM_POLICY_FACT_FILES_H_

#include "strongroom/base/bytes.h"
#include "strongroom/envelope/json.h"
#include "strongroom/policy/facts.h"

namespace strongroom::policy {

// ParseModelFacts reads the facts file of `seal`: one table [model], in which `label` must be there and every
// other key may be. The source of each fact is kManifest, which is where they go.
Expected<Facts> ParseModelFacts(ByteView toml);

// The model's facts as a manifest holds them: the label apart, the others as an object of strings, absent
// ones left out.
std::string ModelLabel(const Facts& facts);  // empty if it was not stated
envelope::Json ModelFactsJson(const Facts& facts);
// The inverse. kMalformed unless each value is the canonical text of its fact.
Expected<Facts> ModelFactsFromJson(std::string_view label, const envelope::Json& json);

// ParseNodeDeclaration reads node.toml, whose keys docs/POLICY.md lists, all optional, at the top level. The
// source is kDeclaration and the basis of the place kDeclared, always.
Expected<Facts> ParseNodeDeclaration(ByteView toml);
std::string NodeDeclarationToml(const Facts& facts);  // what ParseNodeDeclaration reads back
envelope::Json NodeDeclarationJson(const Facts& facts);
Expected<Facts> NodeDeclarationFromJson(const envelope::Json& json);

// ParseQuestion reads the facts of a question that is put to packs: tables [model], [act], [node] and
// [storage], each optional, whose keys are the names of the catalogue, and [licence] or [[licence]], the
// licences on file. The source is kQuestion; a country without a `basis` is taken as declared.
Expected<Facts> ParseQuestion(ByteView toml);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_FACT_FILES_H_
