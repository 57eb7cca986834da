// FLOE, the random-access authenticated encryption of C2SP (https://c2sp.org/floe), with AES-256-GCM and HKDF-Expand-SHA-384.
// It commits to its key, and an attacker who lacks the key can neither cut, extend, reorder nor replace segments.
//
//   file    = header (74 bytes) || segment 0 || segment 1 || ... || final segment
//   segment = length word (4) || nonce (12) || ciphertext || tag (16)
//
// Random access keeps its guarantees only if the caller takes position and finality from an authenticated place: here the signed
// manifest gives each file's length.
#ifndef STRONGROOM_CRYPTO_FLOE_H_
#define STRONGROOM_CRYPTO_FLOE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "strongroom/crypto/bulk.h"

namespace strongroom::crypto {

inline constexpr std::size_t kFloeHeaderSize = 74;
inline constexpr std::size_t kFloeSegmentOverhead = 32;

struct FloeParameters {
  std::uint32_t segment_length = 64 * 1024;  // of an encrypted segment, overhead included
  std::uint32_t rotation_bits = 20;          // a new AES key every 2^rotation_bits segments; 20 is the specification's

  [[nodiscard]] std::uint64_t segment_capacity() const { return segment_length - kFloeSegmentOverhead; }  // plaintext bytes
  // Segments of a plaintext of this size: at least one; a plaintext that fills its last segment has no empty one after it.
  [[nodiscard]] std::uint64_t Segments(std::uint64_t plaintext_size) const;
  [[nodiscard]] std::uint64_t EncryptedSize(std::uint64_t plaintext_size) const;  // of a plaintext of at most 2^40 segments
  // The inverse; kMalformed for a size that no plaintext gives.
  [[nodiscard]] Expected<std::uint64_t> PlaintextSize(std::uint64_t encrypted_size) const;
};

using FloeHeader = std::array<std::uint8_t, kFloeHeaderSize>;

// FloeEncryptor encrypts one file. Segments may be made in any order, by many threads, each with a worker of its own. Each position
// must be encrypted at most once per header that is ever used (nonces are random, so a repeat is harmless to secrecy, but two versions
// of one segment would both verify).
class FloeEncryptor {
 public:
  // `key` has 32 bytes; `aad` binds the file's identity.
  static FloeEncryptor Create(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key, ByteView aad, FloeParameters parameters = {});
  // Continues a file whose header was written before (resuming). kAltered if the header is not of this key and aad.
  static Expected<FloeEncryptor> Resume(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key, ByteView aad, const FloeHeader& header,
                                        FloeParameters parameters = {});
  FloeEncryptor(FloeEncryptor&&) noexcept;
  FloeEncryptor& operator=(FloeEncryptor&&) noexcept;
  ~FloeEncryptor();

  [[nodiscard]] const FloeHeader& header() const;
  // Writes one whole encrypted segment. The pieces' sizes must agree: out = in + 32; a segment that is not final must be full. The
  // process ends otherwise.
  void EncryptSegment(BulkWorker& worker, std::uint64_t position, bool final, std::span<const ByteView> plaintext,
                      std::span<const MutableBytes> out) const;

 private:
  struct State;
  explicit FloeEncryptor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// FloeDecryptor decrypts one file, with the same thread rule.
class FloeDecryptor {
 public:
  // kAltered if the header's tag does not verify under this key and aad; kMalformed/kUnsupported if its parameters are not `parameters`.
  static Expected<FloeDecryptor> Create(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key, ByteView aad, const FloeHeader& header,
                                        FloeParameters parameters = {});
  FloeDecryptor(FloeDecryptor&&) noexcept;
  FloeDecryptor& operator=(FloeDecryptor&&) noexcept;
  ~FloeDecryptor();

  // kAltered unless the whole segment verifies at this position and finality; no plaintext is left in the output then. out = in - 32,
  // else kInvalidArgument.
  Status DecryptSegment(BulkWorker& worker, std::uint64_t position, bool final, std::span<const ByteView> segment,
                        std::span<const MutableBytes> plaintext) const;

 private:
  struct State;
  explicit FloeDecryptor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_FLOE_H_
