// Secrets on the disk: a file of fixed length that nobody else may read.
#ifndef STRONGROOM_SECRET_SECRET_FILE_H_
#define STRONGROOM_SECRET_SECRET_FILE_H_

#include <string>

#include "strongroom/base/file.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom {

// ReadSecretFile reads a secret of `size` bytes: kInvalidArgument if group or others may read the file,
// kMalformed if it has another length.
Expected<SecretBytes> ReadSecretFile(FileSystem& files, const std::string& path, std::size_t size);

// WriteSecretFile makes the file, for its owner alone, and returns once it is durable. kExists if it is there.
Status WriteSecretFile(FileSystem& files, const std::string& path, const SecretBytes& secret);

}  // namespace strongroom

#endif  // STRONGROOM_SECRET_SECRET_FILE_H_
