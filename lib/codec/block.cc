#include "strongroom/codec/block.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "codec/frame.h"
#include "codec/planes.h"
#include "codec/trial.h"

namespace strongroom::codec {
namespace {

// The format's numbers.
enum Mode : std::uint8_t { kRaw = 0, kZeros = 1, kFrame = 2, kPlanes = 3 };
enum PlaneMode : std::uint8_t { kPlaneRaw = 0, kPlaneFrame = 1, kPlaneConstant = 2 };
constexpr std::size_t kMaxHeader = 1 + kMaxWidth * 5;  // mode, then at most five bytes for each plane

using PlaneLoopTable = std::array<PlaneLoops, kElementCount>;

PlaneLoopTable MakePlaneLoopTable() {
  PlaneLoopTable table{};
  for (std::uint8_t e = 0; e < kElementCount; ++e) table[e] = FastestPlaneLoops(static_cast<Element>(e));
  return table;
}

Error TooLong(std::size_t size) {
  return Error(ErrorCode::kInvalidArgument,
               "a block of " + std::to_string(size) + " bytes is longer than 1 MiB");
}

Error Altered(std::string why) {
  return Error(ErrorCode::kAltered, "coded block: " + std::move(why));
}

}  // namespace

struct CodedBlock::Buffers {
  std::array<std::uint8_t, kMaxHeader> header;
  std::size_t header_size = 0;
  std::array<std::uint8_t, kMaxBlock> planes;  // the split plaintext
  std::array<std::uint8_t, kMaxBlock> frames;  // each shorter than its plane, so that all fit
  std::size_t frames_size = 0;

  ~Buffers() { explicit_bzero(this, sizeof(*this)); }

  [[nodiscard]] MutableBytes FrameSpace(std::size_t limit) {
    return MutableBytes(frames).subspan(frames_size, std::min(limit, frames.size() - frames_size));
  }
};

CodedBlock::CodedBlock() : buffers_(std::make_unique_for_overwrite<Buffers>()) {}
CodedBlock::CodedBlock(CodedBlock&&) noexcept = default;
CodedBlock& CodedBlock::operator=(CodedBlock&&) noexcept = default;
CodedBlock::~CodedBlock() = default;

void CodedBlock::Begin(std::uint8_t mode) {
  pieces_.clear();
  buffers_->header[0] = mode;
  buffers_->header_size = 1;
  buffers_->frames_size = 0;
  pieces_.emplace_back(buffers_->header.data(), 1);
  size_ = 1;
}

void CodedBlock::Add(ByteView piece) {
  if (piece.empty()) return;
  pieces_.push_back(piece);
  size_ += piece.size();
}

struct BlockCoder::State {
  PlaneLoopTable loops = MakePlaneLoopTable();
  FrameWriter writer;

