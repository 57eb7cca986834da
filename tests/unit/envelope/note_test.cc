#include "strongroom/envelope/note.h"

#include <gtest/gtest.h>

#include <array>

namespace strongroom::envelope {
namespace {

// The vector of the C2SP specification.
constexpr std::string_view kSpecKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kSpecText = "This is an example message.\n";
constexpr std::string_view kSpecNote =
    "This is an example message.\n\n\xE2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
// A checkpoint of Go's checksum database, and the note of its package's documentation with the private key it
// publishes.
constexpr std::string_view kGoKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
constexpr std::string_view kGoNote =
    "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n\xE2\x80\x94 "
    "sum.golang.org "
    "Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n";
constexpr std::string_view kNeumannSeed = "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173";
constexpr std::string_view kNeumannNote =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem "
    "is.\n\n\xE2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

crypto::Ed25519PrivateKey Key(std::uint8_t fill) {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  return out.replace(out.find(from), from.size(), to);
}

TEST(Note, PublishedVectorsVerify) {
  for (const auto& [key_text, note_text] : {std::pair{kSpecKey, kSpecNote}, std::pair{kGoKey, kGoNote}}) {
    const auto key = ParseNoteKey(key_text);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->ToText(), key_text);
    const auto note = ParseNote(note_text);
    ASSERT_TRUE(note);
    EXPECT_EQ(SerializeNote(*note), note_text);
    EXPECT_EQ(VerifyNote(*note, std::array{*key}), std::vector<std::size_t>{0});
  }
  EXPECT_EQ(ParseNote(kSpecNote)->text, kSpecText);
}

TEST(Note, SigningGivesThePublishedBytes) {
  const auto key = crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(*FromHex(kNeumannSeed)));
  ASSERT_TRUE(key);
  const auto expected = ParseNote(kNeumannNote);
  ASSERT_TRUE(expected);
  EXPECT_EQ(SerializeNote(*SignNote(expected->text, "PeterNeumann", *key)), kNeumannNote);
}

TEST(Note, TextMayHoldEmptyLines) {
  const auto signer = Key(1);
  const std::string text = "a\n\n\nb\n\n";
  const auto note = ParseNote(SerializeNote(*SignNote(text, "k", signer)));
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, text);
  EXPECT_TRUE(VerifyNote(*note, std::array{NoteKey{"k", signer.public_key()}}));
}

TEST(Note, MalformedNotesAreRefused) {
  const std::string line(kSpecNote.substr(kSpecText.size() + 1));
  for (const std::string& text : {
           std::string(),
           std::string("\n"),
           std::string(kSpecText),
           std::string(kSpecText) + "\n",
           line,
           std::string(kSpecNote) + "\n",
           std::string(kSpecNote) + "x",
           std::string(kSpecNote.substr(0, kSpecNote.size() - 1)),
           Replaced(kSpecNote, "an example", "an\texample"),
           Replaced(kSpecNote, "an example",
                    "an\xFF"
                    "example"),
           Replaced(kSpecNote, "\xE2\x80\x94 ", "- "),
           Replaced(kSpecNote, "\xE2\x80\x94 ", "\xE2\x80\x94  "),
           Replaced(kSpecNote, "example.com/foo ", ""),
           Replaced(kSpecNote, "example.com/foo", "example+foo"),
           Replaced(kSpecNote, "example.com/foo",
                    "example\xC2\xA0"
                    "foo"),
           Replaced(kSpecNote, "aQM=\n", "aQM\n"),
           Replaced(kSpecNote, "aQM=\n", "aQM= \n"),
           std::string(kSpecText) + "\n\xE2\x80\x94 a AAAAAA==\n",
       }) {
    const auto note = ParseNote(text);
    ASSERT_FALSE(note) << text;
    EXPECT_EQ(note.error().code, ErrorCode::kMalformed);
  }
}

