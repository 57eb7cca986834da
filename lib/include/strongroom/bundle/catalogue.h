// The catalogue: everything that names anything. Files, tensors, and the table of coded blocks;
// docs/FORMAT.md section 9.
#ifndef STRONGROOM_BUNDLE_CATALOGUE_H_
#define STRONGROOM_BUNDLE_CATALOGUE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/codec/block.h"

namespace strongroom::bundle {

enum class FileKind : std::uint8_t { kRegular = 0, kDirectory = 1, kSymlink = 2 };

struct FileRecord {
  std::string path;
  FileKind kind = FileKind::kRegular;
  std::uint16_t mode = 0;  // permission bits
  std::uint64_t size = 0;
  std::uint64_t first_block = 0;
  std::uint64_t blocks = 0;
  friend bool operator==(const FileRecord&, const FileRecord&) = default;
};

struct TensorRecord {
  std::string name;
  std::string dtype;  // as its file format calls it
  std::string shape;  // "[4096,1024]"
  std::uint32_t file = 0;
  std::uint64_t offset = 0;  // in the file
  std::uint64_t size = 0;
  friend bool operator==(const TensorRecord&, const TensorRecord&) = default;
};

struct BlockRecord {
  std::uint64_t stream_offset = 0;
  std::uint64_t file_offset = 0;
  std::uint32_t coded_size = 0;
  std::uint32_t size = 0;
  std::uint32_t file = 0;
  codec::Element element = codec::Element::kBytes;
  friend bool operator==(const BlockRecord&, const BlockRecord&) = default;
};

struct CatalogueHeader {
  std::uint64_t stream_size = 0;
  std::uint64_t plaintext_size = 0;  // of all regular files together
  std::uint64_t blocks = 0;
  std::uint64_t files = 0;
  std::uint64_t tensors = 0;
  std::uint64_t heap_size = 0;
};

// CatalogueWriter makes the plaintext of a catalogue. It keeps files and tensors, but not blocks, which are
// written as they come.
class CatalogueWriter {
 public:
  using Sink = std::function<Status(ByteView)>;

  // Files in the order of their paths' bytes; tensors in any order, of files added before.
  void AddFile(const FileRecord& record);
  void AddTensor(const TensorRecord& record);

  // Writes all of it to `sink`: `next_block` is called `blocks` times for the block records in order.
  Status Write(std::uint64_t stream_size, std::uint64_t blocks,
               const std::function<BlockRecord()>& next_block, const Sink& sink);

 private:
  struct Tensor {
    std::array<std::uint8_t, 8> hash;
    std::uint64_t offset, size, heap_offset;
    std::uint32_t file, name_size, description_size;
  };
  std::uint64_t plaintext_size_ = 0;
  std::uint64_t files_ = 0;
  Bytes file_records_;
  std::vector<Tensor> tensors_;
  Bytes heap_;
};

// CatalogueBytes is where a catalogue's plaintext is read from: a file in pages, or memory in tests. Safe
// from many threads.
class CatalogueBytes {
 public:
  virtual ~CatalogueBytes() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset`; the caller stays inside size().
  virtual Status Read(std::uint64_t offset, MutableBytes out) = 0;
};

// CatalogueReader finds records without reading the whole catalogue. All that it returns was checked for
// itself: ranges, kinds, names. kAltered for what breaks a rule. Safe from many threads.
class CatalogueReader {
 public:
  static Expected<CatalogueReader> Open(std::shared_ptr<CatalogueBytes> bytes);

  [[nodiscard]] const CatalogueHeader& header() const { return header_; }
  Expected<FileRecord> File(std::uint64_t index) const;
  Expected<TensorRecord> Tensor(std::uint64_t index) const;  // in the order of the table, which is by hash
  Expected<BlockRecord> Block(std::uint64_t index) const;

  // The number of the file at this path, if there is one.
  Expected<std::optional<std::uint64_t>> FindFile(std::string_view path) const;
  // Every tensor of this name, at most one for each file.
  Expected<std::vector<TensorRecord>> FindTensors(std::string_view name) const;
  // The number of the block that holds byte `offset` of a file that has it.
  Expected<std::uint64_t> FindBlock(const FileRecord& file, std::uint64_t offset) const;

  // Reads all of it and checks what no single record can show: that blocks follow one another without gaps in
  // stream and files, that files and tensors are sorted and no name stands twice, that every path's parent is
  // a directory.
  Status CheckAll() const;

 private:
  CatalogueReader(std::shared_ptr<CatalogueBytes> bytes, const CatalogueHeader& header);
  Expected<Bytes> Heap(std::uint64_t offset, std::uint64_t size) const;
  Status CheckFiles() const;
  Status CheckBlocks(const FileRecord& file, std::uint64_t index, std::uint64_t& stream_offset) const;
  Status CheckTensors() const;

  std::shared_ptr<CatalogueBytes> bytes_;
  CatalogueHeader header_;
  std::uint64_t files_at_ = 0, tensors_at_ = 0, heap_at_ = 0;
};

// Whether a path may stand in a catalogue: relative, not empty, at most 4096 bytes, no empty part, ".", ".."
// or zero byte.
bool IsModelPath(std::string_view path);
// Whether a symbolic link at `path` with this target stays inside the model: relative, never above its root,
// and with no ".." after a name, for that name may itself be a link that leads elsewhere.
bool IsModelLink(std::string_view path, std::string_view target);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_CATALOGUE_H_
