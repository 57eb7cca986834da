#include "strongroom/place/place.h"

#include <gtest/gtest.h>

namespace strongroom::place {
namespace {

TEST(Basis, MeasuredIsStrongerThanEndorsedIsStrongerThanDeclared) {
  EXPECT_LT(Basis::kDeclared, Basis::kEndorsed);
  EXPECT_LT(Basis::kEndorsed, Basis::kMeasured);
}

TEST(Basis, EveryNameParsesBack) {
  for (const Basis basis : {Basis::kDeclared, Basis::kEndorsed, Basis::kMeasured}) {
    EXPECT_EQ(*ParseBasis(Name(basis)), basis);
  }
}

TEST(Basis, OtherWordIsRefused) {
  EXPECT_EQ(ParseBasis("attested").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ParseBasis("Declared").error().code, ErrorCode::kMalformed);
}

TEST(Subdivision, CodeOfTheCountryIsAccepted) {
  const Country ukraine = *Country::Parse("UA");
  EXPECT_TRUE(CheckSubdivision("UA-43", ukraine).has_value());
  EXPECT_TRUE(CheckSubdivision("US-CA", *Country::Parse("US")).has_value());
}

TEST(Subdivision, CodeOfAnotherCountryOrFormIsRefused) {
  const Country ukraine = *Country::Parse("UA");
  for (const std::string_view code : {"RU-43", "UA-", "UA43", "UA-4", "UA-99", "UA-1234", "UA-4a", "", "43"}) {
    EXPECT_FALSE(CheckSubdivision(code, ukraine).has_value()) << code;
  }
}

}  // namespace
}  // namespace strongroom::place
