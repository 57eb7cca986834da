// Completeness proofs: what parses is written back to the same bytes, and none verifies where no log is
// known.
#include <cstdlib>

#include "strongroom/log/completeness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const std::string_view text = AsText({data, size});
  const auto proof = log::ParseCompletenessProof(text);
  if (!proof) return 0;
  if (log::SerializeCompletenessProof(*proof) != text) std::abort();
  const auto nobody = log::WitnessPolicy::Parse("quorum none\n");
  if (log::VerifyCompleteness(*proof, {.key = proof->key}, {}, *nobody, std::nullopt)) std::abort();
  static_cast<void>(log::VerifyPostings(proof->postings, proof->key, Digest{}));
  return 0;
}
