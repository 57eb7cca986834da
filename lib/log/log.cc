#include "strongroom/log/log.h"

#include <utility>

#include "log/appender.h"
#include "log/journal.h"
#include "log/log_parts.h"
#include "log/publisher.h"

namespace strongroom::log {
namespace {

// Bytes of a new log's journal: the header and the signed checkpoint of the empty tree.
Bytes EmptyJournal(std::string_view checkpoint_note) {
  Bytes journal = ToBytes(AsBytes(kJournalHeader));
  AppendFrame(FrameType::kCheckpoint, AsBytes(checkpoint_note), journal);
  return journal;
}

Status WriteNewLog(FileSystem& files, const std::string& directory, const std::string& checkpoint_note) {
  SR_RETURN_IF_ERROR(files.RemoveTree(directory));
  SR_RETURN_IF_ERROR(files.MakeDirectory(directory, 0700));
  SR_RETURN_IF_ERROR(WriteDurably(files, JoinPath(directory, kJournalName), EmptyJournal(checkpoint_note)));
  return WriteDurably(files, JoinPath(directory, kCheckpointName), AsBytes(checkpoint_note));
}

}  // namespace

std::unexpected<Error> Unavailable(const std::string& directory, Error cause) {
  if (cause.code == ErrorCode::kInvalidArgument) return std::unexpected(std::move(cause));
  Error error(ErrorCode::kLogUnavailable, "log " + directory + " cannot be written: " + cause.message,
              cause.next.empty() ? "nothing is released without it; look at it with 'strongroom log verify'"
                                 : cause.next);
  error.why = std::move(cause.why);
  return std::unexpected(std::move(error));
}

Log::Log(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

Expected<Log> Log::Create(FileSystem& files, const std::string& directory, const std::string& origin,
                          const crypto::Ed25519PrivateKey& key, const Clock& clock,
                          const LogOptions& options) {
  SR_ASSIGN_OR_RETURN(const std::string note, SignCheckpoint({origin, 0, MerkleTree().Root()}, key));
  const auto found = files.Stat(directory);
  if (found) {
    return Fail(ErrorCode::kExists, "log " + directory + " is there already",
                "open it, or choose another directory");
  }
  if (found.error().code != ErrorCode::kNotFound) return Unavailable(directory, found.error());
  const std::string partial = directory + ".partial";
  Status written = WriteNewLog(files, partial, note);
  if (written) written = files.RenameNoReplace(partial, directory);
  if (written) written = files.SyncDirectory(ParentDirectory(directory));
  if (!written) {
    static_cast<void>(files.RemoveTree(partial));
    return Unavailable(directory, written.error());
  }
  return Open(files, directory, origin, key, clock, std::nullopt, options);
}

Expected<Log> Log::Open(FileSystem& files, const std::string& directory, const std::string& origin,
                        const crypto::Ed25519PrivateKey& key, const Clock& clock,
                        const std::optional<Checkpoint>& remembered, const LogOptions& options) {
  auto opened = [&]() -> Expected<Log> {
    SR_ASSIGN_OR_RETURN(auto appender, Appender::Open({files, directory, origin, &key, clock, options}));
    Log log(std::make_unique<Parts>(files, directory, options.cosigned_only, std::move(appender)));
    SR_ASSIGN_OR_RETURN(const JournalLock lock, log.parts_->appender->Lock());
    SR_RETURN_IF_ERROR(log.parts_->appender->Recover(remembered));
    SR_RETURN_IF_ERROR(log.parts_->Publish());
    return log;
  }();
  if (!opened) return Unavailable(directory, std::move(opened).error());
  return opened;
}

Status Log::CheckWritable() {
  return parts_->Locked([this]() -> Status {
    SR_RETURN_IF_ERROR(parts_->appender->CheckKey());
    SR_RETURN_IF_ERROR(parts_->appender->CheckRoom());
    SR_RETURN_IF_ERROR(parts_->appender->NowInOrder());
    return {};
  });
}

Expected<Receipt> Log::Append(AccessRecord record) {
  std::vector<AccessRecord> records;
  records.push_back(std::move(record));
  SR_ASSIGN_OR_RETURN(std::vector<Receipt> receipts, AppendBatch(std::move(records)));
  return std::move(receipts.front());
}

Expected<std::vector<Receipt>> Log::AppendBatch(std::vector<AccessRecord> records) {
  if (records.size() > kMaxBatchRecords) {
    return Fail(ErrorCode::kInvalidArgument,
                std::to_string(records.size()) + " records are too many for one batch");
  }
  for (AccessRecord& record : records) {
    SR_ASSIGN_OR_RETURN(record, NormalizeRecord(SerializeAccessRecord(record)));
  }
  if (records.empty()) return std::vector<Receipt>();
  return parts_->Locked([&]() -> Expected<std::vector<Receipt>> {
    SR_ASSIGN_OR_RETURN(std::vector<Receipt> receipts, parts_->appender->Append(std::move(records)));
    static_cast<void>(parts_->Publish());
    return receipts;
  });
}

bool Log::IsKeyChangeDue() const {
  return !parts_->appender->CheckKey();
}

Status Log::ChangeKey(const crypto::Ed25519PrivateKey& next, KeyChange change) {
  return parts_->Locked([&]() -> Status {
    SR_RETURN_IF_ERROR(parts_->appender->ChangeKey(next, change));
    static_cast<void>(parts_->Publish());
    return {};
  });
}

Status Log::KeepLocked() {
  if (parts_->appender->keeps_lock()) return CheckWritable();
  auto lock = parts_->appender->Lock();
  if (!lock) return Unavailable(parts_->directory, std::move(lock).error());
  parts_->appender->KeepLocked(*std::move(lock));
  return CheckWritable();
}

Status Log::CheckExtends(const Checkpoint& older) const {
  Status extends = parts_->appender->CheckExtends(older, "a checkpoint kept elsewhere");
  if (!extends) return Unavailable(parts_->directory, std::move(extends).error());
  return extends;
}

std::uint64_t Log::size() const {
  return checkpoint().size;
}
const Checkpoint& Log::checkpoint() const {
  return parts_->appender->head().checkpoint();
}
const std::string& Log::checkpoint_note() const {
  return parts_->appender->head().note();
}
const envelope::NoteKey& Log::key() const {
  return parts_->appender->key();
}
std::vector<std::string> Log::warnings() const {
  return parts_->appender->Warnings();
}

}  // namespace strongroom::log
