#include "testing/faulty_file_system.h"

#include <atomic>
#include <utility>

namespace strongroom::testing {
namespace {

std::unexpected<Error> Fault(const FaultPlan& plan, std::string_view what) {
  return std::unexpected(FromErrno(plan.errnum, what));
}

class FaultyFile final : public File {
 public:
  FaultyFile(std::unique_ptr<File> real, FaultPlan& plan) : real_(std::move(real)), plan_(plan) {}

  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    if (plan_.Strike()) return Fault(plan_, "read");
    return real_->ReadAt(offset, out);
  }
  Status ReadvAt(std::uint64_t offset, std::span<const MutableBytes> out) const override {
    if (plan_.Strike()) return Fault(plan_, "read");
    return real_->ReadvAt(offset, out);
  }
  Status WriteAt(std::uint64_t offset, ByteView bytes) override {
    if (!plan_.Strike()) return real_->WriteAt(offset, bytes);
    if (plan_.half_written) static_cast<void>(real_->WriteAt(offset, bytes.first(bytes.size() / 2)));
    return Fault(plan_, "write");
  }
  Status WritevAt(std::uint64_t offset, std::span<const ByteView> bytes) override {
    if (!plan_.Strike()) return real_->WritevAt(offset, bytes);
    if (plan_.half_written) static_cast<void>(real_->WritevAt(offset, bytes.first(bytes.size() / 2)));
    return Fault(plan_, "write");
  }
  Status Truncate(std::uint64_t size) override {
    if (plan_.Strike()) return Fault(plan_, "truncate");
    return real_->Truncate(size);
  }
  Status Sync() override {
    if (plan_.Strike()) return Fault(plan_, "sync");
    return real_->Sync();
  }
  Expected<FileIdentity> Identity() const override {
    if (plan_.Strike()) return Fault(plan_, "stat");
    return real_->Identity();
  }
  Expected<std::uint64_t> NextData(std::uint64_t offset) const override {
    if (plan_.Strike()) return Fault(plan_, "seek");
    return real_->NextData(offset);
  }
  Expected<bool> TryLock() override {
    if (plan_.Strike()) return Fault(plan_, "lock");
    return real_->TryLock();
  }
  void Unlock() override { real_->Unlock(); }
  int descriptor() const override { return real_->descriptor(); }

 private:
  std::unique_ptr<File> real_;
  FaultPlan& plan_;
};

class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(FaultPlan& plan) : real_(MakeRealFileSystem()), plan_(plan) {}

  Expected<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    if (plan_.Strike()) return Fault(plan_, "open " + path);
    SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, real_->Open(path, mode));
    return std::make_unique<FaultyFile>(std::move(file), plan_);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    if (plan_.Strike()) return Fault(plan_, "rename to " + to);
    return real_->Rename(from, to);
  }
  Status RenameNoReplace(const std::string& from, const std::string& to) override {
    if (plan_.Strike()) return Fault(plan_, "rename to " + to);
    return real_->RenameNoReplace(from, to);
  }
  Status Exchange(const std::string& a, const std::string& b) override {
    if (plan_.Strike()) return Fault(plan_, "exchange " + a);
    return real_->Exchange(a, b);
  }
  Status MakeDirectory(const std::string& path, std::uint32_t mode) override {
    if (plan_.Strike()) return Fault(plan_, "make directory " + path);
    return real_->MakeDirectory(path, mode);
  }
  Status SetMode(const std::string& path, std::uint32_t mode) override {
    if (plan_.Strike()) return Fault(plan_, "set the mode of " + path);
    return real_->SetMode(path, mode);
  }
  Status Remove(const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "remove " + path);
    return real_->Remove(path);
  }
  Status RemoveTree(const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "remove " + path);
    return real_->RemoveTree(path);
  }
  Status SyncDirectory(const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "sync " + path);
    return real_->SyncDirectory(path);
  }
  Expected<FileIdentity> Stat(const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "stat " + path);
    return real_->Stat(path);
  }
  Expected<std::vector<std::string>> List(const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "list " + path);
    return real_->List(path);
  }
  Expected<std::string> ReadLink(const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "read link " + path);
    return real_->ReadLink(path);
  }
  Status MakeSymlink(const std::string& target, const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "make link " + path);
    return real_->MakeSymlink(target, path);
  }
  Expected<Volume> VolumeOf(const std::string& path) override {
    if (plan_.Strike()) return Fault(plan_, "stat the volume of " + path);
    return real_->VolumeOf(path);
  }

 private:
  std::unique_ptr<FileSystem> real_;
  FaultPlan& plan_;
};

}  // namespace

bool FaultPlan::Strike() {
  const std::uint64_t count = ++std::atomic_ref(operations);
  return fail_at != 0 && (count == fail_at || (forever && count > fail_at));
}

std::unique_ptr<FileSystem> MakeFaultyFileSystem(FaultPlan& plan) {
  return std::make_unique<FaultyFileSystem>(plan);
}

}  // namespace strongroom::testing
