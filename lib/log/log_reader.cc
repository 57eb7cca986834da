#include "strongroom/log/log_reader.h"

#include <algorithm>

namespace strongroom::log {

Expected<LogReader> LogReader::Open(TileReader& tiles, std::string checkpoint_note,
                                    std::span<const envelope::NoteKey> log_keys) {
  SR_ASSIGN_OR_RETURN(Checkpoint head, VerifyCheckpoint(checkpoint_note, log_keys));
  return LogReader(tiles, std::move(head), std::move(checkpoint_note));
}

Expected<Bytes> LogReader::Entry(std::uint64_t index) {
  if (index >= head_.size) {
    return Fail(ErrorCode::kNotFound, "the log has no entry " + std::to_string(index) + ", only " +
                                          std::to_string(head_.size) + " entries");
  }
  SR_ASSIGN_OR_RETURN(const std::vector<Bytes>* bundle, tiles_.Bundle(index / kTileWidth));
  return (*bundle)[index % kTileWidth];
}

Status LogReader::Visit(std::uint64_t begin, std::uint64_t end, const EntryVisitor& visit) {
  for (std::uint64_t index = begin; index < end;) {
    SR_ASSIGN_OR_RETURN(const std::vector<Bytes>* bundle, tiles_.Bundle(index / kTileWidth));
    const std::uint64_t bundle_end = std::min(end, (index / kTileWidth + 1) * kTileWidth);
    for (; index < bundle_end; ++index) SR_RETURN_IF_ERROR(visit(index, (*bundle)[index % kTileWidth]));
  }
  return {};
}

Expected<TlogProof> LogReader::Prove(std::uint64_t index) {
  TlogProof proof{.index = index, .hashes = {}, .checkpoint_note = note_, .extra = std::nullopt};
  SR_ASSIGN_OR_RETURN(proof.hashes, TiledTree(tiles_, head_.size).InclusionProof(index));
  return proof;
}

Status LogReader::CheckExtends(const Checkpoint& older) {
  if (older.origin != head_.origin) {
    return Fail(ErrorCode::kAltered,
                "the older checkpoint is of '" + older.origin + "', and this log is '" + head_.origin + "'");
  }
  if (older.size > head_.size) {
    return Fail(ErrorCode::kRolledBack, "the older checkpoint has " + std::to_string(older.size) +
                                            " entries, and " + std::to_string(head_.size) +
                                            " are there: the log was rolled back");
  }
  SR_ASSIGN_OR_RETURN(const Digest root, TiledTree(tiles_, older.size).Root());
  if (root == older.root) return {};
  return Fail(ErrorCode::kAltered, "the first " + std::to_string(older.size) +
                                       " entries are not those of the older checkpoint: the log was forked");
}

}  // namespace strongroom::log
