// policy screen, by the real program, against a list made up for the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli.h"
#include "strongroom/base/clock.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kList[] =
    R"j({"total":5,"sources_used":[],"results":[
{"source":"Entity List (EL) - Bureau of Industry and Security","name":"Example Trading One Co., Ltd.",
 "alt_names":["ETO Works"],"addresses":[{"address":"100 Example Road","city":"Exampleville","country":"CN"}],
 "federal_register_notice":"99 FR 1","license_requirement":"All items subject to the EAR","license_policy":null},
{"source":"Denied Persons List (DPL) - Bureau of Industry and Security","name":"PERSON, Example"},
{"source":"Military End User (MEU) List - Bureau of Industry and Security","name":"Example Engine Works"},
{"source":"Specially Designated Nationals (SDN) - Treasury Department","name":"Example Shipping Line"},
{"source":"Unverified List (UVL) - Bureau of Industry and Security","name":"Example Parts Depot"}]})j";

class PolicyScreen : public ::testing::Test {
 protected:
  PolicyScreen() { cli_.Write("list.json", kList); }

  CliResult Screen(std::vector<std::string> arguments) const {
    std::vector<std::string> all = {"policy",       "screen",     "--list", "list.json",
                                    "--downloaded", "2026-11-20", "--at",   "2026-11-21"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return cli_.Run(all);
  }

  Cli cli_;
};

TEST_F(PolicyScreen, ExitsZeroOnlyIfNothingMatches) {
  const CliResult clear = Screen({"Northern Lights"});
  EXPECT_EQ(clear.exit, 0) << clear.err;
  EXPECT_THAT(clear.out, HasSubstr("nothing on it matches"));
  EXPECT_THAT(clear.out, HasSubstr("5 entries"));
  const CliResult listed = Screen({"example trading one"});
  EXPECT_EQ(listed.exit, 5);
  EXPECT_THAT(listed.out, HasSubstr("99 FR 1"));
  EXPECT_THAT(listed.err, HasSubstr("1 match"));
}

TEST_F(PolicyScreen, TellsProgramsEachMatchWithItsScore) {
  const CliResult result = Screen({"Northern Lights", "--address", "100 Example Rd, Exampleville", "--json"});
  EXPECT_EQ(result.exit, 5);
  EXPECT_THAT(result.out, HasSubstr(R"("by":"address")"));
  EXPECT_THAT(result.out, HasSubstr(R"("score":100)"));
  EXPECT_THAT(result.out, HasSubstr(R"("matches":1)"));
  EXPECT_EQ(LastLineMember(result.out, "code"), "denied");
}

TEST_F(PolicyScreen, OldListOrOneOfTheFutureClearsNobody) {
  const std::vector<std::string> screen = {"policy",    "screen",       "--list",
                                           "list.json", "--downloaded", "2026-11-01"};
  const auto at = [&](const std::string& time) {
    std::vector<std::string> all = screen;
    all.insert(all.end(), {"Northern Lights", "--at", time});
    return cli_.Run(all);
  };
  EXPECT_EQ(at("2026-11-08").exit, 0);
  const CliResult old = at("2026-11-08T00:00:01Z");
  EXPECT_EQ(old.exit, 5);
  EXPECT_THAT(old.err, HasSubstr("more than 7 days ago"));
  EXPECT_EQ(at("2026-10-31").exit, 5);
}

TEST_F(PolicyScreen, PartOfAListClearsNobody) {
  cli_.Write("list.json", R"({"total":9,"results":[]})");
  const CliResult result = Screen({"Northern Lights"});
  EXPECT_EQ(result.exit, 5);
  EXPECT_THAT(result.err, HasSubstr("a part of the whole one"));
}

TEST_F(PolicyScreen, WrongUsageAndWrongListsAreRefused) {
  EXPECT_EQ(Screen({}).exit, 2);
  EXPECT_EQ(Screen({"---"}).exit, 2);
  EXPECT_EQ(Screen({"Northern Lights", "--threshold", "50"}).exit, 2);
  EXPECT_EQ(cli_.Run({"policy", "screen", "Northern Lights", "--list", "list.json"}).exit, 2);
  EXPECT_EQ(
      cli_.Run({"policy", "screen", "Northern Lights", "--list", "absent", "--downloaded", "2026-11-20"})
          .exit,
      7);
  cli_.Write("list.json", "{\"total\":0,");
  const CliResult malformed = Screen({"Northern Lights"});
  EXPECT_EQ(malformed.exit, 3);
  EXPECT_THAT(malformed.err, HasSubstr("list.json"));
  EXPECT_THAT(malformed.err, HasSubstr("byte"));
}

TEST_F(PolicyScreen, InstalledListIsUsedAndAnAlteredOneIsNot) {
  EXPECT_EQ(cli_.Run({"init", "--country", "NL"}).exit, 0);
  EXPECT_EQ(cli_.Run({"policy", "screen", "ETO Works"}).exit, 7);
  const CliResult installed =
      cli_.Run({"policy", "screen", "--install", "list.json", "--downloaded", "2026-11-20"});
  EXPECT_EQ(installed.exit, 0) << installed.err;
  EXPECT_EQ(cli_.Run({"policy", "screen", "Northern Lights", "--at", "2026-11-21"}).exit, 0);
  EXPECT_EQ(cli_.Run({"policy", "screen", "ETO Works", "--at", "2026-11-21"}).exit, 5);
  cli_.Flip("home/screening", cli_.Size("home/screening") - 3);
  const CliResult altered = cli_.Run({"policy", "screen", "Northern Lights", "--at", "2026-11-21"});
  EXPECT_EQ(altered.exit, 3);
  EXPECT_THAT(altered.out, Not(HasSubstr("nothing on it matches")));
}

class ScreeningDoctor : public PolicyScreen {
 protected:
  ScreeningDoctor() { EXPECT_EQ(cli_.Run({"init", "--country", "NL", "--operator-hq", "NL"}).exit, 0); }

