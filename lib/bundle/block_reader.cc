#include "bundle/block_reader.h"

#include <string>
#include <utility>

namespace strongroom::bundle {

Expected<BlockRun> RunFrom(const CatalogueReader& catalogue, std::uint64_t first, std::uint64_t end) {
  std::uint64_t coded = 0, plaintext = 0, i = first;
  for (; i < end; ++i) {
    SR_ASSIGN_OR_RETURN(const BlockRecord block, catalogue.Block(i));
    coded += block.coded_size;
    plaintext += block.size;
    if (i > first && (coded > kRunCodedSize || plaintext > kRunPlaintextSize)) break;
  }
  return BlockRun{first, i - first};
}

Status DecodeBlock(BlockScratch& scratch, std::uint64_t index, const BlockRecord& block, ByteView coded,
                   MutableBytes plaintext) {
  auto decoded = scratch.decoder.Decode(block.element, coded, plaintext);
  if (!decoded) return std::unexpected(std::move(decoded).error().With("block " + std::to_string(index)));
  return {};
}

Status CheckFollows(const BlockRecord& before, std::uint64_t index, const BlockRecord& block) {
  const bool follows = block.stream_offset == before.stream_offset + before.coded_size;
  if (follows && (block.file != before.file || block.file_offset == before.file_offset + before.size))
    return {};
  return Fail(ErrorCode::kAltered,
              "catalogue: block " + std::to_string(index) + ": does not follow the one before it");
}

}  // namespace strongroom::bundle
