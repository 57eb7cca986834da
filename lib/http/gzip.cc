#include "http/gzip.h"

#include <zlib.h>

#include <limits>
#include <memory>

namespace strongroom::http {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr int kGzipAlone = 16 + MAX_WBITS;  // no other wrapping of deflated data

std::unexpected<Error> Malformed(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "gzip " + std::string(why));
}

}  // namespace

Expected<std::string> DecodeGzip(std::string_view coded, std::size_t max_size) {
  if (coded.size() > std::numeric_limits<uInt>::max()) return Malformed("is too long");
  z_stream stream{};
  if (inflateInit2(&stream, kGzipAlone) != Z_OK) return Fail(ErrorCode::kInternal, "zlib does not start");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> ended_with_this(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(coded.size());
  std::string decoded;
  int result = Z_OK;
  while (result == Z_OK) {
    // In pieces: what claims to be long costs no more than a piece above the bound.
    const std::size_t before = decoded.size();
    decoded.resize(before + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(decoded.data() + before);
    stream.avail_out = kPiece;
    result = inflate(&stream, Z_NO_FLUSH);
    decoded.resize(decoded.size() - stream.avail_out);
    if (decoded.size() > max_size) return Malformed("has more than " + std::to_string(max_size) + " bytes");
  }
  if (result != Z_STREAM_END || stream.avail_in != 0) return Malformed("data does not parse");
  return decoded;
}

}  // namespace strongroom::http