  // Installs the list as if it had been downloaded so many days ago, or in so many.
  [[nodiscard]] CliResult Install(std::int64_t days_ago) const {
    const Timestamp downloaded{SystemClock().Now().seconds - days_ago * 24 * 3600};
    return cli_.Run({"policy", "screen", "--install", "list.json", "--downloaded", ToRfc3339(downloaded)});
  }
};

TEST_F(ScreeningDoctor, NoListIsAWarningThatSaysHowToInstallOne) {
  const CliResult doctor = cli_.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 0);
  EXPECT_THAT(doctor.out, HasSubstr("packs that ask for screening answer unknown"));
  EXPECT_THAT(doctor.out, HasSubstr("strongroom policy screen --install"));
}

TEST_F(ScreeningDoctor, ListIsFineForSevenDays) {
  EXPECT_EQ(Install(2).err, "");
  const CliResult doctor = cli_.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 0);
  EXPECT_THAT(doctor.out, HasSubstr("of 2 days ago"));
}

TEST_F(ScreeningDoctor, OldListOrOneOfTheFutureIsInstalledWithAWarningAndFails) {
  for (const auto& [days_ago, why] : {std::pair(8, "more than 7 days ago"), std::pair(-2, "yet to come")}) {
    const CliResult installed = Install(days_ago);
    EXPECT_EQ(installed.exit, 0);
    EXPECT_THAT(installed.err, HasSubstr(why));
    const CliResult doctor = cli_.Run({"doctor"});
    EXPECT_EQ(doctor.exit, 1);
    EXPECT_THAT(doctor.out, HasSubstr(why));
  }
}

TEST_F(ScreeningDoctor, DamagedListFails) {
  ASSERT_EQ(Install(0).exit, 0);
  cli_.Flip("home/screening", cli_.Size("home/screening") - 3);
  const CliResult doctor = cli_.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 1);
  EXPECT_THAT(doctor.out, HasSubstr("strongroom policy screen --install"));
}

}  // namespace
}  // namespace strongroom::testing
