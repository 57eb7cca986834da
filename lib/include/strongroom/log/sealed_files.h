// Where a log keeps its sealed parts: one file each, sealed/<commitment in hexadecimal> in its directory. A
// file is durable before the record that commits to it; removing it erases the content for good, and leaves
// the record, its proof and the commitment as they were.
#ifndef STRONGROOM_LOG_SEALED_FILES_H_
#define STRONGROOM_LOG_SEALED_FILES_H_

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/log/sealed_part.h"

namespace strongroom::log {

std::string SealedPath(const std::string& log_directory, const Digest& commitment);

// KeepSealed writes the documents and returns once they are durable. What a failure leaves of them belongs to
// no record. kExists if one is there.
Status KeepSealed(FileSystem& files, const std::string& log_directory,
                  std::span<const SealedDocument> documents);

// ReadSealed gives the document of a commitment: kNotFound if it is not there; kMalformed or kAltered if what
// is there is not it; all name the file.
Expected<SealedDocument> ReadSealed(FileSystem& files, const std::string& log_directory,
                                    const Digest& commitment);

// An `erase` record names what is erased in its reasons, a sentence for each part. ErasureReason gives that
// sentence for a part of the record at `index`; ErasedCommitments gives back the commitments that a record
// names so, none for a record that is not one of an erasure.
std::string ErasureReason(std::uint64_t index, const SealedPart& part);
std::vector<Digest> ErasedCommitments(const AccessRecord& record);

// EraseSealed removes the document durably. kNotFound if it is not there.
Status EraseSealed(FileSystem& files, const std::string& log_directory, const Digest& commitment);

// A record as an auditor reads it.
struct OpenedRecord {
  AccessRecord record;  // what could not be opened is still sealed in it
  std::vector<Error>
      unopened;  // why, for each: kNotFound erased or lost, kNoKey sealed to others, kAltered, kMalformed
};

// OpenSealedParts opens what this auditor can of a record's sealed parts. `origin` is the log's.
OpenedRecord OpenSealedParts(FileSystem& files, const std::string& log_directory, std::string_view origin,
                             const AccessRecord& record, const crypto::X25519PrivateKey& auditor);

// What is left of the parts that records commit to.
struct SealedPartsReport {
  std::uint64_t present = 0;
  std::uint64_t erased = 0;     // not there, and named by an `erase` record
  std::vector<Error> missing;   // not there, and no record says why; each names the entry and the part
  std::vector<Error> altered;   // each names the entry and the file
  std::vector<Digest> orphans;  // documents to which no record that was taken commits
};

// SealedPartsCheck holds the documents of a log against its records, without any auditor's key: it finds what
// was erased, lost, damaged or exchanged. A document that somebody forged with care is found by the auditor
// who opens it. Not thread-safe; `files` must outlive it.
class SealedPartsCheck {
 public:
  // Begin lists the documents that are there now: begin before the records are read, so that those appended
  // meanwhile have theirs counted.
  static Expected<SealedPartsCheck> Begin(FileSystem& files, std::string log_directory);
  void Take(std::uint64_t index, const AccessRecord& record);
  [[nodiscard]] SealedPartsReport Finish() &&;

 private:
  SealedPartsCheck(FileSystem& files, std::string log_directory)
      : files_(&files), log_directory_(std::move(log_directory)) {}

  FileSystem* files_;
  std::string log_directory_;
  std::set<Digest> unclaimed_;
  std::set<Digest> erased_;                          // as records say
  std::vector<std::pair<Digest, Error>> not_there_;  // in the order of the records
  SealedPartsReport report_;
};

// Documents younger than this may belong to a record that is being appended.
inline constexpr std::int64_t kOrphanAgeSeconds = 3600;

// SweepOrphans removes those of these documents that are old enough at `now`, durably, and says how many.
Expected<std::uint64_t> SweepOrphans(FileSystem& files, const std::string& log_directory,
                                     std::span<const Digest> orphans, Timestamp now);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_SEALED_FILES_H_
