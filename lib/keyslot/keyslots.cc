#include "strongroom/keyslot/keyslots.h"

#include <algorithm>
#include <string>
#include <utility>

#include "keyslot/pcr_json.h"
#include "strongroom/envelope/dsse.h"
#include "strongroom/envelope/json.h"
#include "strongroom/keyslot/approval.h"

namespace strongroom::keyslot {

using envelope::Json;
using envelope::ObjectBuilder;
using envelope::ObjectReader;

namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::string_view kTemplate = "template";
constexpr std::string_view kPersistent = "0x81000001";
constexpr std::string_view kSha256Name = "000b";  // what a Name of nameAlg SHA-256 begins with
constexpr std::size_t kMaxBlob =
    1024;  // bytes of each part of a sealed object; those of Seal have about 80 and 160

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};

Json SlotJson(const TpmSlot& slot) {
  Json object = ObjectBuilder()
                    .Bytes("private", slot.object.private_area)
                    .Bytes("public", slot.object.public_area)
                    .Build();
  Json root = ObjectBuilder()
                  .String("handle", slot.root.handle == tpm::kStorageRootTemplate ? kTemplate : kPersistent)
                  .String("name", Hex(slot.root.name))
                  .Build();
  return ObjectBuilder()
      .Integer("approval_floor", slot.approval_floor)
      .String("class", log::Name(Class(slot)))
      .String("kind", Kind(slot))
      .Value("object", std::move(object))
      .Value("pcrs", PcrValuesJson(slot.pcrs))
      .Value("policy_key", PolicyKeyJson(slot.policy_key))
      .Value("root", std::move(root))
      .Bytes("wrapped_key", slot.wrapped_key)
      .Build();
}

Json SlotJson(const RecoverySlot& slot) {
  ObjectBuilder builder;
  builder.String("class", log::Name(Class(slot)))
      .String("kind", Kind(slot))
      .Bytes("wrapped_key", slot.wrapped_key);
  if (slot.passphrase) {
    builder.Value("argon2id", ObjectBuilder()
                                  .Integer("memory_bytes", slot.passphrase->cost.memory_bytes)
                                  .Integer("passes", slot.passphrase->cost.passes)
                                  .Bytes("salt", slot.passphrase->salt)
                                  .Build());
  }
  return builder.Build();
}

Status ReadClass(ObjectReader& reader) {
  return reader.Constant("class", log::Name(log::KeyslotClass::kCooperative));
}

Expected<tpm::StorageRoot> ReadRoot(ObjectReader& parent) {
  SR_ASSIGN_OR_RETURN(ObjectReader reader, parent.Object("root"));
  tpm::StorageRoot root;
  SR_ASSIGN_OR_RETURN(const std::string handle, reader.String("handle"));
  if (handle != kTemplate && handle != kPersistent)
    return reader.Refuse("handle", "must be template or 0x81000001");
  root.handle = handle == kTemplate ? tpm::kStorageRootTemplate : tpm::kPersistentStorageRoot;
  SR_ASSIGN_OR_RETURN(const std::string name, reader.String("name"));
  const auto bytes = FromHex(name);
  if (!bytes || bytes->size() != 2 + sizeof(Digest) || !name.starts_with(kSha256Name)) {
    return reader.Refuse("name", "must be 000b and 64 hexadecimal digits");
  }
  root.name = *bytes;
  SR_RETURN_IF_ERROR(reader.Finish());
  return root;
}

Expected<tpm::SealedObject> ReadObject(ObjectReader& parent) {
  SR_ASSIGN_OR_RETURN(ObjectReader reader, parent.Object("object"));
  tpm::SealedObject object;
  SR_ASSIGN_OR_RETURN(object.private_area, reader.Bytes("private", kMaxBlob));
  ByteReader area(object.private_area, "private area of a sealed object");
  SR_ASSIGN_OR_RETURN(const std::uint16_t size, area.U16Be());
  if (size == 0 || size != area.remaining()) return reader.Refuse("private", "its size field is wrong");
  SR_ASSIGN_OR_RETURN(object.public_area, reader.Bytes("public", kMaxBlob));
  SR_RETURN_IF_ERROR(reader.Finish());
  return object;
}

