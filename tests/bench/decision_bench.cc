// One core: decisions of the packs that come with the program, and what it takes to load them.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "strongroom/policy/cases.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::policy {
namespace {

// Asks a pack its own cases in turn.
void Decide(benchmark::State& state, std::string_view id) {
  const auto packs = LoadShippedPacks();
  const auto source = std::ranges::find(ShippedPacks(), id, &PackSource::id);
  if (!packs || source == ShippedPacks().end()) return state.SkipWithError("there is no such pack");
  const Pack* pack = &(*packs)[static_cast<std::size_t>(source - ShippedPacks().begin())];
  auto cases = ParseCases(source->cases);
  if (!cases) return state.SkipWithError("its cases do not parse");
  std::erase_if(*cases, [](const Case& one) { return !one.facts.has_value(); });
  std::size_t next = 0;
  for (auto _ : state) {
    const Case& one = (*cases)[next];
    benchmark::DoNotOptimize(Evaluate(std::span(&pack, 1), *one.facts, one.at));
    next = next + 1 == cases->size() ? 0 : next + 1;
  }
  state.SetItemsProcessed(state.iterations());
}

void LoadAll(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(LoadShippedPacks());
}

BENCHMARK_CAPTURE(Decide, AlliedNations, "allied-nations");
BENCHMARK_CAPTURE(Decide, UsEarDiffusionText, "us-ear-diffusion-text");
BENCHMARK(LoadAll)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strongroom::policy
