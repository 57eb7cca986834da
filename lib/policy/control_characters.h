// Characters that steer a terminal and have no place in a fact or in the text of a pack.
#ifndef STRONGROOM_POLICY_CONTROL_CHARACTERS_H_
#define STRONGROOM_POLICY_CONTROL_CHARACTERS_H_

#include <string_view>

namespace strongroom::policy {

// Whether UTF-8 text has a control character: U+0000 to U+001F, or U+007F to U+009F.
inline bool HasControl(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    const bool may_be_c1 = byte == 0xc2 && i + 1 < text.size();
    if (may_be_c1 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CONTROL_CHARACTERS_H_
