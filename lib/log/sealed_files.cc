#include "strongroom/log/sealed_files.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace strongroom::log {
namespace {

constexpr std::string_view kDirectory = "sealed";
constexpr std::string_view kErasurePrefix = "erases sealed ";
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::string DirectoryOf(const std::string& log_directory) {
  return JoinPath(log_directory, kDirectory);
}

Status MakeDirectoryIfAbsent(FileSystem& files, const std::string& log_directory) {
  const Status made = files.MakeDirectory(DirectoryOf(log_directory), 0700);
  if (!made && made.error().code == ErrorCode::kExists) return {};
  SR_RETURN_IF_ERROR(made);
  return files.SyncDirectory(log_directory);
}

Status WriteNew(FileSystem& files, const std::string& path, ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kCreate));
  SR_RETURN_IF_ERROR(file->WriteAt(0, bytes));
  return file->Sync();
}

// A file's name as a commitment; nothing for a name that is none.
std::optional<Digest> CommitmentOf(std::string_view name) {
  const auto bytes = FromHex(name);
  Digest commitment{};
  if (!bytes || bytes->size() != commitment.size() || Hex(*bytes) != name) return std::nullopt;
  std::ranges::copy(*bytes, commitment.begin());
  return commitment;
}

std::string Described(const SealedPart& part) {
  return "sealed " + std::string(Name(part.part)) + " " + Hex(part.commitment);
}

}  // namespace

std::string SealedPath(const std::string& log_directory, const Digest& commitment) {
  return JoinPath(DirectoryOf(log_directory), Hex(commitment));
}

Status KeepSealed(FileSystem& files, const std::string& log_directory,
                  std::span<const SealedDocument> documents) {
  if (documents.empty()) return {};
  SR_RETURN_IF_ERROR(MakeDirectoryIfAbsent(files, log_directory));
  for (const SealedDocument& document : documents) {
    SR_RETURN_IF_ERROR(
        WriteNew(files, SealedPath(log_directory, document.commitment), SerializeSealedDocument(document)));
  }
  return files.SyncDirectory(DirectoryOf(log_directory));
}

Expected<SealedDocument> ReadSealed(FileSystem& files, const std::string& log_directory,
                                    const Digest& commitment) {
  const std::string path = SealedPath(log_directory, commitment);
  SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(files, path, kMaxSealedDocumentSize));
  auto document = ParseSealedDocument(bytes);
  if (!document) return std::unexpected(std::move(document).error().With(path));
  if (document->commitment == commitment) return document;
  return Fail(ErrorCode::kAltered,
              path + " holds the part of commitment " + Hex(document->commitment) + ", not of its own name");
}

std::string ErasureReason(std::uint64_t index, const SealedPart& part) {
  return std::string(kErasurePrefix) + std::string(Name(part.part)) + " of record " + std::to_string(index) +
         ", " + Hex(part.commitment);
}

std::vector<Digest> ErasedCommitments(const AccessRecord& record) {
  std::vector<Digest> commitments;
  if (record.action != Action::kErase || record.outcome != Outcome::kPermit) return commitments;
  for (const std::string_view reason : record.reasons) {
    if (!reason.starts_with(kErasurePrefix)) continue;
    if (const auto commitment = CommitmentOf(reason.substr(reason.rfind(' ') + 1)))
      commitments.push_back(*commitment);
  }
  return commitments;
}

Status EraseSealed(FileSystem& files, const std::string& log_directory, const Digest& commitment) {
  SR_RETURN_IF_ERROR(files.Remove(SealedPath(log_directory, commitment)));
  return files.SyncDirectory(DirectoryOf(log_directory));
}

OpenedRecord OpenSealedParts(FileSystem& files, const std::string& log_directory, std::string_view origin,
                             const AccessRecord& record, const crypto::X25519PrivateKey& auditor) {
  OpenedRecord opened;
  std::vector<OpenedPart> parts;
  for (const SealedPart& named : record.sealed) {
    const auto document = ReadSealed(files, log_directory, named.commitment);
    auto part = document ? OpenPart(*document, named, origin, auditor)
                         : Expected<OpenedPart>(std::unexpected(document.error()));
    if (!part && part.error().code == ErrorCode::kNotFound) {
      part = Fail(ErrorCode::kNotFound, Described(named) + " is not there: it was erased or lost");
    }
    if (part) {
      parts.push_back(*std::move(part));
    } else {
      opened.unopened.push_back(std::move(part).error());
    }
  }
  auto restored = RestoreRecord(record, parts);
  if (!restored) opened.unopened.push_back(restored.error());
  opened.record = restored ? *std::move(restored) : record;
  return opened;
}

Expected<SealedPartsCheck> SealedPartsCheck::Begin(FileSystem& files, std::string log_directory) {
  SealedPartsCheck check(files, std::move(log_directory));
  const auto names = files.List(DirectoryOf(check.log_directory_));
  if (!names && names.error().code == ErrorCode::kNotFound) return check;
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    if (const auto commitment = CommitmentOf(name)) check.unclaimed_.insert(*commitment);
  }
  return check;
}

void SealedPartsCheck::Take(std::uint64_t index, const AccessRecord& record) {
  for (const Digest& commitment : ErasedCommitments(record)) erased_.insert(commitment);
  for (const SealedPart& part : record.sealed) {
    unclaimed_.erase(part.commitment);
    auto document = ReadSealed(*files_, log_directory_, part.commitment);
    if (document) {
      ++report_.present;
      continue;
    }
    Error error = std::move(document).error().With("entry " + std::to_string(index) + ", " + Described(part));
    if (error.code == ErrorCode::kNotFound) {
      not_there_.emplace_back(part.commitment, std::move(error));
    } else {
      report_.altered.push_back(std::move(error));
    }
  }
}

SealedPartsReport SealedPartsCheck::Finish() && {
  for (auto& [commitment, error] : not_there_) {
    if (erased_.contains(commitment)) {
      ++report_.erased;
    } else {
      report_.missing.push_back(std::move(error));
    }
  }
  report_.orphans.assign(unclaimed_.begin(), unclaimed_.end());
  return std::move(report_);
}

Expected<std::uint64_t> SweepOrphans(FileSystem& files, const std::string& log_directory,
                                     std::span<const Digest> orphans, Timestamp now) {
  std::uint64_t swept = 0;
  for (const Digest& orphan : orphans) {
    const std::string path = SealedPath(log_directory, orphan);
    SR_ASSIGN_OR_RETURN(const FileIdentity found, files.Stat(path));
    if (now.seconds - found.modified_ns / kNanosecondsPerSecond < kOrphanAgeSeconds) continue;
    SR_RETURN_IF_ERROR(files.Remove(path));
    ++swept;
  }
  if (swept > 0) SR_RETURN_IF_ERROR(files.SyncDirectory(DirectoryOf(log_directory)));
  return swept;
}

}  // namespace strongroom::log
