// A list of the size of the published one, of parties made up of invented words: loading it, and screening a
// party against it.
#include <benchmark/benchmark.h>

#include <random>
#include <string>

#include "strongroom/envelope/json.h"
#include "strongroom/policy/screening.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kEntries = 26'000;

class Invention {
 public:
  std::size_t Below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }

  std::string Word() {
    constexpr std::string_view kSyllables[] = {"ba",  "cho", "dri", "fe",  "gu", "ha",  "jin",
                                               "ko",  "lai", "mo",  "ne",  "po", "qua", "re",
                                               "shi", "ta",  "vu",  "wei", "xo", "ya",  "zhe"};
    std::string word;
    for (std::size_t i = 2 + Below(3); i > 0; --i) word += kSyllables[Below(std::size(kSyllables))];
    return word;
  }

  std::string Name() {
    constexpr std::string_view kEnds[] = {" Trading Co., Ltd.", " Technology LLC", " GmbH", " Electronics",
                                          ""};
    std::string name = Word();
    for (std::size_t i = Below(3); i > 0; --i) name += " " + Word();
    return name.append(kEnds[Below(std::size(kEnds))]);
  }

  envelope::Json Entry() {
    envelope::Json::Array addresses;
    for (std::size_t i = Below(3); i > 0; --i) {
      envelope::ObjectBuilder address;
      address.String("address", std::to_string(1 + Below(999)) + " " + Word() + " Road")
          .String("city", Word());
      addresses.push_back(address.String("country", "CN").Value("state", {}).Build());
    }
    std::vector<std::string> aliases;
    for (std::size_t i = Below(5); i > 0; --i) aliases.push_back(Name());
    envelope::ObjectBuilder entry;
    entry.String("source", "Entity List (EL) - Bureau of Industry and Security").String("name", Name());
    entry.Strings("alt_names", aliases).Value("addresses", std::move(addresses));
    // As much beside what is read as the published list has.
    for (const char* name :
         {"title", "vessel_type", "vessel_flag", "call_sign", "standard_order", "gross_tonnage"})
      entry.Value(name, {});
    return entry.String("remarks", std::string(900, 'x')).Build();
  }

 private:
  std::mt19937 random_{7};
};

const std::string& ListText() {
  static const std::string text = [] {
    Invention invention;
    envelope::Json::Array results;
    for (std::size_t i = 0; i < kEntries; ++i) results.push_back(invention.Entry());
    envelope::ObjectBuilder document;
    return CanonicalJson(document.Integer("total", kEntries).Value("results", std::move(results)).Build());
  }();
  return text;
}

void LoadList(benchmark::State& state) {
  const ByteView text = AsBytes(ListText());
  for (auto _ : state) {
    if (!ScreeningList::Parse(text, {})) state.SkipWithError("the list does not parse");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void ScreenParty(benchmark::State& state) {
  const auto list = ScreeningList::Parse(AsBytes(ListText()), {});
  if (!list) return state.SkipWithError("the list does not parse");
  Invention invention;
  for (auto _ : state) {
    const ScreenedParty party = {.name = invention.Name(), .addresses = {"100 Example Road, Exampleville"}};
    if (!Screen(*list, party)) state.SkipWithError("the party cannot be screened");
  }
}

BENCHMARK(LoadList)->Unit(benchmark::kMillisecond);
BENCHMARK(ScreenParty)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strongroom::policy
