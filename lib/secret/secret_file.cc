#include "strongroom/secret/secret_file.h"

namespace strongroom {
namespace {

constexpr std::uint32_t kOthersMayRead = 077;

}  // namespace

Expected<SecretBytes> ReadSecretFile(FileSystem& files, const std::string& path, std::size_t size) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kRead));
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, file->Identity());
  if ((identity.mode & kOthersMayRead) != 0) {
    return Fail(ErrorCode::kInvalidArgument, path + " holds a secret and is open to other users",
                "chmod 600 " + path);
  }
  if (identity.size != size) {
    return Fail(ErrorCode::kMalformed, path + ": this secret has " + std::to_string(size) +
                                           " bytes, the file " + std::to_string(identity.size));
  }
  SecretBytes secret(size);
  SR_RETURN_IF_ERROR(file->ReadAt(0, secret.ExposeForWriting()));
  return secret;
}

Status WriteSecretFile(FileSystem& files, const std::string& path, const SecretBytes& secret) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kCreate));
  SR_RETURN_IF_ERROR(file->WriteAt(0, secret.Expose()));
  SR_RETURN_IF_ERROR(file->Sync());
  return files.SyncDirectory(ParentDirectory(path));
}

}  // namespace strongroom
