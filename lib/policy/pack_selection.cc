#include <algorithm>
#include <tuple>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {
namespace {

using Follow = PackReference::Follow;

std::unexpected<Error> Deny(const PackReference& reference, std::string_view why, std::string next = {}) {
  return Fail(ErrorCode::kDenied,
              "pack '" + reference.id + "' of '" + reference.authority + "' " + std::string(why),
              std::move(next));
}

std::vector<const Pack*> Candidates(const PackReference& reference, std::span<const Pack> installed) {
  std::vector<const Pack*> found;
  for (const Pack& pack : installed) {
    if (pack.id == reference.id && pack.authority == reference.authority) found.push_back(&pack);
  }
  return found;
}

Expected<const Pack*> Frozen(const PackReference& reference, const std::vector<const Pack*>& candidates) {
  const auto found =
      std::ranges::find(candidates, reference.digest, [](const Pack* pack) { return pack->digest; });
  if (found != candidates.end()) return *found;
  return Deny(reference, "is installed, but not the one with digest " + Hex(reference.digest),
              "install exactly the pack that the manifest names");
}

Expected<const Pack*> Newest(const PackReference& reference, const std::vector<const Pack*>& candidates) {
  const Pack* newest =
      *std::ranges::max_element(candidates, {}, [](const Pack* pack) { return pack->version; });
  const auto differs = [&](const Pack* pack) {
    return pack->version == newest->version && pack->digest != newest->digest;
  };
  if (newest->superseded) {
    return Deny(reference,
                "is installed in version " + std::to_string(newest->version) +
                    " alone, and a newer one that was installed does not load",
                "strongroom policy list says why; install the newest version of the pack");
  }
  if (std::ranges::any_of(candidates, differs)) {
    return Deny(
        reference,
        "is installed twice in version " + std::to_string(newest->version) + " with different content",
        "remove the one that is wrong");
  }
  if (newest->version == reference.min_version && newest->digest != reference.digest) {
    return Deny(reference, "differs from the pack of the same version that the manifest names",
                "install exactly the pack that the manifest names, or a newer version");
  }
  return newest;
}

Expected<const Pack*> Select(const PackReference& reference, std::span<const Pack> installed, Timestamp now) {
  const std::vector<const Pack*> candidates = Candidates(reference, installed);
  if (candidates.empty()) {
    return Fail(ErrorCode::kNotFound,
                "pack '" + reference.id + "' of '" + reference.authority + "' is not installed",
                "install the pack");
  }
  SR_ASSIGN_OR_RETURN(const Pack* pack, reference.follow == Follow::kFrozen ? Frozen(reference, candidates)
                                                                            : Newest(reference, candidates));
  if (pack->version < reference.min_version) {
    return Deny(reference,
                "has version " + std::to_string(pack->version) + ", older than the minimum of " +
                    std::to_string(reference.min_version),
                "install a newer version of the pack");
  }
  if (pack->valid.until && now >= *pack->valid.until) {
    return Deny(reference, "expired at " + ToRfc3339(*pack->valid.until),
                "install a newer version of the pack");
  }
  if (!pack->valid.Contains(now))
    return Deny(reference, "is not valid before " + ToRfc3339(*pack->valid.from));
  return pack;
}

// The newest installed pack under an overlay; among several of that version the last by digest, so that the
// order of installation changes nothing.
Expected<const Pack*> FindBase(const Pack& over, std::span<const Pack> installed) {
  const Overlay& overlay = *over.overlay;
  const Pack* newest = nullptr;
  for (const Pack& pack : installed) {
    if (pack.id != overlay.id || pack.authority != overlay.authority || pack.superseded) continue;
    if (newest == nullptr ||
        std::tie(pack.version, pack.digest) > std::tie(newest->version, newest->digest)) {
      newest = &pack;
    }
  }
  if (newest != nullptr && newest->version >= overlay.min_version) return newest;
  return Fail(ErrorCode::kNotFound,
              "pack '" + over.id + "' is laid over pack '" + overlay.id + "' of '" + overlay.authority +
                  "', version " + std::to_string(overlay.min_version) + " or newer, which is not installed",
              "install the pack");
}

}  // namespace

Expected<std::vector<const Pack*>> WithBases(std::span<const Pack* const> packs,
                                             std::span<const Pack> installed) {
  std::vector<const Pack*> all;
  for (const Pack* pack : packs) {
    if (std::ranges::find(all, pack) == all.end()) all.push_back(pack);
  }
  // A base may itself be an overlay; each pack enters once, so this ends.
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i]->overlay) continue;
    SR_ASSIGN_OR_RETURN(const Pack* base, FindBase(*all[i], installed));
    if (std::ranges::find(all, base) == all.end()) all.push_back(base);
  }
  return all;
}

Expected<std::vector<const Pack*>> SelectPacks(std::span<const PackReference> references,
                                               std::span<const Pack> installed, Timestamp now) {
  if (references.empty())
    return Fail(ErrorCode::kDenied, "no policy pack is named, so nothing permits anything");
  std::vector<const Pack*> selected;
  for (const PackReference& reference : references) {
    SR_ASSIGN_OR_RETURN(const Pack* pack, Select(reference, installed, now));
    selected.push_back(pack);
  }
  return WithBases(selected, installed);
}

}  // namespace strongroom::policy
