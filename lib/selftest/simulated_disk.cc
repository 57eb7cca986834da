#include "strongroom/selftest/simulated_disk.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "selftest/cached_content.h"
#include "selftest/random.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kRoot = 1;  // its inode number
constexpr std::uint64_t kRoom = std::uint64_t{1} << 40;

using Names = std::map<std::string, std::uint64_t, std::less<>>;

struct Inode {
  std::uint64_t number = 0;
  std::uint32_t mode = 0;
  std::uint64_t links = 0;
  std::int64_t changes = 0;  // stands for the time of the last one
  CachedContent content;     // of a regular file
  std::string target;        // of a symbolic link
  Names names;               // of a directory
  Names durable_names;
  const void* locked_by = nullptr;

  [[nodiscard]] bool IsDirectory() const { return S_ISDIR(mode); }
};

// One name made to lead to an inode, or to none.
struct NameEdit {
  std::uint64_t directory = 0;
  std::string name;
  std::optional<std::uint64_t> inode;
};
// What is durable as a whole or not at all.
using NameChange = std::vector<NameEdit>;

void Apply(const NameEdit& edit, Names& names) {
  if (edit.inode) {
    names[edit.name] = *edit.inode;
  } else {
    names.erase(edit.name);
  }
}

FileIdentity Identify(const Inode& inode) {
  return {.device = 1,
          .inode = inode.number,
          .links = inode.links,
          .size = S_ISLNK(inode.mode) ? inode.target.size() : inode.content.seen().size(),
          .mode = inode.mode,
          .modified_ns = inode.changes,
          .own = true};
}

}  // namespace

// State is all that the disk holds. Who calls it has locked `mutex`.
class SimulatedDisk::State {
 public:
  explicit State(Options options) : options_(options) { NewInode(S_IFDIR | 0755).links = 1; }

  std::mutex mutex;

  [[nodiscard]] const Options& options() const { return options_; }
  Inode& At(std::uint64_t number) { return *inodes_.at(number); }
  std::shared_ptr<Inode> Share(std::uint64_t number) { return inodes_.at(number); }
  Inode& NewInode(std::uint32_t mode) {
    auto inode = std::make_shared<Inode>();
    inode->number = next_++;
    inode->mode = mode;
    return *inodes_.emplace(inode->number, inode).first->second;
  }

  // The inode that a path leads to: none if there is none, ENOENT if not even its directory is there.
  struct Place {
    std::uint64_t directory = kRoot;
    std::string name;
    std::optional<std::uint64_t> inode;
  };
  Expected<Place> Find(const std::string& path);
  Expected<std::reference_wrapper<Inode>> FindExisting(const std::string& path);

  // Makes the edits now, to be durable together.
  void Change(NameChange change);
  void SyncNames(std::uint64_t directory);
  void RemoveBelow(std::uint64_t directory);

  [[nodiscard]] std::shared_ptr<State> Copy() const;
  [[nodiscard]] std::shared_ptr<State> AfterPowerLoss(Random random) const;
  void ListFiles(std::uint64_t directory, const std::string& path, std::vector<std::string>& out) const;

 private:
  void CountLinks();

  Options options_;
  std::map<std::uint64_t, std::shared_ptr<Inode>> inodes_;
  std::uint64_t next_ = kRoot;
  std::vector<NameChange> unsynced_;
};

Expected<SimulatedDisk::State::Place> SimulatedDisk::State::Find(const std::string& path) {
  Place place{.directory = kRoot, .name = "", .inode = kRoot};
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    begin = end + 1;
    if (name.empty() || name == ".") continue;
    if (!place.inode) return std::unexpected(FromErrno(ENOENT, path));
    const Inode& directory = At(*place.inode);
    if (!directory.IsDirectory()) return std::unexpected(FromErrno(ENOTDIR, path));
    const auto found = directory.names.find(name);
    place = {.directory = directory.number, .name = name, .inode = std::nullopt};
    if (found != directory.names.end()) place.inode = found->second;
  }
  return place;
}

Expected<std::reference_wrapper<Inode>> SimulatedDisk::State::FindExisting(const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Place place, Find(path));
  if (!place.inode) return std::unexpected(FromErrno(ENOENT, path));
  return At(*place.inode);
}

