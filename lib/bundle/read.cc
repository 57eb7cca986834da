#include "strongroom/bundle/read.h"

#include <algorithm>
#include <utility>

#include "bundle/bundle_state.h"
#include "bundle/paged_catalogue.h"
#include "strongroom/crypto/floe.h"

namespace strongroom::bundle {
namespace {

// The subjects of a file and its leaves; a verified manifest has both.
SubjectPair PairOf(const Manifest& manifest, const std::string& name) {
  return {*manifest.Find(name), *manifest.Find(LeavesName(name))};
}

std::vector<SubjectPair> ShardSubjects(const Manifest& manifest) {
  std::vector<SubjectPair> shards;
  for (std::uint32_t i = 0, count = manifest.shards(); i < count; ++i)
    shards.push_back(PairOf(manifest, ShardName(i)));
  return shards;
}

// The manifest binds the shards' sizes, the catalogue the stream's: they must fit each other.
Expected<std::uint64_t> RoomInShards(const CatalogueHeader& header, std::uint64_t capacity, std::uint64_t shards) {
  std::uint64_t room = 0;
  if (CheckedMul(capacity, shards, room) && header.stream_size <= room) return room;
  return Fail(ErrorCode::kAltered, "catalogue: the stream is longer than the shards");
}

std::unexpected<Error> BeyondEnd(const FileRecord& file) {
  return Fail(ErrorCode::kInvalidArgument, file.path + ": has only " + std::to_string(file.size) + " bytes");
}

}  // namespace

Bundle::Bundle(std::unique_ptr<State> state) : state_(std::move(state)) {}
Bundle::~Bundle() = default;

Expected<std::unique_ptr<Bundle>> Bundle::Open(std::shared_ptr<store::Store> store,
                                               const VerifiedManifest& verified, const BundleKey& key,
                                               ReadOptions options) {
  const Manifest& manifest = verified.manifest;
  SR_RETURN_IF_ERROR(CheckCommitment(key, manifest.instance, manifest.commitment));
  auto state = std::make_unique<State>();
  state->store = std::move(store);
  state->bulk = options.bulk;
  state->manifest = manifest;
  state->bundle_id = verified.bundle_id;

  // The catalogue's leaves are always checked: it is small, and says how everything else is to be read.
  const FileKey catalogue_key = MakeFileKey(options.bulk, key, manifest.instance, KeyUse::kCatalogue, 0);
  SR_ASSIGN_OR_RETURN(auto file, EncryptedFile::Open(*state->store, PairOf(manifest, kCatalogueName),
                                                     catalogue_key, true, state->catalogue_bytes_read));
  SR_ASSIGN_OR_RETURN(auto catalogue,
                      CatalogueReader::Open(std::make_shared<PagedCatalogue>(std::move(file), options.bulk)));
  state->catalogue = std::make_unique<CatalogueReader>(std::move(catalogue));

  std::vector<SubjectPair> shards = ShardSubjects(manifest);
  SR_ASSIGN_OR_RETURN(const std::uint64_t capacity,
                      crypto::FloeParameters().PlaintextSize(shards.front().file.size));
  SR_ASSIGN_OR_RETURN(state->padded_size, RoomInShards(state->catalogue->header(), capacity, shards.size()));
  state->stream =
      std::make_unique<StreamReader>(StreamReader::Options{.store = *state->store,
                                                           .bulk = options.bulk,
                                                           .key = key,
                                                           .instance = manifest.instance,
                                                           .shards = std::move(shards),
                                                           .capacity = std::max<std::uint64_t>(1, capacity),
                                                           .check_leaves = options.check_leaves});
  state->scratches = std::make_unique<ScratchPool<BlockScratch>>(
      [bulk = options.bulk] { return std::make_unique<BlockScratch>(*bulk); });
  return std::unique_ptr<Bundle>(new Bundle(std::move(state)));
}

const CatalogueReader& Bundle::catalogue() const {
  return *state_->catalogue;
}

const Manifest& Bundle::manifest() const {
  return state_->manifest;
}

const Digest& Bundle::bundle_id() const {
  return state_->bundle_id;
}

std::uint64_t Bundle::bytes_read() const {
  return state_->catalogue_bytes_read + state_->stream->bytes_read();
}

Status Bundle::Read(const FileRecord& file, std::uint64_t offset, std::uint64_t size,
                    const Sink& sink) const {
  std::uint64_t end = 0;
  if (!CheckedAdd(offset, size, end) || end > file.size) return BeyondEnd(file);
  if (size == 0) return {};
  const CatalogueReader& catalogue = *state_->catalogue;
  SR_ASSIGN_OR_RETURN(std::uint64_t next, catalogue.FindBlock(file, offset));
  SR_ASSIGN_OR_RETURN(const std::uint64_t last, catalogue.FindBlock(file, end - 1));
  const auto scratch = state_->scratches->Borrow();
  std::uint64_t at = offset;
  const auto take = [&](const BlockRecord& block, MutableBytes plaintext) -> Status {
    if (at < block.file_offset || at - block.file_offset >= block.size) {
      return Fail(ErrorCode::kAltered, "catalogue: the blocks of " + file.path + " have a gap");
    }
    const std::uint64_t from = at - block.file_offset,
                        to = std::min<std::uint64_t>(block.size, end - block.file_offset);
    at += to - from;
    Status status = sink(plaintext.subspan(from, to - from));
    Wipe(plaintext);
    return status;
  };
  while (next <= last) {
    SR_ASSIGN_OR_RETURN(const BlockRun run, RunFrom(catalogue, next, last + 1));
    SR_RETURN_IF_ERROR(ReadBlocks(catalogue, *state_->stream, *scratch, run, take));
    next += run.count;
  }
  return {};
}

Status Bundle::Read(const FileRecord& file, std::uint64_t offset, MutableBytes out) const {
  return Read(file, offset, out.size(), [&](ByteView bytes) -> Status {
    std::ranges::copy(bytes, out.begin());
    out = out.subspan(bytes.size());
    return {};
  });
}

}  // namespace strongroom::bundle
