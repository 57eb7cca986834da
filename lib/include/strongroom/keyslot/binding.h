// What ties a keyslots document to its bundle, and a keyslot to the access log.
#ifndef STRONGROOM_KEYSLOT_BINDING_H_
#define STRONGROOM_KEYSLOT_BINDING_H_

#include <string>

#include "strongroom/base/error.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/log/record.h"

namespace strongroom::keyslot {

// CheckBinding: kAltered if the document is of another bundle than the manifest beside it.
inline Status CheckBinding(const KeyslotsDocument& document, const Digest& bundle_id,
                           const Instance& instance) {
  if (document.bundle_id == bundle_id && document.instance == instance) return {};
  return Fail(
      ErrorCode::kAltered,
      "keyslots.json belongs to bundle " + Hex(document.bundle_id) + ", and this is bundle " + Hex(bundle_id),
      "put back the keyslots.json of this bundle");
}

// How an access record names a keyslot. `index` must be one of the document's.
inline log::RecordedKeyslot RecordedAs(const KeyslotsDocument& document, std::uint32_t index) {
  const Keyslot& slot = document.slots[index];
  return {.kind = std::string(Kind(slot)), .keyslot_class = Class(slot), .index = index};
}

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_BINDING_H_