Expected<Keyslot> ReadTpmSlot(ObjectReader& reader) {
  SR_RETURN_IF_ERROR(ReadClass(reader));
  SR_ASSIGN_OR_RETURN(tpm::StorageRoot root, ReadRoot(reader));
  SR_ASSIGN_OR_RETURN(tpm::SealedObject object, ReadObject(reader));
  SR_ASSIGN_OR_RETURN(tpm::PcrValues pcrs, ReadPcrValues(reader, "pcrs"));
  SR_ASSIGN_OR_RETURN(const crypto::P256PublicKey policy_key, ReadPolicyKey(reader, "policy_key"));
  SR_ASSIGN_OR_RETURN(const auto floor, reader.Integer<std::uint8_t>("approval_floor"));
  SR_ASSIGN_OR_RETURN(const WrappedKey wrapped, reader.FixedBytes<sizeof(WrappedKey)>("wrapped_key"));
  TpmSlot slot{std::move(root), std::move(object), std::move(pcrs), policy_key, floor, wrapped};
  SR_ASSIGN_OR_RETURN(const Digest sealed_policy, tpm::SealedPolicy(slot.object.public_area));
  if (sealed_policy != slot.Policy().Combined()) {
    return reader.Refuse("object", "its policy is not the one that the keyslot describes");
  }
  return slot;
}

Expected<Keyslot> ReadRecoverySlot(ObjectReader& reader) {
  SR_RETURN_IF_ERROR(ReadClass(reader));
  RecoverySlot slot;
  SR_ASSIGN_OR_RETURN(slot.wrapped_key, reader.FixedBytes<sizeof(WrappedKey)>("wrapped_key"));
  SR_ASSIGN_OR_RETURN(std::optional<ObjectReader> hashing, reader.OptionalObject("argon2id"));
  if (!hashing) return slot;
  PassphraseHashing& passphrase = slot.passphrase.emplace();
  SR_ASSIGN_OR_RETURN(passphrase.salt, hashing->FixedBytes<crypto::kArgon2SaltSize>("salt"));
  SR_ASSIGN_OR_RETURN(passphrase.cost.passes, hashing->Integer<std::uint32_t>("passes", 1, 16));
  SR_ASSIGN_OR_RETURN(passphrase.cost.memory_bytes,
                      hashing->Integer<std::uint64_t>("memory_bytes", 8ULL << 10, 1ULL << 30));
  if (passphrase.cost.memory_bytes % 1024 != 0) {
    return hashing->Refuse("memory_bytes", "must be whole KiB, as Argon2id counts");
  }
  SR_RETURN_IF_ERROR(hashing->Finish());
  return slot;
}

Expected<Keyslot> ReadSlot(ObjectReader& reader) {
  SR_ASSIGN_OR_RETURN(const std::string kind, reader.String("kind", 64));
  if (kind != "tpm" && kind != "recovery") {
    return Fail(ErrorCode::kUnsupported, reader.path() + ": unknown kind of keyslot \"" + kind + "\"",
                "use a newer strongroom");
  }
  auto slot = kind == "tpm" ? ReadTpmSlot(reader) : ReadRecoverySlot(reader);
  if (!slot) return slot;
  SR_RETURN_IF_ERROR(reader.Finish());
  return slot;
}

Status ReadFormat(ObjectReader& reader) {
  SR_ASSIGN_OR_RETURN(const auto format, reader.Integer<std::uint64_t>("format", 1));
  if (format > kFormat) {
    return Fail(ErrorCode::kUnsupported,
                reader.path() + ": format " + std::to_string(format) + " is newer than this program's " +
                    std::to_string(kFormat),
                "use a newer strongroom");
  }
  return {};
}

}  // namespace

