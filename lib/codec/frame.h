// Zstandard frames (RFC 8878): one whole frame for one buffer. All of libzstd is behind this header.
#ifndef STRONGROOM_CODEC_FRAME_H_
#define STRONGROOM_CODEC_FRAME_H_

#include <cstddef>
#include <memory>

#include "codec/literal_frame.h"
#include "strongroom/base/bytes.h"

namespace strongroom::codec {

enum class FrameKind {
  kHuffman,  // entropy coding of single bytes alone: what exponents want
  kMatches,  // ordinary compression, level 1
};

// FrameWriter compresses. One per thread; terminates the process if no memory is left.
class FrameWriter {
 public:
  FrameWriter();
  // Writes one frame to `out` and returns its size, or 0 if it does not fit there.
  std::size_t Write(FrameKind kind, ByteView plain, MutableBytes out);

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> huffman_, matches_;
  LiteralFrameWriter literals_;
};

// FrameReader decompresses. One per thread; terminates the process if no memory is left.
class FrameReader {
 public:
  FrameReader();
  // True if `frame` is exactly one frame without a dictionary and gives exactly plain.size() bytes.
  [[nodiscard]] bool Read(ByteView frame, MutableBytes plain);

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
  LiteralFrameReader literals_;
};

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_FRAME_H_
