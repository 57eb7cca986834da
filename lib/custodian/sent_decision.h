// A decision as it is sent to a node.
#ifndef STRONGROOM_CUSTODIAN_SENT_DECISION_H_
#define STRONGROOM_CUSTODIAN_SENT_DECISION_H_

#include "strongroom/policy/decision.h"
#include "strongroom/release/decision.h"

namespace strongroom::custodian {

release::Decision ToSend(const policy::Decision& from);

}  // namespace strongroom::custodian

#endif  // STRONGROOM_CUSTODIAN_SENT_DECISION_H_
