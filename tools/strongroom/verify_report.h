// Verifying with a progress bar, and what to say of the result: for verify and repair.
#ifndef STRONGROOM_VERIFY_REPORT_H_
#define STRONGROOM_VERIFY_REPORT_H_

#include <optional>

#include "session.h"
#include "strongroom/bundle/verify.h"

namespace strongroom::cli {

Expected<bundle::VerifyReport> VerifyWithProgress(Session& session, store::Store& store,
                                                  const bundle::VerifiedManifest& manifest);
// What is wrong with keyslots.json, which no manifest names: its owner signs it by itself.
std::optional<bundle::Finding> CheckKeyslots(store::Store& store, const bundle::VerifiedManifest& manifest);
void TellFindings(Output& output, const bundle::VerifyReport& report);

}  // namespace strongroom::cli

#endif  // STRONGROOM_VERIFY_REPORT_H_
