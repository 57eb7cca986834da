#include "doctor.h"
#include "installed_licences.h"
#include "installed_packs.h"
#include "screening_facts.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::int64_t kSecondsOfDay = std::int64_t{24} * 60 * 60;
constexpr std::int64_t kSoon = 30 * kSecondsOfDay;
constexpr char kInstallScreening[] =
    "download the whole list, then strongroom policy screen --install FILE --downloaded TIME";

bool EndsSoon(Timestamp end, Timestamp now) {
  return end.seconds - now.seconds <= kSoon;
}

// A pack that does not load stops the bundles that name it, unless another version decides for them.
Check Refused(const InstalledPacks& installed, const RefusedFile& refused) {
  const bool replaced =
      !refused.name.empty() && FindPack(installed, refused.name.substr(0, refused.name.rfind('@')));
  return {replaced ? Health::kWarn : Health::kFail, "policy pack",
          (refused.name.empty() ? refused.path : refused.name) + " does not load: " + refused.reason.message,
          refused.reason.next.empty() ? "install the newest version of it" : refused.reason.next};
}

// Bundles that follow a pack stay closed where only older versions of it load.
void CheckNewest(const InstalledPacks& installed, std::vector<Check>& checks) {
  for (const policy::Pack& pack : installed.packs) {
    if (!pack.superseded || FindPack(installed, pack.authority + "/" + pack.id)) continue;
    const std::string name = pack.authority + "/" + pack.id + "@" + std::to_string(pack.version);
    checks.push_back({Health::kFail, "policy pack",
                      name +
                          " is here for frozen bundles alone: a newer version was installed, and is gone or "
                          "does not load, so that bundles that follow the pack stay closed",
                      "install the newest version of it"});
  }
}

void CheckExpiry(const InstalledPacks& installed, Timestamp now, std::vector<Check>& checks) {
  for (std::size_t i = 0; i < installed.packs.size(); ++i) {
    const auto& verified = installed.origins[i].verified;
    if (!verified || installed.packs[i].superseded || !EndsSoon(verified->statement.expires, now)) continue;
    const policy::PackStatement& statement = verified->statement;
    checks.push_back({Health::kWarn, "policy pack",
                      statement.authority + "/" + statement.id + "@" + std::to_string(statement.version) +
                          " expires at " + ToRfc3339(statement.expires),
                      "ask " + statement.authority +
                          " for a newer one: without it, bundles that name the pack "
                          "stay closed"});
  }
}

std::vector<Check> PackChecks(const InstalledPacks& installed, Timestamp now) {
  std::vector<Check> checks;
  for (const RefusedFile& refused : installed.refused) checks.push_back(Refused(installed, refused));
  CheckNewest(installed, checks);
  CheckExpiry(installed, now, checks);
  if (checks.empty())
    checks.push_back(
        {Health::kOk, "policy packs", Count(installed.packs.size(), "pack") + ", all of them load", ""});
  return checks;
}

std::vector<Check> LicenceChecks(const InstalledLicences& installed, Timestamp now) {
  std::vector<Check> checks;
  for (const RefusedFile& refused : installed.refused) {
    checks.push_back(
        {Health::kWarn, "licence", refused.path + " does not count: " + refused.reason.message,
         refused.reason.next.empty() ? "install a valid one, or remove it" : refused.reason.next});
  }
  for (const policy::Licence& licence : installed.licences) {
    if (!EndsSoon(licence.valid_until, now)) continue;
    checks.push_back({Health::kWarn, "licence",
                      licence.issuer + "/" + licence.id + " ends at " + ToRfc3339(licence.valid_until),
                      "install its successor"});
  }
  return checks;
}

Check Screening(FileSystem& files, const home::Home& home, Timestamp now) {
  constexpr char kName[] = "screening list";
  const auto list = LoadScreening(files, home);
  if (!list) return {Health::kFail, kName, list.error().message, kInstallScreening};
  if (!*list) {
    return {Health::kWarn, kName, "none is installed: packs that ask for screening answer unknown",
            kInstallScreening};
  }
  const std::string worthless = WhyItClearsNobody(**list, now);
  if (!worthless.empty()) return {Health::kFail, kName, "it clears nobody: " + worthless, kInstallScreening};
  const std::int64_t days = (now.seconds - (*list)->date().seconds) / kSecondsOfDay;
  return {Health::kOk, kName, "of " + Count(static_cast<std::uint64_t>(days), "day") + " ago", ""};
}

}  // namespace

std::vector<Check> PolicyChecks(Session& session) {
  const auto home = session.OpenHome();
  if (!home) return {};
  const Timestamp now = session.clock().Now();
  const auto packs = LoadInstalledPacks(&*home, now);
  if (!packs) return {{Health::kFail, "policy packs", packs.error().message, packs.error().next}};
  const auto licences = LoadInstalledLicences(&*home, now);
  if (!licences) return {{Health::kFail, "licences", licences.error().message, licences.error().next}};
  std::vector<Check> checks = PackChecks(*packs, now);
  for (Check& check : LicenceChecks(*licences, now)) checks.push_back(std::move(check));
  checks.push_back(Screening(session.files(), *home, now));
  return checks;
}

}  // namespace strongroom::cli