TEST(Note, SignaturesAndSizeAreBounded) {
  Note note = *ParseNote(kSpecNote);
  note.signatures.resize(kMaxNoteSignatures, note.signatures[0]);
  EXPECT_TRUE(ParseNote(SerializeNote(note)));
  note.signatures.push_back(note.signatures[0]);
  EXPECT_EQ(ParseNote(SerializeNote(note)).error().code, ErrorCode::kMalformed);
  EXPECT_TRUE(ParseNote(kSpecNote, kSpecNote.size()));
  EXPECT_EQ(ParseNote(kSpecNote, kSpecNote.size() - 1).error().code, ErrorCode::kMalformed);
}

TEST(VerifyNote, AlteredTextIsRefusedForAKnownKey) {
  Note note = *ParseNote(kSpecNote);
  note.text[0] = 't';
  EXPECT_EQ(VerifyNote(note, std::array{*ParseNoteKey(kSpecKey)}).error().code, ErrorCode::kAltered);
}

TEST(VerifyNote, UnknownSignaturesArePassedOver) {
  const auto known = Key(1);
  const auto stranger = Key(2);
  Note note = *SignNote("text\n", "known", known);
  note.signatures.push_back(SignNote("text\n", "stranger", stranger)->signatures[0]);
  note.signatures.push_back({"known", 0x12345678, Bytes(64, 1)});
  note.signatures.push_back({"renamed", NoteKey{"known", known.public_key()}.id(), Bytes(2420, 1)});
  EXPECT_EQ(VerifyNote(note, std::array{NoteKey{"known", known.public_key()}}), std::vector<std::size_t>{0});
  EXPECT_EQ(VerifyNote(note, std::array{NoteKey{"other", known.public_key()}}).error().code,
            ErrorCode::kUntrusted);
  EXPECT_EQ(VerifyNote(note, {}).error().code, ErrorCode::kUntrusted);
}

TEST(VerifyNote, OneWrongSignatureByAKnownKeyRefusesTheNote) {
  const auto a = Key(1);
  const auto b = Key(2);
  const std::array keys = {NoteKey{"a", a.public_key()}, NoteKey{"b", b.public_key()}};
  Note note = *SignNote("text\n", "a", a);
  note.signatures.push_back(SignNote("other text\n", "b", b)->signatures[0]);
  EXPECT_EQ(VerifyNote(note, keys).error().code, ErrorCode::kAltered);
}

TEST(VerifyNote, RepeatedSignatureCountsOnce) {
  const auto a = Key(1);
  Note note = *SignNote("text\n", "a", a);
  note.signatures.push_back(note.signatures[0]);
  EXPECT_EQ(VerifyNote(note, std::array{NoteKey{"a", a.public_key()}}), std::vector<std::size_t>{0});
}

TEST(SignNote, TextOrNameThatCannotBeParsedBackIsRefused) {
  const auto key = Key(1);
  EXPECT_EQ(SignNote("no newline", "k", key).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(SignNote("a\tb\n", "k", key).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(SignNote("text\n", "two words", key).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(SignNote("text\n", "", key).error().code, ErrorCode::kInvalidArgument);
}

TEST(NoteKey, TextThatIsNotAKeyIsRefused) {
  for (const std::string& text : {
           std::string(),
           std::string("foo"),
           std::string("foo+530d903a"),
           Replaced(kSpecKey, "530d903a", "530D903A"),
           Replaced(kSpecKey, "530d903a", "530d903b"),
           Replaced(kSpecKey, "example.com/foo", "example.com/fop"),
           Replaced(kSpecKey, "example.com/foo", ""),
           Replaced(kSpecKey, "example.com/foo", "a b"),
           std::string(kSpecKey) + "\n",
           std::string(kSpecKey) + "AAAA",
           std::string(kSpecKey.substr(0, kSpecKey.size() - 4)),
       }) {
    const auto key = ParseNoteKey(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, ErrorCode::kMalformed);
  }
  EXPECT_EQ(ParseNoteKey("k+00000000+AgEC").error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace strongroom::envelope
