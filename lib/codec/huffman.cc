#include "codec/huffman.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

namespace strongroom::codec {
namespace {

struct Leaf {
  std::uint32_t count;
  std::uint8_t symbol;
};

// One list of the package-merge algorithm: items in ascending order of weight, each a leaf or a pair of items
// of the list before.
struct PackageList {
  std::vector<std::uint64_t> weights;
  std::vector<bool> is_leaf;
};

PackageList MergeWithPairs(const std::vector<Leaf>& leaves, const PackageList& previous) {
  PackageList merged;
  std::size_t leaf = 0, item = 0;
  while (leaf < leaves.size() || item + 1 < previous.weights.size()) {
    const bool pair_left = item + 1 < previous.weights.size();
    const std::uint64_t pair = pair_left ? previous.weights[item] + previous.weights[item + 1] : 0;
    const bool take_leaf = leaf < leaves.size() && (!pair_left || leaves[leaf].count <= pair);
    merged.weights.push_back(take_leaf ? leaves[leaf++].count : pair);
    merged.is_leaf.push_back(take_leaf);
    if (!take_leaf) item += 2;
  }
  return merged;
}

// Package-merge (Larmore and Hirschberg 1990): optimal code lengths under the limit. Each leaf's length is
// the number of lists in which it is among the items taken.
std::array<std::uint8_t, 256> LimitedLengths(const std::vector<Leaf>& leaves) {
  std::array<PackageList, kMaxCodeBits> lists;
  lists[0] = MergeWithPairs(leaves, {});
  for (std::size_t level = 1; level < kMaxCodeBits; ++level)
    lists[level] = MergeWithPairs(leaves, lists[level - 1]);
  std::array<std::uint8_t, 256> lengths{};
  std::size_t taken = 2 * leaves.size() - 2;
  for (std::size_t level = kMaxCodeBits; level-- > 0;) {
    std::size_t taken_leaves = 0;
    for (std::size_t item = 0; item < taken; ++item) taken_leaves += lists[level].is_leaf[item] ? 1 : 0;
    for (std::size_t leaf = 0; leaf < taken_leaves; ++leaf) ++lengths[leaves[leaf].symbol];
    taken = 2 * (taken - taken_leaves);
  }
  return lengths;
}

}  // namespace

std::optional<HuffmanCode> MakeHuffmanCode(const SymbolCounts& counts) {
  std::vector<Leaf> leaves;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    if (counts[symbol] > 0) leaves.push_back({counts[symbol], static_cast<std::uint8_t>(symbol)});
  }
  if (leaves.size() < 2 || leaves.back().symbol > kMaxListedWeights) return std::nullopt;
  HuffmanCode code;
  code.last = leaves.back().symbol;
  std::ranges::sort(leaves, {}, [](const Leaf& leaf) { return std::pair(leaf.count, leaf.symbol); });
  code.lengths = LimitedLengths(leaves);
  code.longest = *std::ranges::max_element(code.lengths);
  return code;
}

std::optional<HuffmanCode> CodeOfWeights(std::span<const std::uint8_t> weights) {
  std::uint32_t space = 0;  // taken by the listed symbols, in units of the shortest share
  for (const std::uint8_t weight : weights) {
    if (weight > kMaxCodeBits) return std::nullopt;
    if (weight > 0) space += 1U << (weight - 1);
  }
  HuffmanCode code;
  code.longest = static_cast<unsigned>(std::bit_width(space));
  const std::uint32_t left = (1U << code.longest) - space;
  if (space == 0 || code.longest > kMaxCodeBits || !std::has_single_bit(left)) return std::nullopt;
  code.last = weights.size();
  for (std::size_t symbol = 0; symbol < weights.size(); ++symbol) {
    if (weights[symbol] > 0)
      code.lengths[symbol] = static_cast<std::uint8_t>(code.longest + 1 - weights[symbol]);
  }
  code.lengths[code.last] =
      static_cast<std::uint8_t>(code.longest + 1 - static_cast<unsigned>(std::bit_width(left)));
  if (*std::ranges::max_element(code.lengths) != code.longest) return std::nullopt;
  return code;
}

double MeanLength(const HuffmanCode& code) {
  std::uint32_t shares = 0;  // in units of 2^-kMaxCodeBits
  for (const std::uint8_t length : code.lengths) shares += length > 0 ? length << (kMaxCodeBits - length) : 0;
  return static_cast<double>(shares) / (1U << kMaxCodeBits);
}

std::array<std::uint16_t, 256> CodeWords(const HuffmanCode& code) {
  std::array<std::uint16_t, kMaxCodeBits + 2> next{};  // word of the next symbol of each length
  for (const std::uint8_t length : code.lengths) ++next[length];
  std::uint16_t first = 0;
  for (unsigned length = code.longest; length > 0; --length) {
    const std::uint16_t symbols = next[length];
    next[length] = first;
    first = static_cast<std::uint16_t>((first + symbols) >> 1);
  }
  std::array<std::uint16_t, 256> words{};
  for (std::size_t symbol = 0; symbol < words.size(); ++symbol) {
    if (code.lengths[symbol] > 0) words[symbol] = next[code.lengths[symbol]]++;
  }
  return words;
}

}  // namespace strongroom::codec
