#include "strongroom/envelope/note.h"

#include <algorithm>
#include <array>

#include "strongroom/crypto/hash.h"

namespace strongroom::envelope {
namespace {

constexpr std::string_view kSignaturePrefix = "\xE2\x80\x94 ";  // an em dash and a space
constexpr std::uint8_t kEd25519Type = 0x01;
constexpr std::size_t kKeyIdSize = 4;
constexpr std::size_t kMaxSignatureSize = 8 * 1024;  // a post-quantum signature takes about 5 KiB

// Unicode's White_Space property, in UTF-8; the ASCII ones but the space are control characters.
constexpr std::array<std::string_view, 20> kUnicodeSpaces = {" ",
                                                             "\xC2\x85",
                                                             "\xC2\xA0",
                                                             "\xE1\x9A\x80",
                                                             "\xE2\x80\x80",
                                                             "\xE2\x80\x81",
                                                             "\xE2\x80\x82",
                                                             "\xE2\x80\x83",
                                                             "\xE2\x80\x84",
                                                             "\xE2\x80\x85",
                                                             "\xE2\x80\x86",
                                                             "\xE2\x80\x87",
                                                             "\xE2\x80\x88",
                                                             "\xE2\x80\x89",
                                                             "\xE2\x80\x8A",
                                                             "\xE2\x80\xA8",
                                                             "\xE2\x80\xA9",
                                                             "\xE2\x80\xAF",
                                                             "\xE2\x81\x9F",
                                                             "\xE3\x80\x80"};

std::unexpected<Error> BadNote(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "note " + std::string(why));
}

std::unexpected<Error> BadKey(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "verifier key " + std::string(why),
              "a verifier key reads NAME+KEYID+BASE64");
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

std::uint32_t ReadKeyId(ByteView bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         bytes[3];
}

Bytes TypedKey(std::uint8_t type, ByteView key) {
  return std::move(ByteWriter().U8(type).Append(key)).Take();
}

std::string HexKeyId(std::uint32_t id) {
  return Hex(ByteWriter().U32Be(id).bytes());
}

// One line after the prefix, without its newline: "NAME BASE64".
Expected<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) {
    return BadNote("has a signature line that does not begin with a dash");
  }
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return BadNote("has a signature line without a signature");
  NoteSignature signature;
  signature.name = line.substr(0, space);
  if (!IsNoteKeyName(signature.name)) return BadNote("has a signature line with a bad key name");
  const auto blob = FromBase64(line.substr(space + 1));
  if (!blob || blob->size() <= kKeyIdSize || blob->size() > kMaxSignatureSize) {
    return BadNote("has a signature that is not base64 of a key id and a signature");
  }
  signature.key_id = ReadKeyId(*blob);
  signature.signature.assign(blob->begin() + kKeyIdSize, blob->end());
  return signature;
}

bool Verifies(const NoteKey& key, const NoteSignature& signature, std::string_view text) {
  crypto::Ed25519Signature raw{};
  if (signature.signature.size() != raw.size()) return false;
  std::ranges::copy(signature.signature, raw.begin());
  return crypto::Verify(key.key, AsBytes(text), raw);
}

}  // namespace

std::uint32_t NoteKeyId(std::string_view name, std::uint8_t type, ByteView key) {
  const Bytes typed_key = TypedKey(type, key);
  const std::array<ByteView, 3> pieces = {AsBytes(name), AsBytes("\n"), typed_key};
  return ReadKeyId(crypto::Sha256(pieces));
}

std::string NoteKeyText(std::string_view name, std::uint8_t type, ByteView key) {
  return std::string(name) + "+" + HexKeyId(NoteKeyId(name, type, key)) + "+" + Base64(TypedKey(type, key));
}

Expected<std::string> ParseNoteKeyText(std::string_view text, std::uint8_t type, MutableBytes key) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return BadKey("has fewer than three parts");
  std::string name(text.substr(0, first));
  if (!IsNoteKeyName(name)) return BadKey("has a bad name");
  const auto typed_key = FromBase64(text.substr(second + 1));
  if (!typed_key || typed_key->empty()) return BadKey("'" + name + "' is not canonical base64");
  if (typed_key->front() != type) {
    return Fail(ErrorCode::kUnsupported, "verifier key '" + name + "' is of signature type " +
                                             std::to_string(typed_key->front()) + " and not " +
                                             std::to_string(type));
  }
  if (typed_key->size() != 1 + key.size()) return BadKey("'" + name + "' has the wrong length");
  std::copy(typed_key->begin() + 1, typed_key->end(), key.begin());
  if (NoteKeyText(name, type, key) != text)
    return BadKey("'" + name + "' has a key id that is not its key's");
  return name;
}

