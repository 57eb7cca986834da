// Zstandard frames (RFC 8878) made of nothing but Huffman-coded literals under one tree: the form in which
// exponents compress best. Any decoder reads them; making and reading them here takes a third of libzstd's
// time, because two symbols are coded and several decoded by one table look-up.
//
//   magic, header (single segment, content size of 4 bytes),
//   blocks of one size, the last maybe shorter: literals section of four streams (the first with a tree that
//   lists its weights, the others under the same tree), no sequences.
#ifndef STRONGROOM_CODEC_LITERAL_FRAME_H_
#define STRONGROOM_CODEC_LITERAL_FRAME_H_

#include <memory>
#include <vector>

#include "codec/huffman.h"
#include "strongroom/base/bytes.h"

namespace strongroom::codec {

inline constexpr std::size_t kMinLiteralFrame =
    4096;  // bytes of content; below that the tree is not worth it

// LiteralFrameWriter makes frames. One per thread.
class LiteralFrameWriter {
 public:
  LiteralFrameWriter();
  // Writes a frame and returns its size; 0 if it does not fit, the content is too short or no tree of the
  // kind suits it.
  std::size_t Write(ByteView plain, MutableBytes out);

 private:
  void FillPairs(const HuffmanCode& code);
  std::size_t WriteStream(ByteView symbols, MutableBytes out) const;
  std::size_t WriteBlock(const HuffmanCode* tree, bool last, ByteView plain, MutableBytes out) const;

  // For each two symbols, as the number that their bytes make: the two words end to end, at the top of the
  // value; their length in the low byte.
  std::vector<std::uint32_t> pairs_;
};

// LiteralFrameReader reads frames of that form. One per thread.
class LiteralFrameReader {
 public:
  LiteralFrameReader();
  // True if `frame` is such a frame and `plain` now holds its content; false says nothing about frames of
  // other forms.
  [[nodiscard]] bool Read(ByteView frame, MutableBytes plain);

 private:
  struct Stream;
  bool ReadTree(ByteReader& in);
  bool ReadBlock(ByteView content, bool first, MutableBytes plain, std::size_t& written);
  bool ReadStreams(std::array<Stream, 4>& streams) const;
  void Step(Stream& stream) const;
  bool FinishStream(Stream stream) const;

  // For each value of the next kMaxCodeBits bits, the symbols whose words lie wholly in them: up to six bytes
  // from the lowest, then the bits they take, then their number.
  std::vector<std::uint64_t> table_;
  HuffmanCode code_;
};

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_LITERAL_FRAME_H_
