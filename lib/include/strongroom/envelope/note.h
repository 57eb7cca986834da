// Signed notes (https://c2sp.org/signed-note@v1.0.0) with Ed25519 keys: a text, an empty line, and signature
// lines.
#ifndef STRONGROOM_ENVELOPE_NOTE_H_
#define STRONGROOM_ENVELOPE_NOTE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"

namespace strongroom::envelope {

// NoteKey is the public half of a named Ed25519 key (signature type 0x01). Its text form is the "vkey":
// NAME+8 hexadecimal digits of the key id+base64 of 0x01 and the key.
struct NoteKey {
  std::string name;  // not empty, no white space, no '+'
  crypto::Ed25519PublicKey key{};

  [[nodiscard]] std::uint32_t id()
      const;  // the first 4 bytes of SHA-256(name || "\n" || 0x01 || key), big-endian
  [[nodiscard]] std::string ToText() const;
  friend bool operator==(const NoteKey&, const NoteKey&) = default;
};

// ParseNoteKey: kMalformed unless the text is exactly what ToText gives, kUnsupported for a key of another
// type.
Expected<NoteKey> ParseNoteKey(std::string_view text);

// The same for a key of any signature type: its id, its text form, and the way back, which gives the name and
// fills `key`, whose length is the type's.
std::uint32_t NoteKeyId(std::string_view name, std::uint8_t type, ByteView key);
std::string NoteKeyText(std::string_view name, std::uint8_t type, ByteView key);
Expected<std::string> ParseNoteKeyText(std::string_view text, std::uint8_t type, MutableBytes key);

// Whether a name may stand in a signature line: UTF-8, not empty, no Unicode white space, no control
// character, no '+'.
bool IsNoteKeyName(std::string_view name);

// Whether a text can be signed as a note: UTF-8 that ends in a newline and holds no other control character.
bool IsNoteText(std::string_view text);

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes signature;  // without the key id; 64 bytes for Ed25519, others may be longer
};

struct Note {
  std::string text;  // what is signed; ends in a newline
  std::vector<NoteSignature> signatures;
};

inline constexpr std::size_t kMaxNoteSignatures = 64;
inline constexpr std::size_t kMaxNoteSize = 1 << 20;

// SignNote signs a text. kInvalidArgument if the text is not a note's (it must end in a newline and hold no
// control character but newlines) or the name is not a key's.
Expected<Note> SignNote(std::string_view text, std::string_view name, const crypto::Ed25519PrivateKey& key);

std::string SerializeNote(const Note& note);
std::string SerializeNoteSignature(const NoteSignature& signature);  // its line of a note, with the newline

// ParseNote parses what SerializeNote writes; kMalformed otherwise. Nothing is verified.
Expected<Note> ParseNote(std::string_view bytes, std::size_t max_bytes = kMaxNoteSize);

// VerifyNote checks the signatures whose name and key id are among `keys` and passes over the others. Returns
// the indices of the keys that signed, each once. kAltered if a signature by a known key is wrong; kUntrusted
// if none is by a known key.
Expected<std::vector<std::size_t>> VerifyNote(const Note& note, std::span<const NoteKey> keys);

}  // namespace strongroom::envelope

#endif  // STRONGROOM_ENVELOPE_NOTE_H_
