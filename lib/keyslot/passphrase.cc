// Generated passphrases: how they are written, and how what people type is read.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "strongroom/crypto/hash.h"
#include "strongroom/keyslot/recovery_secret.h"

namespace strongroom::keyslot {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kLabel = "strongroom passphrase v1";
constexpr std::size_t kEntropySize = 16;
constexpr std::size_t kEntropySymbols = 26;  // 130 bits, the last two zero
constexpr std::size_t kChecksumSymbols = 2;
constexpr std::size_t kSymbols = kEntropySymbols + kChecksumSymbols;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kWrittenSize = kSymbols + kSymbols / kGroup - 1;

// Five bits from bit position `first`, counted from the highest of the first byte; zeros follow the last
// byte.
std::uint8_t FiveBits(ByteView bytes, std::size_t first) {
  std::uint8_t value = 0;
  for (std::size_t bit = first; bit < first + 5; ++bit) {
    const bool set = bit / 8 < bytes.size() && (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
    value = static_cast<std::uint8_t>(value << 1 | (set ? 1 : 0));
  }
  return value;
}

SecretBytes Write(const SecretBytes& entropy) {
  const ByteView hashed[] = {AsBytes(kLabel), entropy.Expose()};
  const Digest checksum = crypto::Sha256(hashed);
  SecretBytes text(kWrittenSize);
  auto out = text.ExposeForWriting().begin();
  for (std::size_t i = 0; i < kSymbols; ++i) {
    if (i > 0 && i % kGroup == 0) *out++ = '-';
    const std::uint8_t value = i < kEntropySymbols ? FiveBits(entropy.Expose(), 5 * i)
                                                   : FiveBits(checksum, 5 * (i - kEntropySymbols));
    *out++ = static_cast<std::uint8_t>(kAlphabet[value]);
  }
  return text;
}

// The value of a symbol as people write it; nothing for what is no symbol.
std::optional<std::uint8_t> SymbolValue(std::uint8_t c) {
  if (c >= 'a' && c <= 'z') c = static_cast<std::uint8_t>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const std::size_t value = kAlphabet.find(static_cast<char>(c));
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

// The values of exactly kSymbols symbols with blanks and dashes among them; empty for any other text.
SecretBytes ReadSymbols(ByteView typed) {
  SecretBytes values(kSymbols);
  std::size_t count = 0;
  for (const std::uint8_t c : typed) {
    if (c == '-' || c == ' ') continue;
    const std::optional<std::uint8_t> value = SymbolValue(c);
    if (!value || count == kSymbols) return {};
    values.ExposeForWriting()[count++] = *value;
  }
  return count == kSymbols ? std::move(values) : SecretBytes();
}

SecretBytes EntropyOf(const SecretBytes& values) {
  SecretBytes entropy(kEntropySize);
  for (std::size_t bit = 0; bit < 8 * kEntropySize; ++bit) {
    const bool set = (values.Expose()[bit / 5] >> (4 - bit % 5) & 1) != 0;
    if (set) entropy.ExposeForWriting()[bit / 8] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
  }
  return entropy;
}

bool HasDashesOfGenerated(ByteView typed) {
  return std::ranges::count(typed, std::uint8_t{'-'}) == kSymbols / kGroup - 1;
}

}  // namespace

SecretBytes GeneratePassphrase() {
  return Write(SecretBytes::Random(kEntropySize));
}

Expected<Passphrase> CanonicalPassphrase(const SecretBytes& typed) {
  const SecretBytes values = ReadSymbols(typed.Expose());
  if (values.empty()) return Passphrase{typed.Clone()};
  SecretBytes written = Write(EntropyOf(values));
  const SecretBytes written_values = ReadSymbols(written.Expose());
  if (ConstantTimeEqual(written_values.Expose(), values.Expose())) return Passphrase{std::move(written)};
  if (!HasDashesOfGenerated(typed.Expose())) return Passphrase{typed.Clone()};
  return Fail(ErrorCode::kNoKey, "wrong passphrase: it looks like a generated one, and was mistyped",
              "compare it with the paper, character by character");
}

}  // namespace strongroom::keyslot
