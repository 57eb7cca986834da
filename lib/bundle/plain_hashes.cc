#include "bundle/plain_hashes.h"

#include <algorithm>
#include <utility>

#include "bundle/encrypted_file.h"
#include "bundle/tasks.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::bundle {
namespace {

constexpr std::uint64_t kReadSize = 1 << 20;

Expected<Digest> PlainHash(store::Store& store, const Subject& subject, Bytes& buffer,
                           const std::stop_token& stop) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, OpenSubject(store, subject.name, subject.size));
  crypto::Sha256Stream hash;
  for (std::uint64_t done = 0; done < subject.size;) {
    if (stop.stop_requested()) return Interrupted();
    const MutableBytes piece = MutableBytes(buffer).first(std::min(kReadSize, subject.size - done));
    SR_RETURN_IF_ERROR(file->ReadAt(done, piece));
    hash.Append(piece);
    done += piece.size();
  }
  return hash.Finish();
}

}  // namespace

Status AddPlainHashes(store::Store& store, std::span<Subject> subjects, unsigned threads,
                      std::stop_token stop) {
  return ForEachTask(
      threads, subjects.size(), stop, [] { return Bytes(kReadSize); },
      [&](Bytes& buffer, std::uint64_t i) -> Status {
        SR_ASSIGN_OR_RETURN(subjects[i].sha256, PlainHash(store, subjects[i], buffer, stop));
        return {};
      });
}

}  // namespace strongroom::bundle
