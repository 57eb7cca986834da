// One core: what the log does for each record.
#include <benchmark/benchmark.h>

#include "strongroom/crypto/hash.h"
#include "strongroom/log/entry.h"
#include "strongroom/log/entry_index.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

// 439 bytes.
AccessRecord UsualRecord() {
  AccessRecord record;
  record.time = Timestamp{1'795'000'000};
  record.outcome = Outcome::kPermit;
  record.bundle = RecordedBundle{Digest{1}, Digest{2}, 3};
  record.packs = {Digest{4}};
  record.party = RecordedParty{"Acme", "US"};
  return record;
}

void SerializeRecord(benchmark::State& state) {
  const AccessRecord record = UsualRecord();
  for (auto _ : state) benchmark::DoNotOptimize(SerializeAccessRecord(record));
}

void ParseRecord(benchmark::State& state) {
  const Bytes bytes = SerializeAccessRecord(UsualRecord());
  for (auto _ : state) benchmark::DoNotOptimize(ParseEntry(bytes));
}

void HashLeaf(benchmark::State& state) {
  const Bytes bytes = SerializeAccessRecord(UsualRecord());
  for (auto _ : state) benchmark::DoNotOptimize(crypto::MerkleLeafHash(bytes));
}

void GrowTree(benchmark::State& state) {
  MerkleTree tree;
  const Digest leaf{1};
  for (auto _ : state) {
    tree.Append(leaf);
    if (tree.size() % 4096 == 0) tree.ForgetBefore(tree.size());
  }
}

// Of a million bundles, in no order.
void IndexRecordOfMany(benchmark::State& state) {
  constexpr std::uint64_t kBundles = 1'000'000;
  EntryIndex index;
  AccessRecord record = UsualRecord();
  std::uint64_t position = 0;
  for (auto _ : state) {
    const std::uint64_t bundle = position * 0x9E3779B97F4A7C15 % kBundles;
    record.bundle->instance = crypto::Sha256(AsBytes(std::to_string(bundle)));
    index.Add(position++, record);
  }
}

BENCHMARK(SerializeRecord);
BENCHMARK(ParseRecord);
BENCHMARK(HashLeaf);
BENCHMARK(GrowTree);
BENCHMARK(IndexRecordOfMany);

}  // namespace
}  // namespace strongroom::log
