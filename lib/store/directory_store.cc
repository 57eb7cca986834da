#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "strongroom/store/store.h"

namespace strongroom::store {
namespace {

class DirectoryStore final : public Store {
 public:
  DirectoryStore(FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  Expected<std::unique_ptr<File>> OpenForReading(const std::string& name) override {
    return files_.Open(Describe(name), OpenMode::kRead);
  }

  Expected<std::unique_ptr<File>> Create(const std::string& name) override {
    SR_RETURN_IF_ERROR(MakeFolders(name));
    return files_.Open(Describe(name), OpenMode::kCreate);
  }

  Status Replace(const std::string& from, const std::string& to) override {
    SR_RETURN_IF_ERROR(MakeFolders(to));
    SR_RETURN_IF_ERROR(files_.Rename(Describe(from), Describe(to)));
    SR_RETURN_IF_ERROR(files_.SyncDirectory(ParentDirectory(Describe(to))));
    if (ParentDirectory(from) == ParentDirectory(to)) return {};
    return files_.SyncDirectory(ParentDirectory(Describe(from)));
  }

  Status Remove(const std::string& name) override { return files_.Remove(Describe(name)); }

  Status SyncNames() override {
    const std::scoped_lock lock(mutex_);
    for (const std::string& folder : unsynced_) SR_RETURN_IF_ERROR(files_.SyncDirectory(folder));
    unsynced_.clear();
    return {};
  }

  Expected<std::vector<std::string>> List() override {
    std::vector<std::string> names;
    SR_RETURN_IF_ERROR(ListFolder("", names));
    std::ranges::sort(names);
    return names;
  }

  std::string Describe(const std::string& name) const override { return JoinPath(directory_, name); }

 private:
  // Makes the folders above `name` inside the store, and remembers which folders have new entries.
  Status MakeFolders(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
      const std::string folder = Describe(name.substr(0, slash));
      const Status made = files_.MakeDirectory(folder, 0700);
      if (!made && made.error().code != ErrorCode::kExists) return made;
      if (made) unsynced_.insert(ParentDirectory(folder));
    }
    unsynced_.insert(ParentDirectory(Describe(name)));
    return {};
  }

  Status ListFolder(const std::string& folder, std::vector<std::string>& names) {
    SR_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                        files_.List(folder.empty() ? directory_ : Describe(folder)));
    for (const std::string& entry : entries) {
      const std::string name = folder.empty() ? entry : folder + '/' + entry;
      SR_ASSIGN_OR_RETURN(const FileIdentity identity, files_.Stat(Describe(name)));
      if (identity.IsDirectory()) {
        SR_RETURN_IF_ERROR(ListFolder(name, names));
      } else {
        names.push_back(name);
      }
    }
    return {};
  }

  FileSystem& files_;
  const std::string directory_;
  std::mutex mutex_;
  std::set<std::string> unsynced_;  // folders with entries that may not be durable
};

}  // namespace

std::unique_ptr<Store> MakeDirectoryStore(FileSystem& files, std::string directory) {
  return std::make_unique<DirectoryStore>(files, std::move(directory));
}

}  // namespace strongroom::store
