// Proofs: what parses is written back to the same bytes, and none verifies where no log is known.
#include <cstdlib>

#include "strongroom/log/tlog_proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const std::string_view text = AsText({data, size});
  const auto proof = log::ParseTlogProof(text);
  if (!proof) return 0;
  if (log::SerializeTlogProof(*proof) != text) std::abort();
  const auto nobody = log::WitnessPolicy::Parse("quorum none\n");
  if (log::VerifyTlogProof(*proof, AsBytes("gamma"), {}, *nobody, std::nullopt)) std::abort();
  return 0;
}
