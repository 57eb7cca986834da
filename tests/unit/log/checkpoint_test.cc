#include "strongroom/log/checkpoint.h"

#include "log_fixture.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kRoot = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

TEST(Checkpoint, TextIsOriginSizeAndRoot) {
  const std::string text = "example.com/behind-the-sofa\n20852163\n" + std::string(kRoot) + "\n";
  const auto checkpoint = ParseCheckpointText(text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20852163u);
  EXPECT_EQ(Base64(checkpoint->root), kRoot);
  EXPECT_EQ(CheckpointText(*checkpoint), text);
}

TEST(Checkpoint, OtherTextsAreRefused) {
  const std::string root(kRoot);
  for (const std::string& text :
       {std::string(), std::string("o\n1\n"), "o\n1\n" + root, "\n1\n" + root + "\n", "o\n01\n" + root + "\n",
        "o\n\n" + root + "\n", "o\n-1\n" + root + "\n", "o\n18446744073709551616\n" + root + "\n",
        "o\n1 \n" + root + "\n", std::string("o\n1\nAAAA\n"), "o\n1\n" + root + "\nextension\n",
        "o\n1\n" + root + "\n\n"}) {
    const auto checkpoint = ParseCheckpointText(text);
    ASSERT_FALSE(checkpoint) << text;
    EXPECT_EQ(checkpoint.error().code, ErrorCode::kMalformed);
  }
}

TEST(Checkpoint, SignedCheckpointVerifiesUnderItsLogsKeyAlone) {
  const auto key = LogKey();
  const Checkpoint checkpoint{std::string(kOrigin), 7, Digest{9}};
  const auto note = SignCheckpoint(checkpoint, key);
  ASSERT_TRUE(note);
  EXPECT_EQ(VerifyCheckpoint(*note, {std::string(kOrigin), key.public_key()}), checkpoint);
  EXPECT_EQ(VerifyCheckpoint(*note, {std::string(kOrigin), LogKey(2).public_key()}).error().code,
            ErrorCode::kUntrusted);
  EXPECT_EQ(VerifyCheckpoint(*note, {"example.com/other", key.public_key()}).error().code,
            ErrorCode::kUntrusted);
}

TEST(Checkpoint, AnotherOriginThanTheKeysNameIsRefused) {
  const auto key = LogKey();
  const auto note = envelope::SignNote(CheckpointText({"example.com/other", 1, Digest{}}), kOrigin, key);
  EXPECT_EQ(
      VerifyCheckpoint(envelope::SerializeNote(*note), {std::string(kOrigin), key.public_key()}).error().code,
      ErrorCode::kMalformed);
}

TEST(Checkpoint, GoChecksumDatabasesCheckpointVerifies) {
  const auto key =
      envelope::ParseNoteKey("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
  const auto note = envelope::ParseNote(
      "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n\xE2\x80\x94 "
      "sum.golang.org "
      "Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n");
  ASSERT_TRUE(key && note);
  EXPECT_TRUE(envelope::VerifyNote(*note, std::array{*key}));
  EXPECT_EQ(ParseCheckpointText(note->text)->size, 6476701u);
}

}  // namespace
}  // namespace strongroom::log
