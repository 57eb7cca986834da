// Lossless coding of one block of plaintext of one element type: floating-point numbers are split into byte
// planes, so that the skewed exponents lie together and compress while the random mantissas are left as they
// are.
//
// A coded block begins with a mode byte:
//
//   0 raw     the plaintext follows
//   1 zeros   nothing follows: every byte of the (non-empty) plaintext is zero
//   2 zstd    one Zstandard frame (RFC 8878) of the whole plaintext follows, shorter than the plaintext
//   3 planes  for element types of two bytes or more, and a plaintext of one element or more:
//               a descriptor for each plane, the most significant byte's first:
//                 0                    raw: the plane's bytes are stored
//                 1, u32le length      a Zstandard frame of that length, shorter than the plane, is stored
//                 2, u8 value          constant: every byte of the plane is `value`, nothing is stored
//               then what is stored for each plane, in the same order,
//               then the last (plaintext size modulo element width) bytes of the plaintext as they are.
//
// Plane p holds byte (width - 1 - p) of each little-endian element; elements of type BF16, FP16 and F32 are
// rotated left by one bit first, which moves the sign to bit 0 and lets the exponent fill the top byte. A
// Zstandard frame here has the ordinary magic number, no dictionary and exactly the declared number of bytes.
// Nothing may follow. The plaintext's size is not stored: the caller knows it.
#ifndef STRONGROOM_CODEC_BLOCK_H_
#define STRONGROOM_CODEC_BLOCK_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"

namespace strongroom::codec {

inline constexpr std::size_t kMaxBlock = 1 << 20;  // bytes of plaintext in one block

inline constexpr std::size_t kMaxOverhead = 1;  // no coded block is longer than its plaintext by more

// How the plaintext is cut into elements. The numbers are part of the format.
enum class Element : std::uint8_t {
  kBytes = 0,
  kFp8 = 1,
  kBf16 = 2,
  kFp16 = 3,
  kF32 = 4,
  kF64 = 5,
  kInt8 = 6,
  kInt16 = 7,
  kInt32 = 8,
  kInt64 = 9,
  kQuantised = 10,  // packed quantised weights: stored raw unless they are all zero
};
inline constexpr std::uint8_t kElementCount = 11;

// CodedBlock is what BlockCoder writes to. It owns its buffers, which are reused from block to block and
// wiped at the end. One thread at a time.
class CodedBlock {
 public:
  CodedBlock();
  CodedBlock(CodedBlock&&) noexcept;
  CodedBlock& operator=(CodedBlock&&) noexcept;
  ~CodedBlock();

  // The coded block in order. Pieces point into this object or into the plaintext that was coded, and are
  // valid until either is changed. Empty before the first Code.
  [[nodiscard]] std::span<const ByteView> pieces() const { return pieces_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class BlockCoder;
  struct Buffers;
  void Begin(std::uint8_t mode);
  void Add(ByteView piece);
  std::unique_ptr<Buffers> buffers_;
  std::vector<ByteView> pieces_;
  std::size_t size_ = 0;
};

// BlockCoder codes blocks. One per thread.
class BlockCoder {
 public:
  BlockCoder();  // terminates the process if no memory is left
  BlockCoder(BlockCoder&&) noexcept;
  BlockCoder& operator=(BlockCoder&&) noexcept;
  ~BlockCoder();

  // Codes `plaintext`, choosing the mode by a trial on a small sample. Raw blocks and tails are not copied:
  // the plaintext must outlive the use of `out`. The coded size is at most plaintext.size() + kMaxOverhead.
  // kInvalidArgument if the plaintext is longer than kMaxBlock.
  Status Code(Element element, ByteView plaintext, CodedBlock& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// BlockDecoder decodes blocks. One per thread; its buffers are reused and wiped at the end.
class BlockDecoder {
 public:
  BlockDecoder();  // terminates the process if no memory is left
  BlockDecoder(BlockDecoder&&) noexcept;
  BlockDecoder& operator=(BlockDecoder&&) noexcept;
  ~BlockDecoder();

  // Decodes exactly plaintext.size() bytes, the size that the caller has from an authenticated place.
  // kAltered if `coded` is not a coded block of that size; `plaintext` then holds unspecified bytes.
  // kInvalidArgument if plaintext is longer than kMaxBlock.
  Status Decode(Element element, ByteView coded, MutableBytes plaintext);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_BLOCK_H_
