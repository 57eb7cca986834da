#include "installed_packs.h"

#include <algorithm>

#include "strongroom/policy/pack_source.h"

namespace strongroom::cli {
namespace {

bool SamePack(const auto& a, const auto& b) {
  return a.authority == b.authority && a.id == b.id;
}

std::string NameOf(const policy::PackStatement& statement) {
  return statement.authority + "/" + statement.id + "@" + std::to_string(statement.version);
}

// The signature of a file, by a key that may speak for the pack's authority.
Expected<policy::VerifiedPack> VerifyFile(ByteView file, const envelope::TrustStore& trust) {
  SR_ASSIGN_OR_RETURN(policy::VerifiedPack verified, policy::VerifySignedPack(file, trust));
  if (verified.statement.authority != policy::kProgramAuthority) return verified;
  return Fail(ErrorCode::kUntrusted,
              "it is signed in the name '" + std::string(policy::kProgramAuthority) +
                  "', which is that of the packs in the program",
              "install a newer program, or have the pack signed under another name");
}

// A file of the home whose signature was checked.
struct Candidate {
  std::string path;
  policy::VerifiedPack verified;
  bool is_overlay = false;
};

// Loads packs one after another, each beside those that are there already.
class PackLoader {
 public:
  explicit PackLoader(Timestamp now) : now_(now) {}

  // Verifies the files; those that pass are loaded by LoadCandidates.
  void Verify(std::vector<home::Document> files, const envelope::TrustStore& trust);
  void Remember(std::vector<home::PackSeen> seen) { seen_ = std::move(seen); }
  Status LoadShipped();
  void LoadCandidates();
  [[nodiscard]] InstalledPacks Take() && { return std::move(installed_); }

 private:
  [[nodiscard]] bool IsRevoked(const auto& pack, const Digest& digest) const;
  [[nodiscard]] bool IsSuperseded(const policy::Pack& pack) const;
  Expected<policy::Pack> Load(const Candidate& candidate) const;
  void Add(policy::Pack pack, PackOrigin origin);
  void Refuse(std::string path, std::string name, Error reason) {
    installed_.refused.push_back({std::move(path), std::move(name), std::move(reason)});
  }

  Timestamp now_;
  std::vector<home::PackSeen> seen_;
  std::vector<Candidate> candidates_;  // an overlay stands after all that it may be laid over
  InstalledPacks installed_;
};

void PackLoader::Verify(std::vector<home::Document> files, const envelope::TrustStore& trust) {
  for (home::Document& file : files) {
    if (!file.bytes) {
      Refuse(std::move(file.path), "", std::move(file.bytes).error());
      continue;
    }
    auto verified = VerifyFile(*file.bytes, trust);
    if (!verified) {
      Refuse(std::move(file.path), "", std::move(verified).error());
      continue;
    }
    const auto head = policy::ParsePackHead(verified->statement.documents.pack);
    candidates_.push_back({std::move(file.path), *std::move(verified), head && head->overlay});
  }
  std::ranges::sort(candidates_, {}, [](const Candidate& one) {
    return std::pair<bool, std::string_view>(one.is_overlay, one.path);
  });
}

bool PackLoader::IsRevoked(const auto& pack, const Digest& digest) const {
  const auto remembered = [&](const home::PackSeen& seen) {
    return SamePack(seen, pack) && std::ranges::binary_search(seen.revoked, digest);
  };
  const auto stated = [&](const Candidate& other) {
    const policy::PackStatement& statement = other.verified.statement;
    return SamePack(statement, pack) && std::ranges::binary_search(statement.revokes, digest);
  };
  return std::ranges::any_of(seen_, remembered) || std::ranges::any_of(candidates_, stated);
}

bool PackLoader::IsSuperseded(const policy::Pack& pack) const {
  const auto newer = [&](const auto& other) { return SamePack(other, pack) && other.version > pack.version; };
  const auto newer_file = [&](const Candidate& other) { return newer(other.verified.statement); };
  return std::ranges::any_of(seen_, newer) || std::ranges::any_of(candidates_, newer_file) ||
         std::ranges::any_of(installed_.packs, newer);
}

void PackLoader::Add(policy::Pack pack, PackOrigin origin) {
  pack.superseded = IsSuperseded(pack);
  installed_.packs.push_back(std::move(pack));
  installed_.origins.push_back(std::move(origin));
}

Status PackLoader::LoadShipped() {
  SR_ASSIGN_OR_RETURN(std::vector<policy::Pack> shipped, policy::LoadShippedPacks());
  for (policy::Pack& pack : shipped) {
    if (IsRevoked(pack, pack.digest)) {
      Refuse("", pack.authority + "/" + pack.id + "@" + std::to_string(pack.version),
             Error(ErrorCode::kDenied, "an installed version of it revokes it"));
    } else {
      Add(std::move(pack), {});
    }
  }
  return {};
}

Expected<policy::Pack> PackLoader::Load(const Candidate& candidate) const {
  const policy::PackStatement& statement = candidate.verified.statement;
  if (IsRevoked(statement, statement.digest()))
    return Fail(ErrorCode::kDenied, "another version of it revokes it",
                "strongroom policy remove " + NameOf(statement));
  return policy::LoadVerifiedPack(candidate.verified, installed_.packs, now_);
}

void PackLoader::LoadCandidates() {
  for (const Candidate& candidate : candidates_) {
    auto pack = Load(candidate);
    if (pack) {
      Add(*std::move(pack), {candidate.path, candidate.verified});
    } else {
      Refuse(candidate.path, NameOf(candidate.verified.statement), std::move(pack).error());
    }
  }
}

// What the home remembers keeps an older pack out; the program's own packs, which it does not remember, do
// the same here.
Status CheckShipped(const policy::PackStatement& statement, const InstalledPacks& installed) {
  for (std::size_t i = 0; i < installed.packs.size(); ++i) {
    const policy::Pack& pack = installed.packs[i];
    if (installed.origins[i].verified || !SamePack(pack, statement) || statement.version > pack.version)
      continue;
    if (statement.version < pack.version) {
      return Fail(ErrorCode::kRolledBack, NameOf(statement) + " is older than version " +
                                              std::to_string(pack.version) +
                                              ", which comes with the program");
    }
    if (statement.digest() != pack.digest) {
      return Fail(ErrorCode::kExists,
                  NameOf(statement) + " comes with the program, and this file has other content");
    }
  }
  return {};
}

}  // namespace

Expected<InstalledPacks> LoadInstalledPacks(const home::Home* home, Timestamp now) {
  PackLoader loader(now);
  if (home != nullptr) {
    SR_ASSIGN_OR_RETURN(std::vector<home::PackSeen> seen, home->PacksSeen());
    SR_ASSIGN_OR_RETURN(std::vector<home::Document> files, home->Packs());
    SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home->Trust());
    loader.Remember(std::move(seen));
    loader.Verify(std::move(files), trust);
  }
  SR_RETURN_IF_ERROR(loader.LoadShipped());
  loader.LoadCandidates();
  return std::move(loader).Take();
}

