// Inputs for benchmarks.
#ifndef STRONGROOM_TESTS_BENCH_WEIGHTS_LIKE_H_
#define STRONGROOM_TESTS_BENCH_WEIGHTS_LIKE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace strongroom::bench {

// BF16 numbers distributed as trained weights are: Gaussian, with a log-normal scale for each row of 4,096. The same for the same size.
std::vector<std::uint8_t> Bf16Weights(std::size_t bytes);
// Bytes that do not compress.
std::vector<std::uint8_t> RandomInput(std::size_t bytes);

}  // namespace strongroom::bench

#endif  // STRONGROOM_TESTS_BENCH_WEIGHTS_LIKE_H_
