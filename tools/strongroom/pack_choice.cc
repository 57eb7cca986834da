#include "pack_choice.h"

#include <algorithm>

#include "pack_folder.h"
#include "signed_file.h"

namespace strongroom::cli {
namespace {

// A pack that came by a path, and the digests that it revokes if it is signed.
struct PackAtPath {
  policy::Pack pack;
  std::vector<Digest> revokes;
};

Expected<PackAtPath> LoadSignedFile(Session& session, const std::string& path,
                                    std::span<const policy::Pack> others) {
  SR_ASSIGN_OR_RETURN(const Bytes file, ReadWhole(session.files(), path, policy::kMaxSignedPackSize));
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home.Trust());
  auto verified = policy::VerifySignedPack(file, trust);
  if (!verified) return std::unexpected(AboutSignedFile(std::move(verified).error()));
  auto pack = policy::LoadVerifiedPack(*verified, others, session.clock().Now());
  if (!pack) return std::unexpected(AboutSignedFile(std::move(pack).error()));
  return PackAtPath{.pack = *std::move(pack), .revokes = std::move(verified->statement.revokes)};
}

Expected<PackAtPath> LoadPath(Session& session, const std::string& path,
                              std::span<const policy::Pack> others) {
  if (path.ends_with(".pack")) return LoadSignedFile(session, path, others);
  SR_ASSIGN_OR_RETURN(const policy::PackDocuments documents, ReadPackFolder(session.files(), path));
  SR_ASSIGN_OR_RETURN(policy::Pack pack, LoadPackDocuments(documents, others));
  return PackAtPath{.pack = std::move(pack), .revokes = {}};
}

bool IsPath(Session& session, const std::string& name) {
  return IsPackFolder(session.files(), name) || (name.ends_with(".pack") && session.files().Stat(name));
}

}  // namespace

Expected<PackChoice> ChoosePacks(Session& session, const std::vector<std::string>& names) {
  SR_ASSIGN_OR_RETURN(InstalledPacks installed, LoadInstalledPacks(session));
  NoteRefused(session, installed.refused);
  return ChoosePacks(session, names, std::move(installed));
}

Expected<PackChoice> ChoosePacks(Session& session, const std::vector<std::string>& names,
                                 InstalledPacks installed) {
  PackChoice choice;
  std::vector<policy::Pack>& packs = installed.packs;
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; names.empty() && i < packs.size(); ++i) {
    if (!packs[i].superseded) indices.push_back(i);
  }
  for (const std::string& name : names) {
    const auto found = FindPack(installed, name);
    if (found) {
      indices.push_back(static_cast<std::size_t>(*found - packs.data()));
      continue;
    }
    if (found.error().code != ErrorCode::kNotFound || !IsPath(session, name))
      return std::unexpected(found.error());
    auto loaded = LoadPath(session, name, packs);
    if (!loaded) return std::unexpected(std::move(loaded).error().With(name));
    indices.push_back(packs.size());
    packs.push_back(std::move(loaded->pack));
    std::ranges::move(loaded->revokes, std::back_inserter(choice.revokes));
  }
  choice.available = std::move(packs);
  for (const std::size_t index : indices) choice.chosen.push_back(&choice.available[index]);
  return choice;
}

}  // namespace strongroom::cli
