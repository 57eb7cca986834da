#include "selftest/trial_log.h"

#include <utility>

namespace strongroom::selftest {
namespace {

constexpr std::string_view kOrigin = "selftest.invalid/log";

crypto::Ed25519PrivateKey TrialKey() {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 7)));
}

}  // namespace

TrialLog::TrialLog(std::string directory) : directory_(std::move(directory)), key_(TrialKey()) {}

envelope::NoteKey TrialLog::public_key() const {
  return {std::string(kOrigin), key_.public_key()};
}

Expected<log::Log> TrialLog::Create(FileSystem& files) const {
  return log::Log::Create(files, directory_, std::string(kOrigin), key_, clock_);
}

Expected<log::Log> TrialLog::Open(FileSystem& files, const std::optional<log::Checkpoint>& remembered) const {
  return log::Log::Open(files, directory_, std::string(kOrigin), key_, clock_, remembered);
}

log::AccessRecord NumberedRecord(std::uint64_t number) {
  log::AccessRecord record;
  record.action = log::Action::kOpen;
  record.outcome = log::Outcome::kPermit;
  record.note = std::to_string(number);
  return record;
}

std::vector<log::AccessRecord> NumberedRecords(std::uint64_t first, std::uint64_t count) {
  std::vector<log::AccessRecord> records;
  for (std::uint64_t number = first; number < first + count; ++number)
    records.push_back(NumberedRecord(number));
  return records;
}

}  // namespace strongroom::selftest
