// Zstandard frames (RFC 8878) made of nothing but Huffman-coded literals under one tree: the form in which
// exponents compress best. Any decoder reads them; making and reading them here takes half to three quarters
// of libzstd's time, because two symbols are coded and several decoded by one table look-up.
//
//   magic, header (single segment, content size of 4 bytes),
//   blocks of one size, the last maybe shorter: literals section of four streams (the first with a tree that
//   lists its weights, the others under the same tree), no sequences.
#ifndef STRONGROOM_CODEC_LITERAL_FRAME_H_
#define STRONGROOM_CODEC_LITERAL_FRAME_H_

#include "codec/huffman.h"
#include "codec/symbol_stream.h"
#include "strongroom/base/bytes.h"

namespace strongroom::codec {

inline constexpr std::size_t kMinLiteralFrame =
    4096;  // bytes of content; below that the tree is not worth it

// LiteralFrameWriter makes frames. One per thread.
class LiteralFrameWriter {
 public:
  // Writes a frame and returns its size; 0 if it does not fit, the content is too short or no tree of the
  // kind suits it.
  std::size_t Write(ByteView plain, MutableBytes out);

 private:
  std::size_t WriteBlock(const HuffmanCode* tree, bool last, ByteView plain, MutableBytes out) const;
  PairTable pairs_;
};

// LiteralFrameReader reads frames of that form. One per thread.
class LiteralFrameReader {
 public:
  // True if `frame` is such a frame and `plain` now holds its content; false says nothing about frames of
  // other forms.
  [[nodiscard]] bool Read(ByteView frame, MutableBytes plain);

 private:
  bool ReadTree(ByteReader& in);
  bool ReadBlock(ByteView content, bool first, MutableBytes plain, std::size_t& written);
  SymbolTable table_;
};

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_LITERAL_FRAME_H_
