#include "log/publisher.h"

#include <algorithm>
#include <utility>

namespace strongroom::log {

// Progress is how far the derived files have come since the resume point.
struct Publisher::Progress {
  std::unique_ptr<File> journal;
  std::uint64_t offset = 0;  // in the journal, of the first frame not taken yet
  std::uint64_t size = 0;    // how many entries were taken
  TileLevels levels;
  std::vector<Bytes> bundle;               // the entries of the last partial bundle
  std::optional<ResumePoint> passed;       // the last one that was passed, without its records
  std::uint64_t resumed_at = 0;            // the size at the resume point on the disk
  std::vector<std::string> written;        // full tiles and bundles that are not synced yet
  std::set<std::string> made_directories;  // so that each is asked for once
};

Publisher::Publisher(FileSystem& files, std::string directory, bool cosigned_only)
    : files_(&files), directory_(std::move(directory)), cosigned_only_(cosigned_only) {}
Publisher::~Publisher() = default;

Status Publisher::CatchUp(const PublicationTarget& target) {
  Status published = [&]() -> Status {
    if (!progress_) SR_RETURN_IF_ERROR(Begin(target.key->public_key()));
    SR_RETURN_IF_ERROR(ReadTo(target));
    SR_RETURN_IF_ERROR(PutCheckpoints(target));
    const bool passed_one = target.resumable && target.resumable->size > progress_->resumed_at;
    return passed_one ? MoveResumePoint(target) : Status();
  }();
  if (!published) progress_.reset();
  return published;
}

Status Publisher::Begin(const crypto::Ed25519PublicKey& log_key) {
  SR_ASSIGN_OR_RETURN(ResumePoint point, FindResumePoint(*files_, directory_, log_key));
  SR_ASSIGN_OR_RETURN(const bool usable, HasTilesOf(point));
  if (!usable) point = StartOfJournal();
  SR_ASSIGN_OR_RETURN(auto journal, files_->Open(JoinPath(directory_, kJournalName), OpenMode::kRead));
  const std::uint64_t size = point.records.size;
  progress_ = std::make_unique<Progress>(Progress{
      .journal = std::move(journal),
      .offset = point.offset,
      .size = size,
      .levels = TileLevels(
          size, std::move(point.rows),
          [this](const TileId& tile, std::span<const Digest> hashes) { return PutTile(tile, hashes); }),
      .bundle = {},
      .passed = {},
      .resumed_at = size,
      .written = {},
      .made_directories = {}});
  return {};
}

// Whether the last full tile of each kind is there; where somebody removed the tiles, all are made anew.
Expected<bool> Publisher::HasTilesOf(const ResumePoint& point) const {
  const std::uint64_t size = point.records.size;
  if (size == 0) return true;
  const std::string public_directory = JoinPath(directory_, kPublicName);
  std::vector<TileId> last = {EntryBundleAt(size / kTileWidth - 1, size)};
  for (std::uint8_t level = 0; size >> (8 * (level + 1)) != 0; ++level) {
    last.push_back(HashTileAt(level, (size >> (8 * (level + 1))) - 1, size));
  }
  for (const TileId& tile : last) {
    const auto found = files_->Stat(JoinPath(public_directory, TilePath(tile)));
    if (!found && found.error().code != ErrorCode::kNotFound) return std::unexpected(found.error());
    if (!found) return false;
  }
  return true;
}

Status Publisher::ReadTo(const PublicationTarget& target) {
  Progress& progress = *progress_;
  JournalReader reader(*progress.journal, progress.offset, target.end);
  while (true) {
    SR_ASSIGN_OR_RETURN(const std::optional<Frame> frame, reader.Next());
    if (!frame) break;
    if (frame->type == FrameType::kEntry) SR_RETURN_IF_ERROR(Take(*frame, reader.offset()));
  }
  progress.offset = target.end;
  if (progress.size != target.checkpoint.size || progress.levels.Root() != target.checkpoint.root) {
    return Fail(ErrorCode::kAltered, "the entries in the journal are not those of its last checkpoint");
  }
  SR_RETURN_IF_ERROR(progress.levels.Finish());
  return progress.bundle.empty() ? Status() : PutBundle();
}

Status Publisher::Take(const Frame& frame, std::uint64_t end) {
  Progress& progress = *progress_;
  progress.bundle.push_back(ToBytes(frame.payload));
  ++progress.size;
  SR_RETURN_IF_ERROR(progress.levels.Append(frame.hash));
  if (progress.bundle.size() == kTileWidth) {
    SR_RETURN_IF_ERROR(PutBundle());
    progress.bundle.clear();
  }
  if (progress.size % kResumeInterval == 0) {
    progress.passed = ResumePoint{.offset = end, .records = {}, .rows = progress.levels.Rows()};
    progress.passed->records.size = progress.size;
  }
  return {};
}

Status Publisher::PutTile(const TileId& tile, std::span<const Digest> hashes) {
  return PutDerived(tile, SerializeTile(hashes));
}

Status Publisher::PutBundle() {
  SR_ASSIGN_OR_RETURN(const Bytes bytes, SerializeEntryBundle(progress_->bundle));
  return PutDerived(EntryBundleAt((progress_->size - 1) / kTileWidth, progress_->size), bytes);
}

// A tile never changes. A partial one that is there already is kept if it is the same; a full one is written
// anew, for after a sync that failed the page cache may hold what the disk does not, and no later sync would
// write it. The partial ones in the place of a full one are not needed any more.
Status Publisher::PutDerived(const TileId& tile, ByteView bytes) {
  const std::string path = JoinPath(JoinPath(directory_, kPublicName), TilePath(tile));
  const bool full = tile.width == kTileWidth;
  const auto found = full ? Expected<Bytes>(Bytes()) : ReadWhole(*files_, path, bytes.size());
  if (!found || !std::ranges::equal(*found, bytes)) {
    SR_RETURN_IF_ERROR(MakeDirectories(ParentDirectory(path)));
    SR_RETURN_IF_ERROR(Put(path, bytes, false));
  }
  if (!full) return {};
  progress_->written.push_back(path);
  return files_->RemoveTree(path + ".p");
}

Status Publisher::Put(const std::string& path, ByteView bytes, bool durable) {
  const std::string temporary = path + ".new";
  auto file = files_->Open(temporary, OpenMode::kCreate);
  if (!file && file.error().code == ErrorCode::kExists) {  // left by a run that was killed
    SR_RETURN_IF_ERROR(files_->Remove(temporary));
    file = files_->Open(temporary, OpenMode::kCreate);
  }
  if (!file) return std::unexpected(std::move(file).error());
  SR_RETURN_IF_ERROR((*file)->WriteAt(0, bytes));
  if (durable) SR_RETURN_IF_ERROR((*file)->Sync());
  return files_->Rename(temporary, path);
}

// Makes a directory below DIRECTORY, and what is missing above it.
Status Publisher::MakeDirectories(const std::string& path) {
  if (path.size() <= directory_.size() || progress_->made_directories.contains(path)) return {};
  SR_RETURN_IF_ERROR(MakeDirectories(ParentDirectory(path)));
  const Status made = files_->MakeDirectory(path, 0700);
  if (!made && made.error().code != ErrorCode::kExists) return made;
  progress_->made_directories.insert(path);
  return {};
}

// The log's own checkpoint is synced before it gets its name, so that a power cut leaves this one or the one
// before, and never half of one.
Status Publisher::PutCheckpoints(const PublicationTarget& target) {
  if (!cosigned_only_) {
    const std::string public_directory = JoinPath(directory_, kPublicName);
    SR_RETURN_IF_ERROR(MakeDirectories(public_directory));
    SR_RETURN_IF_ERROR(Put(JoinPath(public_directory, kCheckpointName), AsBytes(target.note), false));
  }
  return Put(JoinPath(directory_, kCheckpointName), AsBytes(target.note), true);
}

Status Publisher::MoveResumePoint(const PublicationTarget& target) {
  const RecordsSoFar& records = *target.resumable;
  Progress& progress = *progress_;
  if (!progress.passed || progress.passed->records.size != records.size) return {};
  ResumePoint point = *std::exchange(progress.passed, std::nullopt);
  point.records = records;
  SR_RETURN_IF_ERROR(SyncWritten());
  SR_RETURN_IF_ERROR(
      WriteDurably(*files_, JoinPath(directory_, kResumeName), SerializeResumePoint(point, *target.key)));
  progress.resumed_at = records.size;
  return {};
}

Status Publisher::SyncWritten() {
  std::set<std::string> directories;
  for (const std::string& path : progress_->written) {
    SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files_->Open(path, OpenMode::kReadWrite));
    SR_RETURN_IF_ERROR(file->Sync());
    for (std::string parent = ParentDirectory(path); parent.size() > directory_.size();) {
      directories.insert(parent);
      parent = ParentDirectory(parent);
    }
  }
  for (const std::string& directory : directories) SR_RETURN_IF_ERROR(files_->SyncDirectory(directory));
  SR_RETURN_IF_ERROR(files_->SyncDirectory(directory_));
  progress_->written.clear();
  return {};
}

}  // namespace strongroom::log
