// A cursor over a part of a file, read through one small buffer: what a header of any size is parsed from.
#ifndef STRONGROOM_WEIGHTS_FILE_WINDOW_H_
#define STRONGROOM_WEIGHTS_FILE_WINDOW_H_

#include <cstdint>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/file.h"

namespace strongroom::weights {

class FileWindow {
 public:
  // Reads [begin, end) of the file. `what` names it in errors.
  FileWindow(const File& file, std::uint64_t begin, std::uint64_t end, std::string_view what);

  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // from the start of the file
  [[nodiscard]] std::uint64_t remaining() const { return end_ - offset_; }

  // The next byte without moving, or -1 at the end.
  Expected<int> Peek() {
    if (offset_ - buffer_begin_ < buffer_.size()) return buffer_[offset_ - buffer_begin_];
    return PeekFurther();
  }
  // Moves over a byte that Peek returned.
  void Next() { ++offset_; }
  Expected<std::uint32_t> U32Le();
  Expected<std::uint64_t> U64Le();
  Expected<std::string> Text(std::uint64_t size);  // check the size against a limit of your own first
  Status Skip(std::uint64_t size);

  // kMalformed: "<what>, offset <offset>: <why>"; the second form names another offset than the cursor's.
  [[nodiscard]] Error Malformed(std::string_view why) const { return MalformedAt(offset_, why); }
  [[nodiscard]] Error MalformedAt(std::uint64_t offset, std::string_view why) const;

 private:
  Expected<int> PeekFurther();
  Status Fill();
  Status Read(MutableBytes out);

  const File& file_;
  std::uint64_t offset_;
  std::uint64_t end_;
  std::string_view what_;
  Bytes buffer_;  // holds [buffer_begin_, buffer_begin_ + buffer_.size()) of the file
  std::uint64_t buffer_begin_;
};

}  // namespace strongroom::weights

#endif  // STRONGROOM_WEIGHTS_FILE_WINDOW_H_
