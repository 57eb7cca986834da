#include "strongroom/log/cosignature.h"

#include <array>

#include "log_fixture.h"
#include "published_checkpoint.h"

namespace strongroom::log {
namespace {

constexpr Timestamp kTime{1'679'315'147};
constexpr std::string_view kText = "example.com/log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

// A note that the log and these cosigners signed.
envelope::Note SignedBy(std::initializer_list<std::uint8_t> cosigners) {
  envelope::Note note = *envelope::SignNote(kText, "example.com/log", LogKey(1));
  for (const std::uint8_t fill : cosigners) {
    note.signatures.push_back(*Cosign(kText, "w" + std::to_string(fill), LogKey(fill), kTime));
  }
  return note;
}

CosignerKey Key(std::uint8_t fill) {
  return {"w" + std::to_string(fill), LogKey(fill).public_key()};
}

TEST(CosignerKey, PublishedKeysParseAndAreWrittenBack) {
  for (const std::string_view text : {kGardenKey, kSmartitKey, kRemoraKey, kStagemoleKey, kRingKey}) {
    const auto key = ParseCosignerKey(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(key->ToText(), text);
  }
  EXPECT_EQ(ParseCosignerKey(kRemoraKey)->id(), 0xda77ade7u);
}

TEST(CosignerKey, KeysOfOtherTypesAndAlteredOnesAreRefused) {
  EXPECT_EQ(ParseCosignerKey(kPublishedLogKey).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(envelope::ParseNoteKey(kRemoraKey).error().code, ErrorCode::kUnsupported);
  std::string renamed(kRemoraKey);
  renamed[0] = 'R';
  EXPECT_EQ(ParseCosignerKey(renamed).error().code, ErrorCode::kMalformed);
  const std::string shorter(kRemoraKey.substr(0, kRemoraKey.size() - 4));
  EXPECT_EQ(ParseCosignerKey(shorter).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ParseCosignerKey("").error().code, ErrorCode::kMalformed);
}

TEST(VerifyCosignatures, PublishedCheckpointsCosignaturesVerify) {
  const auto note = envelope::ParseNote(kPublishedCheckpoint);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->signatures.size(), 6u);
  EXPECT_TRUE(envelope::VerifyNote(*note, std::array{*envelope::ParseNoteKey(kPublishedLogKey)}));
  const std::array keys = {*ParseCosignerKey(kStagemoleKey), *ParseCosignerKey(kRingKey),
                           *ParseCosignerKey(kGardenKey), *ParseCosignerKey(kSmartitKey),
                           *ParseCosignerKey(kRemoraKey)};
  const Timestamp time{kPublishedTime};
  EXPECT_EQ(VerifyCosignatures(*note, keys),
            (std::vector<Cosignature>{{0, time}, {2, time}, {3, time}, {4, time}}));
}

TEST(VerifyCosignatures, AlteredCheckpointIsRefused) {
  auto note = envelope::ParseNote(kPublishedCheckpoint);
  note->text.replace(note->text.find("1432088532"), 10, "1432088533");
  EXPECT_EQ(VerifyCosignatures(*note, std::array{*ParseCosignerKey(kRemoraKey)}).error().code,
            ErrorCode::kAltered);
}

// The line that the specification shows: key id, then the time in big-endian.
TEST(Cosign, BlobIsTimeAndSignature) {
  const auto cosignature = Cosign(kText, "w2", LogKey(2), kTime);
  ASSERT_TRUE(cosignature);
  EXPECT_EQ(cosignature->signature.size(), 72u);
  EXPECT_EQ(Hex(ByteView(cosignature->signature).first(8)), "00000000641850cb");
  EXPECT_EQ(cosignature->key_id, Key(2).id());
  EXPECT_NE(cosignature->key_id, (envelope::NoteKey{"w2", LogKey(2).public_key()}.id()));
}

TEST(Cosign, WhatCannotBeVerifiedIsNotSigned) {
  EXPECT_EQ(Cosign(kText, "w2", LogKey(2), Timestamp{-1}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Cosign(kText, "two words", LogKey(2), kTime).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Cosign("no newline", "w2", LogKey(2), kTime).error().code, ErrorCode::kInvalidArgument);
}

TEST(VerifyCosignatures, EachKeyCountsOnceWithItsLatestTime) {
  envelope::Note note = SignedBy({2, 3, 2});
  note.signatures.push_back(*Cosign(kText, "w2", LogKey(2), Timestamp{kTime.seconds + 9}));
  note.signatures.push_back(*Cosign(kText, "w2", LogKey(2), Timestamp{kTime.seconds - 9}));
  EXPECT_EQ(VerifyCosignatures(note, std::array{Key(2), Key(3)}),
            (std::vector<Cosignature>{{0, Timestamp{kTime.seconds + 9}}, {1, kTime}}));
}

TEST(VerifyCosignatures, UnknownKeysArePassedOver) {
  envelope::Note note = SignedBy({2});
  note.signatures.push_back({"w3", 0x12345678, Bytes(72, 1)});
  note.signatures.push_back({"renamed", Key(3).id(), Bytes(72, 1)});
  EXPECT_EQ(VerifyCosignatures(note, std::array{Key(3)}), std::vector<Cosignature>{});
  EXPECT_EQ(VerifyCosignatures(note, {}), std::vector<Cosignature>{});
}

TEST(VerifyCosignatures, OneWrongSignatureByAKnownKeyRefusesTheNote) {
  const auto code = [](const envelope::Note& note) {
    return VerifyCosignatures(note, std::array{Key(2), Key(3)}).error().code;
  };
  for (std::size_t byte = 0; byte < 72; byte += 5) {
    envelope::Note note = SignedBy({2, 3});
    note.signatures[2].signature[byte] ^= 1;
    EXPECT_EQ(code(note), ErrorCode::kAltered) << byte;
  }
  for (const std::size_t size : {0, 8, 64, 71, 73}) {
    envelope::Note note = SignedBy({2, 3});
    note.signatures[2].signature.resize(size);
    EXPECT_EQ(code(note), ErrorCode::kAltered) << size;
  }
}

TEST(VerifyCosignatures, LogsSignatureIsNoCosignature) {
  envelope::Note note = *envelope::SignNote(kText, "w2", LogKey(2));
  EXPECT_EQ(VerifyCosignatures(note, std::array{Key(2)}), std::vector<Cosignature>{});
  note.signatures[0].key_id = Key(2).id();
  EXPECT_EQ(VerifyCosignatures(note, std::array{Key(2)}).error().code, ErrorCode::kAltered);
}

}  // namespace
}  // namespace strongroom::log
