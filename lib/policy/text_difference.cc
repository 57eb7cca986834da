#include <algorithm>
#include <map>

#include "policy/condition_sentence.h"
#include "policy/pack_words.h"
#include "strongroom/policy/difference.h"

namespace strongroom::policy {
namespace {

// What a text says, by name: "rule aia: in force" -> "from 2025-01-13T00:00:00Z".
using Sayings = std::map<std::string, std::string>;

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : "; ") + text;
  return joined;
}

std::string Dates(const Window& window) {
  std::string dates;
  if (window.from) dates += "from " + ToRfc3339(*window.from);
  if (window.until) dates += (dates.empty() ? "until " : " until ") + ToRfc3339(*window.until);
  return dates;
}

std::string Readings(const std::vector<Reading>& readings) {
  std::string text;
  for (const Reading& reading : readings)
    text +=
        (text.empty() ? "" : "; ") + std::string(reading.controls ? "controls: " : "not: ") + reading.text;
  return text;
}

std::string Listed(const Pack& pack, std::string_view heading, const std::vector<Condition>& conditions) {
  std::vector<std::string> sentences;
  for (const Condition& condition : conditions) sentences.push_back(Sentence(pack, condition));
  return conditions.empty() ? "" : std::string(heading) + Joined(sentences);
}

std::string ConditionsText(const Pack& pack, const Conditions& conditions) {
  const std::string all = Listed(pack, "all of: ", conditions.all);
  const std::string any = Listed(pack, "one of: ", conditions.any);
  return all + (all.empty() || any.empty() ? "" : "; ") + any;
}

std::string TermsText(const Pack& pack, const Number& number) {
  std::vector<std::string> terms;
  for (const Number::Term& term : number.terms) {
    const std::string when = ConditionsText(pack, term.when);
    terms.push_back(Phrase(pack, term.value) + (when.empty() ? "" : " where " + when));
  }
  return std::string(kNumberKinds[static_cast<std::size_t>(number.kind)]) + " of: " + Joined(terms);
}

class Text {
 public:
  explicit Text(const Pack& pack) : pack_(pack) {
    SayHead();
    for (const Number& number : pack.numbers) SayNumber(number);
    for (const Finding& finding : pack.findings) SayFinding(finding);
    for (const Rule& rule : pack.rules) SayRule(rule);
    for (const RegionList& list : pack.lists) SayList(list);
    for (const CountsAs& counts : pack.counts_as) SayCountsAs(counts);
  }

  [[nodiscard]] const Sayings& sayings() const { return sayings_; }

 private:
  // What is empty is not said.
  void Say(const std::string& what, std::string text) {
    if (!text.empty()) sayings_[what] = std::move(text);
  }

  void SayWindow(const std::string& what, const Window& window) {
    Say(what, Dates(window));
    Say(what + ", citation", window.citation);
  }

  void SayEach(const std::string& what, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) Say(what + " '" + text + "'", text);
  }

  void SayHead() {
    Say("pack: title", pack_.title);
    SayEach("pack: note", pack_.notes);
    Say("pack: verified on", ToRfc3339(pack_.verified_on));
    SayWindow("pack: valid", pack_.valid);
    if (pack_.overlay) Say("pack: overlay", pack_.overlay->authority + "/" + pack_.overlay->id);
  }

  void SayNumber(const Number& number) {
    const std::string name = "number " + number.id;
    Say(name, number.title);
    Say(name + ": terms", TermsText(pack_, number));
    Say(name + ": readings", Readings(number.readings));
    SayEach(name + ": citation", number.citations);
  }

  void SayFinding(const Finding& finding) {
    const std::string name = "finding " + finding.id;
    Say(name, finding.title);
    Say(name + ": conditions", ConditionsText(pack_, finding.when));
    Say(name + ": readings", Readings(finding.readings));
    SayEach(name + ": citation", finding.citations);
  }

  void SayRule(const Rule& rule) {
    const std::string name = "rule " + rule.id;
    Say(name, std::string(Name(rule.kind)) + ", " + std::string(Name(rule.outcome)) + ", " +
                  std::string(Name(rule.status)));
    Say(name + ": reason", rule.reason);
    Say(name + ": conditions", rule.always ? "always" : ConditionsText(pack_, rule.when));
    // A rule that gives no window has the pack's, of which the head speaks.
    if (rule.in_force != pack_.valid) SayWindow(name + ": in force", rule.in_force);
    SayWindow(name + ": compliance", rule.compliance);
    SayWindow(name + ": enforcement", rule.enforcement);
    Say(name + ": readings", Readings(rule.readings));
    Say(name + ": obligations", Joined(rule.obligations));
    Say(name + ": flags", Joined(rule.flags));
    if (rule.weakest_basis) Say(name + ": weakest basis", std::string(place::Name(*rule.weakest_basis)));
    if (rule.weakest_source) Say(name + ": weakest source", std::string(Name(*rule.weakest_source)));
    SayEach(name + ": citation", rule.citations);
  }

  void SayList(const RegionList& list) {
    const std::string name = "list " + list.id;
    Say(name, list.title);
    Say(name + ": citation", list.citation);
    for (const RegionList::Version& version : list.versions) {
      std::vector<std::string> members = version.subdivisions;
      for (const place::Country country : version.countries) members.emplace_back(country.code());
      const std::string of = name + ": version of " + ToRfc3339(version.from).substr(0, 10);
      Say(of, members.empty() ? "nobody" : Joined(members));
      Say(of + ", source", version.source);
    }
  }

  void SayCountsAs(const CountsAs& counts) {
    Say("country " + std::string(counts.country.code()) + " counts as",
        std::string(counts.as.code()) + " from " + ToRfc3339(counts.from) + " [" + counts.citation + "]");
  }

  const Pack& pack_;
  Sayings sayings_;
};

// The rule, list or other thing that a saying is about.
std::string ThingOf(const std::string& what) {
  return what.substr(0, what.find(": "));
}

// Of a rule that is new or gone the rule itself says it all.
bool IsDetailOfWhole(const std::string& what, const Sayings& other) {
  const std::string thing = ThingOf(what);
  return thing != what && thing != "pack" && !other.contains(thing);
}

}  // namespace

std::string_view Name(TextDifference::Kind kind) {
  constexpr std::string_view kNames[] = {"added", "removed", "changed"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<TextDifference> TextDifferences(const Pack& before, const Pack& after) {
  using Kind = TextDifference::Kind;
  const Text old_text(before);
  const Text new_text(after);
  const Sayings& old_ones = old_text.sayings();
  const Sayings& new_ones = new_text.sayings();
  std::vector<TextDifference> differences;
  for (const auto& [what, text] : old_ones) {
    const auto now = new_ones.find(what);
    if (now == new_ones.end() && !IsDetailOfWhole(what, new_ones))
      differences.push_back({Kind::kRemoved, what, text, ""});
    if (now != new_ones.end() && now->second != text)
      differences.push_back({Kind::kChanged, what, text, now->second});
  }
  for (const auto& [what, text] : new_ones) {
    if (!old_ones.contains(what) && !IsDetailOfWhole(what, old_ones))
      differences.push_back({Kind::kAdded, what, "", text});
  }
  std::ranges::sort(differences, {}, &TextDifference::what);
  return differences;
}

}  // namespace strongroom::policy
