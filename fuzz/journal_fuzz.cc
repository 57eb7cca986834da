// Runs of a journal's frames: whole frames end within the run, and what is read of it stands in its order.
#include <array>
#include <cstdlib>

#include "log/journal.h"
#include "log/journal_run.h"
#include "strongroom/crypto/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  static const auto key = crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 1)));
  static const std::array keys = {envelope::NoteKey{"example.com/access-log", key->public_key()}};
  const ByteView run(data, size);
  const std::size_t whole = log::WholeFrames(run);
  if (whole > size) std::abort();
  static_cast<void>(log::TypeOfDamagedFrame(run));
  const log::CheckedRun checked = log::CheckRun(run, 0, keys);
  std::uint64_t last = 0;
  for (const auto& entry : checked.entries) {
    if (entry.offset >= size || entry.offset < last) std::abort();
    last = entry.offset;
  }
  for (const auto& checkpoint : checked.checkpoints) {
    if (checkpoint.end > size || checkpoint.offset >= checkpoint.end) std::abort();
    if (checkpoint.entries_before > checked.entries.size()) std::abort();
  }
  return 0;
}
