#include "policy/fact_sentences.h"

#include <algorithm>

namespace strongroom::policy {
namespace {

using enum FactId;

struct FactSubject {
  FactId fact;
  std::string_view subject;
};

// clang-format off
constexpr FactSubject kSubjects[] = {
    {kModelLabel, "the model's name"},
    {kModelTrainingOps, "the operations of all training"},
    {kModelEccn, "the classification that the owner states"},
    {kModelOrigin, "the weights were made in"},
    {kModelOwnerHq, "the owner is headquartered in"},
    {kModelBaseOps, "the training operations of the published base"},
    {kModelAddedOps, "the training operations added to the base"},
    {kModelSyntheticShare, "the share of the training spent on one generator's unpublished data"},
    {kModelTeacherOps, "the training operations of the generator"},
    {kModelGenerationOps, "the operations spent on generating the data"},
    {kModelBytes, "the size of the weights in bytes"},
    {kActCopies, "the number of copies out"},
    {kActCustodians, "the number of custodians who must agree"},
    {kActLeaseSeconds, "the number of seconds until the release ends"},
    {kNodeCountry, "the place is in"},
    {kNodeSubdivision, "the place is in the part"},
    {kNodeOperator, "the operator's name"},
    {kNodeOperatorHq, "the operator is headquartered in"},
    {kNodeOperatorParentHq, "the operator's ultimate parent is headquartered in"},
    {kNodeVeuUntil, "the end of the validated end-user authorisation"},
    {kNodeEgress, "the bytes a second that can leave the node"},
    {kNodeAddress, "the operator's address"},
    {kNodePersonNationality, "the person's latest citizenship or permanent residence is of"},
    {kNodeListsDate, "the date of the screening lists"},
    {kNodeListedOwnership, "the share of the operator that listed parties own"},
    {kStorageCertificateUntil, "the end of the facility's certificate"},
};

struct WordSentence {
  FactId fact;
  std::string_view value, sentence;
};

constexpr WordSentence kSentences[] = {
    {kModelWeights, "closed", "the weights are closed"},
    {kModelWeights, "published", "the weights are published"},
    {kModelWeights, "derived_published", "the weights derive from published ones"},
    {kModelTeacher, "published", "the generator's weights are published"},
    {kModelTeacher, "unpublished", "the generator's weights are not published"},
    {kModelNote2, "not_claimed", "no exclusion under Note 2 is claimed"},
    {kModelNote2, "claimed", "an exclusion under Note 2 is claimed"},
    {kModelCopy, "original", "the copy is the original"},
    {kModelCopy, "fine_tuned", "the copy is fine-tuned"},
    {kModelCopy, "quantised", "the copy is quantised"},
    {kModelCopy, "adapter", "the copy is an adapter"},
    {kModelCopy, "part", "the copy is a part of the weights"},
    {kModelFromUsWeights, "true", "the weights were made from weights of United States origin"},
    {kModelFromUsWeights, "false", "the weights were not made from weights of United States origin"},
    {kModelControlledChips, "true", "the weights were made outside the United States on chips that 15 CFR 734.9(l) names"},
    {kModelControlledChips, "false", "the weights were not made outside the United States on chips that 15 CFR 734.9(l) names"},
    {kModelGp10Chips, "true", "the weights were trained on chips that the guidance on General Prohibition 10 names"},
    {kModelGp10Chips, "false", "the weights were not trained on chips that the guidance on General Prohibition 10 names"},
    {kActWhat, "store", "the act is to store the weights"},
    {kActWhat, "transfer", "the act is to send the weights"},
    {kActWhat, "decrypt", "the act is to decrypt the weights"},
    {kActKeyslot, "tpm", "the key comes from a TPM keyslot"},
    {kActKeyslot, "threshold", "the key comes from custodians together"},
    {kActKeyslot, "recovery", "the key comes from a recovery keyslot"},
    {kActKey, "withheld", "the ciphertext goes without its key"},
    {kActKey, "given", "the key goes with the ciphertext"},
    {kActEndUse, "civil", "the end use is civil"},
    {kActEndUse, "nuclear", "the end use is nuclear"},
    {kActEndUse, "missile", "the end use is for missiles"},
    {kActEndUse, "chemical_biological", "the end use is for chemical or biological weapons"},
    {kActEndUse, "military_intelligence", "the end use is military intelligence"},
    {kNodeBasis, "declared", "the place is only declared"},
    {kNodeBasis, "endorsed", "the place is endorsed"},
    {kNodeBasis, "measured", "the place is measured"},
    {kNodeTpm, "hardware", "the node has a hardware TPM"},
    {kNodeTpm, "software", "the node has a software TPM"},
    {kNodeEvidence, "none", "the node has proved nothing of its hardware"},
    {kNodeEvidence, "tpm", "the node has proved its TPM"},
    {kNodeEvidence, "tee", "the node has proved a trusted execution environment"},
    {kNodePerson, "organisation", "the organisation gets to see the weights, and no person apart"},
    {kNodePerson, "us_person", "a United States person gets to see the weights"},
    {kNodePerson, "permanent_regular_employee", "a permanent regular employee gets to see the weights"},
    {kNodePerson, "contractor", "a contractor gets to see the weights"},
    {kNodeEntityListScope, "all_items", "the entry of the Entity List covers all items"},
    {kNodeEntityListScope, "weights", "the entry of the Entity List covers weights"},
    {kNodeEntityListScope, "other_items", "the entry of the Entity List covers other items alone"},
    {kNodeEntityListReview, "presumption_of_denial", "the entry of the Entity List states a presumption of denial"},
    {kNodeEntityListReview, "policy_of_denial", "the entry of the Entity List states a policy of denial"},
    {kNodeEntityListReview, "case_by_case", "the entry of the Entity List states review case by case"},
    {kNodeEntityListReview, "presumption_of_approval", "the entry of the Entity List states a presumption of approval"},
    {kNodeEntityListReview, "not_stated", "the entry of the Entity List states no review policy"},
    {kStorageParagraph14, "true", "the facility meets paragraph 14 of Supplement No. 10 to part 748"},
    {kStorageParagraph14, "false", "the facility does not meet paragraph 14 of Supplement No. 10 to part 748"},
    {kStorageParagraph15, "true", "the facility meets paragraph 15 of Supplement No. 10 to part 748"},
    {kStorageParagraph15, "false", "the facility does not meet paragraph 15 of Supplement No. 10 to part 748"},
    {kStorageParagraph18, "true", "the facility meets paragraph 18 of Supplement No. 10 to part 748"},
    {kStorageParagraph18, "false", "the facility does not meet paragraph 18 of Supplement No. 10 to part 748"},
    {kStorageEncryption, "none", "the weights are stored without encryption"},
    {kStorageEncryption, "end_to_end_fips140", "the weights are encrypted end to end, by modules of FIPS 140"},
    {kStorageEncryption, "host_holds_keys", "the weights are encrypted and the host holds the keys"},
};

constexpr FactSubject kHolders[] = {
    {kModelNamedIn, "the model is named in"},
    {kNodeAuthorizations, "the operator has the standing authorisation"},
    {kNodeVeuCountries, "the validated end-user authorisation names"},
    {kNodeLicences, "the operator claims or has on file"},
    {kNodeLists, "the operator is on the screening list"},
};
// clang-format on

template <typename Row>
const Row* Find(std::span<const Row> rows, FactId fact) {
  const auto found = std::ranges::find(rows, fact, &Row::fact);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::string_view SubjectOf(FactId fact) {
  const FactSubject* found = Find<FactSubject>(kSubjects, fact);
  return found == nullptr ? Describe(fact).meaning : found->subject;
}

std::string SentenceOf(FactId fact, const Value& value) {
  const std::string text = ToText(value);
  for (const WordSentence& one : kSentences) {
    if (one.fact == fact && one.value == text) return std::string(one.sentence);
  }
  const FactSubject* holder = Find<FactSubject>(kHolders, fact);
  const std::string_view subject = holder == nullptr ? SubjectOf(fact) : holder->subject;
  return std::string(subject) + (holder == nullptr ? " is " : " ") + text;
}

}  // namespace strongroom::policy
