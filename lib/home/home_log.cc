#include <charconv>

#include "home/layout.h"
#include "home/log_unavailable.h"
#include "strongroom/base/file_lock.h"
#include "strongroom/home/home.h"
#include "strongroom/log/sealed_files.h"

namespace strongroom::home {
namespace {

constexpr std::uint64_t kMaxNumberSize = 32;
constexpr std::int64_t kUsualMaxAge = 3600;  // seconds

// A log borrows the key that signs it: this keeps the two together.
struct SignedLog {
  explicit SignedLog(crypto::Ed25519PrivateKey signing_key) : key(std::move(signing_key)) {}
  crypto::Ed25519PrivateKey key;
  std::optional<log::Log> log;
};

}  // namespace

Error LogUnavailable(Error cause) {
  Error error(ErrorCode::kLogUnavailable, "the access log cannot be used: " + std::move(cause.message),
              std::move(cause.next));
  error.why = std::move(cause.why);
  return error;
}

std::string Home::LogDirectory() const {
  return PathOf(kLogDirectory);
}

Expected<crypto::Ed25519PrivateKey> Home::LogSigningKey() const {
  auto seed = ReadSecret(kLogKeyFile);
  if (!seed) return std::unexpected(LogUnavailable(std::move(seed).error()));
  return crypto::Ed25519PrivateKey::FromSeed(*std::move(seed));
}

Expected<envelope::NoteKey> Home::LogKey() const {
  SR_ASSIGN_OR_RETURN(const crypto::Ed25519PrivateKey key, LogSigningKey());
  return envelope::NoteKey{LogOriginOf(profile_), key.public_key()};
}

Expected<std::vector<envelope::NoteKey>> Home::LogKeys() const {
  SR_ASSIGN_OR_RETURN(std::vector<envelope::NoteKey> keys, EarlierLogKeys());
  SR_ASSIGN_OR_RETURN(envelope::NoteKey current, LogKey());
  std::erase(keys, current);
  keys.push_back(std::move(current));
  return keys;
}

Expected<log::Checkpoint> Home::RememberedCheckpoint() const {
  SR_ASSIGN_OR_RETURN(const std::vector<envelope::NoteKey> keys, LogKeys());
  return RememberedSignedBy(keys);
}

Expected<log::Checkpoint> Home::RememberedSignedBy(std::span<const envelope::NoteKey> keys) const {
  const auto checkpoint = [&]() -> Expected<log::Checkpoint> {
    SR_ASSIGN_OR_RETURN(const Bytes bytes,
                        ReadWhole(*files_, PathOf(kRememberedFile), log::kMaxCheckpointSize));
    auto verified = log::VerifyCheckpoint(AsText(bytes), keys);
    if (!verified) return std::unexpected(std::move(verified).error().With(PathOf(kRememberedFile)));
    return verified;
  }();
  if (!checkpoint) return std::unexpected(LogUnavailable(checkpoint.error()));
  return checkpoint;
}

Expected<log::LogOptions> Home::LogSettings() const {
  log::LogOptions options;
  SR_ASSIGN_OR_RETURN(options.earlier_keys, EarlierLogKeys());
  const auto witnesses = files_->Stat(PathOf(kWitnessesFile));
  if (!witnesses && witnesses.error().code != ErrorCode::kNotFound) return std::unexpected(witnesses.error());
  options.cosigned_only = witnesses.has_value();
  SR_ASSIGN_OR_RETURN(const auto quota, ReadNumber(kLogQuotaFile));
  if (quota) options.quota = static_cast<std::uint64_t>(*quota);
  return options;
}

// The number that a file of the home holds, 1 at least; nothing if there is no such file.
Expected<std::optional<std::int64_t>> Home::ReadNumber(std::string_view entry) const {
  const std::string path = PathOf(entry);
  const auto bytes = ReadWhole(*files_, path, kMaxNumberSize);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!bytes) return std::unexpected(bytes.error());
  std::string_view digits = AsText(*bytes);
  if (digits.ends_with('\n')) digits.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc() && end == digits.data() + digits.size() && number > 0) return number;
  return Fail(ErrorCode::kMalformed, path + " does not hold a number above 0",
              "write one in decimal, or remove the file");
}

Expected<std::int64_t> Home::WitnessesMaxAge() const {
  const auto seconds = ReadNumber(kWitnessesMaxAgeFile);
  if (!seconds) return std::unexpected(LogUnavailable(seconds.error()));
  return seconds->value_or(kUsualMaxAge);
}

Expected<std::shared_ptr<log::Log>> Home::OpenLog(const Clock& clock) const {
  if (auto settled = SettleKeyChange(clock); !settled) {
    return std::unexpected(LogUnavailable(std::move(settled).error()));
  }
  SR_ASSIGN_OR_RETURN(const log::Checkpoint remembered, RememberedCheckpoint());
  SR_ASSIGN_OR_RETURN(crypto::Ed25519PrivateKey key, LogSigningKey());
  auto options = LogSettings();
  if (!options) return std::unexpected(LogUnavailable(std::move(options).error()));
  const auto kept = std::make_shared<SignedLog>(std::move(key));
  SR_ASSIGN_OR_RETURN(log::Log opened, log::Log::Open(*files_, LogDirectory(), LogOriginOf(profile_),
                                                      kept->key, clock, remembered, *options));
  return std::shared_ptr<log::Log>(kept, &kept->log.emplace(std::move(opened)));
}

Status Home::RememberCheckpoint(const log::Receipt& receipt) {
  auto lock = FileLock::Take(*files_, PathOf(kLockFile));
  if (!lock) return std::unexpected(LogUnavailable(std::move(lock).error()));
  return KeepRemembered(receipt.checkpoint(), receipt.checkpoint_note());
}

// With the lock held.
Status Home::KeepRemembered(const log::Checkpoint& checkpoint, std::string_view note) const {
  SR_ASSIGN_OR_RETURN(const log::Checkpoint remembered, RememberedCheckpoint());
  if (checkpoint.size <= remembered.size) return {};
  Status written = WriteDurably(*files_, PathOf(kRememberedFile), AsBytes(note));
  if (!written) return std::unexpected(LogUnavailable(std::move(written).error()));
  return {};
}

Expected<log::SealingRules> Home::SealingRules() const {
  const auto text = ReadWhole(*files_, PathOf(kAuditorsFile), log::kMaxSealingRulesSize);
  if (!text && text.error().code == ErrorCode::kNotFound) return log::SealingRules();
  if (!text) return std::unexpected(text.error());
  auto rules = log::SealingRules::Parse(AsText(*text));
  if (!rules) return std::unexpected(std::move(rules).error().With(PathOf(kAuditorsFile)));
  return rules;
}

Expected<log::AccessRecord> Home::SealParts(log::AccessRecord record, const log::SealingRules& rules) const {
  if (rules.parts.empty()) return record;
  auto sealed = log::SealParts(std::move(record), rules, LogOriginOf(profile_));
  if (!sealed) return std::unexpected(LogUnavailable(std::move(sealed).error()));
  Status kept = log::KeepSealed(*files_, LogDirectory(), sealed->documents);
  if (!kept) return std::unexpected(LogUnavailable(std::move(kept).error()));
  return std::move(sealed->record);
}

}  // namespace strongroom::home
