#include "strongroom/envelope/trust.h"

#include <algorithm>
#include <array>
#include <utility>

namespace strongroom::envelope {
namespace {

constexpr std::array<std::pair<KeyPurpose, std::string_view>, 6> kPurposeNames = {{
    {KeyPurpose::kOwner, "owner"},
    {KeyPurpose::kPackAuthority, "pack-authority"},
    {KeyPurpose::kLog, "log"},
    {KeyPurpose::kWitness, "witness"},
    {KeyPurpose::kCustodian, "custodian"},
    {KeyPurpose::kLicenceIssuer, "licence-issuer"},
}};

Expected<TrustedKey> ParseLine(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return Fail(ErrorCode::kMalformed, "must read \"PURPOSE VKEY\"");
  SR_ASSIGN_OR_RETURN(const KeyPurpose purpose, ParseKeyPurpose(line.substr(0, space)));
  SR_ASSIGN_OR_RETURN(NoteKey key, ParseNoteKey(line.substr(space + 1)));
  return TrustedKey{purpose, std::move(key)};
}

}  // namespace

std::string_view Name(KeyPurpose purpose) {
  return std::ranges::find(kPurposeNames, purpose, [](const auto& entry) { return entry.first; })->second;
}

Expected<KeyPurpose> ParseKeyPurpose(std::string_view text) {
  for (const auto& [purpose, name] : kPurposeNames) {
    if (name == text) return purpose;
  }
  return Fail(ErrorCode::kMalformed, "'" + std::string(text) + "' is not a purpose of a key",
              "the purposes are owner, pack-authority, log, witness, custodian and licence-issuer");
}

Expected<TrustStore> TrustStore::Parse(std::string_view text) {
  TrustStore store;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty() || line.starts_with('#')) continue;
    const std::string context = "trusted keys, line " + std::to_string(number);
    auto key = ParseLine(line);
    if (!key) return std::unexpected(std::move(key.error()).With(context));
    if (auto added = store.Add(*std::move(key)); !added) {
      return Fail(ErrorCode::kMalformed, context + ": " + added.error().message);
    }
  }
  return store;
}

std::string TrustStore::Serialize() const {
  std::string out;
  for (const TrustedKey& key : keys_) out += std::string(Name(key.purpose)) + " " + key.key.ToText() + "\n";
  return out;
}

Status TrustStore::Add(TrustedKey key) {
  for (const TrustedKey& old : keys_) {
    if (old.purpose != key.purpose || (old.key.name != key.key.name && old.key.key != key.key.key)) continue;
    return Fail(ErrorCode::kExists,
                "'" + old.key.name + "' is trusted as " + std::string(Name(key.purpose)) + " already",
                "remove it first");
  }
  keys_.push_back(std::move(key));
  return {};
}

Status TrustStore::Remove(KeyPurpose purpose, std::string_view name) {
  const auto named = [&](const TrustedKey& key) { return key.purpose == purpose && key.key.name == name; };
  if (std::erase_if(keys_, named) != 0) return {};
  return Fail(ErrorCode::kNotFound,
              "'" + std::string(name) + "' is not trusted as " + std::string(Name(purpose)));
}

const NoteKey* TrustStore::Find(KeyPurpose purpose, const crypto::Ed25519PublicKey& key) const {
  const auto matches = [&](const TrustedKey& trusted) {
    return trusted.purpose == purpose && trusted.key.key == key;
  };
  const auto found = std::ranges::find_if(keys_, matches);
  return found == keys_.end() ? nullptr : &found->key;
}

std::vector<NoteKey> TrustStore::Keys(KeyPurpose purpose) const {
  std::vector<NoteKey> keys;
  for (const TrustedKey& trusted : keys_) {
    if (trusted.purpose == purpose) keys.push_back(trusted.key);
  }
  return keys;
}

}  // namespace strongroom::envelope
