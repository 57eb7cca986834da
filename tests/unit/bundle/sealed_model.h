// A model in a directory, an owner, and the whole way from the one to a bundle and back: what most tests of
// this module begin with.
#ifndef STRONGROOM_TESTS_UNIT_BUNDLE_SEALED_MODEL_H_
#define STRONGROOM_TESTS_UNIT_BUNDLE_SEALED_MODEL_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "strongroom/base/file.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/bundle/open.h"
#include "strongroom/bundle/read.h"
#include "strongroom/bundle/repair.h"
#include "strongroom/bundle/seal.h"
#include "strongroom/bundle/verify.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/envelope/trust.h"
#include "testing/temporary_directory.h"

namespace strongroom::bundle {

// What a directory holds: for each path "dir", "-> target", or the mode and the content.
using Tree = std::map<std::string, std::string>;
Tree ReadTree(const std::string& directory);

void WriteFile(const std::string& path, std::string_view content);
void WriteFile(const std::string& path, ByteView content);
Bytes ReadFile(const std::string& path);
void FlipBit(const std::string& path, std::uint64_t bit);

// A safetensors file of the given tensors: name, dtype, number of elements, bytes.
struct NewTensor {
  std::string name, dtype;
  std::uint64_t elements;
  Bytes bytes;
};
Bytes MakeSafetensors(const std::vector<NewTensor>& tensors);

// Bytes as BF16 weights have them: exponents that compress, mantissas that do not. The same for the same
// seed.
Bytes Bf16Weights(std::size_t bytes, std::uint64_t seed);
Bytes Noise(std::size_t bytes, std::uint64_t seed);

class SealedModel {
 public:
  explicit SealedModel(FileSystem* files = nullptr);

  [[nodiscard]] std::string source() const { return folder_ / "model"; }
  [[nodiscard]] std::string bundle() const { return folder_ / "model.bundle"; }
  [[nodiscard]] std::string opened() const { return folder_ / "opened"; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] FileSystem& files() { return *files_; }
  [[nodiscard]] const envelope::TrustStore& trust() const { return trust_; }
  [[nodiscard]] const BundleKey& key() const { return *key_; }

  SealOptions options;  // source, output, bulk and threads are set

  // Each step, and the first error of it. Seal keeps the key for the others.
  Status Seal(std::stop_token stop = {});
  // Signs a manifest in the place of the one that is there.
  Status Sign(const bundle::Manifest& manifest);
  Status SignPayload(ByteView payload);
  Expected<VerifiedManifest> Manifest();
  Expected<VerifyReport> Verify();
  Status VerifyStatus();
  Expected<RepairReport> Repair();
  Expected<std::unique_ptr<Bundle>> Open(bool check_leaves = true);
  Expected<OpenTotals> OpenInto(const OpenOptions& open_options = {});

 private:
  testing::TemporaryDirectory folder_;
  std::unique_ptr<FileSystem> real_ = MakeRealFileSystem();
  FileSystem* files_;
  std::shared_ptr<const crypto::BulkCrypto> bulk_;
  crypto::Ed25519PrivateKey owner_ = crypto::Ed25519PrivateKey::Generate();
  envelope::TrustStore trust_;
  WrappingKey journal_key_ = WrappingKey::Random();
  std::optional<BundleKey> key_;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_TESTS_UNIT_BUNDLE_SEALED_MODEL_H_
