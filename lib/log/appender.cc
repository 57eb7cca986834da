#include "log/appender.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

#include "log/journal.h"
#include "log/tile_levels.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kProbeSize = 128 * 1024;  // more than one append can need
constexpr std::size_t kReadBack = 4096;         // bytes of a batch, its checkpoint among them
constexpr std::string_view kProbeName = "writable.probe";
constexpr std::uint64_t kLowOnSpace = 1 << 30;  // bytes

std::unexpected<Error> Unusable(std::string why, std::string next = {}) {
  return Fail(ErrorCode::kLogUnavailable, std::move(why), std::move(next));
}

}  // namespace

Expected<AccessRecord> NormalizeRecord(ByteView serialized) {
  auto parsed = ParseAccessRecord(serialized);
  if (parsed) return parsed;
  return Fail(ErrorCode::kInvalidArgument, "a record that the log does not take: " + parsed.error().message);
}

Appender::Appender(Settings settings, std::unique_ptr<File> journal, FileIdentity identity)
    : with_(std::move(settings)),
      journal_(std::move(journal)),
      identity_(identity),
      log_key_{with_.origin, with_.key->public_key()} {}

Expected<std::unique_ptr<Appender>> Appender::Open(Settings settings) {
  const std::string path = JoinPath(settings.directory, kJournalName);
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> journal, settings.files.Open(path, OpenMode::kReadWrite));
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, journal->Identity());
  SR_RETURN_IF_ERROR(CheckJournalHeader(*journal));
  return std::unique_ptr<Appender>(new Appender(std::move(settings), std::move(journal), identity));
}

std::string Appender::Path(std::string_view name) const {
  return JoinPath(with_.directory, name);
}

std::vector<envelope::NoteKey> Appender::Keys() const {
  std::vector<envelope::NoteKey> keys = with_.options.earlier_keys;
  keys.push_back(log_key_);
  return keys;
}

PublicationTarget Appender::target() const {
  return {head_.checkpoint(), head_.note(), head_.end(), head_.resumable(), with_.key};
}

// ---- Recovery ----

Status Appender::Recover(const std::optional<Checkpoint>& remembered) {
  SR_RETURN_IF_ERROR(CheckVolume());
  SR_RETURN_IF_ERROR(CheckInPlace());
  SR_ASSIGN_OR_RETURN(const FileIdentity found, journal_->Identity());
  SR_ASSIGN_OR_RETURN(const JournalRest rest, ReadJournal(found.size));
  SR_RETURN_IF_ERROR(CheckSigner());
  SR_RETURN_IF_ERROR(CheckRest(rest));
  SR_RETURN_IF_ERROR(CheckPublished());
  if (remembered) SR_RETURN_IF_ERROR(CheckExtends(*remembered, "the checkpoint remembered of it"));
  if (rest.bytes > 0) SR_RETURN_IF_ERROR(CutOff());
  // Who remembers a checkpoint saw it acknowledged, and so durable.
  if (remembered && remembered->size == head_.checkpoint().size) return {};
  // Nor may the log's own name be durable: who made it may have been stopped just before, or have failed.
  SR_RETURN_IF_ERROR(with_.files.SyncDirectory(ParentDirectory(with_.directory)));
  return MakeLastBatchDurable();
}

Status Appender::CheckVolume() const {
  SR_ASSIGN_OR_RETURN(const Volume volume, with_.files.VolumeOf(with_.directory));
  if (!volume.remote) return {};
  return Unusable("it lies on a file system of type " + volume.type +
                      ", which cannot promise that what was synced survives",
                  "keep the log on a local disk");
}

Expected<JournalRest> Appender::ReadFrom(const ResumePoint& point, std::uint64_t journal_size) {
  SR_ASSIGN_OR_RETURN(head_, Head::At(point));
  SR_ASSIGN_OR_RETURN(const JournalRest rest, ReadBatches(*journal_, journal_size, head_));
  if (head_.note().empty()) return Unusable("its journal holds no checkpoint");
  return rest;
}

