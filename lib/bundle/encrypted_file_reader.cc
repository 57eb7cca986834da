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
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> opened, OpenSubject(store, subject.name, subject.size));
  SR_ASSIGN_OR_RETURN(const std::uint64_t plaintext_size,
                      crypto::FloeParameters().PlaintextSize(subject.size));
  std::vector<Digest> leaves;
  if (check_leaves) {
    SR_ASSIGN_OR_RETURN(leaves, ReadLeaves(store, subjects.leaves, subject.root));
    if (leaves.size() != LeafCount(subject.size)) {
      return Fail(ErrorCode::kAltered,
                  store.Describe(subjects.leaves.name) + ": has the wrong number of hashes");
    }
    bytes_read += subjects.leaves.size;
  }
  std::unique_ptr<EncryptedFile> file(new EncryptedFile(std::move(opened), store.Describe(subject.name),
                                                        subject.size, plaintext_size, std::move(leaves),
                                                        bytes_read));
  SR_RETURN_IF_ERROR(file->ReadHeader(key));
  return file;
}

Status EncryptedFile::ReadHeader(const FileKey& key) {
  crypto::FloeHeader header{};
  if (checks_leaves()) {
    crypto::LeafBuffer buffer(1);
    const WindowRange range{0, 1};
    SR_RETURN_IF_ERROR(ReadWindows(buffer, 0, range));
    SR_RETURN_IF_ERROR(Check(*key.bulk->NewWorker(), {&buffer, 0}, range));
    std::ranges::copy(buffer.Window(0, header.size()), header.begin());
  } else {
    SR_RETURN_IF_ERROR(file_->ReadAt(0, header));
    bytes_read_ += header.size();
  }
  return SetHeader(key.bulk, key.key, key.context, header);
}

// Reads windows to where window `at` of the buffer begins.
Status EncryptedFile::ReadWindows(crypto::LeafBuffer& buffer, std::uint64_t at,
                                  const WindowRange& range) const {
  const std::uint64_t begin = range.first * kLeafSize,
                      end = std::min(size(), (range.first + range.count) * kLeafSize);
  std::vector<MutableBytes> pieces;
  buffer.Pieces(at * kLeafSize, at * kLeafSize + (end - begin), pieces);
  bytes_read_ += end - begin;
  return file_->ReadvAt(begin, pieces);
}

Expected<WindowView> EncryptedFile::Load(ReadScratch& scratch, const WindowRange& range,
                                         bool first_is_there) const {
  crypto::LeafBuffer& buffer = scratch.buffer;
  const std::uint64_t there = first_is_there ? 1 : 0;
  if (first_is_there) std::ranges::copy(buffer.Window(scratch.window_in_buffer), buffer.Window(0).begin());
  if (range.count > there)
    SR_RETURN_IF_ERROR(ReadWindows(buffer, there, {range.first + there, range.count - there}));
  scratch.window_in_buffer = range.count - 1;
  return WindowView{&buffer, range.first};
}

}  // namespace strongroom::bundle
