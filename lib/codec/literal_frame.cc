#include "codec/literal_frame.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace strongroom::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "bit streams are moved as little-endian words");

constexpr std::uint32_t kMagic = 0xfd2fb528;
// Single segment, content size in 4 bytes, no checksum, no dictionary.
constexpr std::uint8_t kFrameHeader = 0xa0;
constexpr std::size_t kMaxBlockContent = 128 * 1024;
constexpr std::uint32_t kCompressedBlock = 2;
constexpr std::uint64_t kLiteralsWithTree = 2, kLiteralsUnderLastTree = 3;
constexpr std::uint64_t kFourStreamsOf18Bits = 3;  // how the literals section gives its sizes
constexpr std::size_t kBlockHeader = 3, kLiteralsHeader = 5, kJumpTable = 6;
// Above this mean length of words too few symbols come out of one look-up, and libzstd is the faster reader.
constexpr double kLongestMean = 4;            // bits
constexpr std::uint8_t kListedWeights = 127;  // a tree description of 127 + n lists n weights

void StoreLe(std::uint64_t value, std::size_t size, std::uint8_t* out) {
  std::memcpy(out, &value, size);
}

std::size_t BlockSize(std::size_t plain_size) {
  const std::size_t blocks = (plain_size + kMaxBlockContent - 1) / kMaxBlockContent;
  return (plain_size + blocks - 1) / blocks;
}

constexpr std::size_t kChunk = 256;        // bytes
constexpr std::size_t kSampledEvery = 16;  // chunks

void CountChunk(ByteView chunk, std::uint32_t weight, SymbolCounts& counts) {
  for (const std::uint8_t symbol : chunk) counts[symbol] += weight;
}

// Whether a byte lies outside [low, low + span]; a loop that compilers vectorise.
bool HasOutsider(const std::uint8_t* chunk, std::uint8_t low, std::uint8_t span) {
  std::uint8_t outsiders = 0;
  for (std::size_t i = 0; i < kChunk; ++i)
    outsiders |= static_cast<std::uint8_t>(static_cast<std::uint8_t>(chunk[i] - low) > span);
  return outsiders != 0;
}

// Counts symbols well enough for a good tree in a fraction of the time: one chunk in sixteen is counted for
// all sixteen; the run of symbols found there is taken to occur throughout; of the rest, no symbol is missed.
// Nothing if a symbol is too great for a tree that lists weights.
std::optional<SymbolCounts> EstimateCounts(ByteView plain) {
  SymbolCounts counts{};
  const std::size_t chunks = plain.size() / kChunk;
  for (std::size_t c = 0; c < chunks; c += kSampledEvery)
    CountChunk(plain.subspan(c * kChunk, kChunk), kSampledEvery, counts);
  CountChunk(plain.subspan(chunks * kChunk), 1, counts);
  const auto great = std::span(counts).subspan(kMaxListedWeights + 1);
  if (std::ranges::any_of(great, [](std::uint32_t count) { return count > 0; })) return std::nullopt;
  const auto mode = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
  std::size_t low = mode, high = mode;
  while (low > 0 && counts[low - 1] > 0) --low;
  while (high < 255 && counts[high + 1] > 0) ++high;
  for (std::size_t c = 0; c < chunks; ++c) {
    if (c % kSampledEvery == 0) continue;
    const ByteView chunk = plain.subspan(c * kChunk, kChunk);
    if (!HasOutsider(chunk.data(), static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high - low)))
      continue;
    for (const std::uint8_t symbol : chunk) counts[symbol] += symbol < low || symbol > high ? 1 : 0;
  }
  return counts;
}

// Weights as nibbles, the first of two in the upper half.
std::size_t TreeSize(const HuffmanCode& code) {
  return 1 + (code.last + 1) / 2;
}

void WriteTree(const HuffmanCode& code, MutableBytes out) {
  out[0] = static_cast<std::uint8_t>(kListedWeights + code.last);
  std::ranges::fill(out.subspan(1), std::uint8_t{0});
  for (std::size_t symbol = 0; symbol < code.last; ++symbol) {
    const unsigned weight = code.lengths[symbol] == 0 ? 0 : code.longest + 1 - code.lengths[symbol];
    out[1 + symbol / 2] |= static_cast<std::uint8_t>(symbol % 2 == 0 ? weight << 4 : weight);
  }
}

}  // namespace

std::size_t LiteralFrameWriter::WriteBlock(const HuffmanCode* tree, bool last, ByteView plain,
                                           MutableBytes out) const {
  const std::size_t tree_size = tree == nullptr ? 0 : TreeSize(*tree);
  std::size_t size = kBlockHeader + kLiteralsHeader + tree_size;
  if (out.size() < size + kJumpTable) return 0;
  if (tree != nullptr) WriteTree(*tree, out.subspan(kBlockHeader + kLiteralsHeader, tree_size));
  std::uint8_t* const jump_table = out.data() + size;
  size += kJumpTable;
  const std::size_t quarter = (plain.size() + kStreams - 1) / kStreams;
  for (std::size_t s = 0; s < kStreams; ++s) {
    const ByteView symbols = plain.subspan(s * quarter, std::min(quarter, plain.size() - s * quarter));
    const std::size_t written = WriteStream(pairs_, symbols, out.subspan(size));
    if (written == 0) return 0;
    if (s + 1 < kStreams) StoreLe(written, 2, jump_table + 2 * s);
    size += written;
  }
  if (size == out.size()) return 0;
  const std::uint64_t literals = size - kBlockHeader - kLiteralsHeader;
  out[size++] = 0;  // no sequences
  const std::uint64_t type = tree == nullptr ? kLiteralsUnderLastTree : kLiteralsWithTree;
  StoreLe(type | (kFourStreamsOf18Bits << 2) | (plain.size() << 4) | (literals << 22), kLiteralsHeader,
          out.data() + kBlockHeader);
  StoreLe((last ? 1U : 0U) | (kCompressedBlock << 1) | ((size - kBlockHeader) << 3), kBlockHeader,
          out.data());
  return size;
}

