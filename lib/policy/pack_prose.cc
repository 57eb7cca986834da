#include "strongroom/policy/pack_prose.h"

#include <algorithm>
#include <set>

#include "policy/condition_sentence.h"
#include "policy/map_legend.h"
#include "policy/supposition.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kNarrowest = 40;

std::string Joined(const std::vector<std::string>& texts, std::string_view by) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : std::string(by)) + text;
  return joined;
}

std::string Dates(const Window& window) {
  std::string dates;
  if (window.from) dates += " from " + PhraseOfMoment(*window.from) + " on";
  if (window.until) dates += std::string(window.from ? "," : "") + " until " + PhraseOfMoment(*window.until);
  return dates + (window.citation.empty() ? "" : " [" + window.citation + "]");
}

bool IsOpen(const Window& window) {
  return !window.from && !window.until;
}

bool SameTimes(const Window& a, const Window& b) {
  return a.from == b.from && a.until == b.until;
}

std::string_view WhatItSays(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPermit:
      return "Permits";
    case Outcome::kNeedsLicence:
      return "Asks for a licence";
    case Outcome::kUnknown:
      return "Leaves it unknown";
    case Outcome::kDeny:
      return "Denies";
  }
  return "";
}

std::string_view Combined(Number::Kind kind) {
  switch (kind) {
    case Number::Kind::kSum:
      return "the sum of";
    case Number::Kind::kProduct:
      return "the product of";
    case Number::Kind::kGreatest:
      return "the greatest of";
  }
  return "";
}

// The lists that some condition of the pack asks; its data tables may have more.
std::set<std::size_t> ListsAsked(const Pack& pack) {
  std::set<std::size_t> asked;
  const auto add = [&](const Conditions& when) {
    for (const auto* conditions : {&when.all, &when.any}) {
      for (const Condition& condition : *conditions) {
        if (condition.op == Operator::kInList || condition.op == Operator::kNotInList)
          asked.insert(condition.list);
      }
    }
  };
  for (const Rule& rule : pack.rules) add(rule.when);
  for (const Finding& finding : pack.findings) add(finding.when);
  for (const Number& number : pack.numbers) {
    for (const Number::Term& term : number.terms) add(term.when);
  }
  return asked;
}

struct KindOfRule {
  RuleKind kind;
  std::string_view heading;
};
constexpr KindOfRule kKinds[] = {
    {RuleKind::kBar, "BARS: where one of these holds, nothing permits"},
    {RuleKind::kException, "EXCEPTIONS: where one of these holds and no bar does, it is permitted"},
    {RuleKind::kRequirement, "REQUIREMENTS: where no exception holds, the strictest of these decides"},
};

class Prose {
 public:
  Prose(const Pack& pack, std::size_t width) : pack_(pack), width_(std::max(width, kNarrowest)) {}

  std::vector<std::string> Tell() {
    TellHead();
    for (const KindOfRule& kind : kKinds) TellRules(kind);
    if (!pack_.findings.empty()) Heading("FINDINGS: what the rules conclude on the way");
    for (const Finding& finding : pack_.findings) TellFinding(finding);
    if (!pack_.numbers.empty()) Heading("NUMBERS: what is counted");
    for (const Number& number : pack_.numbers) TellNumber(number);
    TellLists();
    return std::move(lines_);
  }

 private:
  void Line(std::string_view text, std::size_t indent = 0) {
    const std::string margin(indent, ' ');
    for (const std::string& line : Wrap(Displayable(text), width_ - indent)) lines_.push_back(margin + line);
  }

  void Item(std::string_view text, std::size_t indent) {
    const std::size_t first = lines_.size();
    Line(text, indent + 2);
    if (lines_.size() > first) lines_[first].replace(indent, 1, "-");
  }

  void Heading(std::string_view text) {
    lines_.emplace_back();
    Line(text);
  }

  void TellHead() {
    Line(pack_.title);
    Line(pack_.id + ", version " + std::to_string(pack_.version) + ", of " + pack_.authority);
    lines_.emplace_back();
    Line("It speaks" + Dates(pack_.valid) +
         ", and denies at any other time. It was held against its sources on " +
         PhraseOfMoment(pack_.verified_on) + ".");
    if (pack_.overlay) {
      Line("It lies over the pack " + pack_.overlay->id + " of " + pack_.overlay->authority + ", version " +
           std::to_string(pack_.overlay->min_version) +
           " or newer, which is asked with it: what it does not speak about it leaves to that one.");
    } else {
      Line("What nothing in it permits is denied.");
    }
    for (const std::string& note : pack_.notes) Line("Note: " + note + ".");
    Line("SHA-256 " + Hex(pack_.digest));
    for (const PartIdentity& table : pack_.tables)
      Line("with the data table " + table.id + ", SHA-256 " + Hex(table.digest));
    for (const PartIdentity& part : pack_.parts)
      Line("with the part " + part.id + ", SHA-256 " + Hex(part.digest));
  }

