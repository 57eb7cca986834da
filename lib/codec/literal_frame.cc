#include "codec/literal_frame.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace strongroom::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "bit streams are moved as little-endian words");

constexpr std::uint32_t kMagic = 0xfd2fb528;
constexpr std::uint8_t kFrameHeader =
    0xa0;  // single segment, content size in 4 bytes, no checksum, no dictionary
constexpr std::size_t kMaxBlockContent = 128 * 1024;
constexpr std::uint32_t kCompressedBlock = 2;
constexpr std::uint64_t kLiteralsWithTree = 2, kLiteralsUnderLastTree = 3;
constexpr std::uint64_t kFourStreamsOf18Bits = 3;  // how the literals section gives its sizes
constexpr std::size_t kBlockHeader = 3, kLiteralsHeader = 5, kJumpTable = 6, kStreams = 4;
constexpr std::uint8_t kListedWeights = 127;  // a tree description of 127 + n lists n weights
constexpr std::size_t kWordSize = sizeof(std::uint64_t);

void StoreLe(std::uint64_t value, std::size_t size, std::uint8_t* out) {
  std::memcpy(out, &value, size);
}

std::uint64_t LoadWord(const std::uint8_t* from) {
  std::uint64_t word;
  std::memcpy(&word, from, kWordSize);
  return word;
}

std::size_t BlockSize(std::size_t plain_size) {
  const std::size_t blocks = (plain_size + kMaxBlockContent - 1) / kMaxBlockContent;
  return (plain_size + blocks - 1) / blocks;
}

constexpr std::size_t kChunk = 256;       // bytes
constexpr std::size_t kSampledEvery = 8;  // chunks

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

// Counts symbols well enough for a good tree in a fraction of the time: one chunk in eight is counted for all
// eight; the run of symbols found there is taken to occur throughout; of the rest, no symbol is missed.
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

// Writes words of a code upwards from the start of a buffer. `bits_` keeps the newest at its top; `pending_`
// of them are not written yet.
class BitWriter {
 public:
  explicit BitWriter(MutableBytes out) : begin_(out.data()), to_(begin_), limit_(begin_ + out.size()) {}

  // A pair has its two words at the top and their length in the low byte. Two pairs may be added between
  // flushes.
  void Add(std::uint32_t pair) {
    const std::uint32_t length = pair & 0xff;
    bits_ = (bits_ >> length) | (static_cast<std::uint64_t>(pair - length) << 32);
    pending_ += length;
  }
  // The second word of a pair of equal ones.
  void AddSecondOf(std::uint32_t pair) {
    const std::uint32_t length = (pair & 0xff) / 2;
    Add(((pair - 2 * length) << length) | length);
  }
  // False, and nothing done, if less than a word of room is left.
  bool Flush() {
    if (static_cast<std::size_t>(limit_ - to_) < kWordSize) return false;
    if (pending_ > 0) StoreLe(bits_ >> (64 - pending_), kWordSize, to_);
    to_ += pending_ / 8;
    pending_ %= 8;
    return true;
  }
  // Adds the end mark; returns the size of the whole, or 0 if it does not fit.
  std::size_t Finish() {
    bits_ = (bits_ >> 1) | (1ULL << 63);
    ++pending_;
    const std::size_t size = static_cast<std::size_t>(to_ - begin_) + (pending_ + 7) / 8;
    return Flush() ? size : 0;
  }

 private:
  std::uint8_t* begin_;
  std::uint8_t* to_;
  const std::uint8_t* limit_;
  std::uint64_t bits_ = 0;
  std::uint64_t pending_ = 0;
};

}  // namespace

LiteralFrameWriter::LiteralFrameWriter() : pairs_(65536) {}

void LiteralFrameWriter::FillPairs(const HuffmanCode& code) {
  const auto words = CodeWords(code);
  for (std::size_t first = 0; first <= code.last; ++first) {
    const std::uint32_t first_length = code.lengths[first];
    if (first_length == 0) continue;
    for (std::size_t second = 0; second <= code.last; ++second) {
      // The decoder reads backwards, so that of two symbols the second comes lower.
      const std::uint32_t length = first_length + code.lengths[second];
      const std::uint32_t both =
          (static_cast<std::uint32_t>(words[first]) << code.lengths[second]) | words[second];
      pairs_[first | (second << 8)] = (both << (32 - length)) | length;
    }
  }
}

// Codes symbols from the last to the first; 0 if they do not fit.
std::size_t LiteralFrameWriter::WriteStream(ByteView symbols, MutableBytes out) const {
  BitWriter bits(out);
  const std::uint8_t* from = symbols.data() + symbols.size();
  const auto next_pair = [&from, this] {
    from -= 2;
    std::uint16_t pair;
    std::memcpy(&pair, from, sizeof(pair));
    return pairs_[pair];
  };
  if (symbols.size() % 2 != 0) {
    --from;
    bits.AddSecondOf(pairs_[*from * 257U]);
  }
  if ((from - symbols.data()) % 4 != 0) bits.Add(next_pair());
  bool room = bits.Flush();
  while (room && from != symbols.data()) {
    bits.Add(next_pair());
    bits.Add(next_pair());
    room = bits.Flush();
  }
  return room ? bits.Finish() : 0;
}

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
    const std::size_t written = WriteStream(symbols, out.subspan(size));
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
  FillPairs(*code);
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

