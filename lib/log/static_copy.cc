#include "strongroom/log/static_copy.h"

#include <algorithm>
#include <set>

#include "log/journal.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kTileDirectory = "tile";
constexpr std::uint32_t kPublicDirectory = 0755;
constexpr std::uint32_t kPublicFile = 0644;

class StaticCopy {
 public:
  StaticCopy(FileSystem& files, std::string directory, LogReader& log, const StaticCopyTarget& target)
      : files_(files), directory_(std::move(directory)), log_(log), target_(target) {}

  // What the directory holds now.
  Status Inspect(std::span<const envelope::NoteKey> log_keys) {
    const auto names = files_.List(directory_);
    if (!names && names.error().code == ErrorCode::kNotFound) return {};
    if (!names) return std::unexpected(names.error());
    const auto has = [&](std::string_view name) { return std::ranges::find(*names, name) != names->end(); };
    if (!has(kCheckpointName)) return names->empty() || has(kTileDirectory) ? Status() : NotACopy();
    SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(files_, Path(kCheckpointName), kMaxCheckpointSize));
    old_note_ = AsText(bytes);
    auto old = VerifyCheckpoint(old_note_, log_keys);
    if (!old) return std::unexpected(std::move(old).error().With(Path(kCheckpointName)));
    result_.old_size = old->size;
    if (old->size > target_.checkpoint.size) {
      return Fail(ErrorCode::kRolledBack, "the copy in " + directory_ + " has " + std::to_string(old->size) +
                                              " entries, and the log's checkpoint " +
                                              std::to_string(target_.checkpoint.size));
    }
    Status extends = log_.CheckExtends(*old);
    if (!extends) return std::unexpected(std::move(extends).error().With("the copy in " + directory_));
    return {};
  }

  Status WriteTiles(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    const std::uint64_t size = target_.checkpoint.size;
    for (std::uint64_t i = result_.old_size / kTileWidth; i < TileCount(0, size); ++i) {
      SR_RETURN_IF_ERROR(Put(EntryBundleAt(i, size)));
      SR_RETURN_IF_ERROR(Put(HashTileAt(0, i, size)));
      if (progress) progress(std::min(size, (i + 1) * kTileWidth), size);
    }
    for (std::uint8_t level = 1; TileCount(level, size) != 0; ++level) {
      const std::uint64_t old_hashes = result_.old_size >> (8 * level);
      for (std::uint64_t i = old_hashes / kTileWidth; i < TileCount(level, size); ++i)
        SR_RETURN_IF_ERROR(Put(HashTileAt(level, i, size)));
    }
    return {};
  }

  Status WriteCheckpoint() {
    if (target_.note == old_note_) return {};
    SR_RETURN_IF_ERROR(MakeDirectories(directory_));
    return Write(Path(kCheckpointName), AsBytes(target_.note));
  }

  [[nodiscard]] const StaticCopyResult& result() const { return result_; }

 private:
  [[nodiscard]] std::string Path(std::string_view name) const { return JoinPath(directory_, name); }

  [[nodiscard]] Status NotACopy() const {
    return Fail(ErrorCode::kExists, directory_ + " holds other things than a copy of a log",
                "name a new directory");
  }

  Status Put(const TileId& tile) {
    const std::string name = TilePath(tile), path = Path(name);
    SR_ASSIGN_OR_RETURN(const Bytes bytes, log_.tiles().Read(name, kMaxEntryBundleBytes));
    const auto found = ReadWhole(files_, path, bytes.size());
    if (found && std::ranges::equal(*found, bytes)) return {};
    if (found || found.error().code != ErrorCode::kNotFound) {
      return Fail(ErrorCode::kAltered, path + " is there, with other bytes than the log has",
                  "remove it, and export again");
    }
    SR_RETURN_IF_ERROR(MakeDirectories(ParentDirectory(path)));
    SR_RETURN_IF_ERROR(Write(path, bytes));
    // Who looks for a partial tile takes the full one where it is gone.
    return tile.width == kTileWidth ? files_.RemoveTree(path + ".p") : Status();
  }

  Status Write(const std::string& path, ByteView bytes) {
    ++result_.files_written;
    return WriteDurably(files_, path, bytes, kPublicFile);
  }

  Status MakeDirectories(const std::string& path) {
    if (path.empty() || path == "." || path == "/" || made_.contains(path)) return {};
    SR_RETURN_IF_ERROR(MakeDirectories(ParentDirectory(path)));
    const Status made = files_.MakeDirectory(path, kPublicDirectory);
    if (!made && made.error().code != ErrorCode::kExists) return made;
    made_.insert(path);
    return made ? files_.SyncDirectory(ParentDirectory(path)) : Status();
  }

  FileSystem& files_;
  std::string directory_;
  LogReader& log_;
  const StaticCopyTarget& target_;
  std::string old_note_;
  std::set<std::string> made_;
  StaticCopyResult result_;
};

}  // namespace

Expected<StaticCopyResult> WriteStaticCopy(
    FileSystem& files, const std::string& directory, LogReader& log, const StaticCopyTarget& target,
    std::span<const envelope::NoteKey> log_keys,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress) {
  StaticCopy copy(files, directory, log, target);
  SR_RETURN_IF_ERROR(log.CheckExtends(target.checkpoint));
  SR_RETURN_IF_ERROR(copy.Inspect(log_keys));
  SR_RETURN_IF_ERROR(copy.WriteTiles(progress));
  SR_RETURN_IF_ERROR(copy.WriteCheckpoint());
  return copy.result();
}

}  // namespace strongroom::log