  void CodeRaw(ByteView plaintext, CodedBlock& out);
  // The next two leave `out` half written and return false where the result would not be shorter than the
  // plaintext.
  bool CodeFrame(FrameKind kind, ByteView plaintext, CodedBlock& out);
  bool CodePlanes(Element element, const Choice& choice, ByteView plaintext, CodedBlock& out);
  ByteView CodePlane(PlaneChoice choice, FrameKind kind, ByteView plane, CodedBlock::Buffers& buffers);
};

void BlockCoder::State::CodeRaw(ByteView plaintext, CodedBlock& out) {
  out.Begin(kRaw);
  out.Add(plaintext);
}

bool BlockCoder::State::CodeFrame(FrameKind kind, ByteView plaintext, CodedBlock& out) {
  out.Begin(kFrame);
  const MutableBytes space = out.buffers_->FrameSpace(plaintext.size() - 1);
  const std::size_t size = writer.Write(kind, plaintext, space);
  if (size == 0) return false;
  out.Add(space.first(size));
  return true;
}

// Appends the plane's descriptor to the header and returns what is to be stored.
ByteView BlockCoder::State::CodePlane(PlaneChoice choice, FrameKind kind, ByteView plane,
                                      CodedBlock::Buffers& buffers) {
  std::uint8_t* descriptor = buffers.header.data() + buffers.header_size;
  if (choice == PlaneChoice::kConstant && IsConstant(plane)) {
    descriptor[0] = kPlaneConstant;
    descriptor[1] = plane[0];
    buffers.header_size += 2;
    return {};
  }
  const MutableBytes space = buffers.FrameSpace(plane.size() - 1);
  const std::size_t size = choice == PlaneChoice::kRaw ? 0 : writer.Write(kind, plane, space);
  if (size == 0) {
    descriptor[0] = kPlaneRaw;
    buffers.header_size += 1;
    return plane;
  }
  descriptor[0] = kPlaneFrame;
  for (std::size_t i = 0; i < 4; ++i) descriptor[1 + i] = static_cast<std::uint8_t>(size >> (8 * i));
  buffers.header_size += 5;
  buffers.frames_size += size;
  return space.first(size);
}

bool BlockCoder::State::CodePlanes(Element element, const Choice& choice, ByteView plaintext,
                                   CodedBlock& out) {
  CodedBlock::Buffers& buffers = *out.buffers_;
  const std::size_t width = Width(element);
  const std::size_t count = plaintext.size() / width;
  PlanePointers planes{};
  for (std::size_t p = 0; p < width; ++p) planes[p] = buffers.planes.data() + p * count;
  loops[static_cast<std::size_t>(element)].split(plaintext.data(), count, planes);

  out.Begin(kPlanes);
  std::array<ByteView, kMaxWidth> stored;
  for (std::size_t p = 0; p < width; ++p) {
    stored[p] = CodePlane(choice.planes[p], choice.kind, ByteView(planes[p], count), buffers);
  }
  out.pieces_.clear();
  out.size_ = 0;
  out.Add(ByteView(buffers.header).first(buffers.header_size));
  for (std::size_t p = 0; p < width; ++p) out.Add(stored[p]);
  out.Add(plaintext.subspan(count * width));
  return out.size_ <= plaintext.size();
}

BlockCoder::BlockCoder() : state_(std::make_unique<State>()) {}
BlockCoder::BlockCoder(BlockCoder&&) noexcept = default;
BlockCoder& BlockCoder::operator=(BlockCoder&&) noexcept = default;
BlockCoder::~BlockCoder() = default;

Status BlockCoder::Code(Element element, ByteView plaintext, CodedBlock& out) {
  if (plaintext.size() > kMaxBlock) return std::unexpected(TooLong(plaintext.size()));
  const Choice choice = plaintext.empty() ? Choice{} : TryBlock(element, plaintext, state_->writer);
  bool coded = false;
  switch (choice.mode) {
    case Choice::Mode::kRaw:
      break;
    case Choice::Mode::kZeros:
      out.Begin(kZeros);
      coded = true;
      break;
    case Choice::Mode::kFrame:
      coded = state_->CodeFrame(choice.kind, plaintext, out);
      break;
    case Choice::Mode::kPlanes:
      coded = state_->CodePlanes(element, choice, plaintext, out);
      break;
  }
  if (!coded) state_->CodeRaw(plaintext, out);
  return {};
}

struct BlockDecoder::State {
  PlaneLoopTable loops = MakePlaneLoopTable();
  FrameReader reader;
  std::array<std::uint8_t, kMaxBlock> planes;  // those that had to be decoded

  ~State() { explicit_bzero(planes.data(), planes.size()); }

