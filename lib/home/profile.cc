#include "home/profile.h"

#include <algorithm>
#include <limits>

#include "strongroom/envelope/json.h"

namespace strongroom::home {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kMaxSize = 64 * 1024;

}  // namespace

std::string_view Name(Role role) {
  switch (role) {
    case Role::kOwner:
      return "owner";
    case Role::kNode:
      return "node";
    case Role::kCustodian:
      return "custodian";
  }
  return "";
}

Expected<Role> ParseRole(std::string_view name) {
  for (const Role role : {Role::kOwner, Role::kNode, Role::kCustodian}) {
    if (Name(role) == name) return role;
  }
  return Fail(ErrorCode::kInvalidArgument, "unknown role '" + std::string(name) + "'",
              "use owner, node or custodian");
}

bool Profile::Has(Role role) const {
  return std::ranges::find(roles, role) != roles.end();
}

std::string SerializeProfile(const Profile& profile) {
  std::vector<std::string> roles;
  for (const Role role : profile.roles) roles.emplace_back(Name(role));
  return envelope::CanonicalJson(envelope::ObjectBuilder()
                                     .Integer("format", kFormat)
                                     .String("name", profile.name)
                                     .Strings("roles", roles)
                                     .Build());
}

Expected<Profile> ParseProfile(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const envelope::Json json,
                      envelope::ParseCanonicalJson(bytes, {.max_bytes = kMaxSize}));
  SR_ASSIGN_OR_RETURN(auto reader, envelope::ObjectReader::Open(json, "profile"));
  SR_ASSIGN_OR_RETURN(const std::uint32_t format, reader.Integer<std::uint32_t>("format", 1));
  if (format > kFormat) {
    return Fail(ErrorCode::kUnsupported, "profile: the home has the newer format " + std::to_string(format),
                "use a newer version of strongroom");
  }
  Profile profile;
  SR_ASSIGN_OR_RETURN(profile.name, reader.String("name"));
  if (!envelope::IsNoteKeyName(profile.name))
    return reader.Refuse("name", "must be a name that a key can have");
  SR_ASSIGN_OR_RETURN(const auto names, reader.Strings("roles"));
  for (const std::string& name : names) {
    Expected<Role> role = ParseRole(name);
    if (!role || (!profile.roles.empty() && *role <= profile.roles.back())) {
      return reader.Refuse("roles", "must be roles in their order, none twice");
    }
    profile.roles.push_back(*role);
  }
  SR_RETURN_IF_ERROR(reader.Finish());
  return profile;
}

}  // namespace strongroom::home
