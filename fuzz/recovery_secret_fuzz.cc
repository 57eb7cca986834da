// Any source is a recovery key, a passphrase or an error; reading a passphrase again changes nothing, and its
// strength can be judged.
#include <algorithm>
#include <cstdlib>

#include "strongroom/keyslot/recovery_secret.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const auto secret = keyslot::ParseRecoverySecret(SecretBytes::CopyOf({data, size}));
  if (!secret) return 0;
  const auto* passphrase = std::get_if<keyslot::Passphrase>(&*secret);
  if (passphrase == nullptr) return 0;
  const auto again = keyslot::CanonicalPassphrase(passphrase->text);
  if (!again || !std::ranges::equal(again->text.Expose(), passphrase->text.Expose())) std::abort();
  const auto strength = keyslot::CheckPassphraseStrength(*passphrase);
  if (!strength && strength.error().code != ErrorCode::kInvalidArgument) std::abort();
  return 0;
}
