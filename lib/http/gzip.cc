#include "http/gzip.h"

#include <algorithm>
#include <boost/beast/zlib/inflate_stream.hpp>
#include <boost/crc.hpp>

#include "strongroom/base/bytes.h"

namespace strongroom::http {
namespace {

namespace zlib = boost::beast::zlib;

constexpr std::uint8_t kDeflate = 8;
// Bits of the header's flags, RFC 1952 section 2.3.1.
constexpr std::uint8_t kHeaderCrc = 2, kExtra = 4, kName = 8, kComment = 16, kReserved = 0xe0;
constexpr std::size_t kPiece = 64 * 1024;

std::unexpected<Error> Malformed(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "gzip " + std::string(why));
}

Status SkipText(ByteReader& reader) {
  for (;;) {
    SR_ASSIGN_OR_RETURN(const std::uint8_t byte, reader.U8());
    if (byte == 0) return {};
  }
}

Status SkipHeader(ByteReader& reader) {
  SR_ASSIGN_OR_RETURN(const std::uint16_t magic, reader.U16Be());
  SR_ASSIGN_OR_RETURN(const std::uint8_t method, reader.U8());
  SR_ASSIGN_OR_RETURN(const std::uint8_t flags, reader.U8());
  if (magic != 0x1f8b || method != kDeflate || (flags & kReserved) != 0)
    return Malformed("has a header of another kind");
  SR_RETURN_IF_ERROR(reader.Skip(6));  // time, flags of the encoder, its system
  if ((flags & kExtra) != 0) {
    SR_ASSIGN_OR_RETURN(const std::uint16_t size, reader.U16Le());
    SR_RETURN_IF_ERROR(reader.Skip(size));
  }
  if ((flags & kName) != 0) SR_RETURN_IF_ERROR(SkipText(reader));
  if ((flags & kComment) != 0) SR_RETURN_IF_ERROR(SkipText(reader));
  if ((flags & kHeaderCrc) != 0) SR_RETURN_IF_ERROR(reader.Skip(2));
  return {};
}

// Inflates the whole of `deflated` in pieces, so that a bomb costs no more than a piece above the bound.
Expected<std::string> Inflate(ByteView deflated, std::size_t max_size) {
  zlib::inflate_stream inflater;
  zlib::z_params state;
  state.next_in = deflated.data();
  state.avail_in = deflated.size();
  std::string decoded;
  boost::system::error_code error;
  while (!error) {
    const std::size_t before = decoded.size();
    decoded.resize(before + kPiece);
    state.next_out = decoded.data() + before;
    state.avail_out = kPiece;
    inflater.write(state, zlib::Flush::sync, error);
    decoded.resize(decoded.size() - state.avail_out);
    if (decoded.size() > max_size) return Malformed("has more than " + std::to_string(max_size) + " bytes");
  }
  if (error != zlib::error::end_of_stream || state.avail_in != 0) return Malformed("data does not parse");
  return decoded;
}

}  // namespace

Expected<std::string> DecodeGzip(std::string_view coded, std::size_t max_size) {
  constexpr std::size_t kTrailer = 8;
  ByteReader reader(AsBytes(coded), "gzip");
  SR_RETURN_IF_ERROR(SkipHeader(reader));
  if (reader.remaining() < kTrailer) return Malformed("is cut short");
  SR_ASSIGN_OR_RETURN(const ByteView deflated, reader.Take(reader.remaining() - kTrailer));
  SR_ASSIGN_OR_RETURN(const std::uint32_t checksum, reader.U32Le());
  SR_ASSIGN_OR_RETURN(const std::uint32_t size, reader.U32Le());
  SR_ASSIGN_OR_RETURN(std::string decoded, Inflate(deflated, max_size));
  boost::crc_32_type sum;
  sum.process_bytes(decoded.data(), decoded.size());
  if (sum.checksum() != checksum || static_cast<std::uint32_t>(decoded.size()) != size) {
    return Malformed("data fails its checksum");
  }
  return decoded;
}

}  // namespace strongroom::http
