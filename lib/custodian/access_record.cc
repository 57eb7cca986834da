#include "custodian/access_record.h"

namespace strongroom::custodian {
namespace {

using policy::FactId;

// Well below the log's bounds (1 KiB a string, 64 KiB a record), whatever a message grew to.
constexpr std::size_t kMaxReasonSize = 512;
constexpr std::size_t kMaxReasons = 32;

std::string TextOf(const policy::Facts& facts, FactId id) {
  const policy::Fact* fact = facts.Find(id);
  return fact == nullptr ? std::string() : policy::ToText(fact->value);
}

}  // namespace

void AddNode(const std::string& name, const policy::Facts& declared, log::AccessRecord& record) {
  record.node = log::RecordedNode{.id = name, .name = name};
  log::RecordedParty party{TextOf(declared, FactId::kNodeOperator),
                           TextOf(declared, FactId::kNodeOperatorHq)};
  if (!party.operator_name.empty() || !party.operator_hq.empty()) record.party = std::move(party);
  if (std::string country = TextOf(declared, FactId::kNodeCountry); !country.empty()) {
    record.place = log::RecordedPlace{std::move(country), TextOf(declared, FactId::kNodeBasis)};
  }
}

void AddDecision(const release::Decision& decision, log::AccessRecord& record) {
  log::RecordedDecision recorded{
      .result = std::string(Name(decision.outcome)), .at = decision.as_of, .path = {}};
  for (const release::Finding& finding : decision.path) {
    recorded.path.push_back({finding.pack + "/" + finding.rule, finding.citations});
  }
  record.decision = std::move(recorded);
  for (const release::PackIdentity& pack : decision.packs) record.packs.push_back(pack.digest);
  AddReasons(decision.flags, record);
}

void AddReasons(const std::vector<std::string>& reasons, log::AccessRecord& record) {
  for (const std::string& reason : reasons) {
    if (record.reasons.size() == kMaxReasons) return;
    record.reasons.push_back(reason.substr(0, kMaxReasonSize));
  }
}

}  // namespace strongroom::custodian
