#include "strongroom/log/auditor.h"

#include <gtest/gtest.h>

#include "auditor_fixture.h"
#include "strongroom/envelope/note.h"

namespace strongroom::log {
namespace {

Error ParseFailure(std::string_view text) {
  const auto rules = SealingRules::Parse(text);
  EXPECT_FALSE(rules) << text;
  return rules ? Error() : rules.error();
}

TEST(AuditorKey, TextFormIsParsedBack) {
  const AuditorKey key = Auditor("a.example/audit", 1);
  const auto parsed = ParseAuditorKey(key.ToText());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, key);
  EXPECT_TRUE(key.ToText().starts_with("a.example/audit+")) << key.ToText();
}

TEST(AuditorKey, KeysOfOtherTypesAreRefused) {
  const AuditorKey key = Auditor("a", 1);
  EXPECT_EQ(ParseAuditorKey(envelope::NoteKey{"a", key.key}.ToText()).error().code, ErrorCode::kUnsupported);
  const Bytes other_kind(25 + 32, 'x');
  EXPECT_EQ(ParseAuditorKey(envelope::NoteKeyText("a", 0xff, other_kind)).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(ParseAuditorKey("a+00000000+AQ==").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(ParseAuditorKey("nonsense").error().code, ErrorCode::kMalformed);
}

TEST(SealingRules, LinesAreRead) {
  const AuditorKey a = Auditor("a", 1);
  const AuditorKey b = Auditor("b", 2);
  const auto rules = SealingRules::Parse("# who reads what\n\nauditor " + a.ToText() + "\n\tauditor  " +
                                         b.ToText() + "\nseal reasons party\nseal node");
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->auditors, (std::vector<AuditorKey>{a, b}));
  EXPECT_EQ(rules->parts,
            (std::vector<SealablePart>{SealablePart::kNode, SealablePart::kParty, SealablePart::kReasons}));
}

TEST(SealingRules, WhateverWouldSealNothingIsRefused) {
  const std::string auditor = "auditor " + Auditor("a", 1).ToText() + "\n";
  for (const std::string& text : {std::string(), std::string("seal party\n"), auditor, auditor + "seal\n"})
    EXPECT_EQ(ParseFailure(text).code, ErrorCode::kMalformed);
}

TEST(SealingRules, ErrorsNameTheLine) {
  const std::string auditor = "auditor " + Auditor("a", 1).ToText() + "\n";
  EXPECT_TRUE(ParseFailure(auditor + "\nseal bundle\n").message.starts_with("line 3: 'bundle'"));
  EXPECT_TRUE(ParseFailure(auditor + auditor + "seal party\n").message.starts_with("line 2: "));
  EXPECT_TRUE(ParseFailure(auditor + "seal party party\n").message.starts_with("line 2: "));
  EXPECT_TRUE(ParseFailure("auditor a b\n").message.starts_with("line 1: "));
  EXPECT_TRUE(ParseFailure("witness w\n").message.starts_with("line 1: "));
}

TEST(SealingRules, SixteenAuditorsAtMost) {
  std::string text = "seal party\n";
  for (std::uint8_t i = 1; i <= kMaxAuditors; ++i) text += "auditor " + Auditor("a", i).ToText() + "\n";
  EXPECT_TRUE(SealingRules::Parse(text));
  EXPECT_EQ(ParseFailure(text + "auditor " + Auditor("a", 17).ToText()).code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace strongroom::log
