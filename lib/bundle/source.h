// The model that is sealed: its files as they lie in the file system, surveyed and then read.
#ifndef STRONGROOM_BUNDLE_SOURCE_H_
#define STRONGROOM_BUNDLE_SOURCE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/base/file.h"
#include "strongroom/bundle/catalogue.h"
#include "strongroom/bundle/seal.h"
#include "strongroom/codec/block.h"

namespace strongroom::bundle {

// A part of a file that is cut into blocks from its own beginning: one tensor, or neighbouring small ones of
// one element type.
struct Cut {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  codec::Element element = codec::Element::kBytes;
};

struct SourceFile {
  FileRecord record;
  FileIdentity identity;
  std::string link_target;  // of a symbolic link: its content
  std::vector<Cut> cuts;
};

struct Source {
  std::string root;
  bool single_file = false;
  std::vector<SourceFile> files;  // in the order of their paths' bytes
  std::vector<TensorRecord> tensors;
  std::uint64_t blocks = 0;

  [[nodiscard]] std::string PathOf(const SourceFile& file) const;
  [[nodiscard]] SealTotals totals() const;
  // A digest of everything that shows whether a file changed: path, kind, mode, size, time, inode, target.
  [[nodiscard]] Digest Fingerprint() const;
};

// See SurveySource in seal.h.
Expected<Source> ScanSource(FileSystem& files, const std::string& path, bool opaque);

// kAltered, naming the file, if one is not what it was when it was scanned.
Status CheckUnchanged(FileSystem& files, const Source& source);

// One block to be coded.
struct SourceBlock {
  std::uint64_t index = 0;
  std::uint32_t file = 0;
  std::uint64_t offset = 0;  // in the file
  std::uint32_t size = 0;
  codec::Element element = codec::Element::kBytes;
};

// BlockCursor walks over the blocks of a source in the order of the stream. The source outlives it.
class BlockCursor {
 public:
  explicit BlockCursor(const Source& source) : source_(&source) { SkipEmpty(); }
  [[nodiscard]] bool done() const { return file_ == source_->files.size(); }
  [[nodiscard]] std::uint64_t count() const { return index_; }  // of blocks handed out
  // The next block; not to be called when done.
  SourceBlock Next();

 private:
  void SkipEmpty();
  const Source* source_;
  std::size_t file_ = 0, cut_ = 0;
  std::uint64_t in_cut_ = 0, index_ = 0;
};

// SourceReader reads blocks, on many threads at once.
class SourceReader {
 public:
  SourceReader(FileSystem& files, const Source& source) : files_(files), source_(source) {}

  // The open file that a thread read last, so that it need not be looked up for every block.
  struct Handle {
    std::uint32_t number = 0;
    std::shared_ptr<File> file;
  };
  // Fills `out` with the block. `hole` says, without filling it, that the block is a hole in its file: all
  // zeros. kAltered if the file is not the one that was scanned.
  Status Read(Handle& handle, const SourceBlock& block, MutableBytes out, bool& hole);

 private:
  Expected<std::shared_ptr<File>> OpenFile(std::uint32_t number);

  FileSystem& files_;
  const Source& source_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::weak_ptr<File>> open_;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_SOURCE_H_
