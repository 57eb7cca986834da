#include "bundle/journal.h"

#include <algorithm>
#include <utility>

#include "strongroom/crypto/hash.h"

namespace strongroom::bundle {
namespace {

constexpr std::uint32_t kMaxFrame = 256 << 20;
constexpr std::string_view kLabel = "strongroom seal journal 1";

enum class FrameType : std::uint8_t { kStart = 1, kPlan = 2, kFile = 3, kRecut = 4 };

Bytes FrameAad(std::uint64_t number) {
  ByteWriter writer;
  writer.Append(kLabel).U64Le(number);
  return std::move(writer).Take();
}

void WriteSubject(ByteWriter& writer, const Subject& subject) {
  writer.U32Le(static_cast<std::uint32_t>(subject.name.size()))
      .Append(subject.name)
      .U64Le(subject.size)
      .Append(subject.root);
}

Expected<Subject> ReadSubject(ByteReader& reader) {
  Subject subject;
  SR_ASSIGN_OR_RETURN(const std::uint32_t size, reader.U32Le());
  SR_ASSIGN_OR_RETURN(const ByteView name, reader.Take(size));
  subject.name = AsText(name);
  SR_ASSIGN_OR_RETURN(subject.size, reader.U64Le());
  SR_RETURN_IF_ERROR(reader.Copy(subject.root));
  return subject;
}

void WriteFile(ByteWriter& writer, const FinishedFile& file) {
  WriteSubject(writer, file.subjects.file);
  WriteSubject(writer, file.subjects.leaves);
  writer.Append(file.header).U32Le(static_cast<std::uint32_t>(file.coded_sizes.size()));
  for (const std::uint32_t size : file.coded_sizes) writer.U32Le(size);
}

Expected<FinishedFile> ReadFile(ByteReader& reader) {
  FinishedFile file;
  SR_ASSIGN_OR_RETURN(file.subjects.file, ReadSubject(reader));
  SR_ASSIGN_OR_RETURN(file.subjects.leaves, ReadSubject(reader));
  SR_RETURN_IF_ERROR(reader.Copy(file.header));
  SR_ASSIGN_OR_RETURN(const std::uint32_t count, reader.U32Le());
  if (count > reader.remaining() / sizeof(std::uint32_t))
    return std::unexpected(reader.Malformed("too many blocks"));
  for (std::uint32_t i = 0; i < count; ++i) {
    SR_ASSIGN_OR_RETURN(const std::uint32_t size, reader.U32Le());
    file.coded_sizes.push_back(size);
  }
  return file;
}

ByteWriter BeginFrame(FrameType type) {
  ByteWriter writer;
  writer.U8(static_cast<std::uint8_t>(type));
  return writer;
}

SecretBytes StartFrame(const JournalStart& start) {
  ByteWriter writer = BeginFrame(FrameType::kStart);
  const ParitySpec parity = start.parity.value_or(ParitySpec{});
  writer.Append(start.instance)
      .Append(start.fingerprint)
      .U64Le(start.shard_size)
      .U32Le(parity.data)
      .U32Le(parity.parity);
  SecretBytes frame(writer.bytes().size() + BundleKey::kSize);
  std::ranges::copy(writer.bytes(), frame.ExposeForWriting().begin());
  std::ranges::copy(start.key.bytes().Expose(), frame.ExposeForWriting().last(BundleKey::kSize).begin());
  return frame;
}

Expected<JournalStart> ReadStart(ByteView frame) {
  ByteReader reader(frame, "journal");
  SR_ASSIGN_OR_RETURN(const std::uint8_t type, reader.U8());
  if (type != static_cast<std::uint8_t>(FrameType::kStart))
    return std::unexpected(reader.Malformed("no first frame"));
  Instance instance{};
  Digest fingerprint{};
  SR_RETURN_IF_ERROR(reader.Copy(instance));
  SR_RETURN_IF_ERROR(reader.Copy(fingerprint));
  SR_ASSIGN_OR_RETURN(const std::uint64_t shard_size, reader.U64Le());
  ParitySpec parity;
  SR_ASSIGN_OR_RETURN(parity.data, reader.U32Le());
  SR_ASSIGN_OR_RETURN(parity.parity, reader.U32Le());
  SR_ASSIGN_OR_RETURN(const ByteView key_bytes, reader.Take(BundleKey::kSize));
  SR_RETURN_IF_ERROR(reader.Finish());
  SR_ASSIGN_OR_RETURN(BundleKey key, BundleKey::From(SecretBytes::CopyOf(key_bytes)));
  JournalStart start{instance, std::move(key), fingerprint, shard_size, std::nullopt};
  if (parity != ParitySpec{}) start.parity = parity;
  return start;
}

Status ReadRecut(ByteReader& reader, JournalContents& contents) {
  SR_ASSIGN_OR_RETURN(const std::uint32_t count, reader.U32Le());
  contents.recut.emplace();
  for (std::uint32_t i = 0; i < count; ++i) {
    SR_ASSIGN_OR_RETURN(FinishedFile file, ReadFile(reader));
    contents.recut->push_back(std::move(file));
  }
  return {};
}

bool IsShard(const std::string& name) {
  return name.starts_with("shards/");
}

Status ReadFrame(ByteView frame, JournalContents& contents) {
  ByteReader reader(frame, "journal");
  SR_ASSIGN_OR_RETURN(const std::uint8_t type, reader.U8());
  switch (static_cast<FrameType>(type)) {
    case FrameType::kPlan: {
      ShardPlan plan;
      SR_ASSIGN_OR_RETURN(plan.shards, reader.U32Le());
      SR_ASSIGN_OR_RETURN(plan.capacity, reader.U64Le());
      contents.plan = plan;
      break;
    }
    case FrameType::kFile: {
      SR_ASSIGN_OR_RETURN(FinishedFile file, ReadFile(reader));
      const std::string name = file.subjects.file.name;
      // A shard that was made again has another parity than before.
      if (IsShard(name)) std::erase_if(contents.files, [](const auto& entry) { return !IsShard(entry.first); });
      contents.files[name] = std::move(file);
      break;
    }
    case FrameType::kRecut:
      SR_RETURN_IF_ERROR(ReadRecut(reader, contents));
      break;
    default:
      return std::unexpected(reader.Malformed("unknown frame"));
  }
  return reader.Finish();
}

// FrameReader walks over the frames of a journal's file.
class FrameReader {
 public:
  FrameReader(const File& file, std::uint64_t size, const WrappingKey& key)
      : file_(file), size_(size), key_(key) {}
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