void SimulatedDisk::State::Change(NameChange change) {
  for (const NameEdit& edit : change) {
    Names& names = At(edit.directory).names;
    if (const auto old = names.find(edit.name); old != names.end()) --At(old->second).links;
    if (edit.inode) ++At(*edit.inode).links;
    Apply(edit, names);
  }
  unsynced_.push_back(std::move(change));
}

// A change in two directories is durable with either, and with it what came before it in the other.
void SimulatedDisk::State::SyncNames(std::uint64_t directory) {
  if (!options_.honours_sync) return;
  std::set<std::uint64_t> synced = {directory};
  std::vector<bool> durable(unsynced_.size());
  const auto concerned = [&](const NameEdit& edit) { return synced.contains(edit.directory); };
  for (std::size_t i = unsynced_.size(); i-- > 0;) {
    durable[i] = std::ranges::any_of(unsynced_[i], concerned);
    if (!durable[i]) continue;
    for (const NameEdit& edit : unsynced_[i]) synced.insert(edit.directory);
  }
  std::vector<NameChange> left;
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    if (!durable[i]) left.push_back(std::move(unsynced_[i]));
    if (!durable[i]) continue;
    for (const NameEdit& edit : unsynced_[i]) Apply(edit, At(edit.directory).durable_names);
  }
  unsynced_ = std::move(left);
}

void SimulatedDisk::State::RemoveBelow(std::uint64_t directory) {
  const Names names = At(directory).names;
  for (const auto& [name, inode] : names) {
    if (At(inode).IsDirectory()) RemoveBelow(inode);
    Change({{directory, name, std::nullopt}});
  }
}

std::shared_ptr<SimulatedDisk::State> SimulatedDisk::State::Copy() const {
  auto copy = std::make_shared<State>(options_);
  copy->inodes_.clear();
  for (const auto& [number, inode] : inodes_) {
    copy->inodes_[number] = std::make_shared<Inode>(*inode);
    copy->inodes_[number]->locked_by = nullptr;
  }
  copy->next_ = next_;
  copy->unsynced_ = unsynced_;
  return copy;
}

std::shared_ptr<SimulatedDisk::State> SimulatedDisk::State::AfterPowerLoss(Random random) const {
  const std::shared_ptr<State> found = Copy();
  enum class Style : std::uint8_t { kNone, kAll, kEachAtRandom, kFirstOnes };
  const auto style = static_cast<Style>(random.Below(4));
  const std::uint64_t split = random.Below(unsynced_.size() + 1);
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    const bool kept = style == Style::kAll || (style == Style::kEachAtRandom && random.OneIn(2)) ||
                      (style == Style::kFirstOnes && i < split);
    if (!kept) continue;
    for (const NameEdit& edit : unsynced_[i]) Apply(edit, found->At(edit.directory).durable_names);
  }
  found->unsynced_.clear();
  for (const auto& [number, inode] : found->inodes_) {
    inode->names = inode->durable_names;
    inode->content = inode->content.AfterPowerLoss(random);
  }
  found->CountLinks();
  return found;
}

void SimulatedDisk::State::CountLinks() {
  for (const auto& [number, inode] : inodes_) inode->links = number == kRoot ? 1 : 0;
  for (const auto& [number, inode] : inodes_) {
    for (const auto& [name, child] : inode->names) ++At(child).links;
  }
}

void SimulatedDisk::State::ListFiles(std::uint64_t directory, const std::string& path,
                                     std::vector<std::string>& out) const {
  for (const auto& [name, number] : inodes_.at(directory)->names) {
    const Inode& inode = *inodes_.at(number);
    if (inode.IsDirectory()) ListFiles(number, path + "/" + name, out);
    if (S_ISREG(inode.mode)) out.push_back(path + "/" + name);
  }
}

class SimulatedDisk::OpenFile final : public File {
 public:
  OpenFile(std::shared_ptr<State> state, std::shared_ptr<Inode> inode)
      : state_(std::move(state)), inode_(std::move(inode)) {}
  ~OpenFile() override { OpenFile::Unlock(); }

  Status ReadAt(std::uint64_t offset, MutableBytes out) const override { return ReadvAt(offset, {&out, 1}); }

