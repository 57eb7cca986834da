// Secrets live here and nowhere else: never in a std::string, an argument, a log line or a core file.
#ifndef STRONGROOM_SECRET_SECRET_BYTES_H_
#define STRONGROOM_SECRET_SECRET_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "strongroom/base/bytes.h"

namespace strongroom {

// SecretBytes is a move-only run of bytes of a size fixed at construction, in memory that is wiped on release, locked where the
// limit allows it, and left out of core files (libsodium's guarded allocator: guard pages and a canary around each; about 16 KiB
// and 30 microseconds apiece, so not for weights). Equality is ConstantTimeEqual alone. A moved-from object is empty.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);  // zero-filled; terminates the process if no memory is left
  static SecretBytes CopyOf(ByteView bytes);  // the caller wipes its own copy
  static SecretBytes Random(std::size_t size);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  bool operator==(const SecretBytes&) const = delete;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] SecretBytes Clone() const;
  // Expose is the one way in. `grep Expose` is the list of places to audit: keep the view no longer than the statement needs.
  [[nodiscard]] ByteView Expose() const { return {data_, size_}; }
  [[nodiscard]] MutableBytes ExposeForWriting() { return {data_, size_}; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// ConstantTimeEqual takes time that depends on the sizes alone.
[[nodiscard]] bool ConstantTimeEqual(ByteView a, ByteView b);

// Wipe overwrites memory in a way that no compiler removes.
void Wipe(MutableBytes bytes);

// SecretKey<Tag> is a 32-byte secret with a role, so that one role's key cannot be passed for another's.
template <typename Tag>
class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;
  static SecretKey Random() { return SecretKey(SecretBytes::Random(kSize)); }
  // Takes over exactly 32 bytes; anything else is kMalformed.
  static Expected<SecretKey> From(SecretBytes bytes) {
    if (bytes.size() != kSize) return Fail(ErrorCode::kMalformed, "a key must have 32 bytes");
    return SecretKey(std::move(bytes));
  }
  [[nodiscard]] SecretKey Clone() const { return SecretKey(bytes_.Clone()); }
  [[nodiscard]] const SecretBytes& bytes() const { return bytes_; }

 private:
  explicit SecretKey(SecretBytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes bytes_;
};

using BundleKey = SecretKey<struct BundleKeyTag>;        // the one secret of a bundle; all its other keys derive from it
using WrappingKey = SecretKey<struct WrappingKeyTag>;    // a key-encryption key of a keyslot or a resume journal

// PlaintextBuffer holds decrypted weights: page-aligned, left out of core files, wiped on release, not locked (models exceed every
// memlock limit) and not guarded. Reuse it: each costs an mmap.
class PlaintextBuffer {
 public:
  PlaintextBuffer() = default;
  explicit PlaintextBuffer(std::size_t size);  // terminates the process if no memory is left
  PlaintextBuffer(PlaintextBuffer&& other) noexcept;
  PlaintextBuffer& operator=(PlaintextBuffer&& other) noexcept;
  PlaintextBuffer(const PlaintextBuffer&) = delete;
  PlaintextBuffer& operator=(const PlaintextBuffer&) = delete;
  ~PlaintextBuffer();

  [[nodiscard]] MutableBytes bytes() { return {data_, size_}; }
  [[nodiscard]] ByteView bytes() const { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// HardenProcess makes this process undumpable and untraceable by its own user (PR_SET_DUMPABLE 0, RLIMIT_CORE 0,
// PR_SET_NO_NEW_PRIVS), and takes the places of closed standard streams, so that no file opened later becomes standard
// output and is written into. Call it first in main. Returns what could not be done, for doctor to show; empty when all
// held.
std::vector<std::string> HardenProcess();

}  // namespace strongroom

#endif  // STRONGROOM_SECRET_SECRET_BYTES_H_
