// HPKE messages: the key opens nothing but what was sealed to it, and what opens has the length that it must.
#include <cstdlib>

#include "strongroom/crypto/hpke.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView sealed(data, size);
  const auto key = crypto::X25519PrivateKey::FromSeed(
      SecretBytes::CopyOf(*FromHex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d")));
  const auto opened = crypto::HpkeOpen(*key, *FromHex("4f6465206f6e2061204772656369616e2055726e"),
                                       AsBytes("Count-0"), sealed);
  if (opened && opened->size() != size - crypto::kHpkeOverhead) std::abort();
  return 0;
}
