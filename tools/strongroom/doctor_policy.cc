#include "doctor.h"
#include "installed_licences.h"
#include "installed_packs.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::int64_t kSoon = std::int64_t{30} * 24 * 60 * 60;  // seconds

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
  return checks;
}

}  // namespace strongroom::cli
