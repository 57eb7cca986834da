// The content coding gzip (RFC 1952), decoding alone.
#ifndef STRONGROOM_HTTP_GZIP_H_
#define STRONGROOM_HTTP_GZIP_H_

#include <string>
#include <string_view>

#include "strongroom/base/error.h"

namespace strongroom::http {

// DecodeGzip decodes one member: kMalformed if it is not one, fails its checksum, is cut short or followed by
// anything, or would have more than `max_size` bytes.
Expected<std::string> DecodeGzip(std::string_view coded, std::size_t max_size);

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_GZIP_H_