// From the resume point, if what follows fits it; else from the start, and then the resume point is of no
// use.
Expected<JournalRest> Appender::ReadJournal(std::uint64_t journal_size) {
  SR_ASSIGN_OR_RETURN(const ResumePoint point, FindResumePoint(with_.files, with_.directory, log_key_.key));
  if (point.records.size == 0) return ReadFrom(point, journal_size);
  if (point.offset <= journal_size) {
    auto rest = ReadFrom(point, journal_size);
    if (rest) return rest;
  }
  SR_ASSIGN_OR_RETURN(JournalRest rest, ReadFrom(StartOfJournal(), journal_size));
  SR_RETURN_IF_ERROR(with_.files.Remove(Path(kResumeName)));
  return rest;
}

// The last checkpoint vouches for all before it. One that bears the signature of a key not known here records
// a rotation by another process: the key known here signs no more.
Status Appender::CheckSigner() {
  SR_ASSIGN_OR_RETURN(const envelope::Note note, envelope::ParseNote(head_.note(), kMaxCheckpointSize));
  const std::vector<envelope::NoteKey> keys = Keys();
  SR_RETURN_IF_ERROR(VerifyCheckpoint(note, keys));
  SR_ASSIGN_OR_RETURN(const std::vector<std::size_t> signers, envelope::VerifyNote(note, keys));
  const envelope::NoteKey& newest = keys[std::ranges::max(signers)];
  earlier_signer_ = newest == log_key_ ? std::nullopt : std::optional(newest);
  for (const envelope::NoteSignature& signature : note.signatures) {
    if (signature.name != log_key_.name) continue;
    if (std::ranges::find(keys, signature.key_id, &envelope::NoteKey::id) != keys.end()) continue;
    return Unusable("its key was changed: its last checkpoint is also signed by a key that is not known here",
                    "open the log anew, with the new key");
  }
  return {};
}

// What follows the last batch may be of an append that was stopped. Anything else was altered.
Status Appender::CheckRest(const JournalRest& rest) const {
  if (!rest.trouble) return {};
  SR_ASSIGN_OR_RETURN(const bool stopped,
                      MayBeAStoppedAppend(*journal_, head_.end(), head_.end() + rest.bytes, with_.origin));
  if (stopped) return {};
  return Unusable("entry " + std::to_string(head_.checkpoint().size) + ": " + rest.trouble->message);
}

Status Appender::CutOff() {
  SR_RETURN_IF_ERROR(journal_->Truncate(head_.end()));
  return SyncJournal();
}

// The writer may have been stopped before its sync, or after one that failed: then the page cache holds a
// batch that the disk does not, and no later sync would write it. Written again, it is.
Status Appender::MakeLastBatchDurable() {
  Bytes batch(head_.end() - head_.batch_begin());
  SR_RETURN_IF_ERROR(journal_->ReadAt(head_.batch_begin(), batch));
  SR_RETURN_IF_ERROR(journal_->WriteAt(head_.batch_begin(), batch));
  return SyncJournal();
}

// ---- Before each append ----

Status Appender::Prepare() {
  if (broken_) return Unusable(*broken_, "look at the disk, then open the log anew");
  SR_RETURN_IF_ERROR(CheckInPlace());
  SR_ASSIGN_OR_RETURN(const FileIdentity found, journal_->Identity());
  if (found.size < head_.end()) return Unusable("its journal was cut short while it was open");
  SR_RETURN_IF_ERROR(CheckLastCheckpoint());
  return found.size > head_.end() ? AdoptOthers(found.size) : CheckPublished();
}

Status Appender::CheckKey() const {
  if (!earlier_signer_) return {};
  return Unusable("its last checkpoint is signed by another key than the one that is to sign now",
                  "strongroom log rotate-key --lost, if the key was lost");
}

// Permission bits are looked at because they do not stop root.
Status Appender::CheckInPlace() const {
  SR_ASSIGN_OR_RETURN(const FileIdentity found, with_.files.Stat(Path(kJournalName)));
  if (found.device != identity_.device || found.inode != identity_.inode || found.links != 1) {
    return Unusable("its journal was removed, replaced or linked elsewhere while it was open");
  }
  SR_ASSIGN_OR_RETURN(const FileIdentity directory, with_.files.Stat(with_.directory));
  if ((found.mode & S_IWUSR) == 0) return Unusable("its journal is read-only");
  if ((directory.mode & S_IWUSR) == 0) return Unusable("its directory is read-only");
  return {};
}

