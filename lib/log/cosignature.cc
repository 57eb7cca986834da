#include "strongroom/log/cosignature.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace strongroom::log {
namespace {

constexpr std::uint8_t kCosignatureType = 0x04;

std::string SignedMessage(std::string_view checkpoint_text, Timestamp time) {
  return "cosignature/v1\ntime " + std::to_string(time.seconds) + "\n" + std::string(checkpoint_text);
}

// The time that a signature states, if this key made it over this text.
std::optional<Timestamp> VerifiedTime(const CosignerKey& key, ByteView blob, std::string_view text) {
  ByteReader reader(blob, "cosignature");
  const auto seconds = reader.U64Be();
  crypto::Ed25519Signature signature{};
  if (!seconds || *seconds > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  if (!reader.Copy(signature) || !reader.Finish()) return std::nullopt;
  const Timestamp time{static_cast<std::int64_t>(*seconds)};
  if (!crypto::Verify(key.key, AsBytes(SignedMessage(text, time)), signature)) return std::nullopt;
  return time;
}

}  // namespace

std::uint32_t CosignerKey::id() const {
  return envelope::NoteKeyId(name, kCosignatureType, key);
}

std::string CosignerKey::ToText() const {
  return envelope::NoteKeyText(name, kCosignatureType, key);
}

Expected<CosignerKey> ParseCosignerKey(std::string_view text) {
  CosignerKey key;
  auto name = envelope::ParseNoteKeyText(text, kCosignatureType, key.key);
  if (!name && envelope::ParseNoteKey(text)) {
    return Fail(ErrorCode::kUnsupported, name.error().message,
                "it is a log's key: give the key of a witness, as strongroom log witness DIR prints it");
  }
  SR_ASSIGN_OR_RETURN(key.name, std::move(name));
  return key;
}

Expected<envelope::NoteSignature> Cosign(std::string_view checkpoint_text, std::string_view name,
                                         const crypto::Ed25519PrivateKey& key, Timestamp time) {
  if (time.seconds < 0) return Fail(ErrorCode::kInvalidArgument, "a cosignature's time is before 1970");
  if (!envelope::IsNoteText(checkpoint_text) || !envelope::IsNoteKeyName(name)) {
    return Fail(ErrorCode::kInvalidArgument, "a cosignature needs a note's text and a key's name");
  }
  const crypto::Ed25519Signature signature = key.Sign(AsBytes(SignedMessage(checkpoint_text, time)));
  const CosignerKey cosigner{std::string(name), key.public_key()};
  Bytes blob =
      std::move(ByteWriter().U64Be(static_cast<std::uint64_t>(time.seconds)).Append(signature)).Take();
  return envelope::NoteSignature{cosigner.name, cosigner.id(), std::move(blob)};
}

Expected<std::vector<Cosignature>> VerifyCosignatures(const envelope::Note& note,
                                                      std::span<const CosignerKey> keys) {
  std::vector<Cosignature> cosignatures;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::uint32_t id = keys[i].id();
    std::optional<Timestamp> latest;
    for (const envelope::NoteSignature& signature : note.signatures) {
      if (signature.name != keys[i].name || signature.key_id != id) continue;
      const auto time = VerifiedTime(keys[i], signature.signature, note.text);
      if (!time) {
        return Fail(ErrorCode::kAltered, "cosignature by '" + keys[i].name + "' does not verify");
      }
      latest = latest ? std::max(*latest, *time) : *time;
    }
    if (latest) cosignatures.push_back({i, *latest});
  }
  return cosignatures;
}

}  // namespace strongroom::log
