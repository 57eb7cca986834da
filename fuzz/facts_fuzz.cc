// The documents that state facts. The first byte chooses which: a facts file, a node's declaration or a
// question in TOML, or the JSON form of a model's facts or of a declaration. What parses must survive being
// written and read again.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "strongroom/policy/fact_files.h"

namespace {

using namespace strongroom;
using namespace strongroom::policy;

void Require(bool condition) {
  if (!condition) std::abort();
}

void ReadModelFacts(ByteView bytes) {
  const auto facts = ParseModelFacts(bytes);
  if (!facts) return;
  const auto again = ModelFactsFromJson(ModelLabel(*facts), ModelFactsJson(*facts));
  Require(again.has_value() && *again == *facts);
}

void ReadDeclaration(ByteView bytes) {
  const auto facts = ParseNodeDeclaration(bytes);
  if (!facts) return;
  const auto from_toml = ParseNodeDeclaration(AsBytes(NodeDeclarationToml(*facts)));
  Require(from_toml.has_value() && *from_toml == *facts);
  const auto from_json = NodeDeclarationFromJson(NodeDeclarationJson(*facts));
  Require(from_json.has_value() && *from_json == *facts);
}

void ReadJson(ByteView bytes, bool model) {
  const auto json = envelope::ParseCanonicalJson(bytes);
  if (!json) return;
  const auto facts = model ? ModelFactsFromJson("label", *json) : NodeDeclarationFromJson(*json);
  if (!facts) return;
  Require((model ? ModelFactsJson(*facts) : NodeDeclarationJson(*facts)) == *json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  switch (data[0]) {
    case 'm':
      ReadModelFacts(bytes);
      break;
    case 'n':
      ReadDeclaration(bytes);
      break;
    case 'q':
      (void)ParseQuestion(bytes);
      break;
    case 'M':
      ReadJson(bytes, true);
      break;
    case 'N':
      ReadJson(bytes, false);
      break;
    default:
      break;
  }
  return 0;
}
