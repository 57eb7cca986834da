#include "witnesses.h"

#include <algorithm>
#include <vector>

#include "log_anchors.h"
#include "strongroom/base/file_lock.h"
#include "strongroom/http/client.h"
#include "strongroom/log/tile_source.h"

namespace strongroom::cli {
namespace {

constexpr std::uint64_t kMaxPolicy = 1 << 20;
constexpr std::chrono::milliseconds kWitnessDeadline{2000};
constexpr std::size_t kMaxAnswer = 64 * 1024;
constexpr std::int64_t kMaxAhead = 300;  // seconds that a witness's clock may run before ours

std::string PublicDirectory(const home::Home& home) {
  return JoinPath(home.LogDirectory(), "public");
}
std::string PublishedPath(const home::Home& home) {
  return JoinPath(PublicDirectory(home), "checkpoint");
}

// The note at a path; nothing if there is none.
Expected<std::optional<std::string>> ReadNote(FileSystem& files, const std::string& path) {
  const auto bytes = ReadWhole(files, path, log::kMaxCheckpointSize);
  if (bytes) return std::string(AsText(*bytes));
  if (bytes.error().code == ErrorCode::kNotFound) return std::nullopt;
  return std::unexpected(bytes.error());
}

Status Publish(FileSystem& files, const home::Home& home, std::span<const envelope::NoteKey> log_keys,
               std::uint64_t size, const std::string& note) {
  SR_ASSIGN_OR_RETURN(const auto published, ReadNote(files, PublishedPath(home)));
  if (published && !published->empty()) {
    auto there = log::VerifyCheckpoint(*published, log_keys);
    if (!there) return std::unexpected(std::move(there).error().With(PublishedPath(home)));
    if (there->size > size) return {};
  }
  const Status made = files.MakeDirectory(PublicDirectory(home), 0700);
  if (!made && made.error().code != ErrorCode::kExists) return made;
  return WriteDurably(files, PublishedPath(home), AsBytes(note));
}

}  // namespace

Expected<log::WitnessPolicy> ReadPolicyFile(FileSystem& files, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(files, path, kMaxPolicy));
  auto policy = log::WitnessPolicy::Parse(AsText(bytes));
  if (!policy) return std::unexpected(std::move(policy).error().With(path));
  return policy;
}

Expected<std::optional<log::WitnessPolicy>> ReadWitnessPolicy(FileSystem& files, const home::Home& home) {
  auto policy = ReadPolicyFile(files, home.PathOf("witnesses"));
  if (policy) return *std::move(policy);
  if (policy.error().code == ErrorCode::kNotFound) return std::nullopt;
  return std::unexpected(std::move(policy).error());
}

