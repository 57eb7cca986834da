// What a custodian writes into the log, from what it knows.
#ifndef STRONGROOM_CUSTODIAN_ACCESS_RECORD_H_
#define STRONGROOM_CUSTODIAN_ACCESS_RECORD_H_

#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/log/record.h"
#include "strongroom/policy/facts.h"
#include "strongroom/release/decision.h"

namespace strongroom::custodian {

// Adds who the node is, what it declares of its operator, and where it says it is.
void AddNode(const std::string& name, const policy::Facts& declared, log::AccessRecord& record);

// Adds the rules that decided, the packs, and what the decision rests on.
void AddDecision(const release::Decision& decision, log::AccessRecord& record);

// Adds reasons, cut to what a record may hold.
void AddReasons(const std::vector<std::string>& reasons, log::AccessRecord& record);

}  // namespace strongroom::custodian

#endif  // STRONGROOM_CUSTODIAN_ACCESS_RECORD_H_
