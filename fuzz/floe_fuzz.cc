// FLOE on arbitrary bytes: read as a file they must not crash; read as instructions they alter a good file,
// which must then be refused.
#include <algorithm>
#include <cstdlib>

#include "strongroom/crypto/floe.h"

namespace {

using namespace strongroom;          // NOLINT: the target is one page
using namespace strongroom::crypto;  // NOLINT

constexpr FloeParameters kParameters{.segment_length = 64, .rotation_bits = 1};
constexpr std::string_view kAad = "fuzz";

struct Fixture {
  std::shared_ptr<const BulkCrypto> bulk = *MakeBulkCrypto(BulkProvider::kOpenSsl);
  std::unique_ptr<BulkWorker> worker = bulk->NewWorker();
  SecretBytes key = SecretBytes(32);
};

// Whether the whole file decrypts.
bool Decrypts(Fixture& fixture, ByteView file) {
  const Expected<std::uint64_t> plaintext_size = kParameters.PlaintextSize(file.size());
  if (!plaintext_size) return false;
  FloeHeader header;
  std::ranges::copy(file.first(header.size()), header.begin());
  const auto decryptor = FloeDecryptor::Create(fixture.bulk, fixture.key, AsBytes(kAad), header, kParameters);
  if (!decryptor) return false;
  file = file.subspan(header.size());
  for (std::uint64_t position = 0; !file.empty(); ++position) {
    const ByteView segment = file.first(std::min<std::size_t>(file.size(), kParameters.segment_length));
    file = file.subspan(segment.size());
    Bytes plaintext(segment.size() - kFloeSegmentOverhead);
    const MutableBytes out(plaintext);
    if (!decryptor->DecryptSegment(*fixture.worker, position, file.empty(), {&segment, 1}, {&out, 1}))
      return false;
  }
  return true;
}

Bytes EncryptFile(Fixture& fixture, ByteView plaintext) {
  const auto encryptor = FloeEncryptor::Create(fixture.bulk, fixture.key, AsBytes(kAad), kParameters);
  Bytes file = ToBytes(encryptor.header());
  const std::uint64_t segments = kParameters.Segments(plaintext.size());
  for (std::uint64_t position = 0; position < segments; ++position) {
    const ByteView piece =
        plaintext.first(std::min<std::size_t>(plaintext.size(), kParameters.segment_capacity()));
    plaintext = plaintext.subspan(piece.size());
    Bytes segment(piece.size() + kFloeSegmentOverhead);
    const MutableBytes out(segment);
    encryptor.EncryptSegment(*fixture.worker, position, position + 1 == segments, {&piece, 1}, {&out, 1});
    file.insert(file.end(), segment.begin(), segment.end());
  }
  return file;
}

// The bytes say how long a plaintext is, how much of the file to cut off, and which bytes to change.
void MutateAndDecrypt(Fixture& fixture, ByteView script) {
  ByteReader reader(script);
  const std::size_t size = reader.U8().value_or(0);
  const std::size_t cut = reader.U8().value_or(0);
  const Bytes good = EncryptFile(fixture, Bytes(size, 0x41));
  if (!Decrypts(fixture, good)) std::abort();
  Bytes file(good.begin(), good.end() - static_cast<std::ptrdiff_t>(std::min(cut, good.size())));
  while (reader.remaining() >= 3 && !file.empty()) {
    const std::size_t at = *reader.U16Le() % file.size();
    file[at] ^= *reader.U8();
  }
  if (file != good && Decrypts(fixture, file)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Fixture fixture;
  const ByteView input(data, size);
  static_cast<void>(Decrypts(fixture, input));
  MutateAndDecrypt(fixture, input);
  return 0;
}
