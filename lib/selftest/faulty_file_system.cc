#include "strongroom/selftest/faulty_file_system.h"

#include <atomic>
#include <string>
#include <utility>

namespace strongroom::selftest {
namespace {

// Does the operation as the plan has it.
template <typename Operation>
auto Attempt(FaultPlan& plan, std::string_view what, Operation operation) -> decltype(operation()) {
  const FaultPlan::Fate fate = plan.Next();
  if (fate == FaultPlan::Fate::kDone) return operation();
  if (fate == FaultPlan::Fate::kDoneAndFails) static_cast<void>(operation());
  return std::unexpected(FromErrno(plan.errnum, what));
}

class FaultyFile final : public File {
 public:
  FaultyFile(std::unique_ptr<File> under, FaultPlan& plan) : under_(std::move(under)), plan_(plan) {}

  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    return Attempt(plan_, "read", [&] { return under_->ReadAt(offset, out); });
  }
  Status ReadvAt(std::uint64_t offset, std::span<const MutableBytes> out) const override {
    return Attempt(plan_, "read", [&] { return under_->ReadvAt(offset, out); });
  }
  Status WriteAt(std::uint64_t offset, ByteView bytes) override { return WritevAt(offset, {&bytes, 1}); }
  Status WritevAt(std::uint64_t offset, std::span<const ByteView> bytes) override {
    const FaultPlan::Fate fate = plan_.Next();
    if (fate == FaultPlan::Fate::kDone) return under_->WritevAt(offset, bytes);
    if (fate == FaultPlan::Fate::kDoneAndFails) {
      static_cast<void>(under_->WritevAt(offset, bytes));
    } else if (plan_.half_written) {
      WriteHalf(offset, bytes);
    }
    return std::unexpected(FromErrno(plan_.errnum, "write"));
  }
  Status Truncate(std::uint64_t size) override {
    return Attempt(plan_, "truncate", [&] { return under_->Truncate(size); });
  }
  Status Sync() override {
    if (plan_.syncing) plan_.syncing();
    Status synced = Attempt(plan_, "sync", [&] { return under_->Sync(); });
    if (synced || !plan_.sync_failed) return synced;
    if (const auto identity = under_->Identity()) plan_.sync_failed(*identity);
    return synced;
  }
  Expected<FileIdentity> Identity() const override {
    return Attempt(plan_, "stat", [&] { return under_->Identity(); });
  }
  Expected<std::uint64_t> NextData(std::uint64_t offset) const override {
    return Attempt(plan_, "seek", [&] { return under_->NextData(offset); });
  }
  Expected<bool> TryLock() override {
    return Attempt(plan_, "lock", [&] { return under_->TryLock(); });
  }
  void Unlock() override { under_->Unlock(); }
  int descriptor() const override { return under_->descriptor(); }

 private:
  void WriteHalf(std::uint64_t offset, std::span<const ByteView> pieces) {
    Bytes all;
    for (const ByteView piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
    static_cast<void>(under_->WriteAt(offset, ByteView(all).first(all.size() / 2)));
  }

  std::unique_ptr<File> under_;
  FaultPlan& plan_;
};

class FaultyFileSystem final : public FileSystem {
 public:
  FaultyFileSystem(FileSystem& under, FaultPlan& plan) : under_(under), plan_(plan) {}

  Expected<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                        Attempt(plan_, "open " + path, [&] { return under_.Open(path, mode); }));
    return std::make_unique<FaultyFile>(std::move(file), plan_);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    return Attempt(plan_, "rename to " + to, [&] { return under_.Rename(from, to); });
  }
  Status RenameNoReplace(const std::string& from, const std::string& to) override {
    return Attempt(plan_, "rename to " + to, [&] { return under_.RenameNoReplace(from, to); });
  }
  Status Exchange(const std::string& a, const std::string& b) override {
    return Attempt(plan_, "exchange " + a, [&] { return under_.Exchange(a, b); });
  }
  Status MakeDirectory(const std::string& path, std::uint32_t mode) override {
    return Attempt(plan_, "make directory " + path, [&] { return under_.MakeDirectory(path, mode); });
  }
  Status SetMode(const std::string& path, std::uint32_t mode) override {
    return Attempt(plan_, "set the mode of " + path, [&] { return under_.SetMode(path, mode); });
  }
  Status Remove(const std::string& path) override {
    return Attempt(plan_, "remove " + path, [&] { return under_.Remove(path); });
  }
  Status RemoveTree(const std::string& path) override {
    return Attempt(plan_, "remove " + path, [&] { return under_.RemoveTree(path); });
  }
  Status SyncDirectory(const std::string& path) override {
    return Attempt(plan_, "sync " + path, [&] { return under_.SyncDirectory(path); });
  }
  Expected<FileIdentity> Stat(const std::string& path) override {
    return Attempt(plan_, "stat " + path, [&] { return under_.Stat(path); });
  }
  Expected<std::vector<std::string>> List(const std::string& path) override {
    return Attempt(plan_, "list " + path, [&] { return under_.List(path); });
  }
  Expected<std::string> ReadLink(const std::string& path) override {
    return Attempt(plan_, "read link " + path, [&] { return under_.ReadLink(path); });
  }
  Status MakeSymlink(const std::string& target, const std::string& path) override {
    return Attempt(plan_, "make link " + path, [&] { return under_.MakeSymlink(target, path); });
  }
  Expected<Volume> VolumeOf(const std::string& path) override {
    return Attempt(plan_, "stat the volume of " + path, [&] { return under_.VolumeOf(path); });
  }

 private:
  FileSystem& under_;
  FaultPlan& plan_;
};

}  // namespace

FaultPlan::Fate FaultPlan::Next() {
  const std::uint64_t count = ++std::atomic_ref(operations);
  if (fail_at == 0 || count < fail_at || (count > fail_at && !forever)) return Fate::kDone;
  return done_first && count == fail_at ? Fate::kDoneAndFails : Fate::kFails;
}

std::unique_ptr<FileSystem> MakeFaultyFileSystem(FileSystem& under, FaultPlan& plan) {
  return std::make_unique<FaultyFileSystem>(under, plan);
}

}  // namespace strongroom::selftest