  Status DecodeFrame(ByteView frame, MutableBytes plaintext);
  Status DecodePlanes(Element element, ByteReader& coded, MutableBytes plaintext);
};

namespace {

struct PlaneDescriptor {
  PlaneMode mode = kPlaneRaw;
  std::size_t stored = 0;  // bytes
  std::uint8_t value = 0;  // of a constant plane
};

// `size` is the plane's own.
Expected<PlaneDescriptor> ReadPlaneDescriptor(ByteReader& coded, std::size_t size) {
  SR_ASSIGN_OR_RETURN(const std::uint8_t mode, coded.U8());
  switch (mode) {
    case kPlaneRaw:
      return PlaneDescriptor{kPlaneRaw, size, 0};
    case kPlaneFrame: {
      SR_ASSIGN_OR_RETURN(const std::uint32_t stored, coded.U32Le());
      if (stored >= size) return std::unexpected(Altered("a plane's frame is not shorter than the plane"));
      return PlaneDescriptor{kPlaneFrame, stored, 0};
    }
    case kPlaneConstant: {
      SR_ASSIGN_OR_RETURN(const std::uint8_t value, coded.U8());
      return PlaneDescriptor{kPlaneConstant, 0, value};
    }
    default:
      return std::unexpected(Altered("unknown plane mode " + std::to_string(mode)));
  }
}

}  // namespace

Status BlockDecoder::State::DecodeFrame(ByteView frame, MutableBytes plaintext) {
  if (frame.size() >= plaintext.size())
    return std::unexpected(Altered("the frame is not shorter than the plaintext"));
  if (!reader.Read(frame, plaintext))
    return std::unexpected(Altered("the frame does not give the declared size"));
  return {};
}

Status BlockDecoder::State::DecodePlanes(Element element, ByteReader& coded, MutableBytes plaintext) {
  const std::size_t width = Width(element);
  const std::size_t count = plaintext.size() / width;
  if (width == 1 || count == 0) return std::unexpected(Altered("planes where the element type has none"));
  std::array<PlaneDescriptor, kMaxWidth> descriptors;
  for (std::size_t p = 0; p < width; ++p) {
    SR_ASSIGN_OR_RETURN(descriptors[p], ReadPlaneDescriptor(coded, count));
  }
  ConstPlanePointers merged{};
  for (std::size_t p = 0; p < width; ++p) {
    SR_ASSIGN_OR_RETURN(const ByteView stored, coded.Take(descriptors[p].stored));
    const MutableBytes plane = MutableBytes(planes).subspan(p * count, count);
    merged[p] = descriptors[p].mode == kPlaneRaw ? stored.data() : plane.data();
    if (descriptors[p].mode == kPlaneConstant) std::ranges::fill(plane, descriptors[p].value);
    if (descriptors[p].mode == kPlaneFrame && !reader.Read(stored, plane)) {
      return std::unexpected(
          Altered("the frame of plane " + std::to_string(p) + " does not give the declared size"));
    }
  }
  SR_RETURN_IF_ERROR(coded.Copy(plaintext.subspan(count * width)));
  SR_RETURN_IF_ERROR(coded.Finish());
  loops[static_cast<std::size_t>(element)].merge(merged, count, plaintext.data());
  return {};
}

BlockDecoder::BlockDecoder() : state_(std::make_unique_for_overwrite<State>()) {}
BlockDecoder::BlockDecoder(BlockDecoder&&) noexcept = default;
BlockDecoder& BlockDecoder::operator=(BlockDecoder&&) noexcept = default;
BlockDecoder::~BlockDecoder() = default;

Status BlockDecoder::Decode(Element element, ByteView coded, MutableBytes plaintext) {
  if (plaintext.size() > kMaxBlock) return std::unexpected(TooLong(plaintext.size()));
  if (coded.empty()) return std::unexpected(Altered("empty"));
  const ByteView body = coded.subspan(1);
  switch (coded[0]) {
    case kRaw:
      if (body.size() != plaintext.size())
        return std::unexpected(Altered("raw, and not of the declared size"));
      if (!body.empty()) std::memcpy(plaintext.data(), body.data(), body.size());
      return {};
    case kZeros:
      if (!body.empty() || plaintext.empty()) return std::unexpected(Altered("bytes follow after zeros"));
      std::ranges::fill(plaintext, std::uint8_t{0});
      return {};
    case kFrame:
      return state_->DecodeFrame(body, plaintext);
    case kPlanes: {
      ByteReader reader(body, "coded block");
      Status decoded = state_->DecodePlanes(element, reader, plaintext);
      if (!decoded) decoded.error().code = ErrorCode::kAltered;  // the reader's own errors say malformed
      return decoded;
    }
    default:
      return std::unexpected(Altered("unknown mode " + std::to_string(coded[0])));
  }
}

}  // namespace strongroom::codec
