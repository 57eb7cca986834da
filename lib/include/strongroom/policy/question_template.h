// A question to be filled in: every fact that packs may ask for, with its meaning.
#ifndef STRONGROOM_POLICY_QUESTION_TEMPLATE_H_
#define STRONGROOM_POLICY_QUESTION_TEMPLATE_H_

#include <span>
#include <string>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// QuestionTemplate is a TOML document that ParseQuestion reads as it is, and in which every fact that one of
// the packs may ask for is a comment: its meaning, its words or how it is written, and a line to uncomment.
std::string QuestionTemplate(std::span<const Pack* const> packs);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_QUESTION_TEMPLATE_H_
