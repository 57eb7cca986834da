// From the stream back to plaintext: runs of blocks, read together and decoded one by one.
#ifndef STRONGROOM_BUNDLE_BLOCK_READER_H_
#define STRONGROOM_BUNDLE_BLOCK_READER_H_

#include <cstdint>
#include <span>

#include "bundle/stream_reader.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/catalogue.h"
#include "strongroom/codec/block.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::bundle {

// How much is read and decoded in one go: coded, and as plaintext, for zeros code to nearly nothing.
inline constexpr std::uint64_t kRunCodedSize = 2 << 20;
inline constexpr std::uint64_t kRunPlaintextSize = 8 << 20;

// Consecutive blocks [first, first + count).
struct BlockRun {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// What a thread needs to read blocks.
struct BlockScratch {
  explicit BlockScratch(const crypto::BulkCrypto& bulk) : read(bulk) {}
  ReadScratch read;
  codec::BlockDecoder decoder;
  PlaintextBuffer coded{kRunCodedSize};
  PlaintextBuffer plaintext{codec::kMaxBlock};
};

// The longest run from `first` on, before `end`, that may be read in one go: one block at least.
Expected<BlockRun> RunFrom(const CatalogueReader& catalogue, std::uint64_t first, std::uint64_t end);

// Reads a run and calls take(record, plaintext) for each of its blocks, in order.
template <typename Take>
Status ReadBlocks(const CatalogueReader& catalogue, StreamReader& stream, BlockScratch& scratch,
                  const BlockRun& run, Take take);

// Decodes one block; kAltered, naming it.
Status DecodeBlock(BlockScratch& scratch, std::uint64_t index, const BlockRecord& block, ByteView coded,
                   MutableBytes plaintext);

// kAltered unless `block` begins in the stream and in its file where the one before it in a run ended.
Status CheckFollows(const BlockRecord& before, std::uint64_t index, const BlockRecord& block);

template <typename Take>
Status ReadBlocks(const CatalogueReader& catalogue, StreamReader& stream, BlockScratch& scratch,
                  const BlockRun& run, Take take) {
  SR_ASSIGN_OR_RETURN(const BlockRecord first, catalogue.Block(run.first));
  SR_ASSIGN_OR_RETURN(const BlockRecord last, catalogue.Block(run.first + run.count - 1));
  const std::uint64_t size = last.stream_offset + last.coded_size - first.stream_offset;
  if (last.stream_offset < first.stream_offset || size > scratch.coded.size())
    return CheckFollows(first, run.first, last);
  const MutableBytes coded = scratch.coded.bytes().first(size);
  SR_RETURN_IF_ERROR(stream.Read(scratch.read, first.stream_offset, coded));
  BlockRecord before = first;
  for (std::uint64_t i = run.first; i < run.first + run.count; ++i) {
    SR_ASSIGN_OR_RETURN(const BlockRecord block, catalogue.Block(i));
    if (i > run.first) SR_RETURN_IF_ERROR(CheckFollows(before, i, block));
    const MutableBytes plaintext = scratch.plaintext.bytes().first(block.size);
    const ByteView bytes = coded.subspan(block.stream_offset - first.stream_offset, block.coded_size);
    SR_RETURN_IF_ERROR(DecodeBlock(scratch, i, block, bytes, plaintext));
    SR_RETURN_IF_ERROR(take(block, plaintext));
    before = block;
  }
  return {};
}

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_BLOCK_READER_H_
