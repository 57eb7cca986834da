#include "codec/symbol_stream.h"

#include <algorithm>
#include <bit>
#include <cstring>

// Shifts by a variable are the substance of these loops, and x86-64 processors with BMI2 do them in one step.
#if defined(__x86_64__)
#define SR_BMI2 __attribute__((target("bmi2")))
#define SR_HAVE_BMI2() __builtin_cpu_supports("bmi2")
#else
#define SR_BMI2
#define SR_HAVE_BMI2() false
#endif
#define SR_INLINE inline __attribute__((always_inline))

namespace strongroom::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "bit streams are moved as little-endian words");

constexpr std::size_t kWordSize = sizeof(std::uint64_t);

SR_INLINE std::uint64_t Load(const std::uint8_t* from) {
  std::uint64_t word;
  std::memcpy(&word, from, kWordSize);
  return word;
}

SR_INLINE void Store(std::uint64_t word, std::uint8_t* to) {
  std::memcpy(to, &word, kWordSize);
}

// Writes words upwards from `to`. The newest are at the top of `bits`, `pending` of them (in its low byte)
// not written yet; what is below them is of no account.
struct BitWriter {
  std::uint8_t* to;
  std::uint64_t bits = 0;
  std::uint64_t pending = 0;

  // A table entry; two may be added between flushes.
  SR_INLINE void Add(std::uint64_t entry) {
    bits = (bits >> (entry & 63)) | entry;
    pending += entry;
  }
  SR_INLINE void Flush() {
    const std::uint64_t count = pending & 0xff;
    Store((bits >> 1) >> (63 - count), to);
    to += count / 8;
    pending = count % 8;
  }
};

SR_INLINE std::size_t WriteLoop(const std::uint64_t* pairs, ByteView symbols, std::uint8_t* out) {
  BitWriter writer{out};
  const std::uint8_t* from = symbols.data() + symbols.size();
  const auto next_pair = [&from, pairs ]() __attribute__((always_inline)) {
    from -= 2;
    std::uint16_t pair;
    std::memcpy(&pair, from, sizeof(pair));
    return pairs[PairTable::Index(pair)];
  };
  if (symbols.size() % 2 != 0) {
    --from;
    const std::uint64_t twice = pairs[PairTable::Index(*from * 257U)];  // the same word two times
    const std::uint64_t length = (twice & 0xff) / 2;
    writer.Add((((twice >> 8) << 8) << length) | length);
  }
  if ((from - symbols.data()) % 4 != 0) writer.Add(next_pair());
  writer.Flush();
  while (from != symbols.data()) {
    writer.Add(next_pair());
    writer.Add(next_pair());
    writer.Flush();
  }
  writer.Add((1ULL << 63) | 1);  // the end mark: a word of one bit
  const std::size_t size = static_cast<std::size_t>(writer.to - out) + ((writer.pending & 0xff) + 7) / 8;
  writer.Flush();
  return size;
}

SR_BMI2 std::size_t WriteBmi2(const std::uint64_t* pairs, ByteView symbols, std::uint8_t* out) {
  return WriteLoop(pairs, symbols, out);
}

// A stream read downwards: the next bits are at the top of `bits`; the lowest bit that is set stands for the
// bits taken from the word at `from`.
struct BitReader {
  const std::uint8_t* begin;
  const std::uint8_t* from;
  std::uint64_t bits;
  std::uint8_t* out;
  std::uint8_t* end;

  // How often four look-ups may follow one another: each time they take 51 bits at most, write 24 bytes, and
  // store one word more.
  [[nodiscard]] std::size_t Rounds() const {
    const auto bytes = static_cast<std::size_t>(from - begin);
    const auto room = static_cast<std::size_t>(end - out);
    return std::min(bytes / 7, room < 32 ? 0 : (room - 8) / 24);
  }
};

SR_INLINE void LookUp(const std::uint64_t* table, std::uint64_t& bits, std::uint8_t*& out) {
  const std::uint64_t entry = table[bits >> (64 - kMaxCodeBits)];
  Store(entry, out);
  bits <<= (entry >> 48) & 63;
  out += entry >> 56;
}

SR_INLINE void Refill(std::uint64_t& bits, const std::uint8_t*& from) {
  const auto taken = static_cast<unsigned>(std::countr_zero(bits));
  from -= taken / 8;
  bits = (Load(from) | 1) << (taken % 8);
}

SR_INLINE void ReadOneLoop(const std::uint64_t* table, BitReader& r) {
  for (std::size_t rounds = r.Rounds(); rounds > 0; rounds = r.Rounds()) {
    for (; rounds > 0; --rounds) {
      for (int i = 0; i < 4; ++i) LookUp(table, r.bits, r.out);
      Refill(r.bits, r.from);
    }
  }
}

// All four side by side, so that the processor need not wait for any one; then what each has left.
SR_INLINE void ReadLoop(const std::uint64_t* table, std::array<BitReader, kStreams>& readers) {
  auto& [a, b, c, d] = readers;
  for (;;) {
    std::size_t rounds = std::min({a.Rounds(), b.Rounds(), c.Rounds(), d.Rounds()});
    if (rounds == 0) break;
    std::uint64_t bits_a = a.bits, bits_b = b.bits, bits_c = c.bits, bits_d = d.bits;
    const std::uint8_t *from_a = a.from, *from_b = b.from, *from_c = c.from, *from_d = d.from;
    std::uint8_t *out_a = a.out, *out_b = b.out, *out_c = c.out, *out_d = d.out;
    for (; rounds > 0; --rounds) {
      for (int i = 0; i < 4; ++i) {
        LookUp(table, bits_a, out_a);
        LookUp(table, bits_b, out_b);
        LookUp(table, bits_c, out_c);
        LookUp(table, bits_d, out_d);
      }
      Refill(bits_a, from_a);
      Refill(bits_b, from_b);
      Refill(bits_c, from_c);
      Refill(bits_d, from_d);
    }
    a = {a.begin, from_a, bits_a, out_a, a.end};
    b = {b.begin, from_b, bits_b, out_b, b.end};
    c = {c.begin, from_c, bits_c, out_c, c.end};
    d = {d.begin, from_d, bits_d, out_d, d.end};
  }
  for (BitReader& reader : readers) ReadOneLoop(table, reader);
}

