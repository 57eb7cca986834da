#include "bundle/partial.h"

namespace strongroom::bundle {

std::string WithoutSlashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string PartialOf(const std::string& name) {
  return name + ".partial";
}

Expected<bool> Exists(FileSystem& files, const std::string& path) {
  const auto identity = files.Stat(path);
  if (identity) return true;
  if (identity.error().code == ErrorCode::kNotFound) return false;
  return std::unexpected(identity.error());
}

Status CheckFree(FileSystem& files, const std::string& name, const std::string& work, bool resume,
                 bool force) {
  if (force) return {};
  SR_ASSIGN_OR_RETURN(const bool exists, Exists(files, name));
  if (exists)
    return Fail(ErrorCode::kExists, name + ": exists already",
                "choose another name, or replace it with --force");
  if (resume) return {};
  SR_ASSIGN_OR_RETURN(const bool partial, Exists(files, PartialOf(name)));
  if (!partial) return {};
  return Fail(ErrorCode::kExists, PartialOf(name) + ": was left by an interrupted " + work,
              "continue it with --resume, or discard it with --force");
}

Status Publish(FileSystem& files, const std::string& name, bool force) {
  Status renamed = files.RenameNoReplace(PartialOf(name), name);
  if (!renamed && renamed.error().code == ErrorCode::kExists && force)
    renamed = files.Exchange(PartialOf(name), name);
  SR_RETURN_IF_ERROR(renamed);
  return files.SyncDirectory(ParentDirectory(name));
}

}  // namespace strongroom::bundle
