#include "home/seen.h"

#include "strongroom/envelope/json.h"

namespace strongroom::home {
namespace {

using Highest = std::map<std::string, std::uint64_t, std::less<>>;

constexpr std::size_t kMaxSize = std::size_t{64} << 20;

std::uint64_t Find(const Highest& highest, const std::string& name) {
  const auto found = highest.find(name);
  return found == highest.end() ? 0 : found->second;
}

bool RaiseOne(Highest& highest, const std::string& name, std::uint64_t number) {
  std::uint64_t& kept = highest[name];
  if (number <= kept) return false;
  kept = number;
  return true;
}

envelope::Json ToJson(const Highest& highest) {
  envelope::Json::Object members;
  for (const auto& [name, number] : highest) members.emplace(name, number);
  return envelope::Json(std::move(members));
}

Expected<Highest> TakeNumbers(envelope::ObjectReader& reader, std::string_view member,
                              std::size_t name_size) {
  SR_ASSIGN_OR_RETURN(const envelope::Json* value, reader.Value(member));
  const auto* members = value->Get<envelope::Json::Object>();
  if (members == nullptr) return reader.Refuse(member, "must be an object");
  Highest highest;
  for (const auto& [name, number] : *members) {
    const Expected<Bytes> id = FromHex(name);
    if (!id || id->size() != name_size || Hex(*id) != name)
      return reader.Refuse(member, "'" + name + "' is not an identifier");
    const auto integer = number.Integer<std::uint64_t>();
    if (!integer) return reader.Refuse(member, "the number of " + name + " is not an integer");
    highest.emplace(name, *integer);
  }
  return highest;
}

}  // namespace

Expected<Seen> Seen::Parse(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const envelope::Json json,
                      envelope::ParseCanonicalJson(bytes, {.max_bytes = kMaxSize, .max_values = kMaxSize}));
  SR_ASSIGN_OR_RETURN(auto reader, envelope::ObjectReader::Open(json, "seen"));
  SR_ASSIGN_OR_RETURN([[maybe_unused]] const int format, reader.Integer<int>("format", 1, 1));
  Seen seen;
  SR_ASSIGN_OR_RETURN(seen.bundles_, TakeNumbers(reader, "bundles", sizeof(Digest)));
  SR_ASSIGN_OR_RETURN(seen.series_, TakeNumbers(reader, "series", sizeof(SeriesId)));
  SR_RETURN_IF_ERROR(reader.Finish());
  return seen;
}

std::string Seen::Serialize() const {
  return envelope::CanonicalJson(envelope::ObjectBuilder()
                                     .Integer("format", 1)
                                     .Value("bundles", ToJson(bundles_))
                                     .Value("series", ToJson(series_))
                                     .Build());
}

Status Seen::Check(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id,
                   std::uint64_t revision) const {
  if (const std::uint64_t kept = Find(series_, Hex(series)); sequence < kept) {
    return Fail(ErrorCode::kRolledBack,
                "this bundle is seal " + std::to_string(sequence) + " of its series, and seal " +
                    std::to_string(kept) + " was seen before",
                "use the newer bundle");
  }
  if (const std::uint64_t kept = Find(bundles_, Hex(bundle_id)); revision < kept) {
    return Fail(ErrorCode::kRolledBack,
                "keyslots.json has revision " + std::to_string(revision) + ", and revision " +
                    std::to_string(kept) + " was seen before",
                "put the newer keyslots.json back");
  }
  return {};
}

bool Seen::Raise(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id,
                 std::uint64_t revision) {
  const bool newer_seal = RaiseOne(series_, Hex(series), sequence);
  const bool newer_keyslots = RaiseOne(bundles_, Hex(bundle_id), revision);
  return newer_seal || newer_keyslots;
}

}  // namespace strongroom::home