SR_BMI2 void ReadBmi2(const std::uint64_t* table, std::array<BitReader, kStreams>& readers) {
  ReadLoop(table, readers);
}

void ReadPortable(const std::uint64_t* table, std::array<BitReader, kStreams>& readers) {
  ReadLoop(table, readers);
}

bool Open(const EncodedStream& stream, BitReader& reader) {
  if (stream.bytes.size() < kWordSize || stream.bytes.back() == 0) return false;
  const std::uint8_t* from = stream.bytes.data() + stream.bytes.size() - kWordSize;
  const auto mark = static_cast<unsigned>(std::countl_zero(stream.bytes.back())) + 1;
  reader = {stream.bytes.data(), from, (Load(from) | 1) << mark, stream.symbols.data(),
            stream.symbols.data() + stream.symbols.size()};
  return true;
}

// The last symbols, one at a time. True if bits and symbols end together.
bool Finish(const SymbolTable& table, const BitReader& reader) {
  const std::uint8_t* from = reader.from;
  auto taken = static_cast<unsigned>(std::countr_zero(reader.bits));
  for (std::uint8_t* out = reader.out; out != reader.end; ++out) {
    const auto back = std::min<std::ptrdiff_t>(taken / 8, from - reader.begin);
    from -= back;
    taken -= 8 * static_cast<unsigned>(back);
    if (taken >= 64) return false;
    *out = static_cast<std::uint8_t>(table.entries()[(Load(from) << taken) >> (64 - kMaxCodeBits)]);
    taken += table.Length(*out);
  }
  return taken == 64 + 8 * static_cast<unsigned>(from - reader.begin);
}

constexpr unsigned kMaxSymbolsAtOnce = 6;

std::uint64_t MakeEntry(std::size_t bits, const std::vector<std::uint8_t>& first_symbol,
                        const HuffmanCode& code) {
  std::uint64_t entry = 0;
  unsigned used = 0, symbols = 0;
  while (symbols < kMaxSymbolsAtOnce) {
    const std::uint8_t symbol = first_symbol[(bits << used) & ((1U << kMaxCodeBits) - 1)];
    if (used + code.lengths[symbol] > kMaxCodeBits) break;
    entry |= static_cast<std::uint64_t>(symbol) << (8 * symbols++);
    used += code.lengths[symbol];
  }
  return entry | (static_cast<std::uint64_t>(used) << 48) | (static_cast<std::uint64_t>(symbols) << 56);
}

}  // namespace

void PairTable::Fill(const HuffmanCode& code) {
  const auto words = CodeWords(code);
  for (std::size_t second = 0; second <= code.last; ++second) {
    const std::uint64_t second_length = code.lengths[second];
    if (second_length == 0) continue;
    for (std::size_t first = 0; first <= code.last; ++first) {
      // Streams are read backwards, so that of two symbols the second comes lower.
      const std::uint64_t length = code.lengths[first] + second_length;
      const std::uint64_t both = (static_cast<std::uint64_t>(words[first]) << second_length) | words[second];
      entries_[Index(first | (second << 8))] = (both << (64 - length)) | length;
    }
  }
}

void SymbolTable::Fill(const HuffmanCode& code) {
  lengths_ = code.lengths;
  const auto words = CodeWords(code);
  std::vector<std::uint8_t> first_symbol(entries_.size());
  for (std::size_t symbol = 0; symbol <= code.last; ++symbol) {
    if (code.lengths[symbol] == 0) continue;
    const unsigned free_bits = kMaxCodeBits - code.lengths[symbol];
    std::fill_n(first_symbol.begin() + (words[symbol] << free_bits), std::size_t{1} << free_bits,
                static_cast<std::uint8_t>(symbol));
  }
  for (std::size_t bits = 0; bits < entries_.size(); ++bits)
    entries_[bits] = MakeEntry(bits, first_symbol, code);
}

std::size_t WriteStream(const PairTable& table, ByteView symbols, MutableBytes out) {
  if (out.size() < symbols.size() * kMaxCodeBits / 8 + 2 * kWordSize) return 0;
  return SR_HAVE_BMI2() ? WriteBmi2(table.entries(), symbols, out.data())
                        : WriteLoop(table.entries(), symbols, out.data());
}

bool ReadStreams(const SymbolTable& table, const std::array<EncodedStream, kStreams>& streams) {
  std::array<BitReader, kStreams> readers{};
  for (std::size_t s = 0; s < kStreams; ++s) {
    if (!Open(streams[s], readers[s])) return false;
  }
  SR_HAVE_BMI2() ? ReadBmi2(table.entries(), readers) : ReadPortable(table.entries(), readers);
  return std::ranges::all_of(readers, [&table](const BitReader& reader) { return Finish(table, reader); });
}

}  // namespace strongroom::codec
