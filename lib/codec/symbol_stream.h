// The inner loops of Huffman coding: one stream of words written, four read side by side. Streams are as RFC
// 8878 section 4.2.2 has them: written from the last symbol to the first, read from the end, with a mark
// after the last bit.
#ifndef STRONGROOM_CODEC_SYMBOL_STREAM_H_
#define STRONGROOM_CODEC_SYMBOL_STREAM_H_

#include <array>
#include <cstdint>
#include <vector>

#include "codec/huffman.h"
#include "strongroom/base/bytes.h"

namespace strongroom::codec {

inline constexpr std::size_t kStreams = 4;

// PairTable gives the words of two neighbouring symbols by one look-up: end to end at the top of the value,
// their length in the low byte.
class PairTable {
 public:
  PairTable() : entries_(kSize) {}
  void Fill(const HuffmanCode& code);
  [[nodiscard]] const std::uint64_t* entries() const { return entries_.data(); }
  // Where the entry of a pair stands, given the number that its two bytes make. Rows are a little longer than
  // 256 entries, so that the rows in use do not all compete for the same lines of the processor's cache.
  static constexpr std::size_t Index(std::size_t pair) { return pair + kRowGap * (pair >> 8); }

 private:
  static constexpr std::size_t kRowGap = 8;
  static constexpr std::size_t kSize = 256 * (256 + kRowGap);
  std::vector<std::uint64_t> entries_;
};

// SymbolTable gives for each value of the next kMaxCodeBits bits the symbols whose words lie wholly in them:
// up to six bytes from the lowest, then the number of bits they take, then the number of symbols.
class SymbolTable {
 public:
  SymbolTable() : entries_(std::size_t{1} << kMaxCodeBits) {}
  void Fill(const HuffmanCode& code);
  [[nodiscard]] const std::uint64_t* entries() const { return entries_.data(); }
  // Bits in the word of a symbol.
  [[nodiscard]] unsigned Length(std::uint8_t symbol) const { return lengths_[symbol]; }

 private:
  std::vector<std::uint64_t> entries_;
  std::array<std::uint8_t, 256> lengths_{};
};

// Writes one stream and returns its size; 0 unless `out` has room for words of kMaxCodeBits each and two
// machine words more.
std::size_t WriteStream(const PairTable& table, ByteView symbols, MutableBytes out);

struct EncodedStream {
  ByteView bytes;
  MutableBytes symbols;
};

// Reads four streams. False unless in each the bits end where the symbols do.
[[nodiscard]] bool ReadStreams(const SymbolTable& table, const std::array<EncodedStream, kStreams>& streams);

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_SYMBOL_STREAM_H_
