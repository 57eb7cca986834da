#include "policy/jaro_winkler.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace strongroom::policy {
namespace {

TEST(JaroWinkler, PublishedValuesAreMet) {
  const std::tuple<std::u32string, std::u32string, double> published[] = {
      {U"martha", U"marhta", 0.961},       {U"dwayne", U"duane", 0.840},
      {U"dixon", U"dicksonx", 0.813},      {U"shackleford", U"shackelford", 0.982},
      {U"nichleson", U"nichulson", 0.956}, {U"jones", U"johnson", 0.832},
      {U"massey", U"massie", 0.933},       {U"abroms", U"abrams", 0.922},
      {U"jeraldine", U"geraldine", 0.926}, {U"michelle", U"michael", 0.921},
      {U"julies", U"julius", 0.933}};
  for (const auto& [a, b, expected] : published) {
    EXPECT_NEAR(JaroWinkler(a, b), expected, 0.0006);
    EXPECT_DOUBLE_EQ(JaroWinkler(a, b), JaroWinkler(b, a));
  }
}

TEST(JaroWinkler, IsOneForEqualWordsAndNoughtForThoseWithNothingInCommon) {
  EXPECT_EQ(JaroWinkler(U"example", U"example"), 1);
  EXPECT_EQ(JaroWinkler(U"", U""), 1);
  EXPECT_EQ(JaroWinkler(U"abc", U"xyz"), 0);
  EXPECT_EQ(JaroWinkler(U"abc", U""), 0);
  EXPECT_EQ(JaroWinkler(std::u32string(64, U'a'), std::u32string(64, U'a')), 1);
}

}  // namespace
}  // namespace strongroom::policy
