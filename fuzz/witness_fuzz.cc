// A witness's messages and state: what parses is written back to the same bytes, and a witness of no log
// cosigns nothing.
#include <cstdlib>

#include "strongroom/log/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const std::string_view text = AsText({data, size});
  const auto request = log::ParseAddCheckpointRequest(text);
  if (request && log::SerializeAddCheckpointRequest(*request) != text) std::abort();
  const auto state = log::ParseWitnessState(text);
  if (state && log::SerializeWitnessState(*state) != text) std::abort();
  const log::Witness of_no_log{"witness.example/w", nullptr, {}};
  const int status = log::AnswerAddCheckpoint(text, of_no_log, {}, Timestamp{0}).status;
  if (status != 400 && status != 404) std::abort();
  constexpr std::string_view kNote =
      "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xE2\x80\x94 k AAAAAAA=\n";
  if (const auto read = log::ReadAddCheckpointAnswer(kNote, 200, text, {}); read) std::abort();
  const auto conflict = log::ReadAddCheckpointAnswer(kNote, 409, text, {});
  if (conflict && std::to_string(*conflict->witness_size) + "\n" != text) std::abort();
  return 0;
}
