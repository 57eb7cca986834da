// Logs of any length in the directory of a test, written by the library and read by the program.
#ifndef STRONGROOM_TESTS_INTEGRATION_SAMPLE_LOG_H_
#define STRONGROOM_TESTS_INTEGRATION_SAMPLE_LOG_H_

#include <memory>
#include <string>

#include "strongroom/log/log.h"
#include "testing/fake_clock.h"

namespace strongroom::testing {

inline constexpr std::string_view kSampleOrigin = "log.example/access";
inline constexpr std::int64_t kSampleStart = 1'795'000'000;  // the time of record 0; each is a minute later

// Record i of a sample log: every third is refused, every fifth is of another country, and there are four bundles.
log::AccessRecord SampleRecord(std::uint64_t index);

// SampleLog is a log that a test appends to.
class SampleLog {
 public:
  SampleLog(const std::string& directory, std::uint64_t size, std::uint8_t key = 1);
  void Append(std::uint64_t count);

  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string vkey() const;
  [[nodiscard]] const crypto::Ed25519PrivateKey& key() const { return key_; }
  [[nodiscard]] std::uint64_t size() const { return log_->size(); }

 private:
  std::string directory_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  crypto::Ed25519PrivateKey key_;
  FakeClock clock_{Timestamp{kSampleStart}};
  std::unique_ptr<log::Log> log_;
};

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_INTEGRATION_SAMPLE_LOG_H_