  void TellRules(const KindOfRule& kind) {
    if (std::ranges::find(pack_.rules, kind.kind, &Rule::kind) == pack_.rules.end()) return;
    Heading(kind.heading);
    for (const Rule& rule : pack_.rules) {
      if (rule.kind == kind.kind) TellRule(rule);
    }
  }

  void TellRule(const Rule& rule) {
    Title(rule.id, rule.part);
    Line(std::string(WhatItSays(rule.outcome)) + ": " + rule.reason + ".", 4);
    TellStatus(rule);
    if (rule.always) {
      Line("It always holds.", 4);
    } else {
      TellConditions("It holds where", rule.when, 4);
    }
    if (rule.weakest_basis)
      Line("The place must be " + std::string(place::Name(*rule.weakest_basis)) + " at least.", 4);
    if (rule.weakest_source && rule.weakest_source != Source::kDeclaration)
      Line("Its facts must be stated by " + std::string(Name(*rule.weakest_source)) + " at least.", 4);
    for (const std::string& obligation : rule.obligations)
      Line("Who relies on it has a duty: " + obligation + ".", 4);
    for (const std::string& flag : rule.flags) Line("It comes with a flag: " + flag + ".", 4);
    TellReadings(rule.readings);
    TellCitations(rule.citations);
  }

  void Title(const std::string& id, const std::string& part) {
    lines_.emplace_back();
    Line(id + (part.empty() ? "" : " (of the part " + part + ")"), 2);
  }

  void TellStatus(const Rule& rule) {
    if (rule.status == RuleStatus::kSuspended) Line("It is suspended, and does not apply.", 4);
    if (rule.status == RuleStatus::kProposed) Line("It is only proposed, and does not apply.", 4);
    if (rule.status == RuleStatus::kNotEnforced)
      Line("It is codified and not enforced; it applies, with a flag.", 4);
    if (!SameTimes(rule.in_force, pack_.valid)) Line("It is in force" + Dates(rule.in_force) + ".", 4);
    if (!IsOpen(rule.compliance)) Line("It is to be followed" + Dates(rule.compliance) + ".", 4);
    if (!IsOpen(rule.enforcement)) {
      Line("It is enforced" + Dates(rule.enforcement) + "; at other times it applies, with a flag.", 4);
    }
  }

  void TellConditions(std::string_view lead, const Conditions& when, std::size_t indent) {
    if (when.all.size() == 1 && when.any.empty()) {
      Line(std::string(lead) + " " + Sentence(pack_, when.all[0]) + ".", indent);
      return;
    }
    if (!when.all.empty())
      Line(std::string(lead) + (when.all.size() == 1 ? "" : " all of this is so:"), indent);
    for (const Condition& condition : when.all) Item(Sentence(pack_, condition), indent);
    if (when.any.empty()) return;
    Line(std::string(when.all.empty() ? lead : "and") + " one of this is so:", indent);
    for (const Condition& condition : when.any) Item(Sentence(pack_, condition), indent);
  }

  void TellReadings(const std::vector<Reading>& readings) {
    if (readings.empty()) return;
    Line("The text can be read in more than one way:", 4);
    for (const Reading& reading : readings)
      Item(reading.text + (reading.controls ? " (this reading controls)" : ""), 4);
  }

  void TellCitations(const std::vector<std::string>& citations) {
    Line("[" + Joined(citations, "; ") + "]", 4);
  }

  void TellFinding(const Finding& finding) {
    Title(finding.id, finding.part);
    Line(finding.title, 4);
    TellConditions("This is so where", finding.when, 4);
    TellReadings(finding.readings);
    TellCitations(finding.citations);
  }

  void TellNumber(const Number& number) {
    Title(number.id, number.part);
    Line("\"" + number.title + "\": " + std::string(Combined(number.kind)), 4);
    for (const Number::Term& term : number.terms) {
      Item(Phrase(pack_, term.value), 4);
      if (!term.when.all.empty() || !term.when.any.empty()) TellConditions("counted where", term.when, 6);
    }
    TellReadings(number.readings);
    TellCitations(number.citations);
  }

  void TellList(const RegionList& list) {
    lines_.emplace_back();
    Line(list.id + ": " + list.title + " [" + list.citation + "]", 2);
    for (const RegionList::Version& version : list.versions) {
      std::vector<std::string> members = version.subdivisions;
      for (const place::Country country : version.countries) members.emplace_back(country.code());
      Line("from " + PhraseOfMoment(version.from) + " on, " + std::to_string(members.size()) + ": " +
               Joined(members, " "),
           4);
    }
  }

