// Canonical Huffman codes as RFC 8878 section 4.2 has them.
#ifndef STRONGROOM_CODEC_HUFFMAN_H_
#define STRONGROOM_CODEC_HUFFMAN_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace strongroom::codec {

inline constexpr unsigned kMaxCodeBits = 11;
// A tree description that lists weights directly has 128 of them at most, and the weight of the last symbol
// follows from the others.
inline constexpr std::size_t kMaxListedWeights = 128;

using SymbolCounts = std::array<std::uint32_t, 256>;

struct HuffmanCode {
  std::array<std::uint8_t, 256> lengths{};  // bits; 0 for a symbol that does not occur
  unsigned longest = 0;                     // bits
  std::size_t last = 0;                     // the greatest symbol that occurs
};

// The shortest code with words of at most kMaxCodeBits. Nothing unless two symbols occur and the greatest is
// at most kMaxListedWeights.
std::optional<HuffmanCode> MakeHuffmanCode(const SymbolCounts& counts);

// The code whose weights are these, the last symbol's left out. Nothing unless it is complete and its words
// are short enough.
std::optional<HuffmanCode> CodeOfWeights(std::span<const std::uint8_t> weights);

// The mean length in bits of the words of symbols that occur as often as the code expects.
double MeanLength(const HuffmanCode& code);

// The word of each symbol; the longest words come first in numerical order.
std::array<std::uint16_t, 256> CodeWords(const HuffmanCode& code);

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_HUFFMAN_H_
