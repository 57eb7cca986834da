// A pack as its author has it: a folder with pack.toml and cases.csv.
#ifndef STRONGROOM_PACK_FOLDER_H_
#define STRONGROOM_PACK_FOLDER_H_

#include <string>

#include "strongroom/base/file.h"
#include "strongroom/policy/signed_pack.h"

namespace strongroom::cli {

bool IsPackFolder(FileSystem& files, const std::string& path);

// ReadPackFolder reads the pack with the data tables and parts that it names. A table ID is ID.toml in the
// folder itself or in ../data, a part in the folder or in ../parts; else it is one of those that come with
// the program. Where none has the digest that pack.toml gives, the first of that name stands for it, and a
// pack without it does not load.
Expected<policy::PackDocuments> ReadPackFolder(FileSystem& files, const std::string& path);

// LoadPackDocuments is policy::LoadPack of them.
Expected<policy::Pack> LoadPackDocuments(const policy::PackDocuments& documents,
                                         std::span<const policy::Pack> others);

}  // namespace strongroom::cli

#endif  // STRONGROOM_PACK_FOLDER_H_
