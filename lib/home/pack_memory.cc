#include "home/pack_memory.h"

#include <algorithm>
#include <tuple>

#include "strongroom/envelope/json.h"

namespace strongroom::home {
namespace {

constexpr std::size_t kMaxSize = std::size_t{16} << 20;
constexpr std::size_t kMaxName = 256;

auto Key(const PackSeen& seen) {
  return std::tie(seen.authority, seen.id);
}
auto Key(const PackVersion& pack) {
  return std::tie(pack.authority, pack.id);
}

bool IsStrictlySorted(const std::vector<Digest>& digests) {
  return std::ranges::adjacent_find(digests, std::ranges::greater_equal()) == digests.end();
}

envelope::Json ToJson(const PackSeen& seen) {
  return envelope::ObjectBuilder()
      .String("authority", seen.authority)
      .Digest("digest", seen.digest)
      .String("id", seen.id)
      .Time("issued", seen.issued)
      .Digests("revoked", seen.revoked)
      .Integer("version", seen.version)
      .Build();
}

Expected<PackSeen> ReadSeen(envelope::ObjectReader reader) {
  PackSeen seen;
  SR_ASSIGN_OR_RETURN(seen.authority, reader.String("authority", kMaxName));
  SR_ASSIGN_OR_RETURN(seen.digest, reader.Digest("digest"));
  SR_ASSIGN_OR_RETURN(seen.id, reader.String("id", kMaxName));
  SR_ASSIGN_OR_RETURN(seen.issued, reader.Time("issued"));
  SR_ASSIGN_OR_RETURN(seen.revoked, reader.Digests("revoked"));
  SR_ASSIGN_OR_RETURN(seen.version, reader.Integer<std::uint64_t>("version", 1));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (!IsStrictlySorted(seen.revoked)) return reader.Refuse("revoked", "must be sorted, none twice");
  return seen;
}

std::string Describe(const PackVersion& pack) {
  return "pack " + pack.authority + "/" + pack.id + " version " + std::to_string(pack.version);
}

}  // namespace

Expected<PackMemory> PackMemory::Parse(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const envelope::Json json,
                      envelope::ParseCanonicalJson(bytes, {.max_bytes = kMaxSize}));
  SR_ASSIGN_OR_RETURN(auto reader, envelope::ObjectReader::Open(json, "packs.seen"));
  SR_ASSIGN_OR_RETURN([[maybe_unused]] const int format, reader.Integer<int>("format", 1, 1));
  SR_ASSIGN_OR_RETURN(const auto entries, reader.Objects("packs"));
  SR_RETURN_IF_ERROR(reader.Finish());
  PackMemory memory;
  for (const envelope::ObjectReader& entry : entries) {
    SR_ASSIGN_OR_RETURN(PackSeen seen, ReadSeen(entry));
    if (!memory.packs_.empty() && Key(memory.packs_.back()) >= Key(seen))
      return reader.Refuse("packs", "must be sorted by authority and id, none twice");
    memory.packs_.push_back(std::move(seen));
  }
  return memory;
}

std::string PackMemory::Serialize() const {
  envelope::Json::Array packs;
  for (const PackSeen& seen : packs_) packs.push_back(ToJson(seen));
  return envelope::CanonicalJson(
      envelope::ObjectBuilder().Integer("format", 1).Value("packs", std::move(packs)).Build());
}

Status PackMemory::Check(const PackVersion& pack) const {
  const auto seen = std::ranges::find_if(packs_, [&](const PackSeen& one) { return Key(one) == Key(pack); });
  if (seen == packs_.end()) return {};
  if (pack.version < seen->version) {
    return Fail(ErrorCode::kRolledBack,
                Describe(pack) + " is older than version " + std::to_string(seen->version) +
                    ", which was installed here before",
                "install the newest version");
  }
  if (std::ranges::binary_search(seen->revoked, pack.digest))
    return Fail(ErrorCode::kDenied, Describe(pack) + " was revoked by another version of it",
                "install the newest version");
  if (pack.version > seen->version) return {};
  if (pack.digest != seen->digest) {
    return Fail(
        ErrorCode::kExists,
        Describe(pack) + " was installed here before with other content, SHA-256 " + Hex(seen->digest),
        "ask its authority which one is right, and for a higher version number");
  }
  if (pack.issued < seen->issued) {
    return Fail(ErrorCode::kRolledBack,
                Describe(pack) + " was installed here before with a signature of " + ToRfc3339(seen->issued) +
                    ", later than this one of " + ToRfc3339(pack.issued),
                "install the one signed last");
  }
  return {};
}

void PackMemory::Remember(const PackVersion& pack) {
  auto seen = std::ranges::lower_bound(packs_, Key(pack), {}, [](const PackSeen& one) { return Key(one); });
  if (seen == packs_.end() || Key(*seen) != Key(pack))
    seen = packs_.insert(seen, {.authority = pack.authority, .id = pack.id, .issued = pack.issued});
  seen->version = pack.version;
  seen->issued = pack.issued;
  seen->digest = pack.digest;
  std::vector<Digest> revoked;
  std::vector<Digest> added = pack.revokes;
  std::ranges::sort(added);
  std::ranges::set_union(seen->revoked, added, std::back_inserter(revoked));
  revoked.erase(std::ranges::unique(revoked).begin(), revoked.end());
  seen->revoked = std::move(revoked);
}

}  // namespace strongroom::home
