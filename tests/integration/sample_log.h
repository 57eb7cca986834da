// A published log of any length, as another program might have written it, for the program to read.
#ifndef STRONGROOM_TESTS_INTEGRATION_SAMPLE_LOG_H_
#define STRONGROOM_TESTS_INTEGRATION_SAMPLE_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "strongroom/log/checkpoint.h"
#include "strongroom/log/cosignature.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/record.h"

namespace strongroom::testing {

inline constexpr std::string_view kSampleOrigin = "log.example/access";
inline constexpr std::int64_t kSampleStart =
    1'795'000'000;  // the time of record 0; each later one is a minute later

// Record i: a third of them are refusals, which are in Norway, and the others openings in the Netherlands.
// Bundle i % 4 is of the id that begins with (i % 4) in hexadecimal.
log::AccessRecord SampleRecord(std::uint64_t index);

// SampleLog is the files of a log below a directory, in the layout of tlog-tiles.
class SampleLog {
 public:
  explicit SampleLog(std::string directory, std::uint8_t key = 1);

  // Adds entries and writes the tiles and the checkpoint over all of them.
  void Append(std::vector<Bytes> entries);
  void AppendRecords(std::uint64_t count);
  // Signs another checkpoint over what is there.
  void WriteCheckpoint(const log::Checkpoint& checkpoint) const;
  // Adds the cosignature of the witness with this key to the checkpoint.
  void Cosign(const std::string& witness, const crypto::Ed25519PrivateKey& key) const;

  [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
  [[nodiscard]] log::Checkpoint Head() const;
  [[nodiscard]] std::string vkey() const;
  [[nodiscard]] const log::MerkleTree& tree() const { return tree_; }
  [[nodiscard]] const Bytes& entry(std::uint64_t index) const { return entries_[index]; }
  [[nodiscard]] std::string Sign(const log::Checkpoint& checkpoint) const;

 private:
  void WriteBundles() const;
  void WriteTiles() const;
  void Write(const std::string& path, ByteView bytes) const;

  std::string directory_;
  crypto::Ed25519PrivateKey key_;
  std::vector<Bytes> entries_;
  log::MerkleTree tree_;
};

// The key of which every byte of the seed is this.
crypto::Ed25519PrivateKey SampleKey(std::uint8_t fill);

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_INTEGRATION_SAMPLE_LOG_H_
