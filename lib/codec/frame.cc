#include "codec/frame.h"

#include <zstd.h>

#include <cstdlib>

namespace strongroom::codec {
namespace {

// Without a search for matches (the step between attempts is the level's negative, 128 KiB), but with Huffman
// coding, which negative levels leave off unless told: parameter 1002 (literalCompressionMode), value 1
// (enable). libzstd has the parameter since 1.4.4 and calls it experimental; where it is refused the frames
// are larger, and as valid.
constexpr int kNoMatches = -131072;
constexpr int kLiteralCompressionMode = 1002;

ZSTD_CCtx* NewContext(int level) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (context == nullptr) std::abort();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  return context;
}

}  // namespace

FrameWriter::FrameWriter() : huffman_(NewContext(kNoMatches)), matches_(NewContext(1)) {
  ZSTD_CCtx_setParameter(static_cast<ZSTD_CCtx*>(huffman_.get()),
                         static_cast<ZSTD_cParameter>(kLiteralCompressionMode), 1);
}

void FrameWriter::Free::operator()(void* context) const {
  ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context));
}

std::size_t FrameWriter::Write(FrameKind kind, ByteView plain, MutableBytes out) {
  if (kind == FrameKind::kHuffman) {
    const std::size_t size = literals_.Write(plain, out);
    if (size > 0) return size;
  }
  void* context = kind == FrameKind::kHuffman ? huffman_.get() : matches_.get();
  const std::size_t size =
      ZSTD_compress2(static_cast<ZSTD_CCtx*>(context), out.data(), out.size(), plain.data(), plain.size());
  return ZSTD_isError(size) ? 0 : size;
}

FrameReader::FrameReader() : context_(ZSTD_createDCtx()) {
  if (context_ == nullptr) std::abort();
}

void FrameReader::Free::operator()(void* context) const {
  ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(context));
}

bool FrameReader::Read(ByteView frame, MutableBytes plain) {
  if (literals_.Read(frame, plain)) return true;
  // libzstd would also take skippable frames, several frames and the formats before version 1.
  ByteReader reader(frame, "frame");
  const auto magic = reader.U32Le();
  if (!magic || *magic != ZSTD_MAGICNUMBER) return false;
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return false;
  const std::size_t size = ZSTD_decompressDCtx(static_cast<ZSTD_DCtx*>(context_.get()), plain.data(),
                                               plain.size(), frame.data(), frame.size());
  return !ZSTD_isError(size) && size == plain.size();
}

}  // namespace strongroom::codec
