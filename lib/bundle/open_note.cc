#include "bundle/open_note.h"

#include <algorithm>
#include <utility>

#include "strongroom/crypto/hash.h"

namespace strongroom::bundle {
namespace {

// An entry is a file's number and the beginning of a hash of it, so that a torn or empty part of the note is
// never taken for one.
constexpr std::size_t kCheckSize = 12;
constexpr std::size_t kEntrySize = 4 + kCheckSize;

}  // namespace

Expected<std::unique_ptr<OpenNote>> OpenNote::Open(FileSystem& files, const std::string& path,
                                                   const Digest& bundle_id, bool resume) {
  std::unique_ptr<OpenNote> note(new OpenNote(files, path, bundle_id));
  if (resume) {
    auto file = files.Open(path, OpenMode::kReadWrite);
    if (file) {
      note->file_ = *std::move(file);
      SR_RETURN_IF_ERROR(note->Load());
      return note;
    }
    if (file.error().code != ErrorCode::kNotFound) return std::unexpected(std::move(file).error());
  }
  SR_RETURN_IF_ERROR(note->Create());
  return note;
}

Status OpenNote::Create() {
  const Status removed = files_.Remove(path_);
  if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  SR_ASSIGN_OR_RETURN(file_, files_.Open(path_, OpenMode::kCreate));
  SR_RETURN_IF_ERROR(file_->WriteAt(0, bundle_id_));
  size_ = bundle_id_.size();
  return file_->Sync();
}

Status OpenNote::Load() {
  SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(files_, path_, std::uint64_t{kEntrySize} << 32));
  if (bytes.size() < bundle_id_.size()) return Create();
  if (!std::ranges::equal(ByteView(bytes).first(bundle_id_.size()), bundle_id_)) {
    return Fail(ErrorCode::kInvalidArgument, path_ + ": the interrupted open was of another bundle",
                "start anew with --force");
  }
  size_ = bundle_id_.size();
  for (; bytes.size() - size_ >= kEntrySize; size_ += kEntrySize) {
    const ByteView entry = ByteView(bytes).subspan(size_, kEntrySize);
    SR_ASSIGN_OR_RETURN(const std::uint32_t number, ByteReader(entry).U32Le());
    if (!std::ranges::equal(entry, Entry(number))) return {};
    complete_.insert(number);
  }
  return {};
}

Bytes OpenNote::Entry(std::uint32_t number) const {
  ByteWriter bound;
  bound.Append(bundle_id_).U32Le(number);
  ByteWriter entry;
  entry.U32Le(number).Append(ByteView(crypto::Sha256(bound.bytes())).first(kCheckSize));
  return std::move(entry).Take();
}

Status OpenNote::Add(std::span<const std::uint32_t> numbers) {
  Bytes entries;
  for (const std::uint32_t number : numbers) {
    const Bytes entry = Entry(number);
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  SR_RETURN_IF_ERROR(file_->WriteAt(size_, entries));
  size_ += entries.size();
  return file_->Sync();
}

Status OpenNote::Remove() {
  return files_.Remove(path_);
}

}  // namespace strongroom::bundle