std::uint32_t NoteKey::id() const {
  return NoteKeyId(name, kEd25519Type, key);
}

std::string NoteKey::ToText() const {
  return NoteKeyText(name, kEd25519Type, key);
}

Expected<NoteKey> ParseNoteKey(std::string_view text) {
  NoteKey key;
  SR_ASSIGN_OR_RETURN(key.name, ParseNoteKeyText(text, kEd25519Type, key.key));
  return key;
}

bool IsNoteKeyName(std::string_view name) {
  const auto occurs = [name](std::string_view space) { return name.find(space) != std::string_view::npos; };
  return !name.empty() && IsUtf8(name) && name.find('+') == std::string_view::npos &&
         std::ranges::none_of(name, IsControl) && std::ranges::none_of(kUnicodeSpaces, occurs);
}

bool IsNoteText(std::string_view text) {
  const auto forbidden = [](char c) { return IsControl(c) && c != '\n'; };
  return text.ends_with('\n') && IsUtf8(text) && std::ranges::none_of(text, forbidden);
}

Expected<Note> SignNote(std::string_view text, std::string_view name, const crypto::Ed25519PrivateKey& key) {
  if (!IsNoteText(text)) {
    return Fail(ErrorCode::kInvalidArgument,
                "a note must be UTF-8, end in a newline and hold no other control character");
  }
  if (!IsNoteKeyName(name)) {
    return Fail(ErrorCode::kInvalidArgument,
                "a key's name must not be empty and have no white space, control character or '+'");
  }
  const NoteKey signer{std::string(name), key.public_key()};
  const crypto::Ed25519Signature signature = key.Sign(AsBytes(text));
  return Note{std::string(text), {{signer.name, signer.id(), ToBytes(signature)}}};
}

std::string SerializeNoteSignature(const NoteSignature& signature) {
  const Bytes blob = std::move(ByteWriter().U32Be(signature.key_id).Append(signature.signature)).Take();
  return std::string(kSignaturePrefix) + signature.name + " " + Base64(blob) + "\n";
}

std::string SerializeNote(const Note& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) out += SerializeNoteSignature(signature);
  return out;
}

Expected<Note> ParseNote(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() > max_bytes) return BadNote("has more than " + std::to_string(max_bytes) + " bytes");
  if (!IsNoteText(bytes)) {
    return BadNote("must be UTF-8, end in a newline and hold no other control character");
  }
  const std::size_t split = bytes.rfind("\n\n");
  if (split == std::string_view::npos) return BadNote("has no signatures");
  Note note{std::string(bytes.substr(0, split + 1)), {}};
  std::string_view lines = bytes.substr(split + 2);
  if (lines.empty()) return BadNote("has no signatures");
  while (!lines.empty()) {
    if (note.signatures.size() == kMaxNoteSignatures) {
      return BadNote("has more than " + std::to_string(kMaxNoteSignatures) + " signatures");
    }
    const std::size_t end = lines.find('\n');
    SR_ASSIGN_OR_RETURN(NoteSignature signature, ParseSignatureLine(lines.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return note;
}

Expected<std::vector<std::size_t>> VerifyNote(const Note& note, std::span<const NoteKey> keys) {
  std::vector<std::size_t> signers;
  for (const NoteSignature& signature : note.signatures) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].name != signature.name || keys[i].id() != signature.key_id) continue;
      if (!Verifies(keys[i], signature, note.text)) {
        return Fail(ErrorCode::kAltered, "note's signature by '" + signature.name + "' does not verify");
      }
      if (std::ranges::find(signers, i) == signers.end()) signers.push_back(i);
    }
  }
  if (signers.empty()) return Fail(ErrorCode::kUntrusted, "note has no signature by a known key");
  return signers;
}

}  // namespace strongroom::envelope
