#include "keyslot/key_wrap.h"

#include <algorithm>

#include "strongroom/crypto/hash.h"

namespace strongroom::keyslot {
namespace {

Bytes Context(std::string_view label, const Instance& instance) {
  ByteWriter context;
  context.Append(label).Append(ByteView(instance));
  return std::move(context).Take();
}

SecretBytes WrappingSecret(const SecretBytes& secret, ByteView context) {
  return crypto::HkdfSha256(secret.Expose(), {}, context, WrappingKey::kSize);
}

}  // namespace

Expected<WrappedKey> WrapBundleKey(const SecretBytes& secret, std::string_view label,
                                   const Instance& instance, const BundleKey& key) {
  const Bytes context = Context(label, instance);
  SR_ASSIGN_OR_RETURN(const Bytes sealed,
                      crypto::SealSmall(WrappingSecret(secret, context), key.bytes().Expose(), context));
  WrappedKey wrapped{};
  if (sealed.size() != wrapped.size())
    return Fail(ErrorCode::kInternal, "a wrapped key has an unexpected size");
  std::ranges::copy(sealed, wrapped.begin());
  return wrapped;
}

Expected<BundleKey> UnwrapBundleKey(const SecretBytes& secret, std::string_view label,
                                    const Instance& instance, const WrappedKey& wrapped) {
  const Bytes context = Context(label, instance);
  SR_ASSIGN_OR_RETURN(SecretBytes key, crypto::OpenSmall(WrappingSecret(secret, context), wrapped, context));
  return BundleKey::From(std::move(key));
}

}  // namespace strongroom::keyslot
