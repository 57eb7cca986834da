// Witness policies: nobody meets a quorum unless none is asked for, and everybody meets any.
#include <cstdlib>
#include <numeric>

#include "strongroom/log/witness_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const auto policy = log::WitnessPolicy::Parse(AsText({data, size}));
  if (!policy) return 0;
  std::vector<std::size_t> everybody(policy->witnesses().size());
  std::iota(everybody.begin(), everybody.end(), std::size_t{0});
  if (policy->IsQuorum({}) != policy->NeedsNoWitness()) std::abort();
  if (!policy->IsQuorum(everybody)) std::abort();
  return 0;
}
