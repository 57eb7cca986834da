#include "strongroom/policy/difference.h"

#include <algorithm>
#include <array>
#include <map>

#include "policy/harmless_facts.h"

namespace strongroom::policy {
namespace {

constexpr std::int64_t kDay = 86400;

struct Stated {
  FactId id;
  std::string_view text;
};

// One of the values that a question takes along one of its axes.
struct Choice {
  std::string_view words;
  std::span<const Stated> facts;
};

constexpr Stated kStore[] = {{FactId::kActWhat, "store"}, {FactId::kActKey, "given"}};
constexpr Stated kStoreCiphertext[] = {{FactId::kActWhat, "store"},
                                       {FactId::kActKey, "withheld"},
                                       {FactId::kStorageEncryption, "end_to_end_fips140"}};
constexpr Stated kTransfer[] = {{FactId::kActWhat, "transfer"}, {FactId::kActKey, "given"}};
constexpr Stated kDecrypt[] = {{FactId::kActWhat, "decrypt"}, {FactId::kActKey, "given"}};
constexpr Choice kActs[] = {{"store of end-to-end encrypted weights without their key", kStoreCiphertext},
                            {"store", kStore},
                            {"transfer", kTransfer},
                            {"decrypt", kDecrypt}};

constexpr Stated kClosed[] = {{FactId::kModelWeights, "closed"},
                              {FactId::kModelTrainingOps, "2e26"},
                              {FactId::kModelEccn, "4E091"},
                              {FactId::kModelOrigin, "US"}};
constexpr Stated kSmall[] = {
    {FactId::kModelWeights, "closed"}, {FactId::kModelTrainingOps, "9e25"}, {FactId::kModelOrigin, "US"}};
constexpr Stated kPublished[] = {
    {FactId::kModelWeights, "published"}, {FactId::kModelTrainingOps, "2e26"}, {FactId::kModelOrigin, "US"}};
constexpr Stated kDerived[] = {{FactId::kModelWeights, "derived_published"},
                               {FactId::kModelTrainingOps, "2e26"},
                               {FactId::kModelBaseOps, "1.9e26"},
                               {FactId::kModelAddedOps, "1e25"},
                               {FactId::kModelOrigin, "US"}};
constexpr Stated kForeignControlled[] = {{FactId::kModelWeights, "closed"},
                                         {FactId::kModelTrainingOps, "2e26"},
                                         {FactId::kModelEccn, "4E091"},
                                         {FactId::kModelOrigin, "FR"},
                                         {FactId::kModelControlledChips, "true"}};
constexpr Stated kForeignFree[] = {{FactId::kModelWeights, "closed"},
                                   {FactId::kModelTrainingOps, "2e26"},
                                   {FactId::kModelEccn, "4E091"},
                                   {FactId::kModelOrigin, "FR"},
                                   {FactId::kModelControlledChips, "false"}};
constexpr Stated kNamed[] = {{FactId::kModelWeights, "closed"},
                             {FactId::kModelTrainingOps, "2e26"},
                             {FactId::kModelEccn, "4E091"},
                             {FactId::kModelOrigin, "US"},
                             {FactId::kModelNamedIn, "us-isinformed-2026-06-12"}};
constexpr Choice kItems[] = {{"closed weights of 2e26 operations", kClosed},
                             {"closed weights that a directive names", kNamed},
                             {"closed weights of 9e25 operations", kSmall},
                             {"published weights", kPublished},
                             {"weights derived from published ones", kDerived},
                             {"closed weights made abroad on controlled chips", kForeignControlled},
                             {"closed weights made abroad on other chips", kForeignFree}};

constexpr Stated kAmerican[] = {{FactId::kNodeOperatorHq, "US"}, {FactId::kNodeOperatorParentHq, "US"}};
constexpr Choice kParties[] = {{"operators from there", {}}, {"operators from the United States", kAmerican}};

constexpr Stated kSecured[] = {{FactId::kNodeLicences, "LE-AIA"},
                               {FactId::kStorageParagraph14, "true"},
                               {FactId::kStorageParagraph15, "true"},
                               {FactId::kStorageParagraph18, "true"}};
constexpr Stated kClaimed[] = {{FactId::kNodeLicences, "LE-AIA"}};
constexpr Choice kStorages[] = {{"without License Exception AIA and a secured facility", {}},
                                {"with License Exception AIA but no secured facility", kClaimed},
                                {"with License Exception AIA and a secured facility", kSecured}};

constexpr std::size_t kAxes = 4;
constexpr std::array<std::span<const Choice>, kAxes> kChoices = {kActs, kItems, kParties, kStorages};

void State(const Stated& stated, Facts& facts) {
  auto value = ParseValue(stated.id, stated.text);
  if (value) (void)facts.Set(stated.id, *std::move(value), Source::kQuestion);
}

// A question of the grid: a choice along each axis, and the place.
using Point = std::array<std::size_t, kAxes>;

// What a question says wherever the place is.
Facts QuestionAt(const Point& point, Timestamp at) {
  Facts facts = HarmlessFacts(at);
  State({FactId::kModelSyntheticShare, "0"}, facts);
  State({FactId::kNodeBasis, "measured"}, facts);
  (void)facts.Set(FactId::kStorageCertificateUntil, Timestamp{at.seconds + kDay}, Source::kQuestion);
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    for (const Stated& stated : kChoices[axis][point[axis]].facts) State(stated, facts);
  }
  return facts;
}

// The answer where the place is a country, and the operator from there unless the question says.
Outcome Answer(const Asked& asked, const Facts& question, place::Country country) {
  Facts facts = question;
  for (const FactId id : {FactId::kNodeCountry, FactId::kNodeOperatorHq, FactId::kNodeOperatorParentHq}) {
    if (facts.Find(id) == nullptr) (void)facts.Set(id, country, Source::kQuestion);
  }
  return Evaluate(asked.packs, facts, asked.at).outcome;
}

// Questions of which the answers change alike, as a box: any of its choices along each axis.
struct Box {
  std::array<std::vector<std::size_t>, kAxes> choices;
  Outcome before, after;
  std::vector<place::Country> countries;
};

std::vector<Box> DifferencesAt(const Point& point, const Asked& before, const Asked& after) {
  std::map<std::pair<Outcome, Outcome>, std::vector<place::Country>> changes;
  const Facts old_question = QuestionAt(point, before.at);
  const Facts new_question = QuestionAt(point, after.at);
  for (const place::Country country : place::AllCountries()) {
    const Outcome old = Answer(before, old_question, country);
    const Outcome now = Answer(after, new_question, country);
    if (old != now) changes[{old, now}].push_back(country);
  }
  std::vector<Box> boxes;
  for (auto& [outcomes, countries] : changes) {
    Box box{{}, outcomes.first, outcomes.second, std::move(countries)};
    for (std::size_t axis = 0; axis < kAxes; ++axis) box.choices[axis] = {point[axis]};
    boxes.push_back(std::move(box));
  }
  return boxes;
}

// Whether two boxes are one but for their choices along an axis.
bool AreAlike(const Box& a, const Box& b, std::size_t axis) {
  if (a.before != b.before || a.after != b.after || a.countries != b.countries) return false;
  for (std::size_t other = 0; other < kAxes; ++other) {
    if (other != axis && a.choices[other] != b.choices[other]) return false;
  }
  return true;
}

std::vector<Box> Merged(const std::vector<Box>& boxes, std::size_t axis) {
  std::vector<Box> merged;
  for (const Box& box : boxes) {
    const auto like =
        std::ranges::find_if(merged, [&](const Box& other) { return AreAlike(other, box, axis); });
    if (like == merged.end()) {
      merged.push_back(box);
    } else {
      std::ranges::copy(box.choices[axis], std::back_inserter(like->choices[axis]));
    }
  }
  return merged;
}

std::vector<std::string> WordsOf(const Box& box, std::size_t axis) {
  std::vector<std::string> words;
  for (const std::size_t choice : box.choices[axis]) words.emplace_back(kChoices[axis][choice].words);
  return words;
}

AnswerDifference Told(const Box& box) {
  return {.acts = WordsOf(box, 0),
          .items = WordsOf(box, 1),
          .parties = WordsOf(box, 2),
          .storage = WordsOf(box, 3),
          .before = box.before,
          .after = box.after,
          .countries = box.countries};
}

std::string Joined(const std::vector<std::string>& words, std::size_t all, std::string_view every) {
  if (words.size() == all) return std::string(every);
  std::string joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view before = i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
    joined += std::string(before) + words[i];
  }
  return joined;
}

