// The plane loops for x86-64 processors with AVX2 or AVX-512 (VBMI2).
#ifndef STRONGROOM_CODEC_PLANES_X86_H_
#define STRONGROOM_CODEC_PLANES_X86_H_

#include "codec/planes.h"

namespace strongroom::codec {

// The fastest loops that this processor runs for an element type, or `otherwise` where none of these apply.
PlaneLoops X86PlaneLoops(Element element, const PlaneLoops& otherwise);

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_PLANES_X86_H_
