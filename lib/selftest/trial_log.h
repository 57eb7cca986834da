// The log on which campaigns try things: its key, clock and records are always the same.
#ifndef STRONGROOM_SELFTEST_TRIAL_LOG_H_
#define STRONGROOM_SELFTEST_TRIAL_LOG_H_

#include <optional>
#include <string>
#include <vector>

#include "strongroom/log/log.h"

namespace strongroom::selftest {

class TrialLog {
 public:
  explicit TrialLog(std::string directory);
  TrialLog(const TrialLog&) = delete;
  TrialLog& operator=(const TrialLog&) = delete;

  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] envelope::NoteKey public_key() const;
  Expected<log::Log> Create(FileSystem& files) const;
  Expected<log::Log> Open(FileSystem& files, const std::optional<log::Checkpoint>& remembered = {}) const;

 private:
  class StillClock final : public Clock {
   public:
    [[nodiscard]] Timestamp Now() const override { return Timestamp{1'795'000'000}; }
  };

  std::string directory_;
  crypto::Ed25519PrivateKey key_;
  StillClock clock_;
};

log::AccessRecord NumberedRecord(std::uint64_t number);
std::vector<log::AccessRecord> NumberedRecords(std::uint64_t first, std::uint64_t count);

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_TRIAL_LOG_H_
