// Reading and building objects.
#include <algorithm>

#include "envelope/json_text.h"
#include "strongroom/envelope/json.h"

namespace strongroom::envelope {
namespace {

std::string ItemName(std::string_view name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

}  // namespace

Expected<ObjectReader> ObjectReader::Open(const Json& json, std::string path) {
  const auto* object = json.Get<Json::Object>();
  if (object == nullptr) return Fail(ErrorCode::kMalformed, path + ": must be an object");
  return ObjectReader(*object, std::move(path));
}

std::unexpected<Error> ObjectReader::Refuse(std::string_view name, std::string_view why) const {
  return Fail(ErrorCode::kMalformed, path_ + "." + std::string(name) + ": " + std::string(why));
}

std::string ObjectReader::RangeMessage(const std::string& min, const std::string& max) {
  return RangeForm(min, max);
}

Expected<const Json*> ObjectReader::Value(std::string_view name) {
  const auto member = object_->find(name);
  if (member == object_->end()) return Refuse(name, "is missing");
  taken_.push_back(member->first);
  return &member->second;
}

Expected<std::string> ObjectReader::String(std::string_view name, std::size_t max_size) {
  SR_ASSIGN_OR_RETURN(const Json* value, Value(name));
  const auto* text = value->Get<std::string>();
  if (text == nullptr) return Refuse(name, "must be a string");
  if (text->size() > max_size) return Refuse(name, SizeForm(max_size));
  return *text;
}

Expected<std::optional<std::string>> ObjectReader::OptionalString(std::string_view name,
                                                                  std::size_t max_size) {
  if (!Has(name)) return std::optional<std::string>();
  return String(name, max_size);
}

Status ObjectReader::Constant(std::string_view name, std::string_view expected) {
  SR_ASSIGN_OR_RETURN(const std::string text, String(name));
  if (text != expected) return Refuse(name, "must be " + CanonicalJson(expected));
  return {};
}

Expected<bool> ObjectReader::Bool(std::string_view name) {
  SR_ASSIGN_OR_RETURN(const Json* value, Value(name));
  const bool* flag = value->Get<bool>();
  if (flag == nullptr) return Refuse(name, "must be true or false");
  return *flag;
}

Expected<strongroom::Bytes> ObjectReader::Bytes(std::string_view name, std::size_t max_size) {
  SR_ASSIGN_OR_RETURN(const std::string text, String(name, (max_size + 2) / 3 * 4));
  auto bytes = FromBase64(text);
  if (!bytes) return Refuse(name, "must be canonical base64");
  if (bytes->size() > max_size) {
    return Refuse(name, "must hold at most " + std::to_string(max_size) + " bytes");
  }
  return bytes;
}

Status ObjectReader::CopyBytes(std::string_view name, MutableBytes out) {
  SR_ASSIGN_OR_RETURN(const strongroom::Bytes bytes, Bytes(name));
  if (bytes.size() != out.size()) {
    return Refuse(name, "must be the base64 of exactly " + std::to_string(out.size()) + " bytes");
  }
  std::ranges::copy(bytes, out.begin());
  return {};
}

Expected<strongroom::Digest> ObjectReader::Digest(std::string_view name) {
  SR_ASSIGN_OR_RETURN(const std::string text, String(name));
  const auto digest = DigestOfText(text);
  if (!digest) return Refuse(name, kDigestForm);
  return *digest;
}

Expected<std::optional<strongroom::Digest>> ObjectReader::OptionalDigest(std::string_view name) {
  if (!Has(name)) return std::optional<strongroom::Digest>();
  return Digest(name);
}

Expected<std::vector<strongroom::Digest>> ObjectReader::Digests(std::string_view name,
                                                                std::size_t max_items) {
  SR_ASSIGN_OR_RETURN(const std::vector<std::string> items, Strings(name, max_items));
  std::vector<strongroom::Digest> digests;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto digest = DigestOfText(items[i]);
    if (!digest) return Refuse(ItemName(name, i), kDigestForm);
    digests.push_back(*digest);
  }
  return digests;
}

Expected<Timestamp> ObjectReader::Time(std::string_view name) {
  SR_ASSIGN_OR_RETURN(const std::string text, String(name));
  const auto time = TimeOfText(text);
  if (!time) return Refuse(name, kTimeForm);
  return *time;
}

Expected<std::optional<Timestamp>> ObjectReader::OptionalTime(std::string_view name) {
  if (!Has(name)) return std::optional<Timestamp>();
  return Time(name);
}

Expected<ObjectReader> ObjectReader::Object(std::string_view name) {
  SR_ASSIGN_OR_RETURN(const Json* value, Value(name));
  return Open(*value, path_ + "." + std::string(name));
}

Expected<std::optional<ObjectReader>> ObjectReader::OptionalObject(std::string_view name) {
  if (!Has(name)) return std::optional<ObjectReader>();
  return Object(name);
}

Expected<std::vector<ObjectReader>> ObjectReader::Objects(std::string_view name, std::size_t max_items) {
  SR_ASSIGN_OR_RETURN(const Json::Array* items, Array(name, max_items));
  std::vector<ObjectReader> readers;
  for (std::size_t i = 0; i < items->size(); ++i) {
    SR_ASSIGN_OR_RETURN(ObjectReader reader, Open((*items)[i], path_ + "." + ItemName(name, i)));
    readers.push_back(std::move(reader));
  }
  return readers;
}

Expected<std::vector<std::string>> ObjectReader::Strings(std::string_view name, std::size_t max_items) {
  SR_ASSIGN_OR_RETURN(const Json::Array* items, Array(name, max_items));
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto* text = (*items)[i].Get<std::string>();
    if (text == nullptr) return Refuse(ItemName(name, i), "must be a string");
    strings.push_back(*text);
  }
  return strings;
}

Expected<const Json::Array*> ObjectReader::Array(std::string_view name, std::size_t max_items) {
  SR_ASSIGN_OR_RETURN(const Json* value, Value(name));
  const auto* items = value->Get<Json::Array>();
  if (items == nullptr) return Refuse(name, "must be an array");
  if (items->size() > max_items) return Refuse(name, ItemsForm(max_items));
  return items;
}

Status ObjectReader::Finish() const {
  for (const auto& [name, value] : *object_) {
    if (std::ranges::find(taken_, name) == taken_.end()) {
      return Refuse(CanonicalJson(name), "is not a known member");
    }
  }
  return {};
}

ObjectBuilder& ObjectBuilder::Value(std::string name, Json value) {
  object_.emplace(std::move(name), std::move(value));
  return *this;
}

ObjectBuilder& ObjectBuilder::OptionalString(std::string name, const std::optional<std::string>& value) {
  return value ? Value(std::move(name), *value) : *this;
}

ObjectBuilder& ObjectBuilder::OptionalDigest(std::string name,
                                             const std::optional<strongroom::Digest>& value) {
  return value ? Digest(std::move(name), *value) : *this;
}

ObjectBuilder& ObjectBuilder::OptionalTime(std::string name, const std::optional<Timestamp>& value) {
  return value ? Time(std::move(name), *value) : *this;
}

ObjectBuilder& ObjectBuilder::Digests(std::string name, const std::vector<strongroom::Digest>& values) {
  Json::Array items;
  for (const strongroom::Digest& value : values) items.emplace_back(Hex(value));
  return Value(std::move(name), std::move(items));
}

ObjectBuilder& ObjectBuilder::Strings(std::string name, const std::vector<std::string>& values) {
  Json::Array items;
  for (const std::string& value : values) items.emplace_back(value);
  return Value(std::move(name), std::move(items));
}

}  // namespace strongroom::envelope
