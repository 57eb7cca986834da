// The inner loop of sealing and opening: a run of FLOE segments, encrypted straight into leaf windows and
// hashed there, or checked and decrypted straight out of them.
//
// A run is 16 segments, 1 MiB of the file; the last run of a file is shorter. Because the file begins with a
// header of 74 bytes, runs are shifted against the leaves by those: the last 74 bytes of a run belong to the
// first leaf of the next. They are the seam.
#ifndef STRONGROOM_BUNDLE_ENCRYPTED_RUN_H_
#define STRONGROOM_BUNDLE_ENCRYPTED_RUN_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/crypto/floe.h"

namespace strongroom::bundle {

inline constexpr std::uint64_t kSegmentSize = 64 * 1024;  // encrypted
inline constexpr std::uint64_t kSegmentCapacity = kSegmentSize - crypto::kFloeSegmentOverhead;
inline constexpr std::uint64_t kRunSegments = 16;
inline constexpr std::uint64_t kRunCapacity = kRunSegments * kSegmentCapacity;  // plaintext bytes
inline constexpr std::uint64_t kRunSize = kRunSegments * kSegmentSize;
inline constexpr std::size_t kRunLeaves = kRunSize / crypto::kLeafSize;
inline constexpr std::size_t kSeamSize = crypto::kFloeHeaderSize;

// How many runs a plaintext makes; an empty one makes one.
std::uint64_t RunCount(std::uint64_t plaintext_size);

// RunEncryptor encrypts one file, run by run, in any order and on any threads, and collects its leaf hashes.
class RunEncryptor {
 public:
  explicit RunEncryptor(crypto::FloeEncryptor encryptor);

  // Encrypts run `run` so that the file's bytes [run * 1 MiB, ...) come to stand from window `first` of the
  // buffer on, which must have kRunLeaves + 1 windows from there. `plaintext` is kRunCapacity bytes; at most
  // that, and not nothing unless it is the only run, if the run is the `final` one. Returns the number of
  // bytes from the start of window `first` to the end of the run. The first kSeamSize of them are the seam,
  // which is the former run's to write (in run 0: the header).
  std::uint64_t Encrypt(crypto::BulkWorker& worker, std::uint64_t run, bool final,
                        std::span<const ByteView> plaintext, crypto::LeafBuffer& buffer, std::size_t first);

  // The leaf hashes, once every run is done.
  [[nodiscard]] const std::vector<Digest>& leaves() const { return leaves_; }
  [[nodiscard]] const crypto::FloeHeader& header() const { return encryptor_.header(); }

 private:
  using SeamBytes = std::array<std::uint8_t, kSeamSize>;
  // What is there of the leaf that two runs share, until both have come.
  struct Seam {
    std::optional<SeamBytes> begin;            // from the run before
    std::unique_ptr<crypto::LeafBuffer> rest;  // from the run after, one window
    std::size_t size = 0;                      // of the leaf
  };

  void EncryptSegment(crypto::BulkWorker& worker, std::uint64_t position, bool final,
                      std::span<const ByteView> plaintext, crypto::LeafBuffer& buffer, std::size_t offset);
  void GiveSeam(crypto::BulkWorker& worker, std::uint64_t run, const SeamBytes& begin);
  bool TakeSeam(std::uint64_t run, crypto::LeafBuffer& buffer, std::size_t first, std::size_t size);
  void SetLeaves(std::uint64_t first, std::span<const Digest> leaves);

  crypto::FloeEncryptor encryptor_;
  std::mutex mutex_;
  std::map<std::uint64_t, Seam> seams_;
  std::vector<Digest> leaves_;
};

// The first of the leaves in windows [first, first + expected.size()) that is not as expected, counted from
// `first`; the last window has `last_size` bytes.
std::optional<std::size_t> FindAlteredLeaf(crypto::BulkWorker& worker, const crypto::LeafBuffer& buffer,
                                           std::size_t first, std::size_t last_size,
                                           std::span<const Digest> expected);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_ENCRYPTED_RUN_H_