Status Appender::CheckLastCheckpoint() const {
  Bytes expected;
  AppendFrame(FrameType::kCheckpoint, AsBytes(head_.note()), expected);
  Bytes stored(expected.size());
  SR_RETURN_IF_ERROR(journal_->ReadAt(head_.checkpoint_begin(), stored));
  if (stored == expected) return {};
  return Unusable("its journal was overwritten while it was open: the last checkpoint is not there any more");
}

// Batches that other processes appended in their turn. Unless all of them hold, the head stays what it was:
// nothing may be built on what somebody wrote without the key, though he takes it away again.
Status Appender::AdoptOthers(std::uint64_t journal_size) {
  if (keeps_lock())
    return Unusable("another process writes into its journal and heeds no lock", "stop that process");
  Head known = head_;
  const auto known_signer = earlier_signer_;
  Status adopted = TakeOthers(journal_size);
  if (!adopted) {
    head_ = std::move(known);
    earlier_signer_ = known_signer;
  }
  return adopted;
}

Status Appender::TakeOthers(std::uint64_t journal_size) {
  SR_ASSIGN_OR_RETURN(const JournalRest rest, ReadBatches(*journal_, journal_size, head_));
  SR_RETURN_IF_ERROR(CheckSigner());
  if (rest.trouble && rest.trouble->code != ErrorCode::kTruncated) return std::unexpected(*rest.trouble);
  SR_RETURN_IF_ERROR(CheckRest(rest));
  SR_RETURN_IF_ERROR(CheckPublished());
  if (rest.bytes > 0) SR_RETURN_IF_ERROR(CutOff());
  return MakeLastBatchDurable();
}

// The journal must reach the published checkpoint.
Status Appender::CheckPublished() {
  SR_ASSIGN_OR_RETURN(const Bytes note, ReadWhole(with_.files, Path(kCheckpointName), kMaxCheckpointSize));
  if (AsText(note) == head_.note()) return {};
  SR_ASSIGN_OR_RETURN(const Checkpoint published, VerifyCheckpoint(AsText(note), Keys()));
  const auto known = built_on_.find(published.size);
  if (known == built_on_.end() || known->second != published.root) {
    return CheckExtends(published, "its published checkpoint");
  }
  built_on_.erase(built_on_.begin(), known);
  return {};
}

Status Appender::CheckExtends(const Checkpoint& older, std::string_view which) const {
  const Checkpoint& now = head_.checkpoint();
  if (older.origin != log_key_.name) return Unusable(std::string(which) + " is of another log");
  if (older.size > now.size) {
    return Unusable(
        std::string(which) + " has " + std::to_string(older.size) + " records, and " +
            std::to_string(now.size) + " are there",
        "the log was rolled back: bring back the newer files, or find out with 'strongroom log verify' "
        "what is left");
  }
  SR_ASSIGN_OR_RETURN(const Digest root, RootAt(older.size));
  if (older.root == root) return {};
  return Unusable(std::string(which) + " is of a different history");
}

// From the tree if it reaches so far back, else from the journal.
Expected<Digest> Appender::RootAt(std::uint64_t size) const {
  if (size >= head_.tree().begin()) return head_.tree().Root(size);
  TileLevels levels([](const TileId&, std::span<const Digest>) { return Status(); });
  JournalReader reader(*journal_, kJournalHeader.size(), head_.end());
  for (std::uint64_t taken = 0; taken < size;) {
    SR_ASSIGN_OR_RETURN(const std::optional<Frame> frame, reader.Next());
    if (!frame) return Fail(ErrorCode::kTruncated, "the journal ends before entry " + std::to_string(size));
    if (frame->type != FrameType::kEntry) continue;
    SR_RETURN_IF_ERROR(levels.Append(frame->hash));
    ++taken;
  }
  return levels.Root();
}

// The clock's time, which must not be before the last record's.
Expected<Timestamp> Appender::NowInOrder() const {
  const Timestamp now = with_.clock.Now();
  const auto& last = head_.last_time();
  if (!last || now >= *last) return now;
  return Unusable(
      "the clock says " + ToRfc3339(now) + ", which is before the last record's " + ToRfc3339(*last),
      "set the clock; docs/OPERATIONS.md says what to do if the record's time is the wrong one");
}

