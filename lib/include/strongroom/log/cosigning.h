// The log's side of witnessing: asking the witnesses of a policy to cosign its newest checkpoint.
#ifndef STRONGROOM_LOG_COSIGNING_H_
#define STRONGROOM_LOG_COSIGNING_H_

#include <functional>
#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/log/log_reader.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::log {

struct WitnessAnswer {
  int status = 0;  // of HTTP
  std::string body;
};

// PostToWitness sends a body to a URL by POST and waits for the answer, not for ever. `witness` is the
// witness's place in the policy: each has a thread of its own, from which it is called.
using PostToWitness = std::function<Expected<WitnessAnswer>(std::size_t witness, const std::string& url,
                                                            const std::string& body)>;

struct Cosigning {
  std::string note;  // the checkpoint with all cosignatures that it had and that came
  // What came of each witness, by its place in the policy's witnesses(). The errors are those of `post` and
  // of ReadAddCheckpointAnswer; kNotFound for a witness without a URL.
  std::vector<Status> outcomes;
};

// CollectCosignatures asks all witnesses of a policy at once to cosign the head of a log, and waits for all
// of them. One that cosigned another size before is asked a second time, with the proof of consistency from
// there. Whether those who did cosign suffice is for VerifyWitnessedCheckpoint to say.
//
// kRolledBack if any witness says that it cosigned more entries of this log than it has, or others: the log
// was put back to an older copy, or forked. Nothing is to be published or released then. One dishonest
// witness can bring this about too; who trusts it no longer takes it out of the policy.
Expected<Cosigning> CollectCosignatures(LogReader& log, const WitnessPolicy& policy,
                                        const PostToWitness& post);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_COSIGNING_H_