// The countries by code; of most of the world those that are left out.
std::string Codes(const std::vector<place::Country>& countries) {
  const std::vector<place::Country> all = place::AllCountries();
  const bool most = countries.size() > all.size() / 2;
  std::vector<place::Country> named = countries;
  if (most) {
    named.clear();
    std::ranges::set_difference(all, countries, std::back_inserter(named));
  }
  std::string codes = std::to_string(countries.size()) + (countries.size() == 1 ? " country" : " countries");
  if (most && named.empty()) return "every country";
  codes += most ? ", all but" : ":";
  for (const place::Country country : named) codes += " " + std::string(country.code());
  return codes;
}

}  // namespace

std::vector<AnswerDifference> Differences(const Asked& before, const Asked& after) {
  std::vector<Box> boxes;
  for (Point point{}; point[0] < std::size(kActs);) {
    std::ranges::move(DifferencesAt(point, before, after), std::back_inserter(boxes));
    for (std::size_t axis = kAxes; axis-- > 0;) {
      if (++point[axis] < kChoices[axis].size() || axis == 0) break;
      point[axis] = 0;
    }
  }
  for (std::size_t axis = 0; axis < kAxes; ++axis) boxes = Merged(boxes, axis);
  std::vector<AnswerDifference> differences;
  std::ranges::transform(boxes, std::back_inserter(differences), Told);
  return differences;
}

std::string Sentence(const AnswerDifference& difference) {
  return Joined(difference.acts, std::size(kActs), "every act") + " with " +
         Joined(difference.items, std::size(kItems), "any weights") + ", by " +
         Joined(difference.parties, std::size(kParties), "operators from there or from the United States") +
         ", " + Joined(difference.storage, std::size(kStorages), "however stored") + ": " +
         std::string(Name(difference.before)) + " -> " + std::string(Name(difference.after)) + " in " +
         Codes(difference.countries);
}

}  // namespace strongroom::policy
