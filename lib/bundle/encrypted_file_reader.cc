#include <algorithm>
#include <utility>

#include "bundle/encrypted_file.h"
#include "bundle/leaves.h"

namespace strongroom::bundle {

using crypto::kLeafSize;

Expected<std::unique_ptr<File>> OpenSubject(store::Store& store, const std::string& name,
                                            std::uint64_t size) {
  auto file = store.OpenForReading(name);
  if (!file && file.error().code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kTruncated, store.Describe(name) + ": is missing",
                "strongroom repair rebuilds it if there is parity");
  }
  if (!file) return file;
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, (*file)->Identity());
  if (identity.size == size) return file;
  const std::string sizes =
      ": has " + std::to_string(identity.size) + " bytes, not the signed " + std::to_string(size);
  return Fail(identity.size < size ? ErrorCode::kTruncated : ErrorCode::kAltered,
              store.Describe(name) + sizes, "strongroom repair rebuilds it if there is parity");
}

Expected<std::vector<Digest>> ReadLeaves(store::Store& store, const Subject& leaves, const Digest& root) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, OpenSubject(store, leaves.name, leaves.size));
  Bytes bytes(leaves.size);
  SR_RETURN_IF_ERROR(file->ReadAt(0, bytes));
  SR_ASSIGN_OR_RETURN(std::vector<Digest> hashes, SplitLeaves(bytes));
  if (MerkleRoot(hashes) == root) return hashes;
  return Fail(ErrorCode::kAltered, store.Describe(leaves.name) + ": its hashes do not make the signed root",
              "strongroom repair makes it again from the file that it describes");
}

Expected<std::unique_ptr<EncryptedFile>> EncryptedFile::Open(store::Store& store, const SubjectPair& subjects,
                                                             const FileKey& key, bool check_leaves,
                                                             std::atomic<std::uint64_t>& bytes_read) {
  const Subject& subject = subjects.file;
  auto opened = OpenSubject(store, subject.name, subject.size);
  if (!opened) return std::unexpected(std::move(opened).error());
  std::unique_ptr<EncryptedFile> file(
      new EncryptedFile(*std::move(opened), store.Describe(subject.name), subject.size, bytes_read));
  SR_ASSIGN_OR_RETURN(file->plaintext_size_, crypto::FloeParameters().PlaintextSize(subject.size));
  if (check_leaves) {
    SR_ASSIGN_OR_RETURN(file->leaves_, ReadLeaves(store, subjects.leaves, subject.root));
    if (file->leaves_.size() != LeafCount(subject.size)) {
      return Fail(ErrorCode::kAltered,
                  store.Describe(subjects.leaves.name) + ": has the wrong number of hashes");
    }
    bytes_read += subjects.leaves.size;
  }
  SR_RETURN_IF_ERROR(file->ReadHeader(key));
  return file;
}

Status EncryptedFile::ReadHeader(const FileKey& key) {
  crypto::FloeHeader header{};
  if (leaves_.empty()) {
    SR_RETURN_IF_ERROR(file_->ReadAt(0, header));
    bytes_read_ += header.size();
  } else {
    crypto::LeafBuffer buffer(1);
    SR_RETURN_IF_ERROR(ReadWindows(*key.bulk->NewWorker(), buffer, 0, 1));
    std::ranges::copy(buffer.Window(0, header.size()), header.begin());
  }
  auto decryptor = crypto::FloeDecryptor::Create(key.bulk, key.key, key.context, header);
  if (!decryptor) return Fail(ErrorCode::kAltered, name_ + ": " + decryptor.error().message);
  decryptor_.emplace(*std::move(decryptor), plaintext_size_);
  return {};
}

Status EncryptedFile::ReadWindows(crypto::BulkWorker& worker, crypto::LeafBuffer& buffer, std::uint64_t first,
                                  std::uint64_t count) const {
  const std::uint64_t begin = first * kLeafSize, end = std::min(size_, (first + count) * kLeafSize);
  std::vector<MutableBytes> pieces;
  buffer.Pieces(0, end - begin, pieces);
  SR_RETURN_IF_ERROR(file_->ReadvAt(begin, pieces));
  bytes_read_ += end - begin;
  if (leaves_.empty()) return {};
  const auto altered = FindAlteredLeaf(worker, buffer, 0, LeafSize(size_, first + count - 1),
                                       std::span(leaves_).subspan(first, count));
  if (altered) return std::unexpected(LeafAltered(name_, first + *altered, size_));
  return {};
}

Status EncryptedFile::Read(ReadScratch& scratch, std::uint64_t offset, MutableBytes out) const {
  if (out.empty()) return {};
  const std::uint64_t end = (offset + out.size() - 1) / kSegmentCapacity + 1;
  for (std::uint64_t first = offset / kSegmentCapacity; first < end; first += kRunSegments) {
    const std::uint64_t last = std::min(end, first + kRunSegments);
    const WindowRange windows = WindowsOf(first, last, size_);
    SR_RETURN_IF_ERROR(ReadWindows(*scratch.worker, scratch.buffer, windows.first, windows.count));
    auto decrypted = decryptor_->Decrypt(*scratch.worker, scratch.buffer, windows.first, first, last, offset,
                                         out, scratch.segment.bytes());
    if (!decrypted) return std::unexpected(std::move(decrypted).error().With(name_));
  }
  return {};
}

}  // namespace strongroom::bundle
