#include "home/layout.h"
#include "strongroom/base/file_lock.h"
#include "strongroom/home/home.h"

namespace strongroom::home {
namespace {

constexpr std::uint64_t kMaxCheckpointSize = 64 * 1024;

// A log borrows the key that signs it: this keeps the two together.
struct SignedLog {
  explicit SignedLog(crypto::Ed25519PrivateKey signing_key) : key(std::move(signing_key)) {}
  crypto::Ed25519PrivateKey key;
  std::optional<log::Log> log;
};

// Whatever is wrong with the key or the memory of a log, the log cannot be used.
Error Unavailable(Error cause) {
  Error error(ErrorCode::kLogUnavailable, "the access log cannot be used: " + std::move(cause.message),
              std::move(cause.next));
  error.why = std::move(cause.why);
  return error;
}

}  // namespace

std::string Home::LogDirectory() const {
  return PathOf(kLogDirectory);
}

Expected<crypto::Ed25519PrivateKey> Home::LogSigningKey() const {
  auto seed = ReadSecret(kLogKeyFile);
  if (!seed) return std::unexpected(Unavailable(std::move(seed).error()));
  return crypto::Ed25519PrivateKey::FromSeed(*std::move(seed));
}

Expected<envelope::NoteKey> Home::LogKey() const {
  SR_ASSIGN_OR_RETURN(const crypto::Ed25519PrivateKey key, LogSigningKey());
  return envelope::NoteKey{LogOriginOf(profile_), key.public_key()};
}

Expected<log::Checkpoint> Home::RememberedCheckpoint() const {
  SR_ASSIGN_OR_RETURN(const envelope::NoteKey key, LogKey());
  auto note = ReadWhole(*files_, PathOf(kRememberedFile), kMaxCheckpointSize);
  if (!note) return std::unexpected(Unavailable(std::move(note).error()));
  auto checkpoint = log::VerifyCheckpoint(AsText(*note), key);
  if (!checkpoint)
    return std::unexpected(Unavailable(std::move(checkpoint).error().With(PathOf(kRememberedFile))));
  return checkpoint;
}

Expected<std::shared_ptr<log::Log>> Home::OpenLog(const Clock& clock) const {
  SR_ASSIGN_OR_RETURN(const log::Checkpoint remembered, RememberedCheckpoint());
  SR_ASSIGN_OR_RETURN(crypto::Ed25519PrivateKey key, LogSigningKey());
  const auto kept = std::make_shared<SignedLog>(std::move(key));
  SR_ASSIGN_OR_RETURN(log::Log opened, log::Log::Open(*files_, LogDirectory(), LogOriginOf(profile_),
                                                      kept->key, clock, remembered));
  return std::shared_ptr<log::Log>(kept, &kept->log.emplace(std::move(opened)));
}

Status Home::RememberCheckpoint(const log::Receipt& receipt) {
  auto lock = FileLock::Take(*files_, PathOf(kLockFile));
  if (!lock) return std::unexpected(Unavailable(std::move(lock).error()));
  SR_ASSIGN_OR_RETURN(const log::Checkpoint remembered, RememberedCheckpoint());
  if (receipt.checkpoint().size <= remembered.size) return {};
  Status written = WriteDurably(*files_, PathOf(kRememberedFile), AsBytes(receipt.checkpoint_note()));
  if (!written) return std::unexpected(Unavailable(std::move(written).error()));
  return {};
}

}  // namespace strongroom::home
