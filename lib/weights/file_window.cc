#include "weights/file_window.h"

#include <algorithm>
#include <array>

namespace strongroom::weights {
namespace {

constexpr std::uint64_t kBufferSize = 64 * 1024;

}  // namespace

FileWindow::FileWindow(const File& file, std::uint64_t begin, std::uint64_t end, std::string_view what)
    : file_(file), offset_(begin), end_(end), what_(what), buffer_begin_(begin) {}

Error FileWindow::MalformedAt(std::uint64_t offset, std::string_view why) const {
  return Error(ErrorCode::kMalformed,
               std::string(what_) + ", offset " + std::to_string(offset) + ": " + std::string(why));
}

Status FileWindow::Fill() {
  buffer_.resize(std::min(kBufferSize, remaining()));
  buffer_begin_ = offset_;
  return file_.ReadAt(offset_, buffer_);
}

Expected<int> FileWindow::PeekFurther() {
  if (offset_ == end_) return -1;
  SR_RETURN_IF_ERROR(Fill());
  return buffer_[0];
}

Status FileWindow::Read(MutableBytes out) {
  if (out.size() > remaining()) return std::unexpected(Malformed("the file ends here"));
  while (!out.empty()) {
    if (offset_ - buffer_begin_ >= buffer_.size()) SR_RETURN_IF_ERROR(Fill());
    const ByteView ready = ByteView(buffer_).subspan(offset_ - buffer_begin_);
    const std::size_t count = std::min(ready.size(), out.size());
    std::copy_n(ready.begin(), count, out.begin());
    offset_ += count;
    out = out.subspan(count);
  }
  return {};
}

Expected<std::uint32_t> FileWindow::U32Le() {
  std::array<std::uint8_t, 4> bytes;
  SR_RETURN_IF_ERROR(Read(bytes));
  return ByteReader(bytes).U32Le();
}

Expected<std::uint64_t> FileWindow::U64Le() {
  std::array<std::uint8_t, 8> bytes;
  SR_RETURN_IF_ERROR(Read(bytes));
  return ByteReader(bytes).U64Le();
}

Expected<std::string> FileWindow::Text(std::uint64_t size) {
  if (size > remaining()) return std::unexpected(Malformed("the file ends here"));
  Bytes bytes(size);
  SR_RETURN_IF_ERROR(Read(bytes));
  return std::string(AsText(bytes));
}

Status FileWindow::Skip(std::uint64_t size) {
  if (size > remaining()) return std::unexpected(Malformed("the file ends here"));
  offset_ += size;
  return {};
}

}  // namespace strongroom::weights
