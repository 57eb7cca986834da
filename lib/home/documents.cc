#include <algorithm>

#include "home/layout.h"
#include "home/pack_memory.h"
#include "strongroom/base/file_lock.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::home {
namespace {

constexpr std::uint64_t kMaxDocumentSize = 4 << 20;
constexpr std::uint64_t kMaxMemorySize = std::uint64_t{16} << 20;
constexpr std::uint32_t kEveryoneMayRead = 0644;
constexpr std::string_view kPackEnding = ".pack";
constexpr std::string_view kLicenceEnding = ".licence";

// Names from outside never become names of files: a short digest stands for them.
std::string ShortName(std::string_view a, std::string_view b) {
  const std::array<ByteView, 3> pieces = {AsBytes(a), AsBytes(std::string_view("\0", 1)), AsBytes(b)};
  return Hex(ByteView(crypto::Sha256(pieces)).first(8));
}
std::string PackName(std::string_view authority, std::string_view id, std::uint64_t version) {
  return ShortName(authority, id) + "@" + std::to_string(version) + std::string(kPackEnding);
}
std::string LicenceName(std::string_view issuer, std::string_view id) {
  return ShortName(issuer, id) + std::string(kLicenceEnding);
}

Expected<std::vector<std::string>> Names(FileSystem& files, const std::string& directory,
                                         std::string_view ending) {
  auto names = files.List(directory);
  if (!names && names.error().code == ErrorCode::kNotFound) return std::vector<std::string>();
  if (!names) return names;
  std::erase_if(*names, [&](const std::string& name) { return !name.ends_with(ending); });
  return names;
}

Expected<std::vector<Document>> ReadAll(FileSystem& files, const std::string& directory,
                                        std::string_view ending) {
  SR_ASSIGN_OR_RETURN(const auto names, Names(files, directory, ending));
  std::vector<Document> documents;
  for (const std::string& name : names) {
    std::string path = JoinPath(directory, name);
    auto bytes = ReadWhole(files, path, kMaxDocumentSize);
    documents.push_back({std::move(path), std::move(bytes)});
  }
  return documents;
}

Status MakeIfAbsent(FileSystem& files, const std::string& directory) {
  const Status made = files.MakeDirectory(directory, 0700);
  if (!made && made.error().code == ErrorCode::kExists) return {};
  SR_RETURN_IF_ERROR(made);
  return files.SyncDirectory(ParentDirectory(directory));
}

Status RemoveFile(FileSystem& files, const std::string& path, const std::string& what) {
  const Status removed = files.Remove(path);
  if (!removed && removed.error().code == ErrorCode::kNotFound)
    return Fail(ErrorCode::kNotFound, what + " is not installed", "strongroom policy list");
  SR_RETURN_IF_ERROR(removed);
  return files.SyncDirectory(ParentDirectory(path));
}

Expected<PackMemory> ReadMemory(FileSystem& files, const Home& home) {
  const std::string path = home.PathOf(kPacksSeenFile);
  const auto bytes = ReadWhole(files, path, kMaxMemorySize);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    SR_ASSIGN_OR_RETURN(const auto names, Names(files, home.PathOf(kPacksDirectory), kPackEnding));
    if (names.empty()) return PackMemory();
    return Fail(ErrorCode::kMalformed,
                path + " is gone, so that an old pack could not be told from the newest",
                "put it back, or remove " + home.PathOf(kPacksDirectory) + " and install the packs again");
  }
  if (!bytes) return std::unexpected(bytes.error());
  auto memory = PackMemory::Parse(*bytes);
  if (!memory) return std::unexpected(std::move(memory).error().With(path));
  return memory;
}

}  // namespace

Expected<std::vector<Document>> Home::Packs() const {
  return ReadAll(*files_, PathOf(kPacksDirectory), kPackEnding);
}

Expected<std::vector<Document>> Home::Licences() const {
  return ReadAll(*files_, PathOf(kLicencesDirectory), kLicenceEnding);
}

Expected<std::vector<PackSeen>> Home::PacksSeen() const {
  SR_ASSIGN_OR_RETURN(const PackMemory memory, ReadMemory(*files_, *this));
  return memory.packs();
}

Status Home::InstallPack(const PackVersion& pack, ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  SR_ASSIGN_OR_RETURN(PackMemory memory, ReadMemory(*files_, *this));
  SR_RETURN_IF_ERROR(memory.Check(pack));
  SR_RETURN_IF_ERROR(MakeIfAbsent(*files_, PathOf(kPacksDirectory)));
  // Remembered first: a crash in between leaves a pack that is missing, never one that may be rolled back.
  memory.Remember(pack);
  SR_RETURN_IF_ERROR(WriteDurably(*files_, PathOf(kPacksSeenFile), AsBytes(memory.Serialize())));
  const std::string name = PackName(pack.authority, pack.id, pack.version);
  return WriteDurably(*files_, JoinPath(PathOf(kPacksDirectory), name), bytes, kEveryoneMayRead);
}

Status Home::RemovePack(std::string_view authority, std::string_view id, std::uint64_t version) {
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  return RemoveFile(
      *files_, JoinPath(PathOf(kPacksDirectory), PackName(authority, id, version)),
      "pack " + std::string(authority) + "/" + std::string(id) + " version " + std::to_string(version));
}

Status Home::InstallLicence(std::string_view issuer, std::string_view id, ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  SR_RETURN_IF_ERROR(MakeIfAbsent(*files_, PathOf(kLicencesDirectory)));
  const std::string path = JoinPath(PathOf(kLicencesDirectory), LicenceName(issuer, id));
  const auto there = ReadWhole(*files_, path, kMaxDocumentSize);
  if (there && *there != ToBytes(bytes)) {
    return Fail(
        ErrorCode::kExists,
        "licence " + std::string(id) + " of " + std::string(issuer) + " is installed with other content",
        "strongroom policy remove " + std::string(issuer) + "/" + std::string(id) + " first");
  }
  if (!there && there.error().code != ErrorCode::kNotFound) return std::unexpected(there.error());
  return WriteDurably(*files_, path, bytes, kEveryoneMayRead);
}

Status Home::RemoveLicence(std::string_view issuer, std::string_view id) {
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  return RemoveFile(*files_, JoinPath(PathOf(kLicencesDirectory), LicenceName(issuer, id)),
                    "licence " + std::string(id) + " of " + std::string(issuer));
}

}  // namespace strongroom::home
