// A disk in memory that loses what POSIX lets a disk lose when the power goes.
#ifndef STRONGROOM_SELFTEST_SIMULATED_DISK_H_
#define STRONGROOM_SELFTEST_SIMULATED_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "strongroom/base/file.h"

namespace strongroom::selftest {

// SimulatedDisk is a file system whose changes are seen by everybody at once, as through a page cache, and
// are durable only by a sync: a file's data and size by File::Sync, names (created, renamed, removed) by
// SyncDirectory of the directory that they stand in. Modes are durable at once. There are no access rights
// and no links but symbolic ones, which are followed nowhere. Paths are absolute. Thread-safe.
class SimulatedDisk final : public FileSystem {
 public:
  struct Options {
    bool honours_sync = true;  // false: a disk that lies, whose syncs say that they are done and do nothing
  };

  SimulatedDisk() : SimulatedDisk(Options{}) {}
  explicit SimulatedDisk(Options options);
  ~SimulatedDisk() override;

  // The disk as it may be found after the power went now; `seed` decides. Of each 512-byte sector that was
  // written since the last sync, any version since then is found, or the one before; where there was none,
  // zeros or garbage. Of a file's sizes since then, any. Each change of names is found or not, a rename as a
  // whole. The disk itself stays as it is.
  [[nodiscard]] std::unique_ptr<SimulatedDisk> AfterPowerLoss(std::uint64_t seed) const;

  // A copy with everything on it, and nothing open.
  [[nodiscard]] std::unique_ptr<SimulatedDisk> Copy() const;

  // What a failed sync does on Linux: what is unsynced of this file stays in the page cache, where it is read
  // as if it were on the disk, and no later sync writes it.
  void ForgetUnsynced(const FileIdentity& file);

  // Turns one bit of a file over, in the cache, and on the disk if it is there. The file must be long enough.
  void FlipBit(const std::string& path, std::uint64_t bit);

  // The paths of all regular files, sorted.
  [[nodiscard]] std::vector<std::string> Files() const;

  Expected<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status RenameNoReplace(const std::string& from, const std::string& to) override;
  Status Exchange(const std::string& a, const std::string& b) override;
  Status MakeDirectory(const std::string& path, std::uint32_t mode) override;
  Status SetMode(const std::string& path, std::uint32_t mode) override;
  Status Remove(const std::string& path) override;
  Status RemoveTree(const std::string& path) override;
  Status SyncDirectory(const std::string& path) override;
  Expected<FileIdentity> Stat(const std::string& path) override;
  Expected<std::vector<std::string>> List(const std::string& path) override;
  Expected<std::string> ReadLink(const std::string& path) override;
  Status MakeSymlink(const std::string& target, const std::string& path) override;
  Expected<Volume> VolumeOf(const std::string& path) override;

 private:
  class State;
  class OpenFile;

  explicit SimulatedDisk(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;  // shared with the files that are open
};

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_SIMULATED_DISK_H_
