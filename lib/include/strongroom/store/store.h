// A store is a place where the files of one bundle live. Names are relative, their parts joined by '/', as
// the manifest writes them.
#ifndef STRONGROOM_STORE_STORE_H_
#define STRONGROOM_STORE_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/base/file.h"

namespace strongroom::store {

// Store is safe to use from many threads at once. Every error names the file as Describe does.
class Store {
 public:
  virtual ~Store() = default;

  // kNotFound if there is no such file.
  virtual Expected<std::unique_ptr<File>> OpenForReading(const std::string& name) = 0;
  // Makes a new, empty file and the folder it stands in; kExists if the name is taken.
  virtual Expected<std::unique_ptr<File>> Create(const std::string& name) = 0;
  // Gives a file, which the caller has synced, another name; whatever had that name is gone. Durable on
  // return.
  virtual Status Replace(const std::string& from, const std::string& to) = 0;
  virtual Status Remove(const std::string& name) = 0;
  // Makes the names of the files created so far durable; their contents are File::Sync's.
  virtual Status SyncNames() = 0;
  // Every name in the store, sorted by bytes. What is neither a file nor a folder is listed as if it were a
  // file.
  virtual Expected<std::vector<std::string>> List() = 0;
  // How a person would find the file, for messages.
  [[nodiscard]] virtual std::string Describe(const std::string& name) const = 0;
};

// A folder of the file system, which must outlive the store. The folder itself must exist before a file is
// created in it.
std::unique_ptr<Store> MakeDirectoryStore(FileSystem& files, std::string directory);

}  // namespace strongroom::store

#endif  // STRONGROOM_STORE_STORE_H_
