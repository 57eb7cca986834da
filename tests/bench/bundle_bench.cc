// One core in memory: what sealing and opening cost, beside OpenSSL's AES-256-GCM over the same bytes. The ratio of two lines is what counts.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>

#include "strongroom/bundle/in_memory.h"
#include "weights_like.h"

namespace strongroom::bundle {
namespace {

constexpr std::size_t kSize = 64 << 20;

void OpenSslAes256Gcm(benchmark::State& state) {
  const auto input = bench::Bf16Weights(kSize);
  std::vector<std::uint8_t> output(input.size());
  const std::array<std::uint8_t, 32> key{};
  const std::array<std::uint8_t, 12> nonce{};
  constexpr int kChunk = 1 << 20;
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  for (auto _ : state) {
    for (std::size_t at = 0; at < kSize; at += kChunk) {
      int length = 0;
      EVP_EncryptInit_ex2(context, cipher, key.data(), nonce.data(), nullptr);
      EVP_EncryptUpdate(context, output.data() + at, &length, input.data() + at, kChunk);
      EVP_EncryptFinal_ex(context, output.data() + at, &length);
    }
  }
  EVP_CIPHER_CTX_free(context);
  EVP_CIPHER_free(cipher);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSize));
}
BENCHMARK(OpenSslAes256Gcm)->Unit(benchmark::kMillisecond);

std::shared_ptr<const crypto::BulkCrypto> Provider(crypto::BulkProvider provider) {
  auto bulk = crypto::MakeBulkCrypto(provider);
  if (!bulk) std::exit(1);
  return *bulk;
}

void Seal(benchmark::State& state, crypto::BulkProvider provider, codec::Element element, std::vector<std::uint8_t> (*make)(std::size_t)) {
  const auto input = make(kSize);
  InMemoryShard shard(Provider(provider), kSize);
  for (auto _ : state) {
    if (!shard.Seal(element, input)) state.SkipWithError("seal failed");
  }
  state.counters["ratio"] = static_cast<double>(kSize) / static_cast<double>(shard.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSize));
}

void Open(benchmark::State& state, crypto::BulkProvider provider, bool check_leaves) {
  const auto input = bench::Bf16Weights(kSize);
  std::vector<std::uint8_t> output(kSize);
  InMemoryShard shard(Provider(provider), kSize);
  if (!shard.Seal(codec::Element::kBf16, input)) state.SkipWithError("seal failed");
  for (auto _ : state) {
    if (!shard.Open(check_leaves, output)) state.SkipWithError("open failed");
  }
  if (output != input) state.SkipWithError("opened other bytes than were sealed");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSize));
}

using crypto::BulkProvider;
BENCHMARK_CAPTURE(Seal, bf16_fastest, BulkProvider::kFastest, codec::Element::kBf16, bench::Bf16Weights)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Seal, bf16_openssl, BulkProvider::kOpenSsl, codec::Element::kBf16, bench::Bf16Weights)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Seal, random_fastest, BulkProvider::kFastest, codec::Element::kBytes, bench::RandomInput)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Open, bf16_fastest, BulkProvider::kFastest, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Open, bf16_openssl, BulkProvider::kOpenSsl, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Open, bf16_fastest_without_leaf_check, BulkProvider::kFastest, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Open, bf16_openssl_without_leaf_check, BulkProvider::kOpenSsl, false)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strongroom::bundle
