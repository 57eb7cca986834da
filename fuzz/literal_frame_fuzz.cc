// Frames of Huffman-coded literals: what our reader takes libzstd must read alike, and what our writer makes
// both must read.
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "codec/literal_frame.h"

namespace strongroom::codec {
namespace {

void ExpectAsLibzstdReads(ByteView frame, ByteView plain) {
  Bytes theirs(plain.size());
  if (ZSTD_decompress(theirs.data(), theirs.size(), frame.data(), frame.size()) != plain.size()) std::abort();
  if (!std::equal(plain.begin(), plain.end(), theirs.begin())) std::abort();
}

void ReadAnything(ByteView frame) {
  static LiteralFrameReader reader;
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > 1 << 20) return;  // also how libzstd says that the size is not known
  Bytes plain(size);
  if (reader.Read(frame, plain)) ExpectAsLibzstdReads(frame, plain);
}

void WriteAndRead(ByteView plain) {
  static LiteralFrameWriter writer;
  static LiteralFrameReader reader;
  Bytes frame(plain.size());
  frame.resize(writer.Write(plain, frame));
  if (frame.empty()) return;
  ExpectAsLibzstdReads(frame, plain);
  Bytes ours(plain.size());
  if (reader.Read(frame, ours) && !std::equal(plain.begin(), plain.end(), ours.begin())) std::abort();
}

}  // namespace
}  // namespace strongroom::codec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView input(data, size);
  codec::ReadAnything(input);
  // Repeated, because short inputs are declined; below 129, because other symbols are.
  Bytes plain;
  while (size > 0 && plain.size() < codec::kMinLiteralFrame)
    plain.insert(plain.end(), input.begin(), input.end());
  for (std::uint8_t& byte : plain) byte %= 129;
  codec::WriteAndRead(plain);
  return 0;
}
