#include "bundle/seal_stream.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>
#include <variant>
#include <vector>

#include "bundle/tasks.h"

namespace strongroom::bundle {
namespace {

constexpr std::uint64_t kSampleEvery = 64;
constexpr std::uint64_t kLeastSamples = 48;

struct Sample {
  std::vector<SourceBlock> blocks;
  std::array<std::uint64_t, codec::kElementCount> plaintext{};  // of all blocks, by element type
};

// Blocks at equal distances, and the first of each element type.
Sample ChooseSample(const Source& source) {
  const std::uint64_t distance = std::clamp<std::uint64_t>(source.blocks / kLeastSamples, 1, kSampleEvery);
  Sample sample;
  for (BlockCursor cursor(source); !cursor.done();) {
    const SourceBlock block = cursor.Next();
    std::uint64_t& plaintext = sample.plaintext[static_cast<std::size_t>(block.element)];
    if (plaintext == 0 || block.index % distance == 0) sample.blocks.push_back(block);
    plaintext += block.size;
  }
  return sample;
}

}  // namespace

Status BlockMaker::Make(const SourceBlock& block, StreamBuffer& out) {
  const MutableBytes plaintext = out.plaintext.bytes().first(block.size);
  bool hole = false;
  SR_RETURN_IF_ERROR(reader_.Read(handle_, block, plaintext, hole));
  return coder_.Code(block.element, hole ? std::as_const(zeros_).bytes().first(block.size) : plaintext,
                     out.coded);
}

Status SealStream(SourceReader& reader, CodedStream& stream, ShardSet& shards, const crypto::BulkCrypto& bulk,
                  unsigned threads, ProgressMeter& meter, std::stop_token stop) {
  return OnThreads(threads, stop, [&](std::stop_token halt) -> Status {
    BlockMaker maker(reader);
    RunScratch scratch(bulk);
    while (true) {
      SR_ASSIGN_OR_RETURN(CodedStream::Work work, stream.Next(halt));
      if (const auto* block = std::get_if<StreamBlock>(&work)) {
        SR_RETURN_IF_ERROR(maker.Make(block->block, *block->buffer));
        stream.Place(*block);
        meter.Add(block->block.size);
      } else if (const auto* run = std::get_if<StreamRun>(&work)) {
        SR_RETURN_IF_ERROR(shards.WriteRun(scratch, run->shard, run->run, run->final, run->plaintext));
        stream.Release(*run);
      } else {
        return {};
      }
    }
  });
}

Expected<std::uint64_t> EstimateStream(const Source& source, SourceReader& reader, unsigned threads,
                                       std::stop_token stop) {
  struct Coder {
    BlockMaker maker;
    StreamBuffer buffer;
  };
  const Sample sample = ChooseSample(source);
  std::array<std::atomic<std::uint64_t>, codec::kElementCount> plaintext{}, coded{};
  SR_RETURN_IF_ERROR(ForEachTask(
      threads, sample.blocks.size(), stop, [&] { return std::make_unique<Coder>(BlockMaker(reader)); },
      [&](std::unique_ptr<Coder>& coder, std::uint64_t i) -> Status {
        const SourceBlock& block = sample.blocks[i];
        SR_RETURN_IF_ERROR(coder->maker.Make(block, coder->buffer));
        plaintext[static_cast<std::size_t>(block.element)] += block.size;
        coded[static_cast<std::size_t>(block.element)] += coder->buffer.coded.size();
        return {};
      }));
  double estimate = 0;
  for (std::size_t i = 0; i < codec::kElementCount; ++i) {
    if (plaintext[i] == 0) continue;
    estimate += static_cast<double>(sample.plaintext[i]) * static_cast<double>(coded[i]) /
                static_cast<double>(plaintext[i]);
  }
  return static_cast<std::uint64_t>(estimate);
}

}  // namespace strongroom::bundle
