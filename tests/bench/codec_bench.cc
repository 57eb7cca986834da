// One core: coding and decoding of 1 MiB blocks.
#include <benchmark/benchmark.h>

#include "strongroom/codec/block.h"
#include "weights_like.h"

namespace strongroom::codec {
namespace {

Bytes Joined(const CodedBlock& block) {
  Bytes out;
  for (const ByteView piece : block.pieces()) out.insert(out.end(), piece.begin(), piece.end());
  return out;
}

void Code(benchmark::State& state, Element element, std::vector<std::uint8_t> (*make)(std::size_t)) {
  const auto input = make(kMaxBlock);
  BlockCoder coder;
  CodedBlock block;
  for (auto _ : state) {
    if (!coder.Code(element, input, block)) state.SkipWithError("coding failed");
  }
  state.counters["ratio"] = static_cast<double>(input.size()) / static_cast<double>(block.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * input.size()));
}

void Decode(benchmark::State& state, Element element, std::vector<std::uint8_t> (*make)(std::size_t)) {
  const auto input = make(kMaxBlock);
  BlockCoder coder;
  CodedBlock block;
  if (!coder.Code(element, input, block)) state.SkipWithError("coding failed");
  const Bytes coded = Joined(block);
  Bytes output(input.size());
  BlockDecoder decoder;
  for (auto _ : state) {
    if (!decoder.Decode(element, coded, output)) state.SkipWithError("decoding failed");
  }
  if (output != input) state.SkipWithError("decoded other bytes than were coded");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * input.size()));
}

BENCHMARK_CAPTURE(Code, bf16, Element::kBf16, bench::Bf16Weights);
BENCHMARK_CAPTURE(Code, random, Element::kBytes, bench::RandomInput);
BENCHMARK_CAPTURE(Code, quantised, Element::kQuantised, bench::RandomInput);
BENCHMARK_CAPTURE(Decode, bf16, Element::kBf16, bench::Bf16Weights);
BENCHMARK_CAPTURE(Decode, random, Element::kBytes, bench::RandomInput);

}  // namespace
}  // namespace strongroom::codec
