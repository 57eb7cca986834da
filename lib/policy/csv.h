// A strict reader of comma-separated values (RFC 4180): every record has as many fields as the first one.
#ifndef STRONGROOM_POLICY_CSV_H_
#define STRONGROOM_POLICY_CSV_H_

#include <cstdint>
#include <string>
#include <vector>

#include "strongroom/base/bytes.h"

namespace strongroom::policy {

struct CsvField {
  std::string text;
  std::uint32_t line = 1;    // where the field begins, counted from 1
  std::uint32_t column = 1;  // in bytes
};
using CsvRecord = std::vector<CsvField>;

// ParseCsv reads at most 4 MiB, lines ending in LF or CRLF, empty lines refused. kMalformed with "line L,
// column C".
Expected<std::vector<CsvRecord>> ParseCsv(ByteView document);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CSV_H_
