#include "log_site.h"

#include <algorithm>
#include <chrono>

#include "page_assets.h"
#include "strongroom/envelope/json.h"
#include "strongroom/http/lower_case.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/tile.h"
#include "strongroom/place/country.h"
#include "strongroom/policy/tile_layout.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kCheckpointPath = "checkpoint";
constexpr std::chrono::seconds kLongestWait{10};  // for another request's file to come

// Nothing from elsewhere, no script or style but our own files, and text never becomes markup.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";

http::Response Plain(int status, std::string_view text) {
  return {.status = status,
          .content_type = std::string(kPlainText),
          .body = std::string(text) + "\n",
          .headers = {{"cache-control", "no-store"}}};
}

envelope::Json MapLayout() {
  envelope::Json::Array tiles;
  for (std::size_t row = 0; row < policy::kTileRows; ++row) {
    for (std::size_t column = 0; column < policy::kTileColumns; ++column) {
      const auto country = place::Country::Parse(policy::CodeAt(column, row));
      if (!country) continue;  // sea
      envelope::ObjectBuilder tile;
      tile.String("code", country->code()).String("name", country->name());
      tiles.push_back(tile.Integer("column", column).Integer("row", row).Build());
    }
  }
  envelope::Json::Array regions;
  for (const policy::RegionName& region : policy::RegionNames()) {
    envelope::ObjectBuilder name;
    name.String("name", region.name).Integer("column", region.column).Integer("row", region.row);
    regions.push_back(name.Build());
  }
  envelope::ObjectBuilder map;
  map.Integer("columns", policy::kTileColumns).Integer("rows", policy::kTileRows);
  return map.Value("tiles", std::move(tiles)).Value("regions", std::move(regions)).Build();
}

envelope::Json MemberJson(const log::WitnessPolicy::Member& member) {
  return envelope::ObjectBuilder().Integer(member.is_group ? "group" : "witness", member.index).Build();
}

// What must be met: a witness by its place among "witnesses", a group by its place among "groups".
envelope::Json QuorumJson(const log::WitnessPolicy& policy) {
  envelope::Json::Array groups;
  for (const log::WitnessPolicy::Group& group : policy.groups()) {
    envelope::Json::Array members;
    for (const log::WitnessPolicy::Member& member : group.members) members.push_back(MemberJson(member));
    envelope::ObjectBuilder one;
    one.String("name", group.name).Integer("threshold", group.threshold);
    groups.push_back(one.Value("members", std::move(members)).Build());
  }
  envelope::ObjectBuilder quorum;
  if (policy.quorum()) quorum.Value("met_by", MemberJson(*policy.quorum()));
  return quorum.Value("groups", std::move(groups)).Build();
}

std::string Describe(const std::vector<envelope::NoteKey>& keys, const log::WitnessPolicy& policy) {
  std::vector<std::string> texts;
  for (const envelope::NoteKey& key : keys) texts.push_back(key.ToText());
  envelope::Json::Array witnesses;
  for (const log::WitnessPolicy::Witness& witness : policy.witnesses()) {
    envelope::ObjectBuilder one;
    one.String("name", witness.name).String("operator", witness.operator_name);
    witnesses.push_back(one.String("vkey", witness.key.ToText()).Build());
  }
  envelope::ObjectBuilder description;
  description.String("origin", keys.back().name).Strings("keys", texts);
  description.Value("witnesses", std::move(witnesses)).Value("quorum", QuorumJson(policy));
  description.Value("map", MapLayout());
  return envelope::CanonicalJson(description.Build());
}

// The host of a Host header, without its port.
std::string_view HostOf(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  return has_port ? authority.substr(0, colon) : authority;
}

std::size_t MaxBytes(const log::TileId& tile) {
  return tile.kind == log::TileKind::kHashes ? log::kMaxTileBytes : log::kMaxEntryBundleBytes;
}

}  // namespace

LogSite::LogSite(log::TileReader& tiles, const std::vector<envelope::NoteKey>& keys,
                 const log::WitnessPolicy& policy, std::vector<std::string> hosts)
    : tiles_(tiles), description_(Describe(keys, policy)), hosts_(std::move(hosts)) {
  for (std::string& host : hosts_) host = http::LowerCase(host);
}

http::Response LogSite::Answer(const http::Request& request) const {
  http::Response response;
  if (request.method != "GET") {
    response = Plain(405, "only GET and HEAD are known here");
    response.headers.emplace_back("allow", "GET, HEAD");
  } else if (!IsAskedFor(request)) {
    response = Plain(421, "this server is not called by that name");
  } else {
    const std::string_view target = request.target;
    response = Find(target.substr(0, target.find('?')));
  }
  response.headers.emplace_back("content-security-policy", kContentSecurityPolicy);
  response.headers.emplace_back("x-content-type-options", "nosniff");
  response.headers.emplace_back("referrer-policy", "no-referrer");
  response.headers.emplace_back("cross-origin-resource-policy", "same-origin");
  response.headers.emplace_back("cross-origin-opener-policy", "same-origin");
  return response;
}

bool LogSite::IsAskedFor(const http::Request& request) const {
  if (hosts_.empty()) return true;
  const auto host = request.headers.find("host");
  return host != request.headers.end() &&
         std::ranges::find(hosts_, http::LowerCase(HostOf(host->second))) != hosts_.end();
}

http::Response LogSite::Find(std::string_view path) const {
  for (const PageAsset& asset : PageAssets()) {
    if (asset.path != path) continue;
    return {.content_type = std::string(asset.content_type),
            .body = std::string(AsText(asset.bytes)),
            .headers = {{"cache-control", "no-cache"}}};
  }
  if (path == "/log.json") {
    return {
        .content_type = "application/json", .body = description_, .headers = {{"cache-control", "no-cache"}}};
  }
  return LogFile(std::string(path.substr(1)));
}

http::Response LogSite::LogFile(const std::string& path) const {
  const bool is_checkpoint = path == kCheckpointPath;
  const auto tile = log::ParseTilePath(path);
  if (!is_checkpoint && !tile) return Plain(404, "there is nothing of this name");
  const std::unique_lock reading(reading_, kLongestWait);
  if (!reading) return Plain(503, "the log's files are slow to come; try again");
  const auto bytes = tiles_.Read(path, is_checkpoint ? log::kMaxCheckpointSize : MaxBytes(*tile));
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return Plain(404, "the log has no such file");
  if (!bytes) return Plain(503, bytes.error().message);
  return {.content_type = is_checkpoint ? std::string(kPlainText) : "application/octet-stream",
          .body = std::string(AsText(*bytes)),
          .headers = {{"cache-control", is_checkpoint ? "max-age=2" : "max-age=31536000, immutable"}}};
}

}  // namespace strongroom::cli
