#include "strongroom/secret/secret_bytes.h"

#include <sodium.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "secret/sanitizers.h"

namespace strongroom {
namespace {

// libsodium must be initialised before its allocator; sodium_init is idempotent and thread-safe, but not
// free.
void EnsureSodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

std::uint8_t* Allocate(std::size_t size) {
  EnsureSodium();
  // A sanitizer's own allocator finds overruns and leaks; sodium's guard pages would hide them from it.
  void* memory = kSanitized ? std::malloc(size) : sodium_malloc(size);
  if (memory == nullptr) std::abort();
  return static_cast<std::uint8_t*>(memory);
}

void Release(std::uint8_t* memory, std::size_t size) {
  if (memory == nullptr) return;
  if (kSanitized) {
    sodium_memzero(memory, size);
    std::free(memory);
  } else {
    sodium_free(memory);  // wipes, and aborts if the canary was overwritten
  }
}

std::size_t WholePages(std::size_t size) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  if (size == 0) return;
  data_ = Allocate(size);
  std::fill_n(data_, size, std::uint8_t{0});
}

SecretBytes SecretBytes::CopyOf(ByteView bytes) {
  SecretBytes copy(bytes.size());
  std::ranges::copy(bytes, copy.data_);
  return copy;
}

SecretBytes SecretBytes::Random(std::size_t size) {
  SecretBytes random(size);
  if (size > 0) randombytes_buf(random.data_, size);
  return random;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  SecretBytes released(std::move(other));
  return *this;
}

SecretBytes::~SecretBytes() {
  Release(data_, size_);
}

SecretBytes SecretBytes::Clone() const {
  return CopyOf(Expose());
}

bool ConstantTimeEqual(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void Wipe(MutableBytes bytes) {
  sodium_memzero(bytes.data(), bytes.size());
}

PlaintextBuffer::PlaintextBuffer(std::size_t size) : size_(size) {
  if (size == 0) return;
  void* memory = mmap(nullptr, WholePages(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  madvise(memory, WholePages(size), MADV_DONTDUMP);
  data_ = static_cast<std::uint8_t*>(memory);
}

PlaintextBuffer::PlaintextBuffer(PlaintextBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

PlaintextBuffer& PlaintextBuffer::operator=(PlaintextBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  PlaintextBuffer released(std::move(other));
  return *this;
}

PlaintextBuffer::~PlaintextBuffer() {
  if (data_ == nullptr) return;
  Wipe(bytes());
  munmap(data_, WholePages(size_));
}

}  // namespace strongroom
