// How alike two words are.
#ifndef STRONGROOM_POLICY_JARO_WINKLER_H_
#define STRONGROOM_POLICY_JARO_WINKLER_H_

#include <string_view>

namespace strongroom::policy {

// JaroWinkler is the measure of W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the
// Fellegi-Sunter Model of Record Linkage" (1990): Jaro's similarity, raised by a tenth of what it lacks for
// each of up to four equal first letters. From 0 to 1, symmetric, 1 for equal words alone. Of each word the
// first 64 letters count.
double JaroWinkler(std::u32string_view a, std::u32string_view b);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_JARO_WINKLER_H_
