// The journal of a seal: what an interrupted run leaves for the next one to continue from. It stands beside
// OUTPUT.partial, is gone when the bundle is done, and is no part of the bundle's format.
//
//   journal = frame, frame, ...     frame = u32le length || AES-256-GCM under the journal key, its number in
//   the AAD
//
// A frame is appended and synced after what it describes is durable. Frames from the first that does not
// verify on, such as a torn last one, are dropped: what they described is done again.
#ifndef STRONGROOM_BUNDLE_JOURNAL_H_
#define STRONGROOM_BUNDLE_JOURNAL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bundle/encrypted_file.h"
#include "strongroom/base/error.h"
#include "strongroom/base/file.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/crypto/floe.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::bundle {

// The first frame.
struct JournalStart {
  Instance instance{};
  BundleKey key;
  Digest fingerprint{};  // of the source
  std::uint64_t shard_size = 0;
  std::optional<ParitySpec> parity;
};

// A shard or parity file that is whole and durable.
struct FinishedFile {
  SubjectPair subjects;
  crypto::FloeHeader header{};             // of a shard: tells it from an older file of the same name
  std::vector<std::uint32_t> coded_sizes;  // of a shard: of the blocks that begin in it
};

// What the frames after the first say.
struct JournalContents {
  std::optional<ShardPlan> plan;
  std::map<std::string, FinishedFile> files;       // shards as the plan cut them, and parity files; a later entry replaces an earlier
  std::optional<std::vector<FinishedFile>> recut;  // all shards of the final plan, if the plan was not kept
};

class Journal {
 public:
  struct Opened;

  // Makes a new journal in place of any that is there; durable on return.
  static Expected<std::unique_ptr<Journal>> Create(FileSystem& files, const std::string& path,
                                                   const WrappingKey& key, const JournalStart& start);
  // Nothing if there is no journal or not even its first frame is whole; kNoKey if that is of another key.
  static Expected<std::optional<Opened>> Open(FileSystem& files, const std::string& path,
                                              const WrappingKey& key);

  // Each is durable on return. One thread at a time.
  Status AppendPlan(const ShardPlan& plan);
  Status AppendFile(const FinishedFile& file);
  Status AppendRecut(const std::vector<FinishedFile>& shards);

 private:
  Journal(std::unique_ptr<File> file, WrappingKey key) : file_(std::move(file)), key_(std::move(key)) {}
  Status Append(ByteView frame);

  std::unique_ptr<File> file_;
  WrappingKey key_;
  std::uint64_t size_ = 0;
  std::uint64_t frames_ = 0;
};

struct Journal::Opened {
  std::unique_ptr<Journal> journal;
  JournalStart start;
  JournalContents contents;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_JOURNAL_H_
