#include "strongroom/policy/decimal.h"

#include <gtest/gtest.h>

namespace strongroom::policy {
namespace {

Decimal D(std::string_view text) {
  const auto value = Decimal::Parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : *Decimal::Parse("0");
}

TEST(Decimal, OneValueWrittenInManyWaysIsOneValue) {
  for (const std::string_view text :
       {"1e26", "1.0e26", "10e25", "0.1e27", "100000000000000000000000000", "1E+26", "001e26"}) {
    EXPECT_EQ(D(text), D("1e26")) << text;
    EXPECT_EQ(D(text).ToText(), "1e26") << text;
  }
}

TEST(Decimal, ThresholdIsExactWhereBinaryFloatingPointIsNot) {
  EXPECT_LT(D("9.99999999999999999999e25"), D("1e26"));
  EXPECT_GE(D("1e26"), D("1e26"));
  EXPECT_GT(D("100000000000000000000000001"), D("1e26"));
  EXPECT_LT(D("0.1"), D("0.10000000000000000000000000000000000001"));
}

TEST(Decimal, ZeroIsLeastHoweverItIsWritten) {
  EXPECT_EQ(D("0"), D("0.000e17"));
  EXPECT_LT(D("0"), D("1e-300"));
  EXPECT_EQ(D("0.0").ToText(), "0");
}

TEST(Decimal, TextReadsBack) {
  for (const std::string_view text :
       {"0.15", "2.1e26", "210", "0.000001", "123456789012345", "1.5e-7", "1e15", "25.5"}) {
    EXPECT_EQ(D(D(text).ToText()), D(text)) << text;
  }
  EXPECT_EQ(D("0.15").ToText(), "0.15");
  EXPECT_EQ(D("210e24").ToText(), "2.1e26");
  EXPECT_EQ(D("1500").ToText(), "1500");
}

TEST(Decimal, AnythingElseIsRefused) {
  for (const std::string_view text :
       {"", "-1", "+1", ".5", "5.", "1e", "1e+", "1,000", "0x10", "1 ", " 1", "nan", "inf", "1e99999",
        "1e401", "1_000", "12345678901234567890123456789012345678901"}) {
    const auto value = Decimal::Parse(text);
    ASSERT_FALSE(value.has_value()) << text;
    EXPECT_EQ(value.error().code, ErrorCode::kMalformed);
  }
}

}  // namespace
}  // namespace strongroom::policy
