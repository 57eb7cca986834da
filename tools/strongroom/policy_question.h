// The question that a policy verb puts to packs: facts from a file, and a time.
#ifndef STRONGROOM_POLICY_QUESTION_H_
#define STRONGROOM_POLICY_QUESTION_H_

#include "session.h"
#include "strongroom/policy/facts.h"

namespace strongroom::cli {

inline constexpr Option kFactsOption = {.name = "facts",
                                        .value = "FILE",
                                        .help = "the question: facts as TOML; docs/POLICY.md lists them",
                                        .required = true,
                                        .completion = Completion::kFile};
inline constexpr Option kAtOption = {
    .name = "at",
    .value = "TIME",
    .help = "ask as of this time, 2026-11-21 or 2026-11-21T19:43:00Z; else now"};

// The facts of the file of --facts. kNotFound, or kMalformed with file, line and column.
Expected<policy::Facts> ReadQuestion(Session& session, const Arguments& arguments);
// What node.toml of the home declares. kMalformed with line and column.
Expected<policy::Facts> ReadDeclaration(const home::Home& home);
// The time of --at, or now. kInvalidArgument if it is none.
Expected<Timestamp> TimeAsked(const Session& session, const Arguments& arguments);

}  // namespace strongroom::cli

#endif  // STRONGROOM_POLICY_QUESTION_H_