// Room and permission for one more append, found by writing a file and removing it.
Status Appender::CheckRoom() const {
  const std::string path = Path(kProbeName);
  Status written = [&]() -> Status {
    SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> probe, with_.files.Open(path, OpenMode::kOpenOrCreate));
    return probe->WriteAt(0, Bytes(kProbeSize));
  }();
  const Status removed = with_.files.Remove(path);
  return written ? removed : written;
}

std::vector<std::string> Appender::Warnings() const {
  std::vector<std::string> warnings;
  const auto volume = with_.files.VolumeOf(with_.directory);
  if (volume && volume->available < kLowOnSpace) {
    warnings.push_back("the disk of the access log has " + std::to_string(volume->available >> 20) +
                       " MiB left; when it is full, nothing is released");
  }
  if (volume && volume->in_memory) {
    warnings.push_back("the access log lies on " + volume->type + ", which is lost when the machine stops");
  }
  const std::uint64_t quota = with_.options.quota;
  if (quota > 0 && head_.end() >= quota / 5 * 4) {
    warnings.push_back("the access log has " + std::to_string(head_.end() >> 20) + " MiB of the " +
                       std::to_string(quota >> 20) + " MiB that it is meant to have");
  }
  return warnings;
}

// ---- Appending ----

Expected<std::vector<Receipt>> Appender::Append(std::vector<AccessRecord> records) {
  SR_RETURN_IF_ERROR(CheckKey());
  SR_ASSIGN_OR_RETURN(const Timestamp now, NowInOrder());
  std::vector<Entry> entries;
  std::vector<Bytes> bytes;
  if (const auto index = head_.DueIndexRecord(now)) {
    entries.emplace_back(*index);
    bytes.push_back(SerializeIndexRecord(*index));
  }
  const std::size_t before = entries.size();
  const std::uint64_t first = head_.checkpoint().size + before;
  entries.reserve(before + records.size());
  bytes.reserve(before + records.size());
  for (AccessRecord& record : records) {
    record.time = now;
    bytes.push_back(SerializeAccessRecord(record));
    entries.emplace_back(std::move(record));
  }
  SR_RETURN_IF_ERROR(Commit(entries, bytes, std::array{with_.key}));
  const std::uint64_t size = head_.checkpoint().size;
  auto proofs = head_.tree().InclusionProofs({first, size}, size);
  std::vector<Receipt> receipts;
  receipts.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    Receipt receipt;
    receipt.record_ = std::get<AccessRecord>(std::move(entries[before + i]));
    receipt.record_bytes_ = std::move(bytes[before + i]);
    receipt.index_ = first + i;
    receipt.proof_ = std::move(proofs[i]);
    receipt.checkpoint_ = head_.checkpoint();
    receipt.checkpoint_note_ = head_.note();
    receipts.push_back(std::move(receipt));
  }
  return receipts;
}

Status Appender::ChangeKey(const crypto::Ed25519PrivateKey& next, KeyChange change) {
  const bool lost = change == KeyChange::kLoss;
  if (lost != earlier_signer_.has_value()) {
    return Fail(ErrorCode::kInvalidArgument,
                lost ? "the log's key signed its last checkpoint, and so is not lost"
                     : "the key that is to vouch for the new one did not sign last");
  }
  SR_ASSIGN_OR_RETURN(const Timestamp now, NowInOrder());
  const envelope::NoteKey next_key{with_.origin, next.public_key()};
  if (!lost && next_key == log_key_) return Fail(ErrorCode::kInvalidArgument, "the new key is the old one");
  KeyRecord record{now, change, log_key_, next_key};
  std::vector<const crypto::Ed25519PrivateKey*> signers = {with_.key, &next};
  if (lost) {
    record.old_key = *earlier_signer_;
    signers = {&next};
  }
  SR_RETURN_IF_ERROR(Commit(std::array{Entry(record)}, std::array{SerializeKeyRecord(record)}, signers));
  if (!lost) {
    with_.options.earlier_keys.push_back(log_key_);
    // Where this fails the next opening reads the journal from its start.
    static_cast<void>(SignResumePointAnew(next));
  }
  with_.key = &next;
  log_key_ = next_key;
  earlier_signer_.reset();
  return {};
}

Status Appender::SignResumePointAnew(const crypto::Ed25519PrivateKey& next) const {
  SR_ASSIGN_OR_RETURN(const ResumePoint point, FindResumePoint(with_.files, with_.directory, log_key_.key));
  if (point.records.size == 0) return {};
  return WriteDurably(with_.files, Path(kResumeName), SerializeResumePoint(point, next));
}