  void TellLists() {
    const std::set<std::size_t> asked = ListsAsked(pack_);
    if (asked.empty()) return;
    Heading("LISTS: they change with time; the one of the day is asked");
    for (const std::size_t index : asked) TellList(pack_.lists[index]);
    for (const CountsAs& counts : pack_.counts_as) {
      Line(std::string(counts.country.name()) + " counts as " + std::string(counts.as.name()) + " from " +
               PhraseOfMoment(counts.from) + " on [" + counts.citation + "]",
           2);
    }
  }

  const Pack& pack_;
  std::size_t width_;
  std::vector<std::string> lines_;
};

void AddConditions(const Pack& pack, const Conditions& when, envelope::ObjectBuilder& object) {
  const auto sentences = [&](const std::vector<Condition>& conditions) {
    std::vector<std::string> texts;
    for (const Condition& condition : conditions) texts.push_back(Sentence(pack, condition));
    return texts;
  };
  object.Strings("when", sentences(when.all)).Strings("when_any", sentences(when.any));
}

void AddWindow(std::string_view name, const Window& window, envelope::ObjectBuilder& object) {
  if (IsOpen(window)) return;
  object.Value(std::string(name), envelope::ObjectBuilder()
                                      .OptionalTime("from", window.from)
                                      .OptionalTime("until", window.until)
                                      .String("citation", window.citation)
                                      .Build());
}

envelope::Json RuleJson(const Pack& pack, const Rule& rule) {
  envelope::ObjectBuilder object;
  object.String("id", rule.id)
      .String("part", rule.part)
      .String("kind", Name(rule.kind))
      .String("status", Name(rule.status))
      .String("outcome", Name(rule.outcome))
      .String("reason", rule.reason)
      .Strings("citations", rule.citations)
      .Strings("obligations", rule.obligations)
      .Strings("flags", rule.flags)
      .Bool("always", rule.always);
  AddWindow("in_force", rule.in_force, object);
  AddWindow("compliance", rule.compliance, object);
  AddWindow("enforcement", rule.enforcement, object);
  if (rule.weakest_basis) object.String("weakest_basis", place::Name(*rule.weakest_basis));
  if (rule.weakest_source) object.String("weakest_source", Name(*rule.weakest_source));
  AddConditions(pack, rule.when, object);
  return std::move(object).Build();
}

envelope::Json FindingJson(const Pack& pack, const Finding& finding) {
  envelope::ObjectBuilder object;
  object.String("id", finding.id)
      .String("part", finding.part)
      .String("title", finding.title)
      .Strings("citations", finding.citations);
  AddConditions(pack, finding.when, object);
  return std::move(object).Build();
}

envelope::Json NumberJson(const Pack& pack, const Number& number) {
  envelope::Json::Array terms;
  for (const Number::Term& term : number.terms) {
    envelope::ObjectBuilder object;
    object.String("value", Phrase(pack, term.value));
    AddConditions(pack, term.when, object);
    terms.push_back(std::move(object).Build());
  }
  return envelope::ObjectBuilder()
      .String("id", number.id)
      .String("part", number.part)
      .String("title", number.title)
      .String("kind", Combined(number.kind))
      .Strings("citations", number.citations)
      .Value("terms", std::move(terms))
      .Build();
}

template <typename T>
envelope::Json ArrayOf(const Pack& pack, const std::vector<T>& values,
                       envelope::Json (*to_json)(const Pack&, const T&)) {
  envelope::Json::Array array;
  for (const T& value : values) array.push_back(to_json(pack, value));
  return envelope::Json(std::move(array));
}

}  // namespace

std::vector<std::string> TellPack(const Pack& pack, std::size_t width) {
  return Prose(pack, width).Tell();
}

envelope::ObjectBuilder PackMembers(const Pack& pack) {
  envelope::ObjectBuilder object;
  object.String("id", pack.id)
      .Integer("version", pack.version)
      .String("authority", pack.authority)
      .String("title", pack.title)
      .Strings("notes", pack.notes)
      .Digest("digest", pack.digest)
      .Time("verified_on", pack.verified_on)
      .OptionalTime("valid_from", pack.valid.from)
      .OptionalTime("valid_until", pack.valid.until)
      .Value("rules", ArrayOf(pack, pack.rules, RuleJson))
      .Value("findings", ArrayOf(pack, pack.findings, FindingJson))
      .Value("numbers", ArrayOf(pack, pack.numbers, NumberJson));
  if (pack.overlay) object.String("overlay", pack.overlay->authority + "/" + pack.overlay->id);
  return object;
}

}  // namespace strongroom::policy
