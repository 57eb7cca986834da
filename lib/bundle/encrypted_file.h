// One FLOE file of a bundle, with its leaves: being written, and being read at any place.
#ifndef STRONGROOM_BUNDLE_ENCRYPTED_FILE_H_
#define STRONGROOM_BUNDLE_ENCRYPTED_FILE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bundle/encrypted_run.h"
#include "bundle/segment_reader.h"
#include "strongroom/base/error.h"
#include "strongroom/base/file.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/crypto/floe.h"
#include "strongroom/secret/secret_bytes.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

// What a file is encrypted under.
struct FileKey {
  std::shared_ptr<const crypto::BulkCrypto> bulk;
  SecretBytes key;
  Context context{};
};
FileKey MakeFileKey(std::shared_ptr<const crypto::BulkCrypto> bulk, const BundleKey& key,
                    const Instance& instance, KeyUse use, std::uint32_t index);

// What a thread needs to encrypt runs.
struct RunScratch {
  explicit RunScratch(const crypto::BulkCrypto& bulk) : worker(bulk.NewWorker()) {}
  std::unique_ptr<crypto::BulkWorker> worker;
  crypto::LeafBuffer buffer{kRunLeaves + 1};
};

// EncryptedFileWriter writes one file, run by run, in any order and on any threads.
class EncryptedFileWriter {
 public:
  EncryptedFileWriter(std::unique_ptr<File> file, const FileKey& key);

  // See RunEncryptor::Encrypt.
  Status WriteRun(RunScratch& scratch, std::uint64_t run, bool final, std::span<const ByteView> plaintext);
  // Once every run is written.
  Status Sync() { return file_->Sync(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::vector<Digest>& leaves() const { return encryptor_.leaves(); }
  [[nodiscard]] const crypto::FloeHeader& header() const { return encryptor_.header(); }

 private:
  std::unique_ptr<File> file_;
  RunEncryptor encryptor_;
  std::atomic<std::uint64_t> size_ = 0;
};

// EncryptedStreamWriter writes one file from its beginning to its end on one thread.
class EncryptedStreamWriter {
 public:
  EncryptedStreamWriter(std::unique_ptr<File> file, const FileKey& key);

  Status Append(ByteView plaintext);
  // Writes what is left. The file is whole then, but not synced.
  Expected<EncryptedFileWriter*> Finish();

 private:
  Status WriteRun(bool final);

  EncryptedFileWriter writer_;
  RunScratch scratch_;
  PlaintextBuffer pending_{kRunCapacity};
  std::size_t pending_size_ = 0;
  std::uint64_t next_run_ = 0;
};

// A file and its .leaves file.
struct SubjectPair {
  Subject file, leaves;
  friend bool operator==(const SubjectPair&, const SubjectPair&) = default;
};
SubjectPair MakeSubjects(const std::string& name, std::uint64_t size, std::span<const Digest> leaves);

// Makes a new file in place of whatever an interrupted run may have left under its name.
Expected<std::unique_ptr<File>> CreateAnew(store::Store& store, const std::string& name);

// Writes a .leaves file and syncs it.
Status WriteLeaves(store::Store& store, const std::string& name, std::span<const Digest> leaves);

// EncryptedFile is a file of a store being read.
class EncryptedFile final : public SegmentReader {
 public:
  // Checks sizes, and the .leaves file against the signed root; without `check_leaves` the .leaves file is
  // not touched and windows are not checked. `bytes_read` counts what is read from the store and outlives the
  // file.
  static Expected<std::unique_ptr<EncryptedFile>> Open(store::Store& store, const SubjectPair& subjects,
                                                       const FileKey& key, bool check_leaves,
                                                       std::atomic<std::uint64_t>& bytes_read);

 private:
  EncryptedFile(std::unique_ptr<File> file, std::string name, std::uint64_t size,
                std::uint64_t plaintext_size, std::vector<Digest> leaves,
                std::atomic<std::uint64_t>& bytes_read)
      : SegmentReader(std::move(name), size, plaintext_size, std::move(leaves)),
        file_(std::move(file)),
        bytes_read_(bytes_read) {}
  Status ReadHeader(const FileKey& key);
  Status ReadWindows(crypto::LeafBuffer& buffer, std::uint64_t at, const WindowRange& range) const;
  Expected<WindowView> Load(ReadScratch& scratch, const WindowRange& range,
                            bool first_is_there) const override;

  const std::unique_ptr<File> file_;
  std::atomic<std::uint64_t>& bytes_read_;
};

// Opens a file of the bundle for reading; kTruncated if it is missing or shorter than `size`, kAltered if it
// is longer.
Expected<std::unique_ptr<File>> OpenSubject(store::Store& store, const std::string& name, std::uint64_t size);

// Reads the .leaves file `leaves` and holds it against the root of the file it describes; kTruncated,
// kAltered.
Expected<std::vector<Digest>> ReadLeaves(store::Store& store, const Subject& leaves, const Digest& root);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_ENCRYPTED_FILE_H_