// A stream being read backwards: `bits` is the word at `from`, of which the top `consumed` bits are done.
struct LiteralFrameReader::Stream {
  const std::uint8_t* begin = nullptr;
  const std::uint8_t* from = nullptr;
  std::uint64_t bits = 0;
  std::uint64_t consumed = 0;
  std::uint8_t* out = nullptr;
  std::uint8_t* end = nullptr;

  bool Open(ByteView stream, MutableBytes plain) {
    if (stream.size() < kWordSize || stream.back() == 0) return false;
    begin = stream.data();
    from = begin + stream.size() - kWordSize;
    bits = LoadWord(from);
    consumed = static_cast<std::uint64_t>(std::countl_zero(stream.back())) + 1;
    out = plain.data();
    end = out + plain.size();
    return true;
  }
  void Reload() {
    from -= consumed / 8;
    consumed %= 8;
    bits = LoadWord(from);
  }
  // Four look-ups take 44 bits at most and write 24 bytes, in words.
  [[nodiscard]] bool HasRoom() const { return from - begin >= 8 && end - out >= 32; }
};

namespace {

constexpr std::size_t kMaxSymbolsAtOnce = 6;

std::uint64_t TableEntry(std::size_t bits, const std::vector<std::uint8_t>& first_symbol,
                         const HuffmanCode& code) {
  std::uint64_t entry = 0;
  unsigned used = 0;
  unsigned symbols = 0;
  while (symbols < kMaxSymbolsAtOnce) {
    const std::uint8_t symbol = first_symbol[(bits << used) & ((1U << kMaxCodeBits) - 1)];
    if (used + code.lengths[symbol] > kMaxCodeBits) break;
    entry |= static_cast<std::uint64_t>(symbol) << (8 * symbols++);
    used += code.lengths[symbol];
  }
  return entry | (static_cast<std::uint64_t>(used) << 48) | (static_cast<std::uint64_t>(symbols) << 56);
}

}  // namespace

LiteralFrameReader::LiteralFrameReader() : table_(std::size_t{1} << kMaxCodeBits) {}

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
  if (!code) return false;
  code_ = *code;
  const auto words = CodeWords(code_);
  std::vector<std::uint8_t> first_symbol(table_.size());
  for (std::size_t symbol = 0; symbol <= code_.last; ++symbol) {
    if (code_.lengths[symbol] == 0) continue;
    const unsigned free_bits = kMaxCodeBits - code_.lengths[symbol];
    std::fill_n(first_symbol.begin() + (words[symbol] << free_bits), std::size_t{1} << free_bits,
                static_cast<std::uint8_t>(symbol));
  }
  for (std::size_t bits = 0; bits < table_.size(); ++bits)
    table_[bits] = TableEntry(bits, first_symbol, code_);
  return true;
}

inline void LiteralFrameReader::Step(Stream& stream) const {
  const std::uint64_t entry = table_[(stream.bits << stream.consumed) >> (64 - kMaxCodeBits)];
  StoreLe(entry, kWordSize, stream.out);
  stream.out += entry >> 56;
  stream.consumed += (entry >> 48) & 0xff;
}

// Reads what is left, symbol by symbol near the end. True if bits and symbols end together.
bool LiteralFrameReader::FinishStream(Stream stream) const {
  while (stream.HasRoom()) {
    for (int look_up = 0; look_up < 4; ++look_up) Step(stream);
    stream.Reload();
  }
  while (stream.out != stream.end) {
    const auto back =
        std::min<std::uint64_t>(stream.consumed / 8, static_cast<std::uint64_t>(stream.from - stream.begin));
    stream.from -= back;
    stream.consumed -= 8 * back;
    if (stream.consumed >= 64) return false;
    const std::uint64_t bits = LoadWord(stream.from) << stream.consumed;
    const auto symbol = static_cast<std::uint8_t>(table_[bits >> (64 - kMaxCodeBits)]);
    *stream.out++ = symbol;
    stream.consumed += code_.lengths[symbol];
  }
  return stream.from - stream.begin + static_cast<std::ptrdiff_t>(kWordSize) ==
             static_cast<std::ptrdiff_t>(stream.consumed / 8) &&
         stream.consumed % 8 == 0;
}

// All four side by side, so that the processor need not wait for any one.
bool LiteralFrameReader::ReadStreams(std::array<Stream, 4>& streams) const {
  Stream a = streams[0], b = streams[1], c = streams[2], d = streams[3];
  while (a.HasRoom() && b.HasRoom() && c.HasRoom() && d.HasRoom()) {
    for (int look_up = 0; look_up < 4; ++look_up) {
      Step(a);
      Step(b);
      Step(c);
      Step(d);
    }
    a.Reload();
    b.Reload();
    c.Reload();
    d.Reload();
  }
  return FinishStream(a) && FinishStream(b) && FinishStream(c) && FinishStream(d);
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
  std::array<Stream, kStreams> streams;
  const std::size_t quarter = (size + kStreams - 1) / kStreams;
  if (3 * quarter > size) return false;
  for (std::size_t s = 0; s < kStreams; ++s) {
    const auto bytes = in.Take(sizes[s]);
    const std::size_t symbols = s + 1 < kStreams ? quarter : size - 3 * quarter;
    if (!bytes || !streams[s].Open(*bytes, plain.subspan(s * quarter, symbols))) return false;
  }
  written = size;
  return ReadStreams(streams);
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
