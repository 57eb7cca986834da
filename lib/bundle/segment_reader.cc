#include "bundle/segment_reader.h"

#include <algorithm>
#include <utility>

#include "bundle/leaves.h"

namespace strongroom::bundle {
namespace {

using crypto::kFloeHeaderSize;
using crypto::kLeafSize;

WindowRange WindowsOf(std::uint64_t first_segment, std::uint64_t end_segment, std::uint64_t file_size) {
  const std::uint64_t first = (kFloeHeaderSize + first_segment * kSegmentSize) / kLeafSize;
  return {first, LeafCount(std::min(file_size, kFloeHeaderSize + end_segment * kSegmentSize)) - first};
}

}  // namespace

Status SegmentReader::SetHeader(std::shared_ptr<const crypto::BulkCrypto> bulk, const SecretBytes& key,
                                ByteView aad, const crypto::FloeHeader& header) {
  auto decryptor = crypto::FloeDecryptor::Create(std::move(bulk), key, aad, header);
  if (!decryptor) return Fail(ErrorCode::kAltered, name_ + ": " + decryptor.error().message);
  decryptor_.emplace(*std::move(decryptor));
  header_ = header;
  return {};
}

Status SegmentReader::Check(crypto::BulkWorker& worker, const WindowView& view,
                            const WindowRange& range) const {
  if (!checks_leaves() || range.count == 0) return {};
  const auto altered =
      FindAlteredLeaf(worker, *view.buffer, range.first - view.base, LeafSize(size_, range.last()),
                      std::span(leaves_).subspan(range.first, range.count));
  if (altered) return std::unexpected(LeafAltered(name_, range.first + *altered, size_));
  return {};
}

Status SegmentReader::Read(ReadScratch& scratch, std::uint64_t offset, MutableBytes out) const {
  if (out.empty()) return {};
  if (scratch.file != header_) {
    scratch.file = header_;
    scratch.window.reset();
    scratch.position.reset();
  }
  std::uint64_t first = offset / kSegmentCapacity;
  const std::uint64_t end = (offset + out.size() - 1) / kSegmentCapacity + 1;
  if (scratch.position == first) {
    CopyFromSegment(scratch, offset, out);
    ++first;
  }
  for (; first < end; first += kRunSegments) {
    auto read = ReadSegments(scratch, first, std::min(end, first + kRunSegments), offset, out);
    if (read) continue;
    scratch.file = {};
    return std::unexpected(std::move(read).error());
  }
  return {};
}

Status SegmentReader::ReadSegments(ReadScratch& scratch, std::uint64_t first, std::uint64_t end,
                                   std::uint64_t offset, MutableBytes out) const {
  const WindowRange range = WindowsOf(first, end, size_);
  const bool first_is_there = scratch.window == range.first;
  SR_ASSIGN_OR_RETURN(const WindowView view, Load(scratch, range, first_is_there));
  const std::uint64_t known = first_is_there ? 1 : 0;
  SR_RETURN_IF_ERROR(Check(*scratch.worker, view, {range.first + known, range.count - known}));
  scratch.window = range.last();
  for (std::uint64_t i = first; i < end; ++i) {
    const std::uint64_t begin = i * kSegmentCapacity,
                        size = std::min(kSegmentCapacity, plaintext_size_ - begin);
    if (begin >= offset && begin + size <= offset + out.size()) {
      SR_RETURN_IF_ERROR(DecryptSegment(scratch, view, i, out.subspan(begin - offset, size)));
      continue;
    }
    scratch.position.reset();
    SR_RETURN_IF_ERROR(DecryptSegment(scratch, view, i, scratch.segment.bytes().first(size)));
    scratch.position = i;
    CopyFromSegment(scratch, offset, out);
  }
  return {};
}

Status SegmentReader::DecryptSegment(ReadScratch& scratch, const WindowView& view, std::uint64_t position,
                                     MutableBytes plaintext) const {
  const std::uint64_t begin = kFloeHeaderSize + position * kSegmentSize - view.base * kLeafSize;
  std::vector<ByteView> segment;
  view.buffer->Pieces(begin, begin + plaintext.size() + crypto::kFloeSegmentOverhead, segment);
  const bool final = begin + view.base * kLeafSize + plaintext.size() + crypto::kFloeSegmentOverhead == size_;
  auto decrypted =
      decryptor_->DecryptSegment(*scratch.worker, position, final, segment, std::span(&plaintext, 1));
  if (!decrypted) return std::unexpected(std::move(decrypted).error().With(name_));
  return {};
}

// Copies what of the scratch's segment lies in [offset, offset + out.size()).
void SegmentReader::CopyFromSegment(const ReadScratch& scratch, std::uint64_t offset, MutableBytes out) {
  const std::uint64_t begin = *scratch.position * kSegmentCapacity, end = begin + kSegmentCapacity;
  const std::uint64_t from = std::max(begin, offset), to = std::min(end, offset + out.size());
  std::ranges::copy(scratch.segment.bytes().subspan(from - begin, to - from),
                    out.subspan(from - offset).begin());
}

}  // namespace strongroom::bundle
