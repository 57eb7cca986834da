// PCR values as lines of text: what `node show --values` writes and `node approve-pcrs --from` reads.
#ifndef STRONGROOM_PCR_FILE_H_
#define STRONGROOM_PCR_FILE_H_

#include <string>
#include <string_view>

#include "strongroom/tpm/pcr.h"

namespace strongroom::cli {

// A line for each register: "sha256:7 <hex>".
std::string PcrLines(const tpm::PcrValues& values);
// The inverse; empty lines and lines that begin with '#' are comments. kMalformed, naming the line; one bank,
// each register once.
Expected<tpm::PcrValues> ParsePcrLines(std::string_view text);

}  // namespace strongroom::cli

#endif  // STRONGROOM_PCR_FILE_H_
