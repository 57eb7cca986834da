#include <algorithm>
#include <set>
#include <utility>

#include "policy/decision_words.h"
#include "policy/map_legend.h"
#include "policy/supposition.h"
#include "strongroom/policy/explanation.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kMostChangesTold = 16;
constexpr std::size_t kNarrowest = 40;

std::string_view Spoken(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPermit:
      return "permitted";
    case Outcome::kNeedsLicence:
      return "a licence is needed";
    case Outcome::kUnknown:
      return "not known";
    case Outcome::kDeny:
      return "denied";
  }
  return "";
}

std::string Joined(const std::vector<std::string>& texts, std::string_view by) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : std::string(by)) + text;
  return joined;
}

std::string Cited(const std::vector<std::string>& citations) {
  return citations.empty() ? "" : " [" + Joined(citations, "; ") + "]";
}

std::string Dates(const Window& window) {
  std::string dates;
  if (window.from) dates += " from " + PhraseOfMoment(*window.from);
  if (window.until) dates += " until " + PhraseOfMoment(*window.until);
  return dates + (window.citation.empty() ? "" : " [" + window.citation + "]");
}

bool IsOpen(const Window& window) {
  return !window.from && !window.until;
}

std::string_view WhatWouldMakeIt(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPermit:
      return "What would make it permitted";
    case Outcome::kNeedsLicence:
      return "What would make it need a licence";
    case Outcome::kUnknown:
      return "What would leave it unknown";
    case Outcome::kDeny:
      return "What would make it denied";
  }
  return "";
}

// Whether a flag says again what the story tells elsewhere.
bool ToldElsewhere(const std::string& flag) {
  return flag.contains("the text is ambiguous; the reading that controls: ");
}

class Story {
 public:
  Story(const Explanation& explanation, std::size_t width)
      : told_(explanation), decision_(explanation.decision), width_(std::max(width, kNarrowest)) {}

  std::vector<std::string> Tell() {
    Line("The answer: " + std::string(Spoken(decision_.outcome)) + " (" +
         std::string(Name(decision_.outcome)) + "), as of " + PhraseOfMoment(decision_.as_of) + ".");
    if (decision_.packs.empty()) Line("No pack was asked, and what nobody permits is denied.");
    for (const PackIdentity& identity : decision_.packs) TellPack(identity);
    TellFacts();
    TellTexts("What the permit asks of its user", decision_.obligations);
    TellFlags();
    TellChanges();
    return std::move(lines_);
  }

 private:
  void Line(std::string_view text, std::size_t indent = 0) {
    const std::string margin(indent, ' ');
    for (const std::string& line : Wrap(Displayable(std::string(text)), width_ - indent))
      lines_.push_back(margin + line);
  }

  // An item of a list, its further lines beneath its text.
  void Item(std::string_view text, std::size_t indent = 2) {
    const std::size_t first = lines_.size();
    Line(text, indent + 2);
    if (lines_.size() > first) lines_[first].replace(indent, 1, "-");
  }

  void Heading(std::string_view text) {
    lines_.emplace_back();
    Line(std::string(text) + ":");
  }

  void TellTexts(std::string_view heading, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    Heading(heading);
    for (const std::string& text : texts) Item(text);
  }

  const Pack* Find(const PackIdentity& identity) const {
    const auto found = std::ranges::find(told_.packs, identity.digest, &Pack::digest);
    return found == told_.packs.end() ? nullptr : *found;
  }

  void TellPack(const PackIdentity& identity) {
    const Pack* pack = Find(identity);
    if (pack == nullptr) return;
    lines_.emplace_back();
    Line(identity.id + ", version " + std::to_string(identity.version) + " of " + identity.authority + ": " +
         std::string(Spoken(AnswerOf(identity.id))) + ".");
    Line(pack->title + ". Held against its sources on " + PhraseOfMoment(pack->verified_on) + ".", 2);
    TellSteps(*pack);
    TellGrounds(*pack, true, "This rests on what is so");
    TellGrounds(*pack, false, "And on what is not so");
  }

  // The steps of one pack all have its answer.
  Outcome AnswerOf(const std::string& pack) const {
    const auto step = std::ranges::find(decision_.path, pack, &Step::pack);
    return step == decision_.path.end() ? decision_.outcome : step->outcome;
  }

  // First the clauses that hold, then those of which that is open.
  void TellSteps(const Pack& pack) {
    bool first_open = true;
    for (const bool open : {false, true}) {
      for (const Step& step : decision_.path) {
        if (step.pack != pack.id || IsLeftOpen(pack, step) != open) continue;
        if (open && std::exchange(first_open, false)) Line("It is open whether this is so:", 2);
        TellStep(pack, step, open);
      }
    }
  }

  static const Rule* RuleOf(const Pack& pack, const Step& step) {
    const auto rule = std::ranges::find(pack.rules, step.rule, &Rule::id);
    return rule == pack.rules.end() ? nullptr : &*rule;
  }

