#include "bundle/encrypted_run.h"

#include <algorithm>
#include <utility>

#include "bundle/leaves.h"
#include "bundle/pieces.h"

namespace strongroom::bundle {

using crypto::kLeafSize;

std::uint64_t RunCount(std::uint64_t plaintext_size) {
  return std::max<std::uint64_t>(1, (plaintext_size + kRunCapacity - 1) / kRunCapacity);
}

RunEncryptor::RunEncryptor(crypto::FloeEncryptor encryptor) : encryptor_(std::move(encryptor)) {
  static_assert(kSeamSize == sizeof(crypto::FloeHeader));
  seams_[0].begin = encryptor_.header();
}

std::uint64_t RunEncryptor::Encrypt(crypto::BulkWorker& worker, std::uint64_t run, bool final,
                                    std::span<const ByteView> plaintext, crypto::LeafBuffer& buffer,
                                    std::size_t first) {
  const std::uint64_t size = TotalSize(plaintext);
  const std::uint64_t segments = crypto::FloeParameters().Segments(size);
  const std::size_t begin = first * kLeafSize + kSeamSize;
  std::vector<ByteView> pieces;
  const auto encrypt = [&](std::uint64_t i) {
    pieces.clear();
    AppendRange(plaintext, i * kSegmentCapacity, std::min(size, (i + 1) * kSegmentCapacity), pieces);
    EncryptSegment(worker, run * kRunSegments + i, final && i + 1 == segments, pieces, buffer,
                   begin + i * kSegmentSize);
  };
  // The last segment comes first, so that the seam is seldom waited for.
  encrypt(segments - 1);
  if (!final) {
    SeamBytes seam;
    std::ranges::copy(buffer.Window(first + kRunLeaves, kSeamSize), seam.begin());
    GiveSeam(worker, run + 1, seam);
  }
  for (std::uint64_t i = 0; i + 1 < segments; ++i) encrypt(i);

  const std::uint64_t end = kSeamSize + size + segments * crypto::kFloeSegmentOverhead;
  const std::size_t leaves = final ? LeafCount(end) : kRunLeaves;
  const std::size_t last_size = final ? LeafSize(end, leaves - 1) : kLeafSize;
  const std::size_t skipped = TakeSeam(run, buffer, first, leaves == 1 ? last_size : kLeafSize) ? 0 : 1;
  std::array<Digest, kRunLeaves + 1> hashes;
  const std::span<Digest> out = std::span(hashes).first(leaves).subspan(skipped);
  if (!out.empty()) worker.HashLeaves(buffer, first + skipped, last_size, out);
  SetLeaves(run * kRunLeaves + skipped, out);
  return end;
}

void RunEncryptor::EncryptSegment(crypto::BulkWorker& worker, std::uint64_t position, bool final,
                                  std::span<const ByteView> plaintext, crypto::LeafBuffer& buffer,
                                  std::size_t offset) {
  std::vector<MutableBytes> out;
  buffer.Pieces(offset, offset + TotalSize(plaintext) + crypto::kFloeSegmentOverhead, out);
  encryptor_.EncryptSegment(worker, position, final, plaintext, out);
}

void RunEncryptor::GiveSeam(crypto::BulkWorker& worker, std::uint64_t run, const SeamBytes& begin) {
  Seam seam;
  {
    const std::scoped_lock lock(mutex_);
    Seam& waiting = seams_[run];
    if (waiting.rest == nullptr) {
      waiting.begin = begin;
      return;
    }
    seam = std::move(waiting);
    seams_.erase(run);
  }
  std::ranges::copy(begin, seam.rest->Window(0).begin());
  Digest leaf;
  worker.HashLeaves(*seam.rest, 0, seam.size, std::span(&leaf, 1));
  SetLeaves(run * kRunLeaves, std::span(&leaf, 1));
}

// Completes the first leaf of a run if the run before has given its part; else leaves that to GiveSeam and
// returns false.
bool RunEncryptor::TakeSeam(std::uint64_t run, crypto::LeafBuffer& buffer, std::size_t first,
                            std::size_t size) {
  const std::scoped_lock lock(mutex_);
  Seam& seam = seams_[run];
  if (seam.begin) {
    std::ranges::copy(*seam.begin, buffer.Window(first).begin());
    seams_.erase(run);
    return true;
  }
  seam.rest = std::make_unique<crypto::LeafBuffer>(1);
  seam.size = size;
  std::ranges::copy(buffer.Window(first, size), seam.rest->Window(0).begin());
  return false;
}

void RunEncryptor::SetLeaves(std::uint64_t first, std::span<const Digest> leaves) {
  const std::scoped_lock lock(mutex_);
  if (leaves_.size() < first + leaves.size()) leaves_.resize(first + leaves.size());
  std::ranges::copy(leaves, leaves_.begin() + static_cast<std::ptrdiff_t>(first));
}

std::optional<std::size_t> FindAlteredLeaf(crypto::BulkWorker& worker, const crypto::LeafBuffer& buffer,
                                           std::size_t first, std::size_t last_size,
                                           std::span<const Digest> expected) {
  if (expected.empty()) return std::nullopt;
  std::vector<Digest> hashes(expected.size());
  worker.HashLeaves(buffer, first, last_size, hashes);
  const auto [found, wanted] = std::ranges::mismatch(hashes, expected);
  if (found == hashes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - hashes.begin());
}

}  // namespace strongroom::bundle
