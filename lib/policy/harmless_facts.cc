#include "policy/harmless_facts.h"

namespace strongroom::policy {
namespace {

struct Stated {
  FactId id;
  std::string_view text;
};

constexpr Stated kHarmless[] = {
    {FactId::kModelLabel, kHarmlessLabel},
    {FactId::kModelNote2, "not_claimed"},
    {FactId::kModelCopy, "original"},
    {FactId::kModelFromUsWeights, "false"},
    {FactId::kModelGp10Chips, "false"},
    {FactId::kModelNamedIn, ""},
    {FactId::kActEndUse, "civil"},
    {FactId::kActCopies, "1"},
    {FactId::kNodeBasis, "declared"},
    {FactId::kNodeOperator, kHarmlessOperator},
    {FactId::kNodePerson, "organisation"},
    {FactId::kNodeAuthorizations, ""},
    {FactId::kNodeLicences, ""},
    {FactId::kNodeLists, ""},
    {FactId::kNodeListedOwnership, "0"},
    {FactId::kStorageParagraph14, "false"},
    {FactId::kStorageParagraph15, "false"},
    {FactId::kStorageParagraph18, "false"},
    {FactId::kStorageEncryption, "none"},
};

}  // namespace

Facts HarmlessFacts(Timestamp at) {
  Facts facts;
  for (const auto& [id, text] : kHarmless) {
    auto value = ParseValue(id, text);
    if (value) (void)facts.Set(id, *std::move(value), Source::kQuestion);
  }
  (void)facts.Set(FactId::kNodeListsDate, at, Source::kQuestion);
  return facts;
}

}  // namespace strongroom::policy
