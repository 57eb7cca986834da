// Which classes of keyslot a bundle may have.
#ifndef STRONGROOM_NODE_ALLOWED_KEYSLOTS_H_
#define STRONGROOM_NODE_ALLOWED_KEYSLOTS_H_

#include <vector>

#include "strongroom/node/new_keyslots.h"
#include "strongroom/node/open.h"

namespace strongroom::node {

// CheckAllowed: kInvalidArgument for no keyslots; kDenied for a cooperative one where they are not allowed,
// after `refusal` was recorded with the reason.
Status CheckAllowed(const Node& node, const std::vector<NewKeyslot>& keyslots, bool cooperative_allowed,
                    release::Event refusal);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_ALLOWED_KEYSLOTS_H_
