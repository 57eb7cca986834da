// A pack with what travels beside it, and the packs that come with the program.
#ifndef STRONGROOM_POLICY_PACK_SOURCE_H_
#define STRONGROOM_POLICY_PACK_SOURCE_H_

#include <span>
#include <string_view>
#include <vector>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// PackSource is the bytes of a pack, borrowed. A pack and its cases are one thing: neither loads without the
// other.
struct PackSource {
  std::string_view id;
  ByteView pack;                     // pack.toml
  ByteView cases;                    // cases.csv
  std::span<const ByteView> tables;  // the data tables at hand
  std::span<const ByteView> parts;   // the parts at hand
};

// ParsePackSource parses the tables, the parts and the pack, and runs no cases. kMalformed if anything does
// not parse or the pack has another id.
Expected<Pack> ParsePackSource(const PackSource& source);

// LoadPack is ParsePackSource, and runs the cases: with the pack under it, if it is an overlay, which must be
// among `installed`. kMalformed if there is no case or one fails: then the message names the first one that
// does, with what it expects and what the pack says. kNotFound if the pack under an overlay is missing.
Expected<Pack> LoadPack(const PackSource& source, std::span<const Pack> installed = {});

// The authority of the packs in the program, which nobody else can be.
inline constexpr std::string_view kProgramAuthority = "strongroom";

// ShippedPacks are the packs compiled into the program, byte for byte the files of policies/, ordered by id.
// Static storage.
std::span<const PackSource> ShippedPacks();

// LoadShippedPacks loads them all. An error is a defect of the build.
Expected<std::vector<Pack>> LoadShippedPacks();

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PACK_SOURCE_H_
