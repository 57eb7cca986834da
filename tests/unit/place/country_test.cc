#include "strongroom/place/country.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace strongroom::place {
namespace {

using ::testing::HasSubstr;

Error Refused(std::string_view code) {
  const auto country = Country::Parse(code);
  EXPECT_FALSE(country.has_value()) << code;
  return country ? Error() : country.error();
}

TEST(Country, AssignedCodeIsKnownByCodeAndName) {
  const auto country = Country::Parse("GB");
  ASSERT_TRUE(country.has_value());
  EXPECT_EQ(country->code(), "GB");
  EXPECT_EQ(country->name(), "United Kingdom");
}

TEST(Country, HongKongIsNotChinaHere) {
  EXPECT_NE(*Country::Parse("HK"), *Country::Parse("CN"));
}

TEST(Country, KosovoIsKnownByItsUserAssignedCode) {
  EXPECT_TRUE(Country::Parse("XK").has_value());
}

TEST(Country, EveryCountryParsesBackFromItsCodeAndNoneIsTwice) {
  std::set<std::string_view> codes;
  for (const Country& country : AllCountries()) {
    EXPECT_EQ(*Country::Parse(country.code()), country);
    EXPECT_FALSE(country.name().empty());
    codes.insert(country.code());
  }
  EXPECT_EQ(codes.size(), 250U);
}

TEST(Country, EveryOtherPairOfLettersIsRefused) {
  int accepted = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) accepted += Country::Parse(std::string{a, b}).has_value() ? 1 : 0;
  }
  EXPECT_EQ(accepted, 250);
}

TEST(Country, RetiredCodeIsRefusedWithWhatItWas) {
  EXPECT_THAT(Refused("SU").message,
              HasSubstr("'SU' is not a country code: the Soviet Union, retired in 1992"));
  EXPECT_THAT(Refused("YU").message, HasSubstr("Yugoslavia"));
  EXPECT_EQ(Refused("ZR").next, "write CD");
}

TEST(Country, ReservedCodeIsRefusedWithTheRightOne) {
  EXPECT_EQ(Refused("UK").next, "write GB");
  EXPECT_THAT(Refused("EU").message, HasSubstr("not a country"));
  EXPECT_EQ(Refused("EL").next, "write GR");
}

TEST(Country, LowerCaseIsRefusedWithTheUpperCaseCode) {
  EXPECT_EQ(Refused("us").next, "write US");
  EXPECT_EQ(Refused("Us").next, "write US");
}

TEST(Country, AnythingElseIsRefusedAsMalformedAndShownWithoutControlBytes) {
  for (const std::string_view code : {"", "U", "USA", "XX", "ZZ", "U ", "no", "\x1b[", "\xc3\x9c"}) {
    EXPECT_EQ(Refused(code).code, ErrorCode::kMalformed) << code;
    EXPECT_EQ(Refused(code).message.find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace strongroom::place