std::size_t LiteralFrameWriter::Write(ByteView plain, MutableBytes out) {
  const std::size_t header = sizeof(kMagic) + 1 + sizeof(std::uint32_t);
  if (plain.size() < kMinLiteralFrame || out.size() < header) return 0;
  const auto counts = EstimateCounts(plain);
  const auto code = counts ? MakeHuffmanCode(*counts) : std::nullopt;
  if (!code) return 0;
  pairs_.Fill(*code);
  StoreLe(kMagic | (static_cast<std::uint64_t>(kFrameHeader) << 32), sizeof(kMagic) + 1, out.data());
  StoreLe(plain.size(), sizeof(std::uint32_t), out.data() + sizeof(kMagic) + 1);
  std::size_t size = header;
  const std::size_t block = BlockSize(plain.size());
  for (std::size_t begin = 0; begin < plain.size(); begin += block) {
    const ByteView content = plain.subspan(begin, std::min(block, plain.size() - begin));
    const bool last = begin + content.size() == plain.size();
    const std::size_t written = WriteBlock(begin == 0 ? &*code : nullptr, last, content, out.subspan(size));
    if (written == 0) return 0;
    size += written;
  }
  return size;
}

bool LiteralFrameReader::ReadTree(ByteReader& in) {
  const auto described = in.U8();
  if (!described || *described <= kListedWeights) return false;
  const std::size_t count = *described - kListedWeights;
  const auto nibbles = in.Take((count + 1) / 2);
  if (!nibbles) return false;
  std::array<std::uint8_t, kMaxListedWeights> weights{};
  for (std::size_t i = 0; i < count; ++i)
    weights[i] = i % 2 == 0 ? (*nibbles)[i / 2] >> 4 : (*nibbles)[i / 2] & 15;
  const auto code = CodeOfWeights(std::span(weights).first(count));
  if (!code || MeanLength(*code) > kLongestMean) return false;
  table_.Fill(*code);
  return true;
}

bool LiteralFrameReader::ReadBlock(ByteView content, bool first, MutableBytes plain, std::size_t& written) {
  ByteReader in(content);
  const auto low = in.U32Le();
  const auto high = in.U8();
  if (!low || !high) return false;
  const std::uint64_t header = *low | (static_cast<std::uint64_t>(*high) << 32);
  const std::uint64_t type = first ? kLiteralsWithTree : kLiteralsUnderLastTree;
  const std::size_t size = (header >> 4) & 0x3ffff;
  if ((header & 15) != (type | (kFourStreamsOf18Bits << 2)) || (header >> 22) != in.remaining() - 1)
    return false;
  if (size > plain.size() || size > kMaxBlockContent || content.back() != 0) return false;
  if (first && !ReadTree(in)) return false;
  std::array<std::size_t, kStreams> sizes{};
  for (std::size_t s = 0; s + 1 < kStreams; ++s) {
    const auto stream_size = in.U16Le();
    if (!stream_size) return false;
    sizes[s] = *stream_size;
  }
  const std::size_t listed = sizes[0] + sizes[1] + sizes[2] + 1;
  if (in.remaining() < listed) return false;
  sizes[3] = in.remaining() - listed;
  std::array<EncodedStream, kStreams> streams;
  const std::size_t quarter = (size + kStreams - 1) / kStreams;
  if (3 * quarter > size) return false;
  for (std::size_t s = 0; s < kStreams; ++s) {
    const auto bytes = in.Take(sizes[s]);
    const std::size_t symbols = s + 1 < kStreams ? quarter : size - 3 * quarter;
    if (!bytes) return false;
    streams[s] = {*bytes, plain.subspan(s * quarter, symbols)};
  }
  written = size;
  return ReadStreams(table_, streams);
}

bool LiteralFrameReader::Read(ByteView frame, MutableBytes plain) {
  ByteReader in(frame);
  const auto magic = in.U32Le();
  const auto header = in.U8();
  const auto size = in.U32Le();
  if (!magic || *magic != kMagic || !header || *header != kFrameHeader || !size || *size != plain.size())
    return false;
  if (plain.size() < kMinLiteralFrame) return false;
  for (std::size_t begin = 0; begin < plain.size();) {
    const auto low = in.U16Le();
    const auto high = in.U8();
    if (!low || !high) return false;
    const std::uint32_t block = *low | (static_cast<std::uint32_t>(*high) << 16);
    const auto content = in.Take(block >> 3);
    std::size_t written = 0;
    if (!content || content->size() < 2 || content->size() > std::min(kMaxBlockContent, plain.size()) ||
        ((block >> 1) & 3) != kCompressedBlock)
      return false;
    if (!ReadBlock(*content, begin == 0, plain.subspan(begin), written) || written == 0) return false;
    begin += written;
    if ((block & 1) != (begin == plain.size() ? 1U : 0U)) return false;
  }
  return in.remaining() == 0;
}

}  // namespace strongroom::codec