  // A rule may say itself that something is unknown; then it holds.
  static bool IsLeftOpen(const Pack& pack, const Step& step) {
    const Rule* rule = RuleOf(pack, step);
    return rule != nullptr && step.outcome == Outcome::kUnknown && rule->outcome != Outcome::kUnknown;
  }

  void TellStep(const Pack& pack, const Step& step, bool open) {
    const std::string reason = step.reason + ". (" + step.rule + ")";
    if (open) {
      Item(reason, 2);
    } else {
      Line("Because " + reason, 2);
    }
    if (!step.citations.empty()) Line("See " + Joined(step.citations, "; ") + ".", 4);
    if (const Rule* rule = RuleOf(pack, step)) TellClause(pack, *rule);
  }

  void TellClause(const Pack& pack, const Rule& rule) {
    std::vector<std::string> windows;
    if (rule.in_force != pack.valid) windows.push_back("it stands" + Dates(rule.in_force));
    if (!IsOpen(rule.compliance)) windows.push_back("it must be followed" + Dates(rule.compliance));
    if (!IsOpen(rule.enforcement)) windows.push_back("its authority enforces it" + Dates(rule.enforcement));
    if (!windows.empty()) Line("Of this text: " + Joined(windows, "; ") + ".", 4);
    TellReadings(rule.readings, 4);
  }

  // Several rules may share an ambiguity, which is told once.
  void TellReadings(const std::vector<Reading>& readings, std::size_t indent) {
    if (readings.empty() || !readings_told_.insert(readings.front().text).second) return;
    for (const bool controls : {true, false}) {
      for (const Reading& reading : readings) {
        if (reading.controls != controls) continue;
        Line((controls ? "The text is ambiguous. The reading that controls: " : "Not followed here: ") +
                 reading.text + ".",
             indent);
      }
    }
  }

  void TellGrounds(const Pack& pack, bool holds, std::string_view heading) {
    bool first = true;
    for (const Ground& ground : decision_.grounds) {
      if (ground.pack != pack.id || ground.holds != holds) continue;
      if (first) Line(std::string(heading) + ":", 2);
      first = false;
      Item(ground.title + Cited(ground.citations), 4);
      const auto finding = std::ranges::find(pack.findings, ground.finding, &Finding::id);
      if (finding != pack.findings.end()) TellReadings(finding->readings, 6);
    }
  }

  void TellFacts() {
    for (const Source source : {Source::kManifest, Source::kEvidence, Source::kLicence, Source::kRequest,
                                Source::kDeclaration, Source::kQuestion}) {
      std::vector<std::string> facts;
      for (const FactUsed& fact : decision_.used) {
        if (fact.source == source)
          facts.push_back(std::string(Describe(fact.id).name) + ", " +
                          std::string(Describe(fact.id).meaning) + ": " + Readable(fact));
      }
      TellTexts("The facts " + std::string(WhoSays(source)), facts);
    }
    std::vector<std::string> missing;
    for (const FactId id : decision_.missing)
      missing.push_back(std::string(Describe(id).name) + ", " + std::string(Describe(id).meaning));
    TellTexts("What nobody stated, and the answer needs", missing);
  }

  void TellFlags() {
    std::vector<std::string> flags;
    std::ranges::remove_copy_if(decision_.flags, std::back_inserter(flags), ToldElsewhere);
    TellTexts("What a reader must know besides", flags);
  }

  void TellChanges() {
    std::size_t told = 0;
    for (const Outcome outcome :
         {Outcome::kPermit, Outcome::kNeedsLicence, Outcome::kUnknown, Outcome::kDeny}) {
      std::vector<std::string> changes;
      for (const Change& change : told_.changes.changes) {
        if (change.outcome != outcome || told + changes.size() == kMostChangesTold) continue;
        changes.push_back(Joined(change.suppose, "; and ") + " (" + Joined(change.rules, ", ") + ")");
      }
      told += changes.size();
      TellTexts(WhatWouldMakeIt(outcome), changes);
    }
    TellHowFarTheSearchWent(told);
  }

  void TellHowFarTheSearchWent(std::size_t told) {
    const std::size_t all = told_.changes.changes.size();
    lines_.emplace_back();
    if (all == 0) Line("Nothing that was tried would change the answer, neither one thing nor several.");
    if (all == 0 && told_.packs.size() > 1)
      Line("The strictest of several packs decides; asked alone, one of them may tell more.");
    if (told < all) Line("There are " + std::to_string(all - told) + " more changes; --json lists them.");
    if (!told_.changes.complete) Line("Not everything was tried: the search has a bound.");
    if (lines_.back().empty()) lines_.pop_back();
  }

  const Explanation& told_;
  const Decision& decision_;
  std::size_t width_;
  std::set<std::string> readings_told_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> TellExplanation(const Explanation& explanation, std::size_t width) {
  return Story(explanation, width).Tell();
}

}  // namespace strongroom::policy
