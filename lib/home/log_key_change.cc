// The change of the key that signs the access log. The new key is on the disk before the log names it, and
// takes the old one's place after; whichever of the two a crash leaves, the log itself tells how far the
// change had come.
#include <algorithm>

#include "home/layout.h"
#include "home/log_unavailable.h"
#include "strongroom/base/file_lock.h"
#include "strongroom/home/home.h"

namespace strongroom::home {
namespace {

constexpr std::uint64_t kMaxKeysSize = 1 << 20;

envelope::NoteKey PublicKeyOf(const Profile& profile, const crypto::Ed25519PrivateKey& key) {
  return {LogOriginOf(profile), key.public_key()};
}

}  // namespace

Expected<std::vector<envelope::NoteKey>> Home::EarlierLogKeys() const {
  const auto bytes = ReadWhole(*files_, PathOf(kEarlierLogKeysFile), kMaxKeysSize);
  std::vector<envelope::NoteKey> keys;
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return keys;
  if (!bytes) return std::unexpected(LogUnavailable(bytes.error()));
  std::string_view text = AsText(*bytes);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    auto key = envelope::ParseNoteKey(text.substr(0, end));
    if (!key || end == std::string_view::npos) {
      return std::unexpected(LogUnavailable(
          Error(ErrorCode::kMalformed, PathOf(kEarlierLogKeysFile) + " has a line that is no verifier key")));
    }
    keys.push_back(*std::move(key));
    text.remove_prefix(end + 1);
  }
  return keys;
}

// The keys that may have signed the log before `next`: those known to have, the present one, and, should its
// file be gone, the one that the trust file names.
Expected<std::vector<envelope::NoteKey>> Home::SignersBefore(const crypto::Ed25519PrivateKey& next) const {
  SR_ASSIGN_OR_RETURN(std::vector<envelope::NoteKey> keys, EarlierLogKeys());
  if (const auto current = LogKey()) {
    std::erase(keys, *current);
    keys.push_back(*current);
  }
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, Trust());
  for (const envelope::NoteKey& trusted : trust.Keys(envelope::KeyPurpose::kLog)) {
    const bool known = std::ranges::find(keys, trusted) != keys.end();
    if (trusted.name == LogOriginOf(profile_) && !known) keys.push_back(trusted);
  }
  std::erase(keys, PublicKeyOf(profile_, next));
  return keys;
}

Expected<log::Log> Home::OpenLogSignedBy(const crypto::Ed25519PrivateKey& next, const Clock& clock) const {
  SR_ASSIGN_OR_RETURN(log::LogOptions options, LogSettings());
  SR_ASSIGN_OR_RETURN(options.earlier_keys, SignersBefore(next));
  std::vector<envelope::NoteKey> keys = options.earlier_keys;
  keys.push_back(PublicKeyOf(profile_, next));
  SR_ASSIGN_OR_RETURN(const log::Checkpoint remembered, RememberedSignedBy(keys));
  return log::Log::Open(*files_, LogDirectory(), LogOriginOf(profile_), next, clock, remembered, options);
}

// With the lock held, after the log has named the new key. May be done again.
Status Home::AdoptLogKey(const crypto::Ed25519PrivateKey& next) const {
  SR_ASSIGN_OR_RETURN(const std::vector<envelope::NoteKey> earlier, SignersBefore(next));
  std::string lines;
  for (const envelope::NoteKey& key : earlier) lines += key.ToText() + "\n";
  SR_RETURN_IF_ERROR(WriteDurably(*files_, PathOf(kEarlierLogKeysFile), AsBytes(lines)));
  SR_ASSIGN_OR_RETURN(envelope::TrustStore trust, Trust());
  const envelope::NoteKey key = PublicKeyOf(profile_, next);
  if (trust.Find(envelope::KeyPurpose::kLog, key.key) == nullptr) {
    static_cast<void>(trust.Remove(envelope::KeyPurpose::kLog, key.name));
    SR_RETURN_IF_ERROR(trust.Add({envelope::KeyPurpose::kLog, key}));
    SR_RETURN_IF_ERROR(WriteDurably(*files_, PathOf(kTrustFile), AsBytes(trust.Serialize())));
  }
  SR_RETURN_IF_ERROR(files_->Rename(PathOf(kNextLogKeyFile), PathOf(kLogKeyFile)));
  return files_->SyncDirectory(path_);
}

Status Home::SettleKeyChange(const Clock& clock) const {
  const auto unsettled = files_->Stat(PathOf(kNextLogKeyFile));
  if (!unsettled && unsettled.error().code == ErrorCode::kNotFound) return {};
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  auto seed = ReadSecret(kNextLogKeyFile);
  if (!seed && seed.error().code == ErrorCode::kNotFound) return {};  // settled meanwhile
  if (!seed) return std::unexpected(std::move(seed).error());
  SR_ASSIGN_OR_RETURN(const auto next, crypto::Ed25519PrivateKey::FromSeed(*std::move(seed)));
  SR_ASSIGN_OR_RETURN(const log::Log log, OpenLogSignedBy(next, clock));
  if (log.IsKeyChangeDue()) return files_->Remove(PathOf(kNextLogKeyFile));
  return AdoptLogKey(next);
}

Expected<envelope::NoteKey> Home::ChangeLogKey(log::KeyChange change, const Clock& clock,
                                               const LogCheck& holds) {
  SR_RETURN_IF_ERROR(SettleKeyChange(clock));
  const auto next = crypto::Ed25519PrivateKey::Generate();
  std::shared_ptr<log::Log> log;
  if (change == log::KeyChange::kLoss) {
    SR_ASSIGN_OR_RETURN(log::Log opened, OpenLogSignedBy(next, clock));
    log = std::make_shared<log::Log>(std::move(opened));
  } else {
    SR_ASSIGN_OR_RETURN(log, OpenLog(clock));
  }
  SR_RETURN_IF_ERROR(holds(*log));
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  SR_RETURN_IF_ERROR(WriteDurably(*files_, PathOf(kNextLogKeyFile), next.seed().Expose()));
  SR_RETURN_IF_ERROR(log->ChangeKey(next, change));
  SR_RETURN_IF_ERROR(AdoptLogKey(next));
  SR_RETURN_IF_ERROR(KeepRemembered(log->checkpoint(), log->checkpoint_note()));
  return PublicKeyOf(profile_, next);
}

}  // namespace strongroom::home
