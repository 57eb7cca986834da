#include "strongroom/keyslot/recovery_secret.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace strongroom::keyslot {
namespace {

constexpr std::string_view kKeyPrefix = "strongroom-recovery-key-1:";
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kHexSize = 2 * RecoveryKey::kSize;

// Hex and FromHex of base make ordinary strings, which nobody wipes.
Expected<RecoveryKey> KeyFromHex(ByteView hex) {
  if (hex.size() != kHexSize) return Fail(ErrorCode::kNoKey, "a recovery key has 64 hexadecimal digits");
  SecretBytes bytes(RecoveryKey::kSize);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const std::size_t digit = kHexDigits.find(static_cast<char>(hex[i]));
    if (digit == std::string_view::npos) {
      return Fail(ErrorCode::kNoKey, "a recovery key has 64 lower-case hexadecimal digits");
    }
    MutableBytes out = bytes.ExposeForWriting();
    out[i / 2] = static_cast<std::uint8_t>(out[i / 2] << 4 | digit);
  }
  return RecoveryKey::From(std::move(bytes));
}

// Without one final LF or CR LF.
ByteView WithoutFinalNewline(ByteView text) {
  for (const std::string_view newline : {"\r\n", "\n"}) {
    if (AsText(text).ends_with(newline)) return text.first(text.size() - newline.size());
  }
  return text;
}

}  // namespace

Expected<RecoverySecret> ParseRecoverySecret(const SecretBytes& source) {
  const ByteView text = WithoutFinalNewline(source.Expose());
  if (text.empty()) return Fail(ErrorCode::kNoKey, "the passphrase is empty");
  if (AsText(text).starts_with(kKeyPrefix)) return KeyFromHex(text.subspan(kKeyPrefix.size()));
  return CanonicalPassphrase(SecretBytes::CopyOf(text));
}

SecretBytes RecoveryKeyText(const RecoveryKey& key) {
  SecretBytes text(kKeyPrefix.size() + kHexSize + 1);
  const MutableBytes out = text.ExposeForWriting();
  auto end = std::ranges::copy(AsBytes(kKeyPrefix), out.begin()).out;
  for (const std::uint8_t byte : key.bytes().Expose()) {
    *end++ = static_cast<std::uint8_t>(kHexDigits[byte >> 4]);
    *end++ = static_cast<std::uint8_t>(kHexDigits[byte & 15]);
  }
  *end = '\n';
  return text;
}

}  // namespace strongroom::keyslot
