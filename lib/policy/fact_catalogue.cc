#include <algorithm>

#include "strongroom/policy/facts.h"

namespace strongroom::policy {
namespace {

using enum ValueType;

constexpr std::string_view kWeights[] = {"closed", "published", "derived_published"};
constexpr std::string_view kTeachers[] = {"published", "unpublished"};
constexpr std::string_view kNote2[] = {"not_claimed", "claimed"};
constexpr std::string_view kCopies[] = {"original", "fine_tuned", "quantised", "adapter", "part"};
constexpr std::string_view kActs[] = {"store", "transfer", "decrypt"};
constexpr std::string_view kKeyslots[] = {"tpm", "threshold", "recovery"};
constexpr std::string_view kKeys[] = {"withheld", "given"};
constexpr std::string_view kEndUses[] = {"civil", "nuclear", "missile", "chemical_biological",
                                         "military_intelligence"};
constexpr std::string_view kBases[] = {"declared", "endorsed", "measured"};
constexpr std::string_view kTpms[] = {"hardware", "software"};
constexpr std::string_view kEvidence[] = {"none", "tpm", "tee"};
constexpr std::string_view kPersons[] = {"organisation", "us_person", "permanent_regular_employee",
                                         "contractor"};
constexpr std::string_view kLists[] = {"CAP", "CMIC", "DPL",    "DTC", "EL",  "FSE", "ISN",
                                       "MEU", "MIEU", "NS-MBS", "PLC", "SDN", "SSI", "UVL"};
constexpr std::string_view kScopes[] = {"all_items", "weights", "other_items"};
constexpr std::string_view kReviews[] = {"presumption_of_denial", "policy_of_denial", "case_by_case",
                                         "presumption_of_approval", "not_stated"};
constexpr std::string_view kEncryptions[] = {"none", "end_to_end_fips140", "host_holds_keys"};

// clang-format off
constexpr FactType kCatalogue[] = {
    {FactId::kModelLabel, "model.label", kText, "the owner's name for the model"},
    {FactId::kModelWeights, "model.weights", kWord, "whether the weights, or those they derive from, are published", kWeights},
    {FactId::kModelTrainingOps, "model.training_ops", kDecimal, "operations of all training, fine-tuning included"},
    {FactId::kModelEccn, "model.eccn", kText, "the export control classification that the owner states"},
    {FactId::kModelOrigin, "model.origin", kCountry, "where the weights were made"},
    {FactId::kModelOwnerHq, "model.owner_hq", kCountry, "where the owner is headquartered"},
    {FactId::kModelBaseOps, "model.base_ops", kDecimal, "training operations of the published model it derives from"},
    {FactId::kModelAddedOps, "model.added_ops", kDecimal, "training operations added to that model"},
    {FactId::kModelSyntheticShare, "model.synthetic_share", kShare, "share of the training operations spent on unpublished data of one generator model"},
    {FactId::kModelTeacher, "model.teacher", kWord, "whether that generator's weights are published", kTeachers},
    {FactId::kModelTeacherOps, "model.teacher_ops", kDecimal, "training operations of the generator"},
    {FactId::kModelGenerationOps, "model.generation_ops", kDecimal, "operations spent on generating the data"},
    {FactId::kModelNote2, "model.note2", kWord, "whether the exclusion of Note 2 to ECCN 4E091 is claimed", kNote2},
    {FactId::kModelCopy, "model.copy", kWord, "what was done to the weights to make this copy", kCopies},
    {FactId::kModelFromUsWeights, "model.from_us_weights", kTruth, "whether they were made from weights of United States origin, by training or quantising or in another way"},
    {FactId::kModelControlledChips, "model.controlled_chips", kTruth, "whether they were made outside the United States with chips that 15 CFR 734.9(l) names"},
    {FactId::kModelGp10Chips, "model.gp10_chips", kTruth, "whether they were trained on chips that the guidance on General Prohibition 10 names"},
    {FactId::kModelNamedIn, "model.named_in", kTexts, "the directives that name the model"},
    {FactId::kModelBytes, "model.bytes", kDecimal, "size of the weights in bytes"},
    {FactId::kActWhat, "act.what", kWord, "what is about to be done with the weights", kActs},
    {FactId::kActKeyslot, "act.keyslot", kWord, "the class of the keyslot that would give the key", kKeyslots},
    {FactId::kActKey, "act.key", kWord, "whether the key goes with the ciphertext", kKeys},
    {FactId::kActCopies, "act.copies", kDecimal, "copies that would be out, this one among them"},
    {FactId::kActCustodians, "act.custodians", kDecimal, "custodians who must agree"},
    {FactId::kActLeaseSeconds, "act.lease_seconds", kDecimal, "seconds until the release ends"},
    {FactId::kActEndUse, "act.end_use", kWord, "what the weights are known to be meant for", kEndUses},
    {FactId::kNodeCountry, "node.country", kCountry, "where the node is"},
    {FactId::kNodeSubdivision, "node.subdivision", kText, "the part of that country, as an ISO 3166-2 code"},
    {FactId::kNodeBasis, "node.basis", kWord, "how the node's place is known", kBases},
    {FactId::kNodeOperator, "node.operator", kText, "who operates the node"},
    {FactId::kNodeOperatorHq, "node.operator_hq", kCountry, "where the operator is headquartered"},
    {FactId::kNodeOperatorParentHq, "node.operator_parent_hq", kCountry, "where the operator's ultimate parent is headquartered"},
    {FactId::kNodeAuthorizations, "node.authorizations", kTexts, "standing authorisations of the operator"},
    {FactId::kNodeVeuCountries, "node.veu_countries", kTexts, "the countries that its validated end-user authorisation names"},
    {FactId::kNodeVeuUntil, "node.veu_until", kTime, "the moment at which that authorisation ends"},
    {FactId::kNodeLicences, "node.licences", kTexts, "licence exceptions that are claimed and classifications on file"},
    {FactId::kNodeTpm, "node.tpm", kWord, "whether the node's TPM is hardware or a software stand-in", kTpms},
    {FactId::kNodeEvidence, "node.evidence", kWord, "what the node has proved of its hardware", kEvidence},
    {FactId::kNodeEgress, "node.egress", kDecimal, "bytes a second that can leave the node, over all its interfaces, limited and metered"},
    {FactId::kNodeAddress, "node.address", kText, "the street address of the operator"},
    {FactId::kNodePerson, "node.person", kWord, "who gets to see the weights", kPersons},
    {FactId::kNodePersonNationality, "node.person_nationality", kCountry, "the most recent citizenship or permanent residence of that person"},
    {FactId::kNodeLists, "node.lists", kTexts, "the screening lists that name the operator", kLists},
    {FactId::kNodeListsDate, "node.lists_date", kTime, "the date of the screening lists that were asked"},
    {FactId::kNodeEntityListScope, "node.entity_list_scope", kWord, "the items for which the entry of the Entity List asks a licence: all, the weights, or others", kScopes},
    {FactId::kNodeEntityListReview, "node.entity_list_review", kWord, "the review policy of that entry, or of the strictest listed owner's", kReviews},
    {FactId::kNodeListedOwnership, "node.listed_ownership", kShare, "the share of the operator that listed parties own, directly or not, added up"},
    {FactId::kStorageParagraph14, "storage.paragraph_14", kTruth, "whether the facility meets paragraph 14 of Supplement No. 10 to 15 CFR part 748"},
    {FactId::kStorageParagraph15, "storage.paragraph_15", kTruth, "the same for paragraph 15"},
    {FactId::kStorageParagraph18, "storage.paragraph_18", kTruth, "the same for paragraph 18"},
    {FactId::kStorageCertificateUntil, "storage.certificate_until", kTime, "the moment at which the facility's certificate ends"},
    {FactId::kStorageEncryption, "storage.encryption", kWord, "how the weights are encrypted where they are stored", kEncryptions},
};
// clang-format on
static_assert(std::size(kCatalogue) == kFactCount);
static_assert([] {
  for (std::size_t i = 0; i < kFactCount; ++i) {
    if (kCatalogue[i].id != static_cast<FactId>(i)) return false;
  }
  return true;
}());

}  // namespace

std::span<const FactType> FactCatalogue() {
  return kCatalogue;
}

const FactType& Describe(FactId id) {
  return kCatalogue[static_cast<std::size_t>(id)];
}

std::optional<FactId> FindFact(std::string_view name) {
  const auto found = std::ranges::find(kCatalogue, name, &FactType::name);
  if (found == std::end(kCatalogue)) return std::nullopt;
  return found->id;
}

}  // namespace strongroom::policy
