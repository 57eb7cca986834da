#include <sys/statvfs.h>

#include <chrono>

#include "doctor.h"
#include "log_anchors.h"
#include "strongroom/policy/fact_files.h"
#include "units.h"

namespace strongroom::cli {
namespace {

Check FromError(Health health, std::string name, const Error& error, std::string fix = {}) {
  return {health, std::move(name), error.message, error.next.empty() ? std::move(fix) : error.next};
}

Check DiskSpace(const std::string& path) {
  struct statvfs fs {};
  if (::statvfs(path.c_str(), &fs) != 0)
    return {Health::kFail, "disk of the home", "cannot be examined", "see that " + path + " can be read"};
  const std::uint64_t free = static_cast<std::uint64_t>(fs.f_bavail) * fs.f_frsize;
  if (free < (16ULL << 20))
    return {Health::kFail, "disk of the home", FormatSize(free) + " free: the log will soon refuse",
            "free some space"};
  if (free < (1ULL << 30))
    return {Health::kWarn, "disk of the home", FormatSize(free) + " free",
            "free some space: a full log refuses every release"};
  return {Health::kOk, "disk of the home", FormatSize(free) + " free", ""};
}

// Writes a small file the durable way and removes it; how long that took.
Expected<double> TrySync(FileSystem& files, const home::Home& home) {
  const std::string path = home.PathOf("doctor-check");
  const auto start = std::chrono::steady_clock::now();
  SR_RETURN_IF_ERROR(WriteDurably(files, path, AsBytes("strongroom doctor")));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  SR_RETURN_IF_ERROR(files.Remove(path));
  return took.count();
}

Check Syncing(FileSystem& files, const home::Home& home) {
  const auto took = TrySync(files, home);
  if (!took)
    return FromError(Health::kFail, "syncing", took.error(), "put the home on a file system that can sync");
  return {Health::kOk, "syncing", "a small file is durable in " + Fixed(*took * 1000, 1) + " ms", ""};
}

Check Declared(const home::Home& home) {
  const auto bytes = home.NodeDeclaration();
  if (!bytes) return FromError(Health::kFail, "node.toml", bytes.error());
  const auto facts = policy::ParseNodeDeclaration(*bytes);
  if (!facts) return FromError(Health::kFail, "node.toml", facts.error(), "mend " + home.PathOf("node.toml"));
  std::string missing;
  for (const policy::FactId id : {policy::FactId::kNodeCountry, policy::FactId::kNodeOperatorHq}) {
    if (facts->Find(id) == nullptr)
      missing += (missing.empty() ? "" : " and ") + std::string(policy::Describe(id).name);
  }
  if (missing.empty()) return {Health::kOk, "node.toml", "declares where this node is and whose it is", ""};
  return {Health::kWarn, "node.toml", missing + " is not declared: policies that ask for it answer unknown",
          "declare it in " + home.PathOf("node.toml")};
}

Check Trusted(const home::Home& home) {
  const auto trust = home.Trust();
  if (!trust) return FromError(Health::kFail, "trust", trust.error(), "mend " + home.PathOf("trust"));
  const std::size_t owners = trust->Keys(envelope::KeyPurpose::kOwner).size();
  if (owners > 0)
    return {Health::kOk, "trust",
            Count(owners, "owner") + ", " + Count(trust->keys().size(), "key") + " in all", ""};
  return {Health::kWarn, "trust", "no owner is trusted: no bundle opens here",
          "strongroom trust add VKEY --purpose owner"};
}

Check Keys(const home::Home& home) {
  if (!home.profile().Has(home::Role::kOwner))
    return {Health::kOk, "owner's keys", "none: this home does not seal", ""};
  if (const auto key = home.OwnerKey(); !key) return FromError(Health::kFail, "owner's keys", key.error());
  if (const auto key = home.PolicyKey(); !key) return FromError(Health::kFail, "owner's keys", key.error());
  if (const auto key = home.JournalKey(); !key) return FromError(Health::kFail, "owner's keys", key.error());
  return {Health::kOk, "owner's keys", "there, and closed to others", ""};
}

// Also finds a clock that is behind the last record, and a log that is shorter than remembered.
Check AccessLog(const home::Home& home, const Clock& clock) {
  const auto log = home.OpenLog(clock);
  if (!log)
    return FromError(Health::kFail, "access log", log.error(),
                     "restore the log from a copy; nothing opens without it");
  if (const Status writable = (*log)->CheckWritable(); !writable)
    return FromError(Health::kFail, "access log", writable.error());
  std::string warnings;
  for (const std::string& warning : (*log)->warnings()) warnings += (warnings.empty() ? "" : "; ") + warning;
  if (!warnings.empty())
    return {Health::kWarn, "access log", warnings, "make room for it: docs/OPERATIONS.md, 'The access log'"};
  return {Health::kOk, "access log", "can be written, and is the one remembered", ""};
}

// What holds the log against being rolled back.
Check Anchors(Session& session, const home::Home& home) {
  const auto log = home.OpenLog(session.clock());
  if (!log) return {Health::kWarn, "anchor", "not known: the log does not open", "see access log"};
  std::string texts;
  bool outside = false;
  for (const AnchorFinding& finding : DescribeAnchors(session, home, HeldBy(**log))) {
    if (finding.error) return FromError(Health::kFail, "anchor", *finding.error);
    texts += (texts.empty() ? "" : ", ") + finding.text;
    outside = outside || finding.outside_home;
  }
  if (outside) return {Health::kOk, "anchor", texts, ""};
  return {Health::kWarn, "anchor",
          texts + "; none outside this home, so that an older copy of all of it would look as good",
          "strongroom log anchor --tpm, on hardware that has a TPM"};
}

}  // namespace

std::vector<Check> HomeChecks(Session& session) {
  const auto home = session.OpenHome();
  if (!home) {
    const bool absent = home.error().code == ErrorCode::kNotFound;
    return {FromError(absent ? Health::kWarn : Health::kFail, "home", home.error(), "strongroom init")};
  }
  return {{Health::kOk, "home", home->path(), ""},
          DiskSpace(home->path()),
          Syncing(session.files(), *home),
          Keys(*home),
          Declared(*home),
          Trusted(*home),
          AccessLog(*home, session.clock()),
          Anchors(session, *home)};
}

}  // namespace strongroom::cli
