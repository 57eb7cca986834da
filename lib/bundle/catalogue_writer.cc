#include <algorithm>
#include <tuple>

#include "bundle/catalogue_format.h"
#include "strongroom/bundle/catalogue.h"

namespace strongroom::bundle {
namespace {

constexpr std::size_t kBatch = 1 << 16;

Bytes BlockBytes(const BlockRecord& block) {
  ByteWriter writer;
  writer.U64Le(block.stream_offset).U64Le(block.file_offset).U32Le(block.coded_size).U32Le(block.size);
  writer.U32Le(block.file).U8(static_cast<std::uint8_t>(block.element)).Zeros(3);
  return std::move(writer).Take();
}

void Append(Bytes& to, ByteView bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

void CatalogueWriter::AddFile(const FileRecord& record) {
  ByteWriter writer;
  writer.U64Le(record.size).U64Le(record.first_block).U64Le(record.blocks).U64Le(heap_.size());
  writer.U32Le(static_cast<std::uint32_t>(record.path.size())).U16Le(record.mode);
  writer.U8(static_cast<std::uint8_t>(record.kind)).Zeros(9);
  Append(file_records_, writer.bytes());
  Append(heap_, AsBytes(record.path));
  if (record.kind == FileKind::kRegular) plaintext_size_ += record.size;
  ++files_;
}

void CatalogueWriter::AddTensor(const TensorRecord& record) {
  const std::string description = record.dtype + ' ' + record.shape;
  tensors_.push_back({.hash = HashName(record.name),
                      .offset = record.offset,
                      .size = record.size,
                      .heap_offset = heap_.size(),
                      .file = record.file,
                      .name_size = static_cast<std::uint32_t>(record.name.size()),
                      .description_size = static_cast<std::uint32_t>(description.size())});
  Append(heap_, AsBytes(record.name));
  Append(heap_, AsBytes(description));
}

Status CatalogueWriter::Write(std::uint64_t stream_size, std::uint64_t blocks,
                              const std::function<BlockRecord()>& next_block, const Sink& sink) {
  ByteWriter header;
  header.Append(kCatalogueMagic).U64Le(stream_size).U64Le(plaintext_size_).U64Le(blocks).U64Le(files_);
  header.U64Le(tensors_.size()).U64Le(heap_.size()).Zeros(8);
  SR_RETURN_IF_ERROR(sink(header.bytes()));

  Bytes batch;
  for (std::uint64_t i = 0; i < blocks; ++i) {
    Append(batch, BlockBytes(next_block()));
    if (batch.size() < kBatch) continue;
    SR_RETURN_IF_ERROR(sink(batch));
    batch.clear();
  }
  SR_RETURN_IF_ERROR(sink(batch));
  SR_RETURN_IF_ERROR(sink(file_records_));

  std::ranges::sort(tensors_, {}, [](const Tensor& t) { return std::tuple(t.hash, t.file, t.offset); });
  ByteWriter records;
  for (const Tensor& tensor : tensors_) {
    records.Append(tensor.hash).U64Le(tensor.offset).U64Le(tensor.size).U64Le(tensor.heap_offset);
    records.U32Le(tensor.file).U32Le(tensor.name_size).U32Le(tensor.description_size).Zeros(4);
  }
  SR_RETURN_IF_ERROR(sink(records.bytes()));
  return sink(heap_);
}

}  // namespace strongroom::bundle
