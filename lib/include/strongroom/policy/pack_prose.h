// A pack as plain sentences, to be read or read aloud by who does not know its language.
#ifndef STRONGROOM_POLICY_PACK_PROSE_H_
#define STRONGROOM_POLICY_PACK_PROSE_H_

#include <string>
#include <vector>

#include "strongroom/envelope/json.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// TellPack says what the pack is, then its rules by kind, the findings and numbers they rest on and the lists
// they name, in lines of at most `width` columns, which counts as 40 at least.
std::vector<std::string> TellPack(const Pack& pack, std::size_t width);

// PackMembers is the same for a program, as the members of an object; its conditions are sentences.
envelope::ObjectBuilder PackMembers(const Pack& pack);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PACK_PROSE_H_
