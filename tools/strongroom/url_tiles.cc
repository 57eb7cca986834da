#include "url_tiles.h"

namespace strongroom::cli {
namespace {

Error Refused(int status, const std::string& url) {
  const std::string message = url + ": the server answered " + std::to_string(status);
  // Object stores say 403 of what is not there, to whoever may not list.
  if (status == 404 || status == 410 || status == 403) return {ErrorCode::kNotFound, message};
  if (status >= 300 && status < 400) {
    return {ErrorCode::kInvalidArgument, message, "give the URL that it redirects to"};
  }
  return {ErrorCode::kUnavailable, message};
}

}  // namespace

UrlTiles::UrlTiles(std::string prefix, http::ClientOptions options)
    : prefix_(std::move(prefix)), client_(std::move(options)) {
  if (!prefix_.ends_with('/')) prefix_ += '/';
}

Expected<Bytes> UrlTiles::Read(const std::string& path, std::size_t max_bytes) {
  const std::string url = prefix_ + path;
  SR_ASSIGN_OR_RETURN(const http::Response response, client_.Get(url, max_bytes));
  if (response.status != 200) return std::unexpected(Refused(response.status, url));
  return ToBytes(AsBytes(response.body));
}

}  // namespace strongroom::cli
