// Random access to a sealed model, given its key. Only the table pages, leaves and windows that a read needs
// are touched, and every window is held against the owner's signed root before a byte of it is used.
#ifndef STRONGROOM_BUNDLE_READ_H_
#define STRONGROOM_BUNDLE_READ_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/bundle/catalogue.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/secret/secret_bytes.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

struct ReadOptions {
  std::shared_ptr<const crypto::BulkCrypto> bulk;
  // False skips the leaf hashes of shards: faster, but whoever ever held the bundle key can then forge
  // blocks.
  bool check_leaves = true;
};

// Bundle is an opened bundle. Safe to use from many threads at once. It holds the derived keys until it is
// destroyed.
class Bundle {
 public:
  using Sink = std::function<Status(ByteView)>;

  // Open checks the key against the commitment (kAltered) and the catalogue against the manifest. Errors here
  // and below: kTruncated for a file that is missing or too short, kAltered for one that is too long or whose
  // bytes are not those that were signed, naming the file and, where it is known, the leaf.
  static Expected<std::unique_ptr<Bundle>> Open(std::shared_ptr<store::Store> store,
                                                const VerifiedManifest& manifest, const BundleKey& key,
                                                ReadOptions options);
  Bundle(const Bundle&) = delete;
  Bundle& operator=(const Bundle&) = delete;
  ~Bundle();

  [[nodiscard]] const CatalogueReader& catalogue() const;
  [[nodiscard]] const Manifest& manifest() const;
  [[nodiscard]] const Digest& bundle_id() const;

  // Read gives [offset, offset + size) of a regular file or of a symbolic link's target to `sink`, in order,
  // in pieces of at most 1 MiB that are wiped after the call. kInvalidArgument beyond the end; a sink's error
  // is returned as it is.
  Status Read(const FileRecord& file, std::uint64_t offset, std::uint64_t size, const Sink& sink) const;
  // Read into memory that the caller owns and wipes; left unspecified after an error.
  Status Read(const FileRecord& file, std::uint64_t offset, MutableBytes out) const;

  // Bytes read from the store so far.
  [[nodiscard]] std::uint64_t bytes_read() const;

 private:
  friend class Extraction;
  struct State;
  explicit Bundle(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What a name given by a person stands for.
struct Item {
  FileRecord file;
  std::uint64_t offset = 0, size = 0;  // the part of the file that the name stands for
  std::optional<TensorRecord> tensor;  // if it is a tensor
};
// A file's path, or a tensor's name, or "PATH:TENSOR" where several files have a tensor of that name.
// kNotFound; kInvalidArgument, listing the files, if the name is not unique.
Expected<Item> FindItem(const Bundle& bundle, std::string_view name);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_READ_H_
