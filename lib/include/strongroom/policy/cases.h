// Tables of cases: questions with the answers that a pack must give. A table is CSV (RFC 4180) whose header
// is
//
//   id,date,FACT...,expected,rules,note
//
// with names of the catalogue for FACT. An empty cell leaves the fact absent. `expected` is an outcome, or
// `malformed` where the facts must not even parse; `rules` are the ids of the deciding rules in the order of
// the decision's path, parted by ';'.
#ifndef STRONGROOM_POLICY_CASES_H_
#define STRONGROOM_POLICY_CASES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "strongroom/policy/decision.h"

namespace strongroom::policy {

struct Case {
  std::string id;
  std::uint32_t line = 0;  // where it stands in its table
  Timestamp at;
  Expected<Facts> facts;
  std::optional<Outcome> expected;  // absent: the facts must not parse
  std::string rules;
};

// ParseCases reads a table. kMalformed, with line and column, if it is not of the form above; a fact that
// does not parse is no error of the table but part of its case.
Expected<std::vector<Case>> ParseCases(ByteView csv);

struct CaseFailure {
  std::string id;
  std::uint32_t line = 0;
  std::string expected;              // "deny by place-embargoed"
  std::string actual;                // the same of what came out
  std::optional<Decision> decision;  // absent where the facts did not parse
};

struct CaseReport {
  std::size_t passed = 0;
  std::vector<CaseFailure> failures;
};

CaseReport RunCases(const Pack& pack, std::span<const Case> cases);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CASES_H_
