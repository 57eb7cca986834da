#include "session.h"
namespace strongroom::cli {
constexpr Command kBench = {.name = "bench", .summary = "this machine's speeds beside OpenSSL's, zstd's, age's and cp's", .run = nullptr};
}
