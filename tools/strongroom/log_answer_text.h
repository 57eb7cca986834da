// An answer that leaves nothing out, for people and for programs.
#ifndef STRONGROOM_LOG_ANSWER_TEXT_H_
#define STRONGROOM_LOG_ANSWER_TEXT_H_

#include "output.h"
#include "strongroom/log/completeness.h"

namespace strongroom::cli {

// The records, and then for which log the answer is complete. `policy` is the one that it was verified with.
Status ReportAnswer(Output& output, const Digest& key, const log::CompleteAnswer& answer,
                    const log::WitnessPolicy& policy);

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_ANSWER_TEXT_H_
