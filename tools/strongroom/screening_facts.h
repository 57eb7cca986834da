// Screening lists as commands take them: from a file with the time of its download, or from the home.
#ifndef STRONGROOM_SCREENING_FACTS_H_
#define STRONGROOM_SCREENING_FACTS_H_

#include <array>
#include <optional>
#include <string>

#include "session.h"
#include "strongroom/policy/screening.h"

namespace strongroom::cli {

// Of every command that asks packs and has the facts from elsewhere.
inline constexpr std::array<Option, 2> kScreeningOptions = {{
    {.name = "screening",
     .value = "FILE",
     .help = "screen the operator and its address against this screening list, in JSON as it was downloaded",
     .completion = Completion::kFile},
    {.name = "downloaded", .value = "TIME", .help = "when the screening list was downloaded"},
}};

// AddScreening states what the list of --screening says of the operator that the facts name, and nothing
// without that option. kInvalidArgument where only one of the two options is given; otherwise the errors of
// reading the list.
Status AddScreening(Session& session, const Arguments& arguments, policy::Facts& facts);

// ReadScreeningList reads the file that was downloaded at the time of --downloaded, which must be given: the
// time of the file itself says nothing.
Expected<policy::ScreeningList> ReadScreeningList(Session& session, const std::string& path,
                                                  const Arguments& arguments);

// InstallScreening checks such a file and puts it into the home, in the place of the one that was there.
Expected<policy::ScreeningList> InstallScreening(Session& session, const home::Home& home,
                                                 const std::string& path, const Arguments& arguments);

// LoadScreening is the list of the home, or nothing if there is none: then no fact about lists is stated, and
// packs that ask for one answer unknown. kAltered or kMalformed if the file is not what was installed.
Expected<std::optional<policy::ScreeningList>> LoadScreening(FileSystem& files, const home::Home& home);

// WhyItClearsNobody says what is wrong with a list by which nobody may be cleared at a time: it is a part,
// more than 7 days old, or of the future. Empty if nothing is.
std::string WhyItClearsNobody(const policy::ScreeningList& list, Timestamp at);

}  // namespace strongroom::cli

#endif  // STRONGROOM_SCREENING_FACTS_H_
