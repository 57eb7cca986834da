// The stored state of a log's index: what is taken is the index that was committed to, and nothing else is.
#include <algorithm>
#include <cstdlib>

#include "strongroom/log/entry_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const auto record = log::ParseIndexRecord(AsBytes(
      R"({"entries":8,"keys":3,"root":"8fcc0650b3ad61a88641e1e198a16f60edb6c3dc3be50edad93154c94cb26e43",)"
      R"("time":"2026-11-18T11:06:40Z","type":"strongroom.index.v1"})"));
  const auto index = log::EntryIndex::Parse({data, size}, *record);
  if (index && !std::ranges::equal(index->Serialize(), ByteView(data, size))) std::abort();
  return 0;
}
