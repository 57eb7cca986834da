// What an interrupted open leaves beside DIR.partial: which files are complete and durable. It names nothing;
// files have numbers.
#ifndef STRONGROOM_BUNDLE_OPEN_NOTE_H_
#define STRONGROOM_BUNDLE_OPEN_NOTE_H_

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/base/file.h"

namespace strongroom::bundle {

class OpenNote {
 public:
  // Makes a new note, or with `resume` continues the one that is there. kInvalidArgument if that is of
  // another bundle.
  static Expected<std::unique_ptr<OpenNote>> Open(FileSystem& files, const std::string& path,
                                                  const Digest& bundle_id, bool resume);

  [[nodiscard]] bool IsComplete(std::uint32_t file) const { return complete_.contains(file); }
  // Durable on return. One thread at a time.
  Status Add(std::span<const std::uint32_t> numbers);
  Status Remove();

 private:
  OpenNote(FileSystem& files, std::string path, const Digest& bundle_id)
      : files_(files), path_(std::move(path)), bundle_id_(bundle_id) {}
  Status Create();
  Status Load();
  [[nodiscard]] Bytes Entry(std::uint32_t number) const;

  FileSystem& files_;
  const std::string path_;
  const Digest bundle_id_;
  std::unique_ptr<File> file_;
  std::uint64_t size_ = 0;
  std::set<std::uint32_t> complete_;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_OPEN_NOTE_H_
