#include "pack_folder.h"

#include <algorithm>

#include "strongroom/crypto/hash.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::cli {
namespace {

constexpr std::uint64_t kMaxDocument = 4 << 20;
constexpr std::string_view kPackFile = "pack.toml";
constexpr std::string_view kCasesFile = "cases.csv";

// Where documents of one kind are looked for.
struct Shelves {
  std::vector<std::string> folders;      // the nearest first
  std::span<const ByteView> of_program;  // the last resort
};

Expected<std::vector<Bytes>> ReadFrom(FileSystem& files, const Shelves& shelves, const std::string& id) {
  std::vector<Bytes> found;
  if (id.find('/') != std::string::npos) return found;
  for (const std::string& folder : shelves.folders) {
    auto bytes = ReadWhole(files, JoinPath(folder, id + ".toml"), kMaxDocument);
    if (!bytes && bytes.error().code == ErrorCode::kNotFound) continue;
    if (!bytes) return std::unexpected(std::move(bytes).error());
    found.push_back(*std::move(bytes));
  }
  return found;
}

Expected<std::vector<Bytes>> ReadNamed(FileSystem& files, const Shelves& shelves,
                                       const std::vector<policy::PartIdentity>& named) {
  std::vector<Bytes> documents;
  for (const policy::PartIdentity& identity : named) {
    const auto is_it = [&](ByteView bytes) { return crypto::Sha256(bytes) == identity.digest; };
    SR_ASSIGN_OR_RETURN(std::vector<Bytes> found, ReadFrom(files, shelves, identity.id));
    const auto own = std::ranges::find_if(found, is_it);
    const auto shipped = std::ranges::find_if(shelves.of_program, is_it);
    if (own != found.end()) {
      documents.push_back(std::move(*own));
    } else if (shipped != shelves.of_program.end()) {
      documents.push_back(ToBytes(*shipped));
    } else if (!found.empty()) {
      documents.push_back(std::move(found.front()));
    }
  }
  return documents;
}

}  // namespace

bool IsPackFolder(FileSystem& files, const std::string& path) {
  const auto identity = files.Stat(JoinPath(path, kPackFile));
  return identity && identity->IsRegular();
}

Expected<policy::PackDocuments> ReadPackFolder(FileSystem& files, const std::string& path) {
  policy::PackDocuments documents;
  SR_ASSIGN_OR_RETURN(documents.pack, ReadWhole(files, JoinPath(path, kPackFile), kMaxDocument));
  SR_ASSIGN_OR_RETURN(documents.cases, ReadWhole(files, JoinPath(path, kCasesFile), kMaxDocument));
  auto head = policy::ParsePackHead(documents.pack);
  if (!head) return std::unexpected(std::move(head).error().With(JoinPath(path, kPackFile)));
  Shelves tables{.folders = {path, JoinPath(path, "../data")}, .of_program = {}};
  Shelves parts{.folders = {path, JoinPath(path, "../parts")}, .of_program = {}};
  if (const auto shipped = policy::ShippedPacks(); !shipped.empty()) {
    tables.of_program = shipped.front().tables;
    parts.of_program = shipped.front().parts;
  }
  SR_ASSIGN_OR_RETURN(documents.tables, ReadNamed(files, tables, head->tables));
  SR_ASSIGN_OR_RETURN(documents.parts, ReadNamed(files, parts, head->parts));
  return documents;
}

Expected<policy::Pack> LoadPackDocuments(const policy::PackDocuments& documents,
                                         std::span<const policy::Pack> others) {
  SR_ASSIGN_OR_RETURN(const policy::PackHead head, policy::ParsePackHead(documents.pack));
  const std::vector<ByteView> tables(documents.tables.begin(), documents.tables.end());
  const std::vector<ByteView> parts(documents.parts.begin(), documents.parts.end());
  return policy::LoadPack(
      {.id = head.id, .pack = documents.pack, .cases = documents.cases, .tables = tables, .parts = parts},
      others);
}

}  // namespace strongroom::cli
