#include "selftest/promises.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/tile_source.h"

namespace strongroom::selftest {
namespace {

// The tree that a log's published entries make, if journal and tiles verify and agree.
Expected<log::MerkleTree> ReadWholeLog(const TrialLog& trial, FileSystem& files) {
  SR_ASSIGN_OR_RETURN(const log::LogVerification journal,
                      log::VerifyLog(files, trial.directory(), trial.public_key(), std::nullopt));
  log::DirectoryTiles tiles(files, JoinPath(trial.directory(), "public"));
  SR_ASSIGN_OR_RETURN(const Bytes note, tiles.Read("checkpoint", log::kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const log::Checkpoint published,
                      log::VerifyCheckpoint(AsText(note), trial.public_key()));
  if (published != journal.checkpoint) {
    return Fail(ErrorCode::kAltered, "the published checkpoint is not the journal's last");
  }
  log::MerkleTree tree;
  SR_RETURN_IF_ERROR(
      log::VerifyTiles(tiles, published.size, published.root, [&](std::uint64_t, ByteView entry) {
        tree.Append(crypto::MerkleLeafHash(entry));
        return Status();
      }));
  return tree;
}

}  // namespace

Promise PromiseOf(const log::Receipt& receipt) {
  return {receipt.index(), receipt.leaf_hash(), receipt.checkpoint().size, receipt.checkpoint().root};
}

void Promises::Keep(const Promise& promise) {
  kept_.push_back(promise);
}

void Promises::Keep(const log::Receipt& receipt, const envelope::NoteKey& log_key) {
  if (!log::VerifyReceipt(receipt.record_bytes(), receipt.ProofText(), log_key)) ++not_verified_;
  Keep(PromiseOf(receipt));
}

std::optional<log::Checkpoint> Promises::LastCheckpoint(const std::string& origin) const {
  const auto last = std::ranges::max_element(kept_, {}, &Promise::size);
  if (last == kept_.end()) return std::nullopt;
  return log::Checkpoint{origin, last->size, last->root};
}

void Promises::HoldTo(const TrialLog& trial, FileSystem& files, CampaignReport& report,
                      const std::string& where) const {
  report.acknowledged += kept_.size();
  if (not_verified_ != 0) report.Failed(where + ": a receipt does not verify");
  const auto all_lost = [&](const std::string& why) {
    report.lost += kept_.size();
    report.Failed(where + ": " + why);
  };
  const auto start = std::chrono::steady_clock::now();
  auto log = trial.Open(files, LastCheckpoint(trial.public_key().name));
  report.restarts.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  if (!log) return all_lost("does not open: " + log.error().message);
  if (const auto added = log->Append(NumberedRecord(0)); !added) {
    report.Failed(where + ": takes nothing more: " + added.error().message);
  }
  const auto tree = ReadWholeLog(trial, files);
  if (!tree) {
    ++report.bad_checkpoints;
    return all_lost("does not verify: " + tree.error().message);
  }
  for (const Promise& promise : kept_) {
    const std::string which = where + ": entry " + std::to_string(promise.index);
    if (promise.index >= tree->size() || tree->leaf_hash(promise.index) != promise.leaf_hash) {
      ++report.lost;
      report.Failed(which + " was answered for and is lost");
    } else if (promise.size > tree->size() || tree->Root(promise.size) != promise.root) {
      ++report.forks;
      report.Failed(which + ": the log does not extend the checkpoint that came with it");
    }
  }
}

}  // namespace strongroom::selftest