Expected<std::string> NewestCheckpointNote(FileSystem& files, const home::Home& home, const Clock& clock) {
  SR_ASSIGN_OR_RETURN(const auto opened, home.OpenLog(clock));
  SR_ASSIGN_OR_RETURN(const std::vector<envelope::NoteKey> log_keys, home.LogKeys());
  SR_ASSIGN_OR_RETURN(const Bytes newest,
                      ReadWhole(files, JoinPath(home.LogDirectory(), "checkpoint"), log::kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, log::VerifyCheckpoint(AsText(newest), log_keys));
  SR_ASSIGN_OR_RETURN(auto published, ReadNote(files, PublishedPath(home)));
  if (published && log::VerifyCheckpoint(*published, log_keys) == checkpoint) return *std::move(published);
  return std::string(AsText(newest));
}

Expected<CosigningRun> CosignNewest(FileSystem& files, const home::Home& home, const Clock& clock,
                                    const log::WitnessPolicy& policy, std::int64_t max_age_seconds) {
  // One process at a time asks, so that no witness is shown a smaller checkpoint after a larger one.
  SR_ASSIGN_OR_RETURN(const FileLock turn, FileLock::Take(files, home.PathOf("witnesses.lock")));
  SR_ASSIGN_OR_RETURN(const std::vector<envelope::NoteKey> log_keys, home.LogKeys());
  SR_ASSIGN_OR_RETURN(std::string note, NewestCheckpointNote(files, home, clock));
  log::DirectoryTiles tiles(files, PublicDirectory(home));
  SR_ASSIGN_OR_RETURN(log::LogReader reader, log::LogReader::Open(tiles, std::move(note), log_keys));
  // One for each witness: a second question needs no second handshake.
  std::vector<http::Client> clients;
  for (std::size_t i = 0; i < policy.witnesses().size(); ++i)
    clients.emplace_back(http::ClientOptions{.deadline = kWitnessDeadline});
  const auto post = [&](std::size_t witness, const std::string& url,
                        const std::string& body) -> Expected<log::WitnessAnswer> {
    SR_ASSIGN_OR_RETURN(http::Response response,
                        clients[witness].Post(url, "text/plain; charset=utf-8", body, kMaxAnswer));
    return log::WitnessAnswer{response.status, std::move(response.body)};
  };
  const Timestamp asked_at = clock.Now();
  SR_ASSIGN_OR_RETURN(log::Cosigning cosigning, log::CollectCosignatures(reader, policy, post));
  auto quorum = log::VerifyWitnessedCheckpoint(cosigning.note, log_keys, policy,
                                               log::Freshness{asked_at, max_age_seconds, kMaxAhead});
  if (quorum) SR_RETURN_IF_ERROR(Publish(files, home, log_keys, quorum->checkpoint.size, cosigning.note));
  return CosigningRun{std::move(cosigning), std::move(quorum)};
}

Error QuorumError(const log::WitnessPolicy& policy, const CosigningRun& run) {
  Error error = run.quorum.error();
  if (error.code != ErrorCode::kQuorum) return error;
  for (std::size_t i = 0; i < run.cosigning.outcomes.size(); ++i) {
    const Status& outcome = run.cosigning.outcomes[i];
    if (outcome) continue;
    const std::string who = "witness '" + policy.witnesses()[i].name + "': ";
    const auto known = std::ranges::find_if(error.why, [&](auto& why) { return why.starts_with(who); });
    if (known == error.why.end()) {
      error.why.push_back(who + outcome.error().message);
    } else {
      *known += "; asked now: " + outcome.error().message;
    }
  }
  error.next = "ask again, with strongroom log checkpoint --cosign, once enough of them can answer";
  return error;
}

Expected<log::WitnessedCheckpoint> CheckWitnessed(FileSystem& files, const home::Home& home,
                                                  const log::WitnessPolicy& policy, Timestamp now,
                                                  std::int64_t max_age_seconds) {
  SR_ASSIGN_OR_RETURN(const std::vector<envelope::NoteKey> log_keys, home.LogKeys());
  SR_ASSIGN_OR_RETURN(const auto note, ReadNote(files, PublishedPath(home)));
  if (!note) {
    return Fail(ErrorCode::kQuorum, "no witness has cosigned the log yet",
                "strongroom log checkpoint --cosign");
  }
  return log::VerifyWitnessedCheckpoint(*note, log_keys, policy,
                                        log::Freshness{now, max_age_seconds, kMaxAhead});
}

namespace {

// Witnesses that have seen more than there is make the log one that cannot be used.
Error ForRelease(Error error) {
  if (error.code == ErrorCode::kRolledBack || error.code == ErrorCode::kAltered) {
    error.code = ErrorCode::kLogUnavailable;
  }
  return error;
}

}  // namespace

Status RequireWitnessed(FileSystem& files, const home::Home& home, const Clock& clock, log::Log& log) {
  SR_ASSIGN_OR_RETURN(const auto policy, ReadWitnessPolicy(files, home));
  if (!policy || policy->NeedsNoWitness()) return {};
  SR_ASSIGN_OR_RETURN(const std::int64_t max_age, home.WitnessesMaxAge());
  auto witnessed = CheckWitnessed(files, home, *policy, clock.Now(), max_age);
  if (!witnessed) {
    auto run = CosignNewest(files, home, clock, *policy, max_age);
    if (!run) return std::unexpected(ForRelease(std::move(run).error()));
    if (!run->quorum) return std::unexpected(QuorumError(*policy, *run));
    witnessed = std::move(run->quorum);
  }
  return HeldBy(log)(witnessed->checkpoint);
}

}  // namespace strongroom::cli