tpm::SealingPolicy TpmSlot::Policy() const {
  return {tpm::PolicyPcr(pcrs), tpm::PolicyAuthorize(policy_key, PolicyRef(approval_floor))};
}

std::string_view Kind(const Keyslot& slot) {
  return std::holds_alternative<TpmSlot>(slot) ? "tpm" : "recovery";
}

log::KeyslotClass Class(const Keyslot& slot) {
  return std::visit(Overloaded{[](const TpmSlot&) { return log::KeyslotClass::kCooperative; },
                               [](const RecoverySlot&) { return log::KeyslotClass::kCooperative; }},
                    slot);
}

bool IsPostQuantum(const Keyslot& slot) {
  return std::visit(
      Overloaded{[](const TpmSlot&) { return false; }, [](const RecoverySlot&) { return true; }}, slot);
}

Bytes SerializeKeyslots(const KeyslotsDocument& document) {
  Json::Array slots;
  for (const Keyslot& slot : document.slots) {
    slots.push_back(std::visit([](const auto& s) { return SlotJson(s); }, slot));
  }
  return ToBytes(AsBytes(envelope::CanonicalJson(ObjectBuilder()
                                                     .Digest("bundle", document.bundle_id)
                                                     .Integer("format", kFormat)
                                                     .Digest("instance", document.instance)
                                                     .Integer("revision", document.revision)
                                                     .Value("slots", std::move(slots))
                                                     .Build())));
}

Expected<KeyslotsDocument> ParseKeyslotsPayload(ByteView payload) {
  SR_ASSIGN_OR_RETURN(const Json json,
                      envelope::ParseCanonicalJson(payload, {.max_bytes = kMaxKeyslotsSize}));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "keyslots"));
  SR_RETURN_IF_ERROR(ReadFormat(reader));
  KeyslotsDocument document;
  SR_ASSIGN_OR_RETURN(document.bundle_id, reader.Digest("bundle"));
  SR_ASSIGN_OR_RETURN(document.instance, reader.Digest("instance"));
  SR_ASSIGN_OR_RETURN(document.revision, reader.Integer<std::uint64_t>("revision", 1));
  SR_ASSIGN_OR_RETURN(std::vector<ObjectReader> slots, reader.Objects("slots", kMaxKeyslots));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (slots.empty()) return reader.Refuse("slots", "must not be empty");
  for (ObjectReader& slot : slots) {
    SR_ASSIGN_OR_RETURN(Keyslot read, ReadSlot(slot));
    document.slots.push_back(std::move(read));
  }
  if (!std::ranges::equal(SerializeKeyslots(document), payload)) {
    return Fail(ErrorCode::kMalformed, "keyslots: a value is not in its one encoding");
  }
  return document;
}

Expected<Bytes> SignKeyslots(const KeyslotsDocument& document, const crypto::Ed25519PrivateKey& owner) {
  if (document.slots.empty() || document.slots.size() > kMaxKeyslots) {
    return Fail(ErrorCode::kInvalidArgument,
                "a bundle has 1 to 64 keyslots, not " + std::to_string(document.slots.size()));
  }
  return envelope::SignDsse(kKeyslotsPayloadType, SerializeKeyslots(document), owner);
}

Expected<KeyslotsDocument> ParseKeyslots(ByteView envelope, const crypto::Ed25519PublicKey& owner) {
  SR_ASSIGN_OR_RETURN(const envelope::DsseEnvelope dsse, envelope::ParseDsse(envelope, kMaxKeyslotsSize));
  SR_RETURN_IF_ERROR(envelope::VerifyDsseBy(dsse, kKeyslotsPayloadType, owner));
  return ParseKeyslotsPayload(dsse.unverified_payload);
}

}  // namespace strongroom::keyslot
