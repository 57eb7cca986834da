// Which way of coding a block deserves, judged from a few KiB of it, so that incompressible data costs next
// to nothing.
#ifndef STRONGROOM_CODEC_TRIAL_H_
#define STRONGROOM_CODEC_TRIAL_H_

#include <array>

#include "codec/frame.h"
#include "codec/planes.h"

namespace strongroom::codec {

enum class PlaneChoice { kRaw, kFrame, kConstant };

struct Choice {
  enum class Mode { kRaw, kZeros, kFrame, kPlanes };
  Mode mode = Mode::kRaw;
  FrameKind kind = FrameKind::kHuffman;         // of the frame, or of all planes' frames
  std::array<PlaneChoice, kMaxWidth> planes{};  // under kPlanes; kConstant is a guess that must be checked
};

// True if all bytes are the same, or zero; both stop at the first that is not. `bytes` is not empty.
bool IsConstant(ByteView bytes);
bool IsAllZero(ByteView bytes);

// `writer` codes a piece of the sample where matches may pay. `plaintext` is not empty.
Choice TryBlock(Element element, ByteView plaintext, FrameWriter& writer);

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_TRIAL_H_
