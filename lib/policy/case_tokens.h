// The short form of a table of cases, one word for several facts. docs/POLICY.md lists the words. What a word
// does not say is stated as harmless, for a row means "the facts as given": nobody listed, nothing synthetic,
// screened that day. The place is only declared.
#ifndef STRONGROOM_POLICY_CASE_TOKENS_H_
#define STRONGROOM_POLICY_CASE_TOKENS_H_

#include <string_view>

#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/policy/facts.h"

namespace strongroom::policy {

// A row of the short form, borrowed.
struct TokenRow {
  std::string_view action, weights_class, training_ops, origin_country, destination_country,
      enduser_hq_country, enduser_authorization, license, storage_security;
};

// FactsOfTokens states what a row says at a moment. kMalformed, naming column and word, for a word that is
// not of the form.
Expected<Facts> FactsOfTokens(const TokenRow& row, Timestamp at);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CASE_TOKENS_H_