  // Nothing if no whole frame is left; kAltered if the next does not verify.
  Expected<std::optional<SecretBytes>> Next() {
    if (size_ - offset_ < sizeof(std::uint32_t)) return std::nullopt;
    std::array<std::uint8_t, sizeof(std::uint32_t)> length{};
    SR_RETURN_IF_ERROR(file_.ReadAt(offset_, length));
    SR_ASSIGN_OR_RETURN(const std::uint32_t size, ByteReader(length).U32Le());
    if (size > kMaxFrame || size > size_ - offset_ - length.size()) return std::nullopt;
    Bytes sealed(size);
    SR_RETURN_IF_ERROR(file_.ReadAt(offset_ + length.size(), sealed));
    SR_ASSIGN_OR_RETURN(SecretBytes frame, crypto::OpenSmall(key_.bytes(), sealed, FrameAad(frames_)));
    offset_ += length.size() + size;
    ++frames_;
    return frame;
  }

 private:
  const File& file_;
  const std::uint64_t size_;
  const WrappingKey& key_;
  std::uint64_t offset_ = 0, frames_ = 0;
};

}  // namespace

Expected<std::unique_ptr<Journal>> Journal::Create(FileSystem& files, const std::string& path,
                                                   const WrappingKey& key, const JournalStart& start) {
  const Status removed = files.Remove(path);
  if (!removed && removed.error().code != ErrorCode::kNotFound) return std::unexpected(removed.error());
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(path, OpenMode::kCreate));
  std::unique_ptr<Journal> journal(new Journal(std::move(file), key.Clone()));
  SR_RETURN_IF_ERROR(journal->Append(StartFrame(start).Expose()));
  SR_RETURN_IF_ERROR(files.SyncDirectory(ParentDirectory(path)));
  return journal;
}

Expected<std::optional<Journal::Opened>> Journal::Open(FileSystem& files, const std::string& path,
                                                       const WrappingKey& key) {
  auto file = files.Open(path, OpenMode::kReadWrite);
  if (!file && file.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!file) return std::unexpected(std::move(file).error());
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, (*file)->Identity());
  FrameReader reader(**file, identity.size, key);
  const auto first = reader.Next();
  if (!first && first.error().code == ErrorCode::kAltered) {
    return Fail(ErrorCode::kNoKey, path + ": was written under another key",
                "resume with the home that began this seal, or start anew with --force");
  }
  if (!first) return std::unexpected(first.error());
  if (!*first) return std::nullopt;
  SR_ASSIGN_OR_RETURN(JournalStart start, ReadStart((*first)->Expose()));

  JournalContents contents;
  while (true) {
    const auto frame = reader.Next();
    if (!frame && frame.error().code != ErrorCode::kAltered) return std::unexpected(frame.error());
    if (!frame || !*frame) break;
    SR_RETURN_IF_ERROR(ReadFrame((*frame)->Expose(), contents));
  }
  SR_RETURN_IF_ERROR((*file)->Truncate(reader.offset()));
  std::unique_ptr<Journal> journal(new Journal(*std::move(file), key.Clone()));
  journal->size_ = reader.offset();
  journal->frames_ = reader.frames();
  return Opened{std::move(journal), std::move(start), std::move(contents)};
}

Status Journal::Append(ByteView frame) {
  SR_ASSIGN_OR_RETURN(const Bytes sealed, crypto::SealSmall(key_.bytes(), frame, FrameAad(frames_)));
  ByteWriter writer;
  writer.U32Le(static_cast<std::uint32_t>(sealed.size())).Append(sealed);
  SR_RETURN_IF_ERROR(file_->WriteAt(size_, writer.bytes()));
  SR_RETURN_IF_ERROR(file_->Sync());
  size_ += writer.bytes().size();
  ++frames_;
  return {};
}

Status Journal::AppendPlan(const ShardPlan& plan) {
  ByteWriter writer = BeginFrame(FrameType::kPlan);
  writer.U32Le(plan.shards).U64Le(plan.capacity);
  return Append(writer.bytes());
}

Status Journal::AppendFile(const FinishedFile& file) {
  ByteWriter writer = BeginFrame(FrameType::kFile);
  WriteFile(writer, file);
  return Append(writer.bytes());
}

Status Journal::AppendRecut(const std::vector<FinishedFile>& shards) {
  ByteWriter writer = BeginFrame(FrameType::kRecut);
  writer.U32Le(static_cast<std::uint32_t>(shards.size()));
  for (const FinishedFile& shard : shards) WriteFile(writer, shard);
  return Append(writer.bytes());
}

}  // namespace strongroom::bundle
