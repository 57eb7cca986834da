#include "strongroom/policy/screening_list.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "policy/screening_index.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/json.h"

namespace strongroom::policy {
namespace {

using envelope::Json;

constexpr envelope::JsonLimits kLimits = {
    .max_bytes = ScreeningList::kMaxBytes, .max_depth = 8, .max_values = std::size_t{1} << 22};
constexpr std::size_t kMaxEntries = 1 << 18;
constexpr std::size_t kMaxItems = 4096;  // aliases, or addresses, of one entry
constexpr std::size_t kMaxText = 64 * 1024;
constexpr std::size_t kMaxSnapshotHeader = 1024;
constexpr std::string_view kSnapshotType = "strongroom-screening-list";
constexpr int kSnapshotFormat = 1;

// The lists that are consolidated. FSE has been empty for some time.
constexpr std::string_view kListsAsked[] = {"DPL", "EL", "MEU", "SDN", "UVL"};
constexpr std::string_view kLists[] = {"CAP", "CMIC",   "DPL", "DTC", "EL",  "FSE", "ISN",
                                       "MEU", "NS-MBS", "PLC", "SDN", "SSI", "UVL"};
// Other names under which the Treasury publishes some of them.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"CAPTA", "CAP"}, {"NS-CMIC", "CMIC"}, {"NS-MBS List", "NS-MBS"}, {"NS-PLC", "PLC"}};

// The short name of a list: "EL" of "Entity List (EL) - Bureau of Industry and Security".
std::optional<std::string_view> ListOf(std::string_view source) {
  const std::size_t open = source.find('(');
  const std::size_t close = source.find(')', open == std::string_view::npos ? 0 : open);
  if (open != std::string_view::npos && close != std::string_view::npos)
    source = source.substr(open + 1, close - open - 1);
  for (const auto& [other, list] : kOtherNames) {
    if (source == other) source = list;
  }
  const auto* found = std::ranges::find(kLists, source);
  if (found == std::end(kLists)) return std::nullopt;
  return *found;
}

// PublishedObject reads members of a document whose schema is open, and in which null is nothing.
class PublishedObject {
 public:
  static Expected<PublishedObject> Open(const Json& json, std::string path) {
    const auto* members = json.Get<Json::Object>();
    if (members == nullptr) return Fail(ErrorCode::kMalformed, path + " must be an object");
    return PublishedObject(*members, std::move(path));
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::unexpected<Error> Refuse(std::string_view name, std::string_view why) const {
    return Fail(ErrorCode::kMalformed, path_ + "." + std::string(name) + " " + std::string(why));
  }

  // Null where the member is absent or null.
  [[nodiscard]] const Json* Find(std::string_view name) const {
    const auto member = members_->find(name);
    return member == members_->end() || member->second.is_null() ? nullptr : &member->second;
  }

  // Empty where it is absent.
  [[nodiscard]] Expected<std::string> Text(std::string_view name) const {
    const Json* value = Find(name);
    return value == nullptr ? Expected<std::string>() : TextOf(*value, name);
  }

  [[nodiscard]] Expected<std::string> RequiredText(std::string_view name) const {
    const Json* value = Find(name);
    return value == nullptr ? Refuse(name, "is missing") : TextOf(*value, name);
  }

  [[nodiscard]] Expected<std::size_t> RequiredCount(std::string_view name) const {
    const Json* value = Find(name);
    if (value == nullptr) return Refuse(name, "is missing");
    const auto count = value->Integer<std::size_t>();
    return count ? Expected<std::size_t>(*count) : Refuse(name, "must be a whole number");
  }

  // No items where it is absent.
  [[nodiscard]] Expected<const Json::Array*> Items(std::string_view name, std::size_t most) const {
    static const Json::Array kNone;
    const Json* value = Find(name);
    if (value == nullptr) return &kNone;
    const auto* items = value->Get<Json::Array>();
    if (items == nullptr) return Refuse(name, "must be an array");
    if (items->size() > most) return Refuse(name, "has more than " + std::to_string(most) + " items");
    return items;
  }

  [[nodiscard]] Expected<std::vector<std::string>> Texts(std::string_view name) const {
    SR_ASSIGN_OR_RETURN(const Json::Array* items, Items(name, kMaxItems));
    std::vector<std::string> texts;
    for (const Json& item : *items) {
      if (item.is_null()) continue;
      SR_ASSIGN_OR_RETURN(std::string text, TextOf(item, name));
      texts.push_back(std::move(text));
    }
    return texts;
  }

 private:
  PublishedObject(const Json::Object& members, std::string path)
      : members_(&members), path_(std::move(path)) {}

  [[nodiscard]] Expected<std::string> TextOf(const Json& value, std::string_view name) const {
    const auto* text = value.Get<std::string>();
    if (text == nullptr) return Refuse(name, "must be a string");
    if (text->size() > kMaxText) return Refuse(name, "is longer than 64 KiB");
    return *text;
  }

  const Json::Object* members_;
  std::string path_;
};

Expected<std::vector<ListedAddress>> ReadAddresses(const PublishedObject& entry) {
  SR_ASSIGN_OR_RETURN(const Json::Array* items, entry.Items("addresses", kMaxItems));
  std::vector<ListedAddress> addresses;
  for (const Json& item : *items) {
    SR_ASSIGN_OR_RETURN(
        const auto read,
        PublishedObject::Open(item, entry.path() + ".addresses[" + std::to_string(addresses.size()) + "]"));
    ListedAddress& address = addresses.emplace_back();
    SR_ASSIGN_OR_RETURN(address.street, read.Text("address"));
    SR_ASSIGN_OR_RETURN(address.city, read.Text("city"));
    SR_ASSIGN_OR_RETURN(address.state, read.Text(read.Find("state") ? "state" : "state_or_province"));
    SR_ASSIGN_OR_RETURN(address.postal_code, read.Text("postal_code"));
    SR_ASSIGN_OR_RETURN(address.country, read.Text("country"));
  }
  return addresses;
}

Expected<std::string> ReadList(const PublishedObject& entry) {
  SR_ASSIGN_OR_RETURN(const std::string source, entry.RequiredText("source"));
  if (const auto list = ListOf(source)) return std::string(*list);
  return Fail(ErrorCode::kUnsupported,
              entry.path() + ".source is a list that this program does not know: " + source,
              "use a newer version of this program");
}

Expected<ScreeningEntry> ReadEntry(const Json& json, std::string path) {
  SR_ASSIGN_OR_RETURN(const auto read, PublishedObject::Open(json, std::move(path)));
  ScreeningEntry entry;
  SR_ASSIGN_OR_RETURN(entry.list, ReadList(read));
  SR_ASSIGN_OR_RETURN(entry.id, read.Text("id"));
  SR_ASSIGN_OR_RETURN(entry.name, read.RequiredText("name"));
  SR_ASSIGN_OR_RETURN(entry.aliases, read.Texts("alt_names"));
  SR_ASSIGN_OR_RETURN(entry.addresses, ReadAddresses(read));
  SR_ASSIGN_OR_RETURN(entry.notice, read.Text("federal_register_notice"));
  SR_ASSIGN_OR_RETURN(entry.start_date, read.Text("start_date"));
  SR_ASSIGN_OR_RETURN(entry.end_date, read.Text("end_date"));
  SR_ASSIGN_OR_RETURN(entry.license_requirement, read.Text("license_requirement"));
  SR_ASSIGN_OR_RETURN(entry.license_policy, read.Text("license_policy"));
  SR_ASSIGN_OR_RETURN(entry.url, read.Text("source_list_url"));
  return entry;
}

// The publisher writes "2026-07-31T13:15:00.015113+00:00".
Expected<std::optional<Timestamp>> ReadMadeAt(const PublishedObject& document) {
  constexpr std::string_view kName = "search_performed_at";
  constexpr std::size_t kSeconds = std::string_view("2026-07-31T13:15:00").size();
  if (document.Find(kName) == nullptr) return std::optional<Timestamp>();
  SR_ASSIGN_OR_RETURN(const std::string text, document.Text(kName));
  const auto time = ParseRfc3339(text.substr(0, kSeconds) + "Z");
  std::string_view rest = std::string_view(text).substr(std::min(kSeconds, text.size()));
  if (rest.starts_with('.'))
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  if (!time || (rest != "Z" && rest != "+00:00")) return document.Refuse(kName, "is not a time in UTC");
  return std::optional(*time);
}

// Whether it is an answer to a search, of which the publisher's service tells the score and the place.
bool IsSearchAnswer(const PublishedObject& document, const Json::Array& results) {
  const Json* offset = document.Find("offset");
  if (offset != nullptr && offset->Integer<int>() != 0) return true;
  return std::ranges::any_of(results, [](const Json& result) {
    const auto* entry = result.Get<Json::Object>();
    return entry != nullptr && entry->contains("score");
  });
}

// Whether the lists that packs ask about have entries: a consolidated list without one of them was cut down.
bool HasEveryListAsked(const ScreeningList& list) {
  const auto counts = list.CountByList();
  return std::ranges::all_of(kListsAsked, [&](std::string_view one) {
    const auto found = counts.find(one);
    return found != counts.end() && found->second > 0;
  });
}

}  // namespace

Expected<ScreeningList> ScreeningList::Parse(ByteView json, Timestamp downloaded) {
  SR_ASSIGN_OR_RETURN(const Json parsed, envelope::ParseJson(json, kLimits));
  SR_ASSIGN_OR_RETURN(const auto document, PublishedObject::Open(parsed, "the list"));
  SR_ASSIGN_OR_RETURN(const std::size_t total, document.RequiredCount("total"));
  if (document.Find("results") == nullptr) return document.Refuse("results", "is missing");
  SR_ASSIGN_OR_RETURN(const Json::Array* results, document.Items("results", kMaxEntries));
  SR_ASSIGN_OR_RETURN(const auto made_at, ReadMadeAt(document));

  auto index = std::make_shared<ScreeningIndex>();
  for (std::size_t i = 0; i < results->size(); ++i) {
    const std::string path = "results[" + std::to_string(i) + "]";
    SR_ASSIGN_OR_RETURN(ScreeningEntry entry, ReadEntry((*results)[i], path));
    if (!index->Add(std::move(entry)))
      return Fail(ErrorCode::kMalformed, path + ".name has no letter or digit");
  }
  ScreeningList list;
  list.index_ = std::move(index);
  list.digest_ = crypto::Sha256(json);
  list.downloaded_ = downloaded;
  list.date_ = std::min(downloaded, made_at.value_or(downloaded));
  list.whole_ = total == results->size() && !IsSearchAnswer(document, *results) && HasEveryListAsked(list);
  return list;
}

Bytes ScreeningList::Snapshot(ByteView json, Timestamp downloaded) {
  envelope::ObjectBuilder header;
  header.String("type", kSnapshotType).Integer("format", kSnapshotFormat).Time("downloaded", downloaded);
  header.Digest("sha256", crypto::Sha256(json));
  ByteWriter snapshot;
  snapshot.Append(envelope::CanonicalJson(header.Build())).Append("\n").Append(json);
  return std::move(snapshot).Take();
}

Expected<ScreeningList> ScreeningList::ParseSnapshot(ByteView snapshot) {
  const std::size_t end = AsText(snapshot.first(std::min(snapshot.size(), kMaxSnapshotHeader))).find('\n');
  if (end == std::string_view::npos)
    return Fail(ErrorCode::kMalformed, "the screening list has no header line");
  SR_ASSIGN_OR_RETURN(const Json json, envelope::ParseCanonicalJson(snapshot.first(end)));
  SR_ASSIGN_OR_RETURN(auto header, envelope::ObjectReader::Open(json, "header"));
  SR_RETURN_IF_ERROR(header.Constant("type", kSnapshotType));
  SR_ASSIGN_OR_RETURN(const int format, header.Integer<int>("format"));
  if (format != kSnapshotFormat)
    return Fail(ErrorCode::kUnsupported,
                "the screening list is stored in a format that this program does not know");
  SR_ASSIGN_OR_RETURN(const Timestamp downloaded, header.Time("downloaded"));
  SR_ASSIGN_OR_RETURN(const strongroom::Digest digest, header.Digest("sha256"));
  SR_RETURN_IF_ERROR(header.Finish());
  const ByteView list = snapshot.subspan(end + 1);
  if (crypto::Sha256(list) != digest)
    return Fail(ErrorCode::kAltered, "the screening list is not the one that its header line names");
  return Parse(list, downloaded);
}

const std::vector<ScreeningEntry>& ScreeningList::entries() const {
  return index_->entries();
}

std::map<std::string, std::size_t, std::less<>> ScreeningList::CountByList() const {
  std::map<std::string, std::size_t, std::less<>> counts;
  for (const std::string_view list : kLists) counts.emplace(list, 0);
  for (const ScreeningEntry& entry : entries()) ++counts[entry.list];
  return counts;
}

}  // namespace strongroom::policy
