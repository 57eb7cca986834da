#include "policy/case_tokens.h"

#include <algorithm>
#include <vector>

#include "policy/harmless_facts.h"

namespace strongroom::policy {
namespace {

constexpr std::int64_t kDay = 86400;

std::unexpected<Error> UnknownWord(std::string_view column, std::string_view word) {
  return Fail(ErrorCode::kMalformed,
              std::string(column) + " has the unknown word '" + std::string(word) + "'",
              "docs/POLICY.md lists the words");
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Takes "NAME" off the front of a word; false if it does not begin with it.
bool TakePrefix(std::string_view& word, std::string_view name) {
  if (!word.starts_with(name)) return false;
  word.remove_prefix(name.size());
  return true;
}

class TokenReader {
 public:
  TokenReader(const TokenRow& row, Timestamp at) : row_(row), at_(at), facts_(HarmlessFacts(at)) {}

  Expected<Facts> Read() {
    SR_RETURN_IF_ERROR(ReadAct());
    SR_RETURN_IF_ERROR(ReadWeights());
    SR_RETURN_IF_ERROR(ReadPlaces());
    SR_RETURN_IF_ERROR(ReadParty());
    SR_RETURN_IF_ERROR(ReadStorage());
    SR_RETURN_IF_ERROR(ReadLicence());
    return std::move(facts_);
  }

 private:
  struct Stated {
    FactId id;
    std::string_view text;
  };

  Status State(FactId id, std::string_view text) {
    SR_ASSIGN_OR_RETURN(Value value, ParseValue(id, text));
    return facts_.Set(id, std::move(value), Source::kQuestion);
  }

  Status StateAll(std::initializer_list<Stated> stated) {
    for (const auto& [id, text] : stated) SR_RETURN_IF_ERROR(State(id, text));
    return {};
  }

  Status StateTime(FactId id, std::int64_t seconds_from_now) {
    return facts_.Set(id, Timestamp{at_.seconds + seconds_from_now}, Source::kQuestion);
  }

  Status ReadAct() {
    if (auto stated = State(FactId::kActWhat, row_.action); !stated)
      return UnknownWord("action", row_.action);
    const bool withheld = row_.storage_security == "e2ee_140:no_keys" && row_.action != "decrypt";
    return State(FactId::kActKey, withheld ? "withheld" : "given");
  }

  Status ReadWeights() {
    if (auto stated = State(FactId::kModelTrainingOps, row_.training_ops); !stated)
      return std::unexpected(std::move(stated).error().With("training_ops"));
    const std::vector<std::string_view> words = Split(row_.weights_class, ':');
    std::string_view name = words[0];
    if (name.ends_with("+fdp") || name.ends_with("+nofdp")) {
      const bool controlled = name.ends_with("+fdp");
      name.remove_suffix(controlled ? 4 : 6);
      SR_RETURN_IF_ERROR(State(FactId::kModelControlledChips, controlled ? "true" : "false"));
    }
    SR_RETURN_IF_ERROR(ReadWeightsName(name));
    for (std::size_t i = 1; i < words.size(); ++i) SR_RETURN_IF_ERROR(ReadWeightsWord(words[i]));
    if (facts_.Find(FactId::kModelSyntheticShare) != nullptr) return {};
    return State(FactId::kModelSyntheticShare, "0");
  }

  Status ReadWeightsName(std::string_view name) {
    if (name == "closed") return State(FactId::kModelWeights, "closed");
    if (name == "open_published") return State(FactId::kModelWeights, "published");
    if (name == "derived_published") return State(FactId::kModelWeights, "derived_published");
    if (name == "closed_note2_excluded" || name == "closed_note2_claimed")
      return StateAll({{FactId::kModelWeights, "closed"}, {FactId::kModelNote2, "claimed"}});
    return UnknownWord("weights_class", row_.weights_class);
  }

  Status ReadWeightsWord(std::string_view word) {
    if (word == "quantized_us_origin")
      return StateAll({{FactId::kModelCopy, "quantised"}, {FactId::kModelFromUsWeights, "true"}});
    if (word == "named_in_directive") return State(FactId::kModelNamedIn, kDirective);
    constexpr Stated kKeys[] = {{FactId::kModelBaseOps, "base="},
                                {FactId::kModelAddedOps, "add="},
                                {FactId::kModelSyntheticShare, "synth_share="},
                                {FactId::kModelTeacher, "teacher="},
                                {FactId::kModelTeacherOps, "teacher_ops="},
                                {FactId::kModelGenerationOps, "gen_ops="}};
    for (const auto& [id, key] : kKeys) {
      std::string_view value = word;
      if (!TakePrefix(value, key)) continue;
      if (facts_.Find(id) != nullptr) return UnknownWord("weights_class", row_.weights_class);
      if (auto stated = State(id, value); !stated)
        return std::unexpected(std::move(stated).error().With("weights_class"));
      return {};
    }
    return UnknownWord("weights_class", word);
  }

  Status ReadPlaces() {
    struct Column {
      std::string_view name, code;
      FactId id;
    };
    const Column columns[] = {
        {"origin_country", row_.origin_country, FactId::kModelOrigin},
        {"destination_country", row_.destination_country, FactId::kNodeCountry},
        {"enduser_hq_country", row_.enduser_hq_country, FactId::kNodeOperatorHq},
        {"enduser_hq_country", row_.enduser_hq_country, FactId::kNodeOperatorParentHq},
    };
    for (const Column& column : columns) {
      if (auto stated = State(column.id, column.code); !stated)
        return std::unexpected(std::move(stated).error().With(column.name));
    }
    // The form has no column for a part of a country. Ukraine is meant without its occupied regions: Kyiv.
    if (row_.destination_country == "UA") return State(FactId::kNodeSubdivision, "UA-30");
    return {};
  }

  Status ReadParty() {
    std::string_view word = row_.enduser_authorization;
    if (word == "none") return {};
    if (word == "UVEU" || word == "NVEU") {
      SR_RETURN_IF_ERROR(StateAll(
          {{FactId::kNodeAuthorizations, word}, {FactId::kNodeVeuCountries, row_.destination_country}}));
      return StateTime(FactId::kNodeVeuUntil, kDay);
    }
    if (word == "us_person") return State(FactId::kNodePerson, word);
    if (word == "DPL" || word == "MIEU") return State(FactId::kNodeLists, word);
    if (TakePrefix(word, "EL:")) return ReadEntityList(word);
    for (const std::string_view person : {"permanent_regular_employee", "contractor"}) {
      if (!TakePrefix(word, person) || !TakePrefix(word, "=")) continue;
      if (auto stated = State(FactId::kNodePersonNationality, word); !stated)
        return std::unexpected(std::move(stated).error().With("enduser_authorization"));
      return State(FactId::kNodePerson, person);
    }
    return UnknownWord("enduser_authorization", row_.enduser_authorization);
  }

  // SCOPE:POSTURE. A scope that is a classification covers the weights if it is theirs.
  Status ReadEntityList(std::string_view word) {
    const std::vector<std::string_view> parts = Split(word, ':');
    if (parts.size() != 2) return UnknownWord("enduser_authorization", row_.enduser_authorization);
    std::string_view scope = parts[0];
    if (scope == "4E091" || scope == "4e091") scope = "weights";
    if (!State(FactId::kNodeEntityListScope, scope) || !State(FactId::kNodeEntityListReview, parts[1]))
      return UnknownWord("enduser_authorization", row_.enduser_authorization);
    return State(FactId::kNodeLists, "EL");
  }

  Status ReadStorage() {
    const std::string_view word = row_.storage_security;
    if (word == "none") return {};
    if (word == "s10_14_15_18") {
      SR_RETURN_IF_ERROR(StateAll({{FactId::kStorageParagraph14, "true"},
                                   {FactId::kStorageParagraph15, "true"},
                                   {FactId::kStorageParagraph18, "true"}}));
      return StateTime(FactId::kStorageCertificateUntil, kDay);
    }
    if (word == "e2ee_140:no_keys" || word == "e2ee_140:key_release")
      return State(FactId::kStorageEncryption, "end_to_end_fips140");
    if (word == "enc_host_holds_keys") return State(FactId::kStorageEncryption, "host_holds_keys");
    return UnknownWord("storage_security", word);
  }

  Status ReadLicence() {
    constexpr std::string_view kClaims[] = {"LE-AIA", "LE-STA", "LE-ACM", "LE-LPP", "BIS-CCATS"};
    const std::string_view word = row_.license;
    if (word == "none") return {};
    if (std::ranges::find(kClaims, word) != std::end(kClaims)) return State(FactId::kNodeLicences, word);
    const bool valid = word == "BIS-LIC:valid";
    if (!valid && word != "BIS-LIC:expired") return UnknownWord("license", word);
    Licence licence;
    licence.id = "case";
    licence.issuer = "BIS";
    licence.parties = {std::string(kHarmlessOperator)};
    licence.items = {std::string(kHarmlessLabel)};
    licence.countries = {std::get<place::Country>(facts_.Find(FactId::kNodeCountry)->value)};
    licence.valid_from = {at_.seconds - kDay};
    licence.valid_until = {at_.seconds + (valid ? kDay : 0)};
    return facts_.AddLicence(std::move(licence));
  }

  // The directive of which the short form speaks.
  static constexpr std::string_view kDirective = "us-isinformed-2026-06-12";

  const TokenRow& row_;
  Timestamp at_;
  Facts facts_;
};

}  // namespace

Expected<Facts> FactsOfTokens(const TokenRow& row, Timestamp at) {
  return TokenReader(row, at).Read();
}

}  // namespace strongroom::policy
