// The work of sealing and opening on one thread and in memory alone: the same code that seal and open run for
// each run of a shard, without files. For benchmarks and for a self-check.
#ifndef STRONGROOM_BUNDLE_IN_MEMORY_H_
#define STRONGROOM_BUNDLE_IN_MEMORY_H_

#include <cstdint>
#include <memory>

#include "strongroom/base/error.h"
#include "strongroom/codec/block.h"
#include "strongroom/crypto/bulk.h"

namespace strongroom::bundle {

// InMemoryShard holds one sealed buffer under a random key. One thread at a time.
class InMemoryShard {
 public:
  // Room for a plaintext of up to `capacity` bytes, touched, so that timing Seal does not time the kernel's
  // page faults.
  InMemoryShard(std::shared_ptr<const crypto::BulkCrypto> bulk, std::size_t capacity);
  ~InMemoryShard();

  // Seal codes, encrypts and leaf-hashes `plaintext`, a run of one element type, in place of what was there.
  // kInvalidArgument if it is longer than the capacity.
  Status Seal(codec::Element element, ByteView plaintext);
  // Open does the inverse; `plaintext` has the size that was sealed. kAltered if a leaf, a segment or a block
  // does not verify.
  Status Open(bool check_leaves, MutableBytes plaintext);

  [[nodiscard]] std::uint64_t size() const;  // of the sealed form
  // One byte of the sealed form, to see that a change is noticed.
  std::uint8_t& At(std::uint64_t offset);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_IN_MEMORY_H_
