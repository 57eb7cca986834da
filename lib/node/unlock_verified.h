// The part of Unlock that follows verification, for rekeying, which has more to check before.
#ifndef STRONGROOM_NODE_UNLOCK_VERIFIED_H_
#define STRONGROOM_NODE_UNLOCK_VERIFIED_H_

#include "strongroom/node/open.h"

namespace strongroom::node {

Expected<UnlockedBundle> UnlockVerified(const Node& node, const OpenRequest& request,
                                        VerifiedBundle verified);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_UNLOCK_VERIFIED_H_
