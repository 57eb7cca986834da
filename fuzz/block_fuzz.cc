// Blocks: whatever is decoded must not crash, and whatever is coded must come back. The first byte chooses
// the element type, the next two the declared size of the plaintext when decoding.
#include <cstdint>
#include <cstdlib>

#include "strongroom/codec/block.h"

namespace strongroom::codec {
namespace {

void DecodeAnything(Element element, ByteView coded, std::size_t declared) {
  static BlockDecoder decoder;
  Bytes plaintext(declared);
  const Status status = decoder.Decode(element, coded, plaintext);
  if (!status && status.error().code != ErrorCode::kAltered) std::abort();
}

void CodeAndDecode(Element element, ByteView plaintext) {
  static BlockCoder coder;
  static BlockDecoder decoder;
  static CodedBlock block;
  if (!coder.Code(element, plaintext, block)) std::abort();
  Bytes coded;
  for (const ByteView piece : block.pieces()) coded.insert(coded.end(), piece.begin(), piece.end());
  if (coded.size() != block.size() || coded.size() > plaintext.size() + kMaxOverhead) std::abort();
  Bytes decoded(plaintext.size());
  if (!decoder.Decode(element, coded, decoded)) std::abort();
  if (!std::equal(decoded.begin(), decoded.end(), plaintext.begin())) std::abort();
}

}  // namespace
}  // namespace strongroom::codec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  if (size < 3 || size > codec::kMaxBlock) return 0;
  const auto element = static_cast<codec::Element>(data[0] % codec::kElementCount);
  const std::size_t declared = data[1] | (static_cast<std::size_t>(data[2]) << 8);
  const ByteView rest(data + 3, size - 3);
  codec::DecodeAnything(element, rest, declared);
  codec::CodeAndDecode(element, rest);
  return 0;
}
