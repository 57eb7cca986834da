#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "bundle/catalogue_format.h"
#include "strongroom/bundle/catalogue.h"
#include "strongroom/bundle/layout.h"

namespace strongroom::bundle {
namespace {

std::unexpected<Error> Broken(const std::string& why) {
  return Fail(ErrorCode::kAltered, "catalogue: " + why);
}

std::unexpected<Error> Broken(const char* what, std::uint64_t index, const std::string& why) {
  return Broken(what + (" " + std::to_string(index)) + ": " + why);
}

// A parser's own complaint about bytes that were authenticated.
std::unexpected<Error> Broken(Error error) {
  error.code = ErrorCode::kAltered;
  return std::unexpected(std::move(error));
}

struct RawFile {
  FileRecord record;
  std::uint64_t heap_offset = 0;
  std::uint32_t path_size = 0;
};

Expected<RawFile> ParseFile(ByteView bytes) {
  ByteReader reader(bytes, "catalogue: file record");
  RawFile raw;
  SR_ASSIGN_OR_RETURN(raw.record.size, reader.U64Le());
  SR_ASSIGN_OR_RETURN(raw.record.first_block, reader.U64Le());
  SR_ASSIGN_OR_RETURN(raw.record.blocks, reader.U64Le());
  SR_ASSIGN_OR_RETURN(raw.heap_offset, reader.U64Le());
  SR_ASSIGN_OR_RETURN(raw.path_size, reader.U32Le());
  SR_ASSIGN_OR_RETURN(raw.record.mode, reader.U16Le());
  SR_ASSIGN_OR_RETURN(const std::uint8_t kind, reader.U8());
  SR_RETURN_IF_ERROR(reader.Zeros(9));
  if (kind > static_cast<std::uint8_t>(FileKind::kSymlink))
    return std::unexpected(reader.Malformed("unknown kind of file"));
  raw.record.kind = static_cast<FileKind>(kind);
  return raw;
}

struct RawTensor {
  NameHash hash{};
  TensorRecord record;
  std::uint64_t heap_offset = 0;
  std::uint32_t name_size = 0, description_size = 0;
};

Expected<RawTensor> ParseTensor(ByteView bytes) {
  ByteReader reader(bytes, "catalogue: tensor record");
  RawTensor raw;
  SR_RETURN_IF_ERROR(reader.Copy(raw.hash));
  SR_ASSIGN_OR_RETURN(raw.record.offset, reader.U64Le());
  SR_ASSIGN_OR_RETURN(raw.record.size, reader.U64Le());
  SR_ASSIGN_OR_RETURN(raw.heap_offset, reader.U64Le());
  SR_ASSIGN_OR_RETURN(raw.record.file, reader.U32Le());
  SR_ASSIGN_OR_RETURN(raw.name_size, reader.U32Le());
  SR_ASSIGN_OR_RETURN(raw.description_size, reader.U32Le());
  SR_RETURN_IF_ERROR(reader.Zeros(4));
  return raw;
}

Expected<BlockRecord> ParseBlock(ByteView bytes) {
  ByteReader reader(bytes, "catalogue: block record");
  BlockRecord block;
  SR_ASSIGN_OR_RETURN(block.stream_offset, reader.U64Le());
  SR_ASSIGN_OR_RETURN(block.file_offset, reader.U64Le());
  SR_ASSIGN_OR_RETURN(block.coded_size, reader.U32Le());
  SR_ASSIGN_OR_RETURN(block.size, reader.U32Le());
  SR_ASSIGN_OR_RETURN(block.file, reader.U32Le());
  SR_ASSIGN_OR_RETURN(const std::uint8_t element, reader.U8());
  SR_RETURN_IF_ERROR(reader.Zeros(3));
  if (element >= codec::kElementCount) return std::unexpected(reader.Malformed("unknown element type"));
  block.element = static_cast<codec::Element>(element);
  return block;
}

Expected<CatalogueHeader> ParseHeader(ByteView bytes) {
  ByteReader reader(bytes, "catalogue header");
  SR_ASSIGN_OR_RETURN(const ByteView magic, reader.Take(kCatalogueMagic.size()));
  if (AsText(magic) != kCatalogueMagic) return std::unexpected(reader.Malformed("wrong magic bytes"));
  CatalogueHeader header;
  SR_ASSIGN_OR_RETURN(header.stream_size, reader.U64Le());
  SR_ASSIGN_OR_RETURN(header.plaintext_size, reader.U64Le());
  SR_ASSIGN_OR_RETURN(header.blocks, reader.U64Le());
  SR_ASSIGN_OR_RETURN(header.files, reader.U64Le());
  SR_ASSIGN_OR_RETURN(header.tensors, reader.U64Le());
  SR_ASSIGN_OR_RETURN(header.heap_size, reader.U64Le());
  SR_RETURN_IF_ERROR(reader.Zeros(8));
  if (header.blocks > kMaxBlocks || header.files > kMaxRecords || header.tensors > kMaxRecords) {
    return std::unexpected(reader.Malformed("too many records"));
  }
  return header;
}

std::string_view ParentOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

CatalogueReader::CatalogueReader(std::shared_ptr<CatalogueBytes> bytes, const CatalogueHeader& header)
    : bytes_(std::move(bytes)),
      header_(header),
      files_at_(kCatalogueHeaderSize + header.blocks * kBlockRecordSize),
      tensors_at_(files_at_ + header.files * kFileRecordSize),
      heap_at_(tensors_at_ + header.tensors * kTensorRecordSize) {}

Expected<CatalogueReader> CatalogueReader::Open(std::shared_ptr<CatalogueBytes> bytes) {
  if (bytes->size() < kCatalogueHeaderSize) return Broken("is shorter than its header");
  std::array<std::uint8_t, kCatalogueHeaderSize> raw{};
  SR_RETURN_IF_ERROR(bytes->Read(0, raw));
  auto header = ParseHeader(raw);
  if (!header) return Broken(std::move(header).error());
  const std::uint64_t size = bytes->size();
  CatalogueReader reader(std::move(bytes), *header);
  std::uint64_t end = 0;
  if (!CheckedAdd(reader.heap_at_, header->heap_size, end) || end != size)
    return Broken("its size does not fit its header");
  return reader;
}

Expected<Bytes> CatalogueReader::Heap(std::uint64_t offset, std::uint64_t size) const {
  std::uint64_t end = 0;
  if (!CheckedAdd(offset, size, end) || end > header_.heap_size)
    return Broken("a name lies outside the heap");
  Bytes bytes(size);
  SR_RETURN_IF_ERROR(bytes_->Read(heap_at_ + offset, bytes));
  return bytes;
}

Expected<FileRecord> CatalogueReader::File(std::uint64_t index) const {
  if (index >= header_.files) return Broken("file", index, "there is no such record");
  std::array<std::uint8_t, kFileRecordSize> bytes{};
  SR_RETURN_IF_ERROR(bytes_->Read(files_at_ + index * kFileRecordSize, bytes));
  auto raw = ParseFile(bytes);
  if (!raw) return Broken(std::move(raw).error());
  FileRecord& file = raw->record;
  if (raw->path_size > 4096) return Broken("file", index, "its path is too long");
  SR_ASSIGN_OR_RETURN(const Bytes path, Heap(raw->heap_offset, raw->path_size));
  file.path = AsText(path);
  std::uint64_t end = 0;
  if (!IsModelPath(file.path)) return Broken("file", index, "its path is not one that a model may have");
  if (file.mode > 07777) return Broken("file", index, "its mode has unknown bits");
  if (!CheckedAdd(file.first_block, file.blocks, end) || end > header_.blocks) {
    return Broken("file", index, "its blocks lie outside the table");
  }
  if ((file.size == 0) != (file.blocks == 0))
    return Broken("file", index, "its size does not fit its blocks");
  if (file.kind == FileKind::kDirectory && file.size != 0)
    return Broken("file", index, "a directory has no content");
  return std::move(file);
}

Expected<TensorRecord> CatalogueReader::Tensor(std::uint64_t index) const {
  if (index >= header_.tensors) return Broken("tensor", index, "there is no such record");
  std::array<std::uint8_t, kTensorRecordSize> bytes{};
  SR_RETURN_IF_ERROR(bytes_->Read(tensors_at_ + index * kTensorRecordSize, bytes));
  auto raw = ParseTensor(bytes);
  if (!raw) return Broken(std::move(raw).error());
  if (raw->name_size > kMaxTensorName || raw->description_size > kMaxDescription) {
    return Broken("tensor", index, "its name or description is too long");
  }
  SR_ASSIGN_OR_RETURN(const Bytes heap,
                      Heap(raw->heap_offset, std::uint64_t{raw->name_size} + raw->description_size));
  TensorRecord& tensor = raw->record;
  tensor.name = AsText(ByteView(heap).first(raw->name_size));
  if (HashName(tensor.name) != raw->hash) return Broken("tensor", index, "its hash is not that of its name");
  const std::string_view description = AsText(ByteView(heap).subspan(raw->name_size));
  const std::size_t space = description.find(' ');
  if (space == std::string_view::npos) return Broken("tensor", index, "its description has no shape");
  tensor.dtype = description.substr(0, space);
  tensor.shape = description.substr(space + 1);
  SR_ASSIGN_OR_RETURN(const FileRecord file, File(tensor.file));
  std::uint64_t end = 0;
  if (!CheckedAdd(tensor.offset, tensor.size, end) || end > file.size) {
    return Broken("tensor", index, "it lies outside its file");
  }
  return std::move(tensor);
}

Expected<BlockRecord> CatalogueReader::Block(std::uint64_t index) const {
  if (index >= header_.blocks) return Broken("block", index, "there is no such record");
  std::array<std::uint8_t, kBlockRecordSize> bytes{};
  SR_RETURN_IF_ERROR(bytes_->Read(kCatalogueHeaderSize + index * kBlockRecordSize, bytes));
  auto block = ParseBlock(bytes);
  if (!block) return Broken(std::move(block).error());
  std::uint64_t end = 0;
  if (block->size == 0 || block->size > codec::kMaxBlock)
    return Broken("block", index, "its size is not 1 byte to 1 MiB");
  if (block->coded_size == 0 || block->coded_size > block->size + codec::kMaxOverhead) {
    return Broken("block", index, "its coded size is impossible");
  }
  if (!CheckedAdd(block->stream_offset, block->coded_size, end) || end > header_.stream_size) {
    return Broken("block", index, "it lies outside the stream");
  }
  return block;
}

Expected<std::optional<std::uint64_t>> CatalogueReader::FindFile(std::string_view path) const {
  std::uint64_t low = 0, high = header_.files;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    SR_ASSIGN_OR_RETURN(const FileRecord file, File(middle));
    if (file.path == path) return middle;
    if (file.path < path) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

Expected<std::vector<TensorRecord>> CatalogueReader::FindTensors(std::string_view name) const {
  const NameHash hash = HashName(name);
  std::uint64_t low = 0, high = header_.tensors;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    NameHash found{};
    SR_RETURN_IF_ERROR(bytes_->Read(tensors_at_ + middle * kTensorRecordSize, found));
    if (found < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::vector<TensorRecord> tensors;
  for (; low < header_.tensors; ++low) {
    SR_ASSIGN_OR_RETURN(TensorRecord tensor, Tensor(low));
    if (HashName(tensor.name) != hash) break;
    if (tensor.name == name) tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Expected<std::uint64_t> CatalogueReader::FindBlock(const FileRecord& file, std::uint64_t offset) const {
  std::uint64_t low = file.first_block, high = file.first_block + file.blocks;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    SR_ASSIGN_OR_RETURN(const BlockRecord block, Block(middle));
    if (offset < block.file_offset) {
      high = middle;
    } else if (offset - block.file_offset >= block.size) {
      low = middle + 1;
    } else {
      return middle;
    }
  }
  return Broken("no block holds byte " + std::to_string(offset) + " of a file");
}

Status CatalogueReader::CheckBlocks(const FileRecord& file, std::uint64_t index,
                                    std::uint64_t& stream_offset) const {
  std::uint64_t file_offset = 0;
  for (std::uint64_t i = file.first_block; i < file.first_block + file.blocks; ++i) {
    SR_ASSIGN_OR_RETURN(const BlockRecord block, Block(i));
    if (block.file != index) return Broken("block", i, "it belongs to another file");
    if (block.stream_offset != stream_offset)
      return Broken("block", i, "there is a gap in the stream before it");
    if (block.file_offset != file_offset) return Broken("block", i, "there is a gap in the file before it");
    stream_offset += block.coded_size;
    file_offset += block.size;
  }
  return file_offset == file.size ? Status() : Broken("file", index, "its blocks do not cover it");
}

Status CatalogueReader::CheckFiles() const {
  std::uint64_t stream_offset = 0, blocks = 0, plaintext = 0;
  std::string previous;
  std::set<std::string, std::less<>> directories;
  for (std::uint64_t i = 0; i < header_.files; ++i) {
    SR_ASSIGN_OR_RETURN(const FileRecord file, File(i));
    if (i > 0 && file.path <= previous) return Broken("file", i, "it is out of order");
    previous = file.path;
    const std::string_view parent = ParentOf(file.path);
    if (!parent.empty() && !directories.contains(parent))
      return Broken("file", i, "it stands in no directory");
    if (file.kind == FileKind::kDirectory) directories.insert(file.path);
    if (file.blocks != 0 && file.first_block != blocks)
      return Broken("file", i, "its first block is not the next one");
    SR_RETURN_IF_ERROR(CheckBlocks(file, i, stream_offset));
    blocks += file.blocks;
    if (file.kind == FileKind::kRegular) plaintext += file.size;
  }
  if (blocks != header_.blocks || stream_offset != header_.stream_size ||
      plaintext != header_.plaintext_size) {
    return Broken("its records do not add up to its header");
  }
  return {};
}

Status CatalogueReader::CheckTensors() const {
  std::tuple<NameHash, std::uint32_t, std::uint64_t> previous;
  TensorRecord before;
  for (std::uint64_t i = 0; i < header_.tensors; ++i) {
    SR_ASSIGN_OR_RETURN(const TensorRecord tensor, Tensor(i));
    const std::tuple place(HashName(tensor.name), tensor.file, tensor.offset);
    if (i > 0 && place < previous) return Broken("tensor", i, "it is out of order");
    if (i > 0 && tensor.file == before.file && tensor.name == before.name) {
      return Broken("tensor", i, "its name stands twice in one file");
    }
    previous = place;
    before = tensor;
  }
  return {};
}

Status CatalogueReader::CheckAll() const {
  SR_RETURN_IF_ERROR(CheckFiles());
  return CheckTensors();
}

}  // namespace strongroom::bundle
