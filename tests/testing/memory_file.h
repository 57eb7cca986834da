// A file that is only in memory, for parsers. Reads past its end fail as a real file's do; writing is not
// supported.
#ifndef STRONGROOM_TESTS_TESTING_MEMORY_FILE_H_
#define STRONGROOM_TESTS_TESTING_MEMORY_FILE_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "strongroom/base/bytes.h"
#include "strongroom/base/file.h"

namespace strongroom::testing {

class MemoryFile final : public File {
 public:
  // Borrows `bytes`. Beyond them the file goes on with zeros up to `size`, as a sparse one does.
  explicit MemoryFile(ByteView bytes) : MemoryFile(bytes, bytes.size()) {}
  MemoryFile(ByteView bytes, std::uint64_t size) : bytes_(bytes), size_(size) {}

  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    if (offset > size_ || out.size() > size_ - offset)
      return Fail(ErrorCode::kTruncated, "the file ends before");
    for (std::uint8_t& byte : out) {
      byte = offset < bytes_.size() ? bytes_[offset] : 0;
      ++offset;
    }
    bytes_read_ += out.size();
    return {};
  }
  Status ReadvAt(std::uint64_t offset, std::span<const MutableBytes> out) const override {
    for (const MutableBytes part : out) {
      SR_RETURN_IF_ERROR(ReadAt(offset, part));
      offset += part.size();
    }
    return {};
  }
  Status WriteAt(std::uint64_t, ByteView) override { return ReadOnly(); }
  Status WritevAt(std::uint64_t, std::span<const ByteView>) override { return ReadOnly(); }
  Status Truncate(std::uint64_t) override { return ReadOnly(); }
  Status Sync() override { return {}; }
  Expected<FileIdentity> Identity() const override {
    FileIdentity identity;
    identity.size = size_;
    return identity;
  }
  Expected<std::uint64_t> NextData(std::uint64_t offset) const override {
    return offset < bytes_.size() ? offset : size_;
  }
  Expected<bool> TryLock() override { return true; }
  void Unlock() override {}
  int descriptor() const override { return -1; }

  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  static Status ReadOnly() { return Fail(ErrorCode::kInternal, "this file is read-only"); }
  ByteView bytes_;
  std::uint64_t size_;
  mutable std::uint64_t bytes_read_ = 0;
};

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_TESTING_MEMORY_FILE_H_
