// An accepted envelope has one encoding, and nobody's key signed it.
#include <algorithm>
#include <cstdlib>

#include "strongroom/envelope/dsse.h"
#include "strongroom/envelope/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const auto parsed = envelope::ParseDsse({data, size}, 1 << 20);
  if (!parsed) return 0;
  const std::string again = R"({"payload":")" + Base64(parsed->unverified_payload) + R"(","payloadType":)" +
                            envelope::CanonicalJson(parsed->unverified_payload_type) +
                            R"(,"signatures":[{"keyid":"","sig":")" + Base64(parsed->signature) + R"("}]})";
  if (!std::ranges::equal(AsBytes(again), ByteView(data, size))) std::abort();
  if (envelope::VerifyDsseBy(*parsed, parsed->unverified_payload_type, crypto::Ed25519PublicKey{}))
    std::abort();
  return 0;
}
