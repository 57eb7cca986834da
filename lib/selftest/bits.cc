// Campaign bits: every bit of every file of a log, turned over in turn, is found and located.
#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "selftest/runs.h"
#include "selftest/trial_log.h"
#include "strongroom/log/tile_source.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kEntries = 1000;
constexpr std::uint64_t kBatch = 100;
constexpr std::uint64_t kStrideOfSmallRun = 997;  // bits
constexpr std::uint64_t kBitsAtOnce = 512;        // on one copy of the disk
constexpr std::uint64_t kFramePrefix = 5;         // type and length, before a frame's payload
constexpr std::string_view kHeader = "strongroom.journal.v1\n";

// Where in a file an error must point to: one of these.
struct Place {
  std::uint64_t begin = 0;  // byte offset
  std::vector<std::string> names;
};

struct Target {
  std::string path;
  std::uint64_t size = 0;                // bytes
  std::vector<Place> places;             // in order
  std::optional<log::Checkpoint> tiles;  // the tree that it is a tile of, if it is one
};

// Whether the text holds the name, and not merely as the beginning of a longer number.
bool Says(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (end == text.size() || std::isdigit(static_cast<unsigned char>(text[end])) == 0) return true;
  }
  return false;
}

std::string Numbered(std::string_view what, std::uint64_t number) {
  return std::string(what) + " " + std::to_string(number);
}

// Of the journal: its frames, each an entry or the checkpoint over those before it.
Expected<std::vector<Place>> FramesOf(ByteView journal) {
  std::vector<Place> places = {{0, {"header"}}};
  std::uint64_t entries = 0;
  ByteReader reader(journal, "journal");
  SR_RETURN_IF_ERROR(reader.Skip(kHeader.size()));
  while (reader.remaining() > 0) {
    const std::uint64_t begin = reader.offset();
    SR_ASSIGN_OR_RETURN(const std::uint8_t type, reader.U8());
    SR_ASSIGN_OR_RETURN(const std::uint32_t length, reader.U32Le());
    SR_RETURN_IF_ERROR(reader.Skip(length + sizeof(Digest)));
    if (type == 0) {
      places.push_back({begin, {Numbered("entry", entries++)}});
    } else {
      places.push_back({begin, {"checkpoint over " + std::to_string(entries) + " entries"}});
      if (entries > 0)
        places.back().names.push_back(Numbered("entry", entries - 1) + ": the checkpoint over it");
    }
  }
  return places;
}

// Of an entry bundle: its entries. Of a tile: the tile, or the entry that it stands for.
std::vector<Place> PlacesInPublished(const std::string& path, ByteView bytes) {
  const auto tile = log::ParseTilePath(path);
  if (!tile) return {{0, {path}}};
  std::vector<Place> places;
  std::uint64_t offset = 0;
  for (std::uint64_t i = 0; i < tile->width; ++i) {
    const std::uint64_t entry = tile->index * log::kTileWidth + i;
    places.push_back({offset, {path}});
    if (tile->kind == log::TileKind::kEntries) places.back().names.push_back(Numbered("entry", entry));
    if (tile->kind == log::TileKind::kEntries && offset + 1 < bytes.size()) {
      offset += 2 + (std::uint64_t{bytes[offset]} << 8 | bytes[offset + 1]);
    } else {
      offset += sizeof(Digest);
    }
  }
  return places;
}

// BitTrial is a log of kEntries entries, of which bits are turned over.
class BitTrial {
 public:
  Status Make() {
    SR_ASSIGN_OR_RETURN(log::Log log, trial_.Create(disk_));
    for (std::uint64_t first = 0; first < kEntries; first += kBatch) {
      SR_RETURN_IF_ERROR(log.AppendBatch(NumberedRecords(first, kBatch)));
      checkpoints_.push_back(log.checkpoint());
    }
    for (const std::string& path : disk_.Files()) SR_RETURN_IF_ERROR(AddTarget(path));
    for (const Target& target : targets_) SR_RETURN_IF_ERROR(Check(disk_, target));
    return {};
  }

  [[nodiscard]] const std::vector<Target>& targets() const { return targets_; }
  [[nodiscard]] std::unique_ptr<SimulatedDisk> CopyOfDisk() const { return disk_.Copy(); }

  // Turns over one bit of the disk and back again; what is wrong with what is said of it, or nothing.
  [[nodiscard]] std::string Try(SimulatedDisk& disk, const Target& target, std::uint64_t bit) const {
    disk.FlipBit(target.path, bit);
    const Status checked = Check(disk, target);
    disk.FlipBit(target.path, bit);
    if (checked) return "goes unnoticed";
    const auto after = std::ranges::upper_bound(target.places, bit / 8, {}, &Place::begin);
    const auto& names = std::prev(after)->names;
    const auto named = [&](const std::string& name) { return Says(checked.error().message, name); };
    if (std::ranges::any_of(names, named)) return "";
    return "is told as '" + checked.error().message + "' and not as " + names.back();
  }

