// Keyslots documents, permits and a log to take them from.
#ifndef STRONGROOM_TESTS_UNIT_KEYSLOT_SLOTS_FOR_TESTS_H_
#define STRONGROOM_TESTS_UNIT_KEYSLOT_SLOTS_FOR_TESTS_H_

#include <stdexcept>
#include <string>
#include <utility>

#include "strongroom/base/file.h"
#include "strongroom/keyslot/create.h"
#include "strongroom/keyslot/unlock.h"
#include "strongroom/log/log.h"
#include "testing/temporary_directory.h"

namespace strongroom::keyslot {

// Fast, and so not for use outside tests.
inline constexpr crypto::Argon2Cost kLowCost = {.passes = 1, .memory_bytes = 8 << 10};

inline constexpr std::string_view kGoodPassphrase = "quiet lamp under seven rivers 41";

template <typename T>
T Must(Expected<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

inline RecoverySecret PassphraseOf(std::string_view text) {
  return Must(ParseRecoverySecret(SecretBytes::CopyOf(AsBytes(text))));
}

inline Instance TestInstance() {
  Instance instance;
  instance.fill(0x11);
  return instance;
}

inline KeyslotsDocument DocumentWith(Keyslot slot) {
  KeyslotsDocument document;
  document.bundle_id.fill(0x22);
  document.instance = TestInstance();
  document.revision = 3;
  document.slots.push_back(std::move(slot));
  return document;
}

inline log::AccessRecord PermitFor(const KeyslotsDocument& document, std::uint32_t slot) {
  log::AccessRecord record;
  record.action = log::Action::kOpen;
  record.outcome = log::Outcome::kPermit;
  record.bundle = log::RecordedBundle{
      .instance = document.instance, .id = document.bundle_id, .keyslots_revision = document.revision};
  record.keyslot = log::RecordedKeyslot{.kind = "recovery", .index = slot};
  return record;
}

// A log of its own in a temporary directory.
class TestLog {
 public:
  log::Receipt Append(const log::AccessRecord& record) { return Must(log_.Append(record)); }

 private:
  testing::TemporaryDirectory directory_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  SystemClock clock_;
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::Generate();
  log::Log log_ = Must(log::Log::Create(*files_, directory_.path() + "/log", "log.example", key_, clock_));
};

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_TESTS_UNIT_KEYSLOT_SLOTS_FOR_TESTS_H_
