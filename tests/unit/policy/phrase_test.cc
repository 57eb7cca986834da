#include "policy/phrase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::u32string> Texts(const Phrase& phrase) {
  std::vector<std::u32string> texts;
  for (const Word& word : phrase) texts.push_back(word.text);
  return texts;
}

TEST(NameWords, CaseAccentsAndPunctuationAreFolded) {
  EXPECT_THAT(Texts(NameWords("EXAMPLE-Société  (Générale)")),
              ElementsAre(U"example", U"societe", U"generale"));
  EXPECT_THAT(Texts(NameWords("Straße ﬁne Ｗｉｄｅ")), ElementsAre(U"strasse", U"fine", U"wide"));
  EXPECT_THAT(Texts(NameWords("O’Example's Al-Qa'ida")), ElementsAre(U"oexamples", U"al", U"qaida"));
  EXPECT_THAT(Texts(NameWords("Alpha & Omega")), ElementsAre(U"alpha", U"and", U"omega"));
}

TEST(NameWords, LettersThatDoNotDecomposeBecomeLatin) {
  EXPECT_THAT(Texts(NameWords("Łódź Ørsted Þór Æsir ı")),
              ElementsAre(U"lodz", U"orsted", U"thor", U"aesir", U"i"));
  EXPECT_THAT(Texts(NameWords("Пример Торговля")), ElementsAre(U"primer", U"torgovlya"));
  EXPECT_THAT(Texts(NameWords("Щёлковский ОБЪЕКТ")), ElementsAre(U"shchelkovskii", U"obekt"));
}

TEST(NameWords, SingleLettersInARowAreOneWord) {
  EXPECT_THAT(Texts(NameWords("J.S.C. Example")), ElementsAre(U"jsc", U"example"));
  EXPECT_THAT(Texts(NameWords("Example S. A. and A & B 5 6")),
              ElementsAre(U"example", U"sa", U"and", U"a", U"and", U"b", U"5", U"6"));
}

TEST(NameWords, KindsAreTold) {
  const Phrase phrase = NameWords("Example Trading 54 Co., Ltd.");
  ASSERT_EQ(phrase.size(), 5U);
  EXPECT_EQ(phrase[0].kind, WordKind::kPlain);
  EXPECT_EQ(phrase[1].kind, WordKind::kGeneric);
  EXPECT_EQ(phrase[2].kind, WordKind::kNumber);
  EXPECT_EQ(phrase[3].kind, WordKind::kOptional);
  EXPECT_EQ(phrase[4].kind, WordKind::kOptional);
  EXPECT_FLOAT_EQ(Weight(phrase[0]), 7);
  EXPECT_FLOAT_EQ(Weight(phrase[1]), 1.75);
  EXPECT_FLOAT_EQ(Weight(phrase[2]), 4);
  EXPECT_EQ(Joined(phrase), U"exampletrading54");
}

TEST(NameWords, TextWithoutLettersOrThatIsNotUtf8HasNone) {
  for (const char* text : {"", " -.,/ ", "\xff\xfe", "'''", "\xe2\x98\x83"})
    EXPECT_THAT(NameWords(text), IsEmpty()) << text;
}

TEST(NameWords, EndlessWordIsCutIntoSeveral) {
  const Phrase phrase = NameWords(std::string(150, 'x'));
  ASSERT_EQ(phrase.size(), 3U);
  EXPECT_EQ(phrase[0].text.size(), kMaxWordLength);
  std::string letters;
  for (int i = 0; i < 150; ++i) letters += "x ";
  for (const Word& word : NameWords(letters)) EXPECT_LE(word.text.size(), kMaxWordLength);
}

TEST(NameWords, FirstWordsOfAnEndlessTextCount) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "word ";
  EXPECT_EQ(NameWords(text).size(), kMaxWords);
}

TEST(AddressWords, AbbreviationsAreWrittenOut) {
  EXPECT_THAT(Texts(AddressWords("Rm. 5, Example Bldg, 100 Example Rd.")),
              ElementsAre(U"room", U"5", U"example", U"building", U"100", U"example", U"road"));
}

}  // namespace
}  // namespace strongroom::policy
