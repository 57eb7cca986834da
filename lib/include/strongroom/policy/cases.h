// Tables of cases: questions with the answers that a pack must give. A table is CSV (RFC 4180) in one of two
// forms, told apart by the header. The long form has a column for each fact:
//
//   id,date,FACT...,expected,rules,note
//
// with names of the catalogue for FACT; `licence` may be a column too. An empty cell leaves the fact absent,
// "-" in a cell of texts is none at all. `expected` is an outcome, or `malformed` where the facts must not
// even parse; `rules` are the ids of the deciding rules of the pack in the order of the decision's path,
// parted by
// ';'. The short form has a word for several facts:
//
//   id,date,action,weights_class,training_ops,origin_country,destination_country,enduser_hq_country,
//   enduser_authorization,license,storage_security,expected,reason,citation
//
// where the id is PACK:NUMBER. docs/POLICY.md lists its words.
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
  std::string pack;        // that the case is about; empty in the long form
  std::uint32_t line = 0;  // where it stands in its table
  Timestamp at;
  Expected<Facts> facts;
  std::optional<Error> defect;      // why the case itself cannot be asked: it fails then
  std::optional<Outcome> expected;  // absent: the facts must not parse
  std::optional<std::string> rules;
};

// ParseCases reads a table of either form. kMalformed, with line and column, if it is not of the form above;
// a fact that does not parse is no error of the table but part of its case.
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

// RunCases asks the pack, and the packs under it if it is an overlay, which must be among `installed`:
// kNotFound otherwise. A case about another pack fails. `rules` are held against the rules of the pack
// itself; where a case states none, any rules will do.
Expected<CaseReport> RunCases(const Pack& pack, std::span<const Pack> installed, std::span<const Case> cases);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CASES_H_
