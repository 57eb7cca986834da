// The inner loop of opening: segments of a FLOE file, decrypted straight out of leaf windows that are held
// against their hashes first.
#ifndef STRONGROOM_BUNDLE_SEGMENT_READER_H_
#define STRONGROOM_BUNDLE_SEGMENT_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bundle/encrypted_run.h"
#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/crypto/floe.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::bundle {

// A range of a file's leaf windows.
struct WindowRange {
  std::uint64_t first = 0, count = 0;
  [[nodiscard]] std::uint64_t last() const { return first + count - 1; }
};

// Windows in memory: window `base` of the file is window 0 of the buffer.
struct WindowView {
  const crypto::LeafBuffer* buffer = nullptr;
  std::uint64_t base = 0;
};

// What a thread needs to read segments. It remembers where it stopped, so that reading on from there loads no
// window and decrypts no segment twice.
struct ReadScratch {
  explicit ReadScratch(const crypto::BulkCrypto& bulk) : worker(bulk.NewWorker()) {}
  std::unique_ptr<crypto::BulkWorker> worker;
  crypto::LeafBuffer buffer{kRunLeaves + 2};
  PlaintextBuffer segment{kSegmentCapacity};

  crypto::FloeHeader file{};              // that was read last; half of it is random, which tells files apart
  std::optional<std::uint64_t> window;    // of that file: the last that was loaded and checked
  std::size_t window_in_buffer = 0;       // and where it stands
  std::optional<std::uint64_t> position;  // of that file: the segment whose plaintext is in `segment`
};

// SegmentReader reads one file at any place. Safe from many threads, each with a scratch of its own.
class SegmentReader {
 public:
  virtual ~SegmentReader() = default;
  [[nodiscard]] std::uint64_t plaintext_size() const { return plaintext_size_; }
  // Fills `out` from `offset`; the caller stays inside the plaintext. kAltered, naming the file. After an
  // error `out` holds nothing that was not verified.
  Status Read(ReadScratch& scratch, std::uint64_t offset, MutableBytes out) const;

 protected:
  // `leaves`: empty if windows are not to be checked.
  SegmentReader(std::string name, std::uint64_t size, std::uint64_t plaintext_size,
                std::vector<Digest> leaves)
      : name_(std::move(name)), size_(size), plaintext_size_(plaintext_size), leaves_(std::move(leaves)) {}
  // Before the first Read.
  Status SetHeader(std::shared_ptr<const crypto::BulkCrypto> bulk, const SecretBytes& key, ByteView aad,
                   const crypto::FloeHeader& header);

  // Brings windows into memory, unchecked. With `first_is_there` the first of them is the last one that this
  // scratch loaded before, and was checked.
  virtual Expected<WindowView> Load(ReadScratch& scratch, const WindowRange& range,
                                    bool first_is_there) const = 0;
  // Holds loaded windows against their leaf hashes.
  Status Check(crypto::BulkWorker& worker, const WindowView& view, const WindowRange& range) const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool checks_leaves() const { return !leaves_.empty(); }

 private:
  // Segments [first, end), at most a run of them, as far as they lie in [offset, offset + out.size()).
  Status ReadSegments(ReadScratch& scratch, std::uint64_t first, std::uint64_t end, std::uint64_t offset,
                      MutableBytes out) const;
  Status DecryptSegment(ReadScratch& scratch, const WindowView& view, std::uint64_t position,
                        MutableBytes plaintext) const;
  static void CopyFromSegment(const ReadScratch& scratch, std::uint64_t offset, MutableBytes out);

  const std::string name_;
  const std::uint64_t size_, plaintext_size_;
  const std::vector<Digest> leaves_;
  crypto::FloeHeader header_{};
  std::optional<crypto::FloeDecryptor> decryptor_;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_SEGMENT_READER_H_