Expected<InstalledPacks> LoadInstalledPacks(Session& session) {
  const auto home = session.OpenHome();
  const Timestamp now = session.clock().Now();
  if (home) return LoadInstalledPacks(&*home, now);
  if (home.error().code == ErrorCode::kNotFound || home.error().code == ErrorCode::kInvalidArgument)
    return LoadInstalledPacks(nullptr, now);
  return std::unexpected(home.error());
}

void NoteRefused(Session& session, const std::vector<RefusedFile>& refused) {
  for (const RefusedFile& file : refused)
    session.output().Note((file.path.empty() ? file.name : file.path) +
                          " does not load: " + file.reason.message);
}

Expected<const policy::Pack*> FindPack(const InstalledPacks& installed, std::string_view name) {
  const auto is_named = [&](const policy::Pack& pack) {
    return pack.id == name || pack.authority + "/" + pack.id == name;
  };
  const policy::Pack* found = nullptr;
  for (const policy::Pack& pack : installed.packs) {
    if (pack.superseded || !is_named(pack)) continue;
    if (found != nullptr && found->authority != pack.authority) {
      return Fail(ErrorCode::kInvalidArgument,
                  "there is a pack '" + std::string(name) + "' of " + found->authority + " and one of " +
                      pack.authority,
                  "write AUTHORITY/ID");
    }
    found = &pack;
  }
  if (found != nullptr) return found;
  Error error(ErrorCode::kNotFound, "no pack '" + std::string(name) + "' is installed",
              "strongroom policy list");
  for (const policy::Pack& pack : installed.packs) {
    if (is_named(pack))
      error.why.push_back("version " + std::to_string(pack.version) +
                          " is here for frozen bundles alone: a newer one was installed");
  }
  for (const RefusedFile& refused : installed.refused) {
    const std::string_view full = std::string_view(refused.name).substr(0, refused.name.rfind('@'));
    if (full == name || full.ends_with("/" + std::string(name)))
      error.why.push_back(refused.name + " does not load: " + refused.reason.message);
  }
  return std::unexpected(std::move(error));
}

Expected<policy::VerifiedPack> InstallPack(home::Home& home, ByteView file, Timestamp now) {
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home.Trust());
  SR_ASSIGN_OR_RETURN(policy::VerifiedPack verified, VerifyFile(file, trust));
  SR_ASSIGN_OR_RETURN(const InstalledPacks installed, LoadInstalledPacks(&home, now));
  SR_RETURN_IF_ERROR(policy::LoadVerifiedPack(verified, installed.packs, now));
  const policy::PackStatement& statement = verified.statement;
  SR_RETURN_IF_ERROR(CheckShipped(statement, installed));
  SR_RETURN_IF_ERROR(home.InstallPack({.authority = statement.authority,
                                       .id = statement.id,
                                       .version = statement.version,
                                       .issued = statement.issued,
                                       .digest = statement.digest(),
                                       .revokes = statement.revokes},
                                      file));
  return verified;
}

}  // namespace strongroom::cli
