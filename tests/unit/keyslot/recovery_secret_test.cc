#include "strongroom/keyslot/recovery_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "slots_for_tests.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::keyslot {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string TextOf(const SecretBytes& secret) {
  return std::string(AsText(secret.Expose()));
}

SecretBytes Secret(std::string_view text) {
  return SecretBytes::CopyOf(AsBytes(text));
}

TEST(GeneratedPassphrase, IsSevenGroupsAndNeverTheSame) {
  const std::string a = TextOf(GeneratePassphrase());
  EXPECT_THAT(a, MatchesRegex("([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}"));
  EXPECT_NE(a, TextOf(GeneratePassphrase()));
}

TEST(GeneratedPassphrase, IsStrong) {
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(CheckPassphraseStrength({GeneratePassphrase()}));
}

TEST(GeneratedPassphrase, SloppyTypingComesBackAsGenerated) {
  for (int i = 0; i < 20; ++i) {
    const std::string generated = TextOf(GeneratePassphrase());
    std::string typed = generated;
    std::ranges::transform(typed, typed.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::ranges::replace(typed, '0', 'o');
    std::ranges::replace(typed, '1', 'l');
    std::ranges::replace(typed, '-', ' ');
    const auto canonical = CanonicalPassphrase(Secret(typed));
    ASSERT_TRUE(canonical) << canonical.error().message;
    EXPECT_EQ(TextOf(canonical->text), generated);
  }
}

TEST(GeneratedPassphrase, MistypedCharacterIsNoticedAtOnce) {
  std::string typed = TextOf(GeneratePassphrase());
  typed[7] = typed[7] == 'A' ? 'B' : 'A';
  const auto canonical = CanonicalPassphrase(Secret(typed));
  if (canonical) GTEST_SKIP() << "one mistyping in a thousand goes unnoticed";
  EXPECT_EQ(canonical.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(canonical.error().message, HasSubstr("mistyped"));
}

TEST(GeneratedPassphrase, ZeroBitsAreWrittenAsTheFormatStates) {
  ByteWriter hashed;
  hashed.Append("strongroom passphrase v1").Zeros(16);
  const Digest digest = crypto::Sha256(hashed.bytes());
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text = "0000-0000-0000-0000-0000-0000-00";
  text += kAlphabet[digest[0] >> 3];
  text += kAlphabet[(digest[0] & 7) << 2 | digest[1] >> 6];
  const auto canonical = CanonicalPassphrase(Secret(text));
  ASSERT_TRUE(canonical) << canonical.error().message;
  EXPECT_EQ(TextOf(canonical->text), text);
}

TEST(OwnPassphrase, ComesBackByteForByte) {
  for (const char* text : {"correct horse battery staple", " leading blank and Größe ", "A1B2-C3D4",
                           "no-thing like a generated one", "ABCDEFGHJKMNPQRSTVWXYZ012345"}) {
    const auto canonical = CanonicalPassphrase(Secret(text));
    ASSERT_TRUE(canonical) << text;
    EXPECT_EQ(TextOf(canonical->text), text);
  }
}

TEST(RecoverySource, OneFinalNewlineIsDropped) {
  for (const char* text : {"my long passphrase", "my long passphrase\n", "my long passphrase\r\n"}) {
    const auto secret = ParseRecoverySecret(Secret(text));
    ASSERT_TRUE(secret);
    EXPECT_EQ(TextOf(std::get<Passphrase>(*secret).text), "my long passphrase");
  }
  EXPECT_EQ(TextOf(std::get<Passphrase>(*ParseRecoverySecret(Secret("two newlines\n\n"))).text),
            "two newlines\n");
}

TEST(RecoverySource, EmptyOpensNothing) {
  EXPECT_EQ(ParseRecoverySecret(Secret("")).error().code, ErrorCode::kNoKey);
  EXPECT_EQ(ParseRecoverySecret(Secret("\n")).error().code, ErrorCode::kNoKey);
}

TEST(RecoverySource, RecoveryKeyIsReadAsWritten) {
  const RecoveryKey key = RecoveryKey::Random();
  const SecretBytes text = RecoveryKeyText(key);
  EXPECT_THAT(TextOf(text), MatchesRegex("strongroom-recovery-key-1:[0-9a-f]{64}\n"));
  const auto secret = ParseRecoverySecret(text);
  ASSERT_TRUE(secret);
  EXPECT_TRUE(ConstantTimeEqual(std::get<RecoveryKey>(*secret).bytes().Expose(), key.bytes().Expose()));
}

TEST(RecoverySource, DamagedRecoveryKeyOpensNothingAndIsNeverAPassphrase) {
  const std::string text = TextOf(RecoveryKeyText(RecoveryKey::Random()));
  for (const std::string& damaged : {text.substr(0, text.size() - 2), text.substr(0, 40),
                                     text.substr(0, text.size() - 2) + "G\n", text + "0"}) {
    const auto secret = ParseRecoverySecret(Secret(damaged));
    ASSERT_FALSE(secret) << damaged;
    EXPECT_EQ(secret.error().code, ErrorCode::kNoKey);
  }
}

TEST(PassphraseStrength, WeakOnesAreRefusedWithReasonAndAdvice) {
  for (const char* weak :
       {"", "hunter2", "elevenchars", "aaaaaaaaaaaaaaaaaaaaaaaa", "123456789012345678", "qwertyuiopasdfghjkl",
        "passwordpassword", "Password123456!", "P@ssw0rdP@ssw0rd", "abcdefghijklmnopqrstuvwxyz",
        "abcabcabcabcabcabcabc", "letmeinletmein1", "strongroom2026", "iloveyouprincess",
        "Summer2026!Summer2026!", "000000000000000000000000", "correct horse battery staple",
        "CorrectHorseBatteryStaple"}) {
    const auto status = CheckPassphraseStrength({Secret(weak)});
    ASSERT_FALSE(status) << weak;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument) << weak;
    EXPECT_THAT(status.error().message, HasSubstr("weak")) << weak;
    EXPECT_THAT(status.error().next, HasSubstr("generate")) << weak;
  }
}

TEST(PassphraseStrength, StrongOnesPass) {
  for (const char* strong :
       {"quiet lamp under seven rivers 41", "vF7#kq9Lw2!xZr", "gnarl-otter-plinth-vexed-maple",
        "mX4tq8Rk2pLw9s", "öde Türme fangen kühle Nebel"}) {
    const auto status = CheckPassphraseStrength({Secret(strong)});
    EXPECT_TRUE(status) << strong << ": " << status.error().message;
  }
}

}  // namespace
}  // namespace strongroom::keyslot