// Makes entries and the checkpoint over them durable in the journal, or leaves the log as it was.
Status Appender::Commit(std::span<const Entry> entries, std::span<const Bytes> bytes,
                        std::span<const crypto::Ed25519PrivateKey* const> signers) {
  Bytes frames;
  std::vector<Digest> leaf_hashes;
  for (const Bytes& entry : bytes) {
    const Digest stored = AppendFrame(FrameType::kEntry, entry, frames);
    leaf_hashes.push_back(crypto::MerkleLeafHash(entry));
    if (leaf_hashes.back() != stored)
      return Unusable("two hashes of one record differ: this machine miscalculates");
  }
  if (frames.size() > kMaxBatchBytes - FrameSize(kMaxCheckpointSize)) {
    return Fail(ErrorCode::kInvalidArgument, "the records are too long for one batch");
  }
  head_.Propose(leaf_hashes);
  Head::Batch batch;
  const Status durable = [&]() -> Status {
    batch.checkpoint = {log_key_.name, head_.tree().size(), head_.tree().Root()};
    SR_RETURN_IF_ERROR(CheckGrowth(batch.checkpoint, entries.size()));
    SR_ASSIGN_OR_RETURN(batch.note, SignCheckpoint(batch.checkpoint, signers));
    batch.checkpoint_begin = head_.end() + frames.size();
    AppendFrame(FrameType::kCheckpoint, AsBytes(batch.note), frames);
    batch.end = head_.end() + frames.size();
    return WriteAtEnd(frames);
  }();
  if (!durable) {
    head_.Withdraw();
    return durable;
  }
  built_on_.emplace(head_.checkpoint().size, head_.checkpoint().root);
  Status accepted = head_.Accept(entries, std::move(batch));
  if (!accepted) broken_ = "the index in memory is not the one that was written";
  return accepted;
}

// Nothing is signed that does not extend what was signed before: a bit that flipped in memory since must not
// come into a checkpoint.
Status Appender::CheckGrowth(const Checkpoint& checkpoint, std::size_t added) const {
  const Checkpoint& before = head_.checkpoint();
  const auto extends = [&] {
    if (checkpoint.size != before.size + added) return false;
    if (before.size == 0) return true;
    const auto proof = head_.tree().ConsistencyProof(before.size, checkpoint.size);
    return VerifyConsistency(before.size, before.root, checkpoint.size, checkpoint.root, proof).has_value();
  };
  if (extends()) return {};
  return Unusable("the tree in memory is not the one that was signed last", "open the log anew");
}

Status Appender::WriteAtEnd(ByteView frames) {
  Status written = journal_->WriteAt(head_.end(), frames);
  if (written) written = SyncJournal();
  if (written) written = CheckWritten(frames);
  if (written) return {};
  // Cut off again, lest another writer take for durable what the page cache alone may hold.
  const auto found = journal_->Identity();
  if (found && found->size <= head_.end()) return written;
  if (!journal_->Truncate(head_.end())) broken_ = "an append failed, and what it left could not be cut off";
  return written;
}

// Whether what is durable is where readers will look for it: nobody may be answered for a record in a file
// that was taken away, or written over, while the disk was at work.
Status Appender::CheckWritten(ByteView frames) const {
  SR_RETURN_IF_ERROR(CheckInPlace());
  const std::uint64_t end = head_.end() + frames.size();
  SR_ASSIGN_OR_RETURN(const FileIdentity found, journal_->Identity());
  const ByteView last = frames.last(std::min(frames.size(), kReadBack));
  Bytes stored(last.size());
  if (found.size == end) SR_RETURN_IF_ERROR(journal_->ReadAt(end - last.size(), stored));
  if (found.size == end && std::ranges::equal(stored, last)) return {};
  return Unusable("its journal was overwritten or cut short while a record was written");
}

// After a failed sync the page cache may differ from the disk for good, so that nothing read through it
// counts any more.
Status Appender::SyncJournal() {
  Status synced = journal_->Sync();
  if (!synced) broken_ = "a sync failed, and what is on the disk is not known";
  return synced;
}

}  // namespace strongroom::log
