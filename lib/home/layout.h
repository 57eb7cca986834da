// The names of what a home holds.
#ifndef STRONGROOM_HOME_LAYOUT_H_
#define STRONGROOM_HOME_LAYOUT_H_

#include <string>
#include <string_view>

#include "strongroom/home/home.h"

namespace strongroom::home {

inline constexpr std::string_view kProfileFile = "profile";
inline constexpr std::string_view kDeclarationFile = "node.toml";
inline constexpr std::string_view kFactsExampleFile = "facts.example.toml";
inline constexpr std::string_view kTrustFile = "trust";
inline constexpr std::string_view kOwnerKeyFile = "owner.key";
inline constexpr std::string_view kPolicyKeyFile = "policy.key";
inline constexpr std::string_view kJournalKeyFile = "journal.key";
inline constexpr std::string_view kLogDirectory = "log";
inline constexpr std::string_view kLogKeyFile = "log.key";
inline constexpr std::string_view kNextLogKeyFile = "log.key.next";
inline constexpr std::string_view kEarlierLogKeysFile = "log.keys.earlier";
inline constexpr std::string_view kLogQuotaFile = "log.quota";
inline constexpr std::string_view kWitnessesFile = "witnesses";
inline constexpr std::string_view kWitnessesMaxAgeFile = "witnesses.max-age";
inline constexpr std::string_view kRememberedFile = "log.remembered";
inline constexpr std::string_view kAuditorsFile = "auditors";
inline constexpr std::string_view kSeenFile = "seen";
inline constexpr std::string_view kPacksDirectory = "packs";
inline constexpr std::string_view kPacksSeenFile = "packs.seen";
inline constexpr std::string_view kLicencesDirectory = "licences";
inline constexpr std::string_view kLockFile = "lock";

inline std::string LogOriginOf(const Profile& profile) {
  return profile.name + "/log";
}

inline std::string WithoutTrailingSlashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace strongroom::home

#endif  // STRONGROOM_HOME_LAYOUT_H_
