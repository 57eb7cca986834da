#include "tested_packs.h"

#include <algorithm>

#include "pack_folder.h"
#include "signed_file.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::cli {
namespace {

Bytes CasesOf(const InstalledPacks& installed, std::size_t index) {
  if (const auto& verified = installed.origins[index].verified) return verified->statement.documents.cases;
  const auto source =
      std::ranges::find(policy::ShippedPacks(), installed.packs[index].id, &policy::PackSource::id);
  return source == policy::ShippedPacks().end() ? Bytes() : ToBytes(source->cases);
}

TestedPack Installed(const InstalledPacks& installed, std::size_t index) {
  return {.pack = installed.packs[index], .cases = CasesOf(installed, index)};
}

Expected<TestedPack> ReadDocuments(policy::PackDocuments documents) {
  SR_ASSIGN_OR_RETURN(const policy::PackHead head, policy::ParsePackHead(documents.pack));
  const std::vector<ByteView> tables(documents.tables.begin(), documents.tables.end());
  const std::vector<ByteView> parts(documents.parts.begin(), documents.parts.end());
  SR_ASSIGN_OR_RETURN(policy::Pack pack, policy::ParsePackSource({.id = head.id,
                                                                  .pack = documents.pack,
                                                                  .cases = documents.cases,
                                                                  .tables = tables,
                                                                  .parts = parts}));
  return TestedPack{.pack = std::move(pack), .cases = std::move(documents.cases)};
}

Expected<TestedPack> ReadSigned(Session& session, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes file, ReadWhole(session.files(), path, policy::kMaxSignedPackSize));
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home.Trust());
  auto verified = policy::VerifySignedPack(file, trust);
  if (!verified) return std::unexpected(AboutSignedFile(std::move(verified).error()));
  return ReadDocuments(std::move(verified->statement.documents));
}

Expected<TestedPack> ReadPath(Session& session, const std::string& path) {
  if (!IsPackFolder(session.files(), path)) return ReadSigned(session, path);
  SR_ASSIGN_OR_RETURN(policy::PackDocuments documents, ReadPackFolder(session.files(), path));
  return ReadDocuments(std::move(documents));
}

Expected<TestedPack> Read(Session& session, const InstalledPacks& installed, const std::string& name) {
  const auto found = FindPack(installed, name);
  if (found) return Installed(installed, static_cast<std::size_t>(*found - installed.packs.data()));
  const bool is_path = IsPackFolder(session.files(), name) ||
                       (name.ends_with(".pack") && session.files().Stat(name).has_value());
  if (found.error().code != ErrorCode::kNotFound || !is_path) return std::unexpected(found.error());
  auto pack = ReadPath(session, name);
  if (!pack) return std::unexpected(std::move(pack).error().With(name));
  return pack;
}

}  // namespace

Expected<TestedPacks> ReadTestedPacks(Session& session, const std::vector<std::string>& names) {
  SR_ASSIGN_OR_RETURN(InstalledPacks installed, LoadInstalledPacks(session));
  TestedPacks tested;
  for (const std::string& name : names) {
    SR_ASSIGN_OR_RETURN(TestedPack pack, Read(session, installed, name));
    tested.packs.push_back(std::move(pack));
  }
  for (std::size_t i = 0; names.empty() && i < installed.packs.size(); ++i) {
    if (!installed.packs[i].superseded) tested.packs.push_back(Installed(installed, i));
  }
  tested.available = std::move(installed.packs);
  return tested;
}

}  // namespace strongroom::cli