  Status ReadvAt(std::uint64_t offset, std::span<const MutableBytes> out) const override {
    const std::lock_guard lock(state_->mutex);
    const Bytes& seen = inode_->content.seen();
    for (const MutableBytes piece : out) {
      if (offset > seen.size() || piece.size() > seen.size() - offset) {
        return Fail(ErrorCode::kTruncated,
                    "read: the file ends before offset " + std::to_string(seen.size()));
      }
      std::ranges::copy(ByteView(seen).subspan(offset, piece.size()), piece.begin());
      offset += piece.size();
    }
    return {};
  }

  Status WriteAt(std::uint64_t offset, ByteView bytes) override { return WritevAt(offset, {&bytes, 1}); }

  Status WritevAt(std::uint64_t offset, std::span<const ByteView> bytes) override {
    const std::lock_guard lock(state_->mutex);
    for (const ByteView piece : bytes) {
      inode_->content.Write(offset, piece);
      offset += piece.size();
    }
    ++inode_->changes;
    return {};
  }

  Status Truncate(std::uint64_t size) override {
    const std::lock_guard lock(state_->mutex);
    inode_->content.Truncate(size);
    ++inode_->changes;
    return {};
  }

  Status Sync() override {
    const std::lock_guard lock(state_->mutex);
    if (state_->options().honours_sync) inode_->content.Sync();
    return {};
  }

  Expected<FileIdentity> Identity() const override {
    const std::lock_guard lock(state_->mutex);
    return Identify(*inode_);
  }

  Expected<std::uint64_t> NextData(std::uint64_t offset) const override {
    const std::lock_guard lock(state_->mutex);
    return std::min<std::uint64_t>(offset, inode_->content.seen().size());
  }

  Expected<bool> TryLock() override {
    const std::lock_guard lock(state_->mutex);
    if (inode_->locked_by != nullptr && inode_->locked_by != this) return false;
    inode_->locked_by = this;
    return true;
  }

  void Unlock() override {
    const std::lock_guard lock(state_->mutex);
    if (inode_->locked_by == this) inode_->locked_by = nullptr;
  }

  int descriptor() const override { return -1; }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Inode> inode_;
};

SimulatedDisk::SimulatedDisk(Options options) : state_(std::make_shared<State>(options)) {}
SimulatedDisk::SimulatedDisk(std::shared_ptr<State> state) : state_(std::move(state)) {}
SimulatedDisk::~SimulatedDisk() = default;

std::unique_ptr<SimulatedDisk> SimulatedDisk::AfterPowerLoss(std::uint64_t seed) const {
  const std::lock_guard lock(state_->mutex);
  return std::unique_ptr<SimulatedDisk>(new SimulatedDisk(state_->AfterPowerLoss(Random(seed))));
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::Copy() const {
  const std::lock_guard lock(state_->mutex);
  return std::unique_ptr<SimulatedDisk>(new SimulatedDisk(state_->Copy()));
}

void SimulatedDisk::ForgetUnsynced(const FileIdentity& file) {
  const std::lock_guard lock(state_->mutex);
  state_->At(file.inode).content.Forget();
}

void SimulatedDisk::FlipBit(const std::string& path, std::uint64_t bit) {
  const std::lock_guard lock(state_->mutex);
  state_->FindExisting(path)->get().content.FlipBit(bit);
}

std::vector<std::string> SimulatedDisk::Files() const {
  const std::lock_guard lock(state_->mutex);
  std::vector<std::string> paths;
  state_->ListFiles(kRoot, "", paths);
  std::ranges::sort(paths);
  return paths;
}

Expected<std::unique_ptr<File>> SimulatedDisk::Open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const State::Place place, state_->Find(path));
  const bool creates = mode == OpenMode::kCreate || mode == OpenMode::kOpenOrCreate;
  if (!place.inode && !creates) return std::unexpected(FromErrno(ENOENT, "open " + path));
  if (place.inode && mode == OpenMode::kCreate) return std::unexpected(FromErrno(EEXIST, "open " + path));
  if (place.inode && !S_ISREG(state_->At(*place.inode).mode)) {
    return Fail(ErrorCode::kMalformed, "open " + path + ": not a regular file");
  }
  std::uint64_t number = 0;
  if (place.inode) {
    number = *place.inode;
  } else {
    number = state_->NewInode(S_IFREG | 0600).number;
    state_->Change({{place.directory, place.name, number}});
  }
  return std::make_unique<OpenFile>(state_, state_->Share(number));
}

