// One core: FLOE segments of 64 KiB into leaf windows, and the hashing of those windows, by each provider.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>

#include "strongroom/crypto/floe.h"
#include "weights_like.h"

namespace strongroom::crypto {
namespace {

constexpr std::size_t kSegments = 16;

std::shared_ptr<const BulkCrypto> Provider(BulkProvider provider) {
  auto bulk = MakeBulkCrypto(provider);
  if (!bulk) std::exit(1);
  return *bulk;
}

void EncryptSegments(benchmark::State& state, BulkProvider provider) {
  const auto bulk = Provider(provider);
  const auto worker = bulk->NewWorker();
  const FloeParameters parameters;
  const auto encryptor = FloeEncryptor::Create(bulk, SecretBytes(32), AsBytes("benchmark"), parameters);
  const auto input = bench::RandomInput(parameters.segment_capacity());
  LeafBuffer windows(kSegments * parameters.segment_length / kLeafSize);
  for (auto _ : state) {
    for (std::size_t i = 0; i < kSegments; ++i) {
      std::vector<MutableBytes> out;
      windows.Pieces(i * parameters.segment_length, (i + 1) * parameters.segment_length, out);
      const std::array<ByteView, 1> in{input};
      encryptor.EncryptSegment(*worker, i, false, in, out);
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSegments * parameters.segment_length));
}

void HashLeaves(benchmark::State& state, BulkProvider provider) {
  const auto bulk = Provider(provider);
  const auto worker = bulk->NewWorker();
  LeafBuffer windows(32);
  std::array<Digest, 32> out;
  for (auto _ : state) {
    worker->HashLeaves(windows, 0, kLeafSize, out);
    benchmark::DoNotOptimize(out);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * out.size() * kLeafSize));
}

BENCHMARK_CAPTURE(EncryptSegments, fastest, BulkProvider::kFastest);
BENCHMARK_CAPTURE(EncryptSegments, openssl, BulkProvider::kOpenSsl);
BENCHMARK_CAPTURE(HashLeaves, fastest, BulkProvider::kFastest);
BENCHMARK_CAPTURE(HashLeaves, openssl, BulkProvider::kOpenSsl);

}  // namespace
}  // namespace strongroom::crypto
