// A catalogue's plaintext: every record is read, whatever the bytes say, and a catalogue that is right as a
// whole is right in every part.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "strongroom/bundle/catalogue.h"

namespace {

using namespace strongroom;
using namespace strongroom::bundle;

constexpr std::uint64_t kMostRecords = 4096;  // the input cannot hold more that are worth the time

class InputBytes final : public CatalogueBytes {
 public:
  explicit InputBytes(ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Status Read(std::uint64_t offset, MutableBytes out) override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset) std::abort();
    std::ranges::copy(bytes_.subspan(offset, out.size()), out.begin());
    return {};
  }

 private:
  ByteView bytes_;
};

void ReadFiles(const CatalogueReader& catalogue, bool right) {
  for (std::uint64_t i = 0; i < std::min(catalogue.header().files, kMostRecords); ++i) {
    const auto file = catalogue.File(i);
    if (!file && right) std::abort();
    if (!file) continue;
    const auto found = catalogue.FindFile(file->path);
    if (right && (!found || *found != i)) std::abort();
    if (file->size == 0) continue;
    const auto block = catalogue.FindBlock(*file, file->size - 1);
    if (right && !block) std::abort();
  }
}

void ReadTensors(const CatalogueReader& catalogue, bool right) {
  for (std::uint64_t i = 0; i < std::min(catalogue.header().tensors, kMostRecords); ++i) {
    const auto tensor = catalogue.Tensor(i);
    if (!tensor && right) std::abort();
    if (!tensor) continue;
    const auto found = catalogue.FindTensors(tensor->name);
    if (right && (!found || found->empty())) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto catalogue = CatalogueReader::Open(std::make_shared<InputBytes>(ByteView(data, size)));
  if (!catalogue) return 0;
  const bool right = catalogue->CheckAll().has_value();
  ReadFiles(*catalogue, right);
  ReadTensors(*catalogue, right);
  return 0;
}