 private:
  Status AddTarget(const std::string& path) {
    SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(disk_, path, UINT32_MAX));
    Target target{.path = path, .size = bytes.size(), .places = {}, .tiles = {}};
    const std::string name = path.substr(trial_.directory().size() + 1);
    if (name == "journal") {
      SR_ASSIGN_OR_RETURN(target.places, FramesOf(bytes));
    } else if (name.starts_with("public/")) {
      target.places = PlacesInPublished(name.substr(7), bytes);
      SR_ASSIGN_OR_RETURN(target.tiles, TreeOf(name.substr(7)));
    } else {
      target.places = {{0, {name}}};
    }
    targets_.push_back(std::move(target));
    return {};
  }

  // The largest tree that has this tile; nothing for a file that is no tile. A partial tile is of no use any
  // more when the log has grown, but somebody may be reading it.
  Expected<std::optional<log::Checkpoint>> TreeOf(const std::string& path) const {
    const auto tile = log::ParseTilePath(path);
    if (!tile) return std::nullopt;
    for (auto tree = checkpoints_.rbegin(); tree != checkpoints_.rend(); ++tree) {
      if (tile->index >= log::TileCount(tile->level, tree->size)) continue;
      const log::TileId found = tile->kind == log::TileKind::kEntries
                                    ? log::EntryBundleAt(tile->index, tree->size)
                                    : log::HashTileAt(tile->level, tile->index, tree->size);
      if (found == *tile) return *tree;
    }
    return Fail(ErrorCode::kAltered, path + " is a tile of no tree");
  }

  // What anybody can check of the file.
  [[nodiscard]] Status Check(SimulatedDisk& disk, const Target& target) const {
    log::DirectoryTiles tiles(disk, JoinPath(trial_.directory(), "public"));
    if (target.tiles) return log::VerifyTiles(tiles, target.tiles->size, target.tiles->root);
    SR_RETURN_IF_ERROR(log::VerifyLog(disk, trial_.directory(), trial_.public_key(), checkpoints_.back()));
    SR_ASSIGN_OR_RETURN(const Bytes note, tiles.Read("checkpoint", log::kMaxCheckpointSize));
    const auto published = log::VerifyCheckpoint(AsText(note), trial_.public_key());
    if (!published) return Fail(ErrorCode::kAltered, "checkpoint: " + published.error().message);
    if (*published == checkpoints_.back()) return {};
    return Fail(ErrorCode::kAltered, "checkpoint: not the journal's last");
  }

  TrialLog trial_{"/log"};
  SimulatedDisk disk_;
  std::vector<log::Checkpoint> checkpoints_;  // one a batch
  std::vector<Target> targets_;
};

// Bits of one target that are tried one after another.
struct Stretch {
  const Target* target;
  std::uint64_t begin;
  std::uint64_t end;
};

std::vector<Stretch> AllStretches(const std::vector<Target>& targets, std::uint64_t stride) {
  std::vector<Stretch> stretches;
  for (const Target& target : targets) {
    const std::uint64_t bits = target.size * 8;
    for (std::uint64_t begin = 0; begin < bits; begin += kBitsAtOnce * stride) {
      stretches.push_back({&target, begin, std::min(bits, begin + kBitsAtOnce * stride)});
    }
  }
  return stretches;
}

}  // namespace

Expected<CampaignReport> RunBits(const CampaignOptions& options) {
  BitTrial trial;
  SR_RETURN_IF_ERROR(trial.Make());
  const std::uint64_t stride = options.full ? 1 : kStrideOfSmallRun;
  const std::vector<Stretch> stretches = AllStretches(trial.targets(), stride);
  return DoRuns("bits", options, stretches.size(), [&](std::uint64_t run, CampaignReport& report) {
    const Stretch& stretch = stretches[run];
    const std::unique_ptr<SimulatedDisk> disk = trial.CopyOfDisk();
    for (std::uint64_t bit = stretch.begin + options.seed % stride; bit < stretch.end; bit += stride) {
      ++report.runs;
      const std::string wrong = trial.Try(*disk, *stretch.target, bit);
      if (wrong.empty()) continue;
      report.Failed("bits: bit " + std::to_string(bit) + " of " + stretch.target->path + " " + wrong);
    }
  });
}

}  // namespace strongroom::selftest