Status SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const State::Place source, state_->Find(from));
  SR_ASSIGN_OR_RETURN(const State::Place target, state_->Find(to));
  if (!source.inode) return std::unexpected(FromErrno(ENOENT, "rename " + from));
  if (target.inode == source.inode) return {};
  if (target.inode && !state_->At(*target.inode).names.empty()) {
    return std::unexpected(FromErrno(ENOTEMPTY, "rename to " + to));
  }
  state_->Change(
      {{source.directory, source.name, std::nullopt}, {target.directory, target.name, source.inode}});
  return {};
}

Status SimulatedDisk::RenameNoReplace(const std::string& from, const std::string& to) {
  const auto found = Stat(to);
  if (found) return std::unexpected(FromErrno(EEXIST, "rename to " + to));
  if (found.error().code != ErrorCode::kNotFound) return std::unexpected(found.error());
  return Rename(from, to);
}

Status SimulatedDisk::Exchange(const std::string& a, const std::string& b) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const State::Place first, state_->Find(a));
  SR_ASSIGN_OR_RETURN(const State::Place second, state_->Find(b));
  if (!first.inode || !second.inode) return std::unexpected(FromErrno(ENOENT, "exchange " + a));
  state_->Change({{first.directory, first.name, second.inode}, {second.directory, second.name, first.inode}});
  return {};
}

Status SimulatedDisk::MakeDirectory(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const State::Place place, state_->Find(path));
  if (place.inode) return std::unexpected(FromErrno(EEXIST, "make directory " + path));
  state_->Change({{place.directory, place.name, state_->NewInode(S_IFDIR | mode).number}});
  return {};
}

Status SimulatedDisk::SetMode(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(Inode & inode, state_->FindExisting(path));
  inode.mode = (inode.mode & S_IFMT) | mode;
  return {};
}

Status SimulatedDisk::Remove(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const State::Place place, state_->Find(path));
  if (!place.inode) return std::unexpected(FromErrno(ENOENT, "remove " + path));
  if (!state_->At(*place.inode).names.empty()) {
    return std::unexpected(FromErrno(ENOTEMPTY, "remove " + path));
  }
  state_->Change({{place.directory, place.name, std::nullopt}});
  return {};
}

Status SimulatedDisk::RemoveTree(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  const auto place = state_->Find(path);
  if (!place && place.error().code != ErrorCode::kNotFound) return std::unexpected(place.error());
  if (!place || !place->inode) return {};
  state_->RemoveBelow(*place->inode);
  state_->Change({{place->directory, place->name, std::nullopt}});
  return {};
}

Status SimulatedDisk::SyncDirectory(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const Inode& inode, state_->FindExisting(path));
  if (!inode.IsDirectory()) return std::unexpected(FromErrno(ENOTDIR, "sync " + path));
  state_->SyncNames(inode.number);
  return {};
}

Expected<FileIdentity> SimulatedDisk::Stat(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const Inode& inode, state_->FindExisting(path));
  return Identify(inode);
}

Expected<std::vector<std::string>> SimulatedDisk::List(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const Inode& inode, state_->FindExisting(path));
  if (!inode.IsDirectory()) return std::unexpected(FromErrno(ENOTDIR, "list " + path));
  std::vector<std::string> names;
  for (const auto& [name, number] : inode.names) names.push_back(name);
  return names;
}

Expected<std::string> SimulatedDisk::ReadLink(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const Inode& inode, state_->FindExisting(path));
  if (!S_ISLNK(inode.mode)) return std::unexpected(FromErrno(EINVAL, "read link " + path));
  return inode.target;
}

Status SimulatedDisk::MakeSymlink(const std::string& target, const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  SR_ASSIGN_OR_RETURN(const State::Place place, state_->Find(path));
  if (place.inode) return std::unexpected(FromErrno(EEXIST, "make link " + path));
  Inode& inode = state_->NewInode(S_IFLNK | 0777);
  inode.target = target;
  state_->Change({{place.directory, place.name, inode.number}});
  return {};
}

Expected<Volume> SimulatedDisk::VolumeOf(const std::string& path) {
  SR_RETURN_IF_ERROR(Stat(path));
  return Volume{.type = "simulated", .remote = false, .in_memory = false, .available = kRoom};
}

}  // namespace strongroom::selftest
