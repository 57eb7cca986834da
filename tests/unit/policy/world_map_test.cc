#include "strongroom/policy/world_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <set>

#include "policy/map_legend.h"
#include "strongroom/policy/tile_layout.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

place::Country Land(std::string_view code) {
  return *place::Country::Parse(code);
}

// Permitted in GB and US, a licence for FR, not known of XK, denied anywhere else.
WorldMap SampleMap() {
  WorldMap map = {.question = "Where may these weights be stored?", .about = {"As of today"}, .answers = {}};
  for (const place::Country& country : place::AllCountries()) {
    const std::string_view code = country.code();
    const Outcome outcome = code == "GB" || code == "US" ? Outcome::kPermit
                            : code == "FR"               ? Outcome::kNeedsLicence
                            : code == "XK"               ? Outcome::kUnknown
                                                         : Outcome::kDeny;
    map.answers.push_back({country, outcome, "acme/" + std::string(Name(outcome)), "because"});
  }
  return map;
}

std::size_t Occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::size_t Characters(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

TEST(TileLayout, EveryCountryHasOneTile) {
  std::map<std::string_view, int> tiles;
  for (std::size_t row = 0; row < kTileRows; ++row) {
    for (std::size_t column = 0; column < kTileColumns; ++column) {
      if (const std::string_view code = CodeAt(column, row); !code.empty()) ++tiles[code];
    }
  }
  EXPECT_THAT(tiles, SizeIs(250));
  for (const place::Country& country : place::AllCountries())
    EXPECT_EQ(tiles[country.code()], 1) << country.name();
}

TEST(TileLayout, NeighboursTouch) {
  std::map<std::string_view, std::pair<int, int>> tiles;
  for (std::size_t row = 0; row < kTileRows; ++row) {
    for (std::size_t column = 0; column < kTileColumns; ++column)
      tiles[CodeAt(column, row)] = {static_cast<int>(column), static_cast<int>(row)};
  }
  for (const auto& [a, b] : {std::pair("US", "CA"),
                             {"US", "MX"},
                             {"ES", "PT"},
                             {"FR", "DE"},
                             {"PL", "DE"},
                             {"IN", "PK"},
                             {"KR", "KP"},
                             {"EG", "LY"},
                             {"BR", "BO"},
                             {"KE", "TZ"}}) {
    EXPECT_LE(std::abs(tiles[a].first - tiles[b].first), 1) << a << b;
    EXPECT_LE(std::abs(tiles[a].second - tiles[b].second), 1) << a << b;
  }
}

TEST(MapSvg, DrawsEveryCountryOnAPlaceOfItsOwn) {
  const std::string svg = MapSvg(SampleMap());
  std::set<std::string> places;
  const std::regex tile(R"svg(<g transform="translate\((\d+ \d+)\)"><title>)svg");
  for (std::sregex_iterator at(svg.begin(), svg.end(), tile), end; at != end; ++at) places.insert((*at)[1]);
  EXPECT_THAT(places, SizeIs(250));
  for (const place::Country& country : place::AllCountries())
    EXPECT_EQ(Occurrences(svg, ">" + std::string(country.code()) + "</text>"), 1u) << country.name();
}

TEST(MapSvg, TooltipTellsCountryAnswerRuleAndReason) {
  EXPECT_THAT(MapSvg(SampleMap()),
              HasSubstr("<title>France (FR): needs a licence, by acme/needs_licence: because</title>"));
}

TEST(MapSvg, LegendCountsEachAnswer) {
  const std::string svg = MapSvg(SampleMap());
  for (const char* entry : {">permitted: 2<", ">needs a licence: 1<", ">unknown: 1<", ">denied: 246<"})
    EXPECT_THAT(svg, HasSubstr(entry));
}

TEST(MapSvg, HostileTextIsEscaped) {
  WorldMap map = SampleMap();
  map.question = "</title><script>alert('x')</script>";
  map.about = {"\"&amp;]]>\x1B[31m\x01\xC2\x9B", "not UTF-8: \xFF\xC0\x80", "beyond: \xEF\xBF\xBF"};
  map.answers[0].reason = "a\" onload=\"x <b>";
  map.answers[0].rule = "<!--";
  const std::string svg = MapSvg(map);
  for (const char* raw :
       {"<script", "<b>", "<!--", "onload=\"", "]]>", "\x1B", "\x01", "\xFF", "\xC2\x9B", "\xEF\xBF\xBF"})
    EXPECT_THAT(svg, Not(HasSubstr(raw)));
  EXPECT_TRUE(IsUtf8(svg));
  EXPECT_THAT(svg,
              HasSubstr("aria-label=\"&lt;/title&gt;&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;\""));
  EXPECT_THAT(svg, HasSubstr("&quot;&amp;amp;]]&gt;" + std::string(kReplacement) + "[31m"));
}

TEST(MapSvg, NeedsNothingFromOutside) {
  const std::string svg = MapSvg(SampleMap());
  EXPECT_EQ(Occurrences(svg, "://"), 1u) << "the name space alone";
  for (const char* outside : {"<script", "<image", "@import", "xlink", "url(h"})
    EXPECT_THAT(svg, Not(HasSubstr(outside)));
}

TEST(MapSvg, CountryWithoutAnswerIsLeftOut) {
  WorldMap map = SampleMap();
  std::erase_if(map.answers, [](const CountryAnswer& answer) { return answer.country.code() == "FR"; });
  EXPECT_THAT(MapSvg(map), Not(HasSubstr(">FR</text>")));
}

// The relative luminance of WCAG 2.1 of a colour like "0072b2".
double Luminance(const std::string& color) {
  const auto channel = [&](std::size_t at) {
    const double value = std::stoi(color.substr(at, 2), nullptr, 16) / 255.0;
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4);
}

double Contrast(const std::string& a, const std::string& b) {
  const auto [darker, lighter] = std::minmax({Luminance(a), Luminance(b)});
  return (lighter + 0.05) / (darker + 0.05);
}

// The colour of a class in a part of the style sheet; empty if it sets none.
std::string ColorOf(const std::string& style, const std::string& name) {
  std::smatch match;
  const std::regex rule("\\." + name + R"(\{(?:fill|stroke):#([0-9a-f]{6})\})");
  return std::regex_search(style, match, rule) ? match[1].str() : "";
}

TEST(MapSvg, LabelsContrastWithTheirTilesInLightAndDark) {
  const std::string svg = MapSvg(SampleMap());
  const std::size_t dark_at = svg.find("prefers-color-scheme:dark");
  ASSERT_NE(dark_at, svg.npos);
  const std::string light = svg.substr(0, dark_at);
  const std::string dark = svg.substr(dark_at);
  for (const LegendEntry& entry : Legend(SampleMap())) {
    const std::string name(Name(entry.outcome));
    const auto in_dark = [&](const std::string& what) {
      const std::string color = ColorOf(dark, name + what);
      return color.empty() ? ColorOf(light, name + what) : color;
    };
    EXPECT_GE(Contrast(ColorOf(light, name + "-ink"), ColorOf(light, name + "-ground")), 4.5) << name;
    EXPECT_GE(Contrast(in_dark("-ink"), in_dark("-ground")), 4.5) << name;
    if (entry.outcome == Outcome::kPermit) continue;  // the one without a pattern
    EXPECT_GE(Contrast(ColorOf(light, name + "-ink"), ColorOf(light, name + "-line")), 4.5) << name;
    EXPECT_GE(Contrast(in_dark("-ink"), in_dark("-line")), 4.5) << name;
  }
  EXPECT_GE(Contrast(ColorOf(light, "quiet"), ColorOf(light, "paper")), 4.5);
  EXPECT_GE(Contrast(ColorOf(dark, "quiet"), ColorOf(dark, "paper")), 4.5);
}

TEST(MapText, FitsTheWidth) {
  WorldMap map = SampleMap();
  map.question = std::string(300, 'x');
  for (const std::size_t width : {40u, 74u, 75u, 80u, 99u, 100u, 200u}) {
    for (const std::string& line : MapText(map, {.width = width})) EXPECT_LE(Characters(line), width) << line;
  }
}

TEST(MapText, MarksEachCountryBySign) {
  for (const std::size_t width : {80u, 100u}) {
    const std::string text = Joined(MapText(SampleMap(), {.width = width}));
    for (const char* cell : {"GB+", "FR*", "XK?", "CN-"}) EXPECT_EQ(Occurrences(text, cell), 1u) << cell;
  }
}

TEST(MapText, LegendCountsEachAnswer) {
  const auto lines = MapText(SampleMap(), {.width = 100});
  for (const char* entry :
       {" +  permitted: 2", " *  needs a licence: 1", " ?  unknown: 1", " -  denied: 246"})
    EXPECT_THAT(lines, Contains(entry));
}

TEST(MapText, ColorsOnlyWhereAsked) {
  const auto plain = MapText(SampleMap(), {.width = 100, .color = false});
  EXPECT_THAT(plain, Each(Not(HasSubstr("\x1B"))));
  EXPECT_THAT(Joined(MapText(SampleMap(), {.width = 100, .color = true})),
              HasSubstr("\x1B[97;44mGB+\x1B[0m"));
}

TEST(MapText, ListsCountriesByRuleUnlessWide) {
  EXPECT_THAT(MapText(SampleMap(), {.width = 80}), Contains("  United Kingdom (GB), United States (US)"));
  EXPECT_THAT(MapText(SampleMap(), {.width = 80}), Contains("permitted by acme/permit: because"));
  EXPECT_THAT(Joined(MapText(SampleMap(), {.width = 100})), Not(HasSubstr("United Kingdom")));
}

TEST(MapText, TooNarrowForAGridListsAlone) {
  const std::string text = Joined(MapText(SampleMap(), {.width = 60}));
  EXPECT_THAT(text, Not(HasSubstr("GB+")));
  EXPECT_THAT(text, HasSubstr("(GB)"));
}

TEST(MapText, ControlCharactersCannotDriveTheTerminal) {
  WorldMap map = SampleMap();
  map.question = "\x1B]0;x\x07 \xC2\x9B";
  map.answers[0].reason = "\x1B[2J";
  for (const std::string& line : MapText(map, {.width = 80})) {
    EXPECT_TRUE(std::ranges::none_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        << line;
    EXPECT_THAT(line, Not(HasSubstr("\xC2\x9B")));
  }
}

Outcome AnswerIn(const std::vector<CountryAnswer>& answers, std::string_view code) {
  return std::ranges::find(answers, Land(code), &CountryAnswer::country)->outcome;
}

std::vector<CountryAnswer> Everywhere(const Pack& pack, const Facts& facts,
                                      Headquarters headquarters = Headquarters::kFollow) {
  const Pack* packs[] = {&pack};
  return AskEveryCountry(packs, facts, kToday, headquarters);
}

TEST(AskEveryCountry, AsksEachCountryOnceAsThePlace) {
  const auto answers =
      Everywhere(PermitsWhere(R"(when = [{ fact = "node.country", in_list = "friends" }])"), In("CN"));
  ASSERT_THAT(answers, SizeIs(250));
  EXPECT_EQ(std::ranges::count(answers, Outcome::kPermit, &CountryAnswer::outcome), 3);
  EXPECT_EQ(AnswerIn(answers, "FR"), Outcome::kPermit);
  EXPECT_EQ(AnswerIn(answers, "CN"), Outcome::kDeny);
}

TEST(AskEveryCountry, OperatorFollowsThePlaceUnlessStated) {
  const Pack pack = PermitsWhere(R"(when = [{ fact = "node.operator_hq", is = "GB" }])");
  const auto following = Everywhere(pack, Facts());
  EXPECT_EQ(AnswerIn(following, "GB"), Outcome::kPermit);
  EXPECT_EQ(AnswerIn(following, "FR"), Outcome::kDeny);
  const auto stated = Everywhere(pack, With({{FactId::kNodeOperatorHq, "GB"}}));
  EXPECT_EQ(std::ranges::count(stated, Outcome::kPermit, &CountryAnswer::outcome), 250);
  const auto fixed = Everywhere(pack, Facts(), Headquarters::kFixed);
  EXPECT_EQ(std::ranges::count(fixed, Outcome::kUnknown, &CountryAnswer::outcome), 250);
  EXPECT_THAT(fixed[0].reason, HasSubstr("(not known; missing: node.operator_hq)"));
}

TEST(AskEveryCountry, ParentIsWhereTheOperatorIsUnlessStated) {
  const Pack pack = PermitsWhere(R"(when = [{ fact = "node.operator_parent_hq", is = "US" }])");
  const auto permits = [&](const Facts& facts, Headquarters headquarters) {
    const auto answers = Everywhere(pack, facts, headquarters);
    return std::ranges::count(answers, Outcome::kPermit, &CountryAnswer::outcome);
  };
  EXPECT_EQ(permits(Facts(), Headquarters::kFollow), 1);
  EXPECT_EQ(permits(With({{FactId::kNodeOperatorHq, "US"}}), Headquarters::kFollow), 250);
  EXPECT_EQ(permits(With({{FactId::kNodeOperatorHq, "US"}}), Headquarters::kFixed), 0);
  EXPECT_EQ(permits(With({{FactId::kNodeOperatorParentHq, "US"}}), Headquarters::kFollow), 250);
}

TEST(AskEveryCountry, SubdivisionOfAnotherCountryIsLeftAside) {
  const Pack pack = PermitsWhere(R"(when = [{ fact = "node.subdivision", is = "UA-43" }])");
  const auto answers =
      Everywhere(pack, With({{FactId::kNodeCountry, "UA"}, {FactId::kNodeSubdivision, "UA-43"}}));
  EXPECT_EQ(std::ranges::count(answers, Outcome::kUnknown, &CountryAnswer::outcome), 250);
}

}  // namespace
}  // namespace strongroom::policy
