#include <algorithm>
#include <utility>

#include "bundle/encrypted_file.h"
#include "bundle/leaves.h"

namespace strongroom::bundle {

FileKey MakeFileKey(std::shared_ptr<const crypto::BulkCrypto> bulk, const BundleKey& key,
                    const Instance& instance, KeyUse use, std::uint32_t index) {
  const Context context = MakeContext(instance, use, index);
  return {.bulk = std::move(bulk), .key = DeriveKey(key, context), .context = context};
}

EncryptedFileWriter::EncryptedFileWriter(std::unique_ptr<File> file, const FileKey& key)
    : file_(std::move(file)), encryptor_(crypto::FloeEncryptor::Create(key.bulk, key.key, key.context)) {}

Status EncryptedFileWriter::WriteRun(RunScratch& scratch, std::uint64_t run, bool final,
                                     std::span<const ByteView> plaintext) {
  const std::uint64_t end = encryptor_.Encrypt(*scratch.worker, run, final, plaintext, scratch.buffer, 0);
  const std::uint64_t begin = run == 0 ? 0 : kSeamSize;
  std::vector<ByteView> pieces;
  std::as_const(scratch.buffer).Pieces(begin, end, pieces);
  SR_RETURN_IF_ERROR(file_->WritevAt(run * kRunSize + begin, pieces));
  if (final) size_ = run * kRunSize + end;
  return {};
}

EncryptedStreamWriter::EncryptedStreamWriter(std::unique_ptr<File> file, const FileKey& key)
    : writer_(std::move(file), key), scratch_(*key.bulk) {}

Status EncryptedStreamWriter::Append(ByteView plaintext) {
  while (!plaintext.empty()) {
    // A full run is held back until more comes, for only then is it not the final one.
    if (pending_size_ == kRunCapacity) SR_RETURN_IF_ERROR(WriteRun(false));
    const std::size_t take = std::min(plaintext.size(), kRunCapacity - pending_size_);
    std::ranges::copy(plaintext.first(take),
                      pending_.bytes().begin() + static_cast<std::ptrdiff_t>(pending_size_));
    pending_size_ += take;
    plaintext = plaintext.subspan(take);
  }
  return {};
}

Status EncryptedStreamWriter::WriteRun(bool final) {
  const ByteView pending = std::as_const(pending_).bytes().first(std::exchange(pending_size_, 0));
  return writer_.WriteRun(scratch_, next_run_++, final, std::span(&pending, 1));
}

Expected<EncryptedFileWriter*> EncryptedStreamWriter::Finish() {
  SR_RETURN_IF_ERROR(WriteRun(true));
  return &writer_;
}

SubjectPair MakeSubjects(const std::string& name, std::uint64_t size, std::span<const Digest> leaves) {
  SubjectPair pair;
  pair.file.name = name;
  pair.file.size = size;
  pair.file.root = MerkleRoot(leaves);
  pair.leaves.name = LeavesName(name);
  pair.leaves.size = leaves.size_bytes();
  pair.leaves.root = RootOf(JoinLeaves(leaves));
  return pair;
}

Expected<std::unique_ptr<File>> CreateAnew(store::Store& store, const std::string& name) {
  const Status removed = store.Remove(name);
  if (!removed && removed.error().code != ErrorCode::kNotFound) return std::unexpected(removed.error());
  return store.Create(name);
}

Status WriteLeaves(store::Store& store, const std::string& name, std::span<const Digest> leaves) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, CreateAnew(store, name));
  SR_RETURN_IF_ERROR(file->WriteAt(0, JoinLeaves(leaves)));
  return file->Sync();
}

}  // namespace strongroom::bundle
