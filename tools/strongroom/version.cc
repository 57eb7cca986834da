#include "version.h"

#include <openssl/crypto.h>
#include <sodium.h>
#include <zstd.h>

#include "session.h"

namespace strongroom::cli {

std::vector<std::pair<std::string, std::string>> LibraryVersions() {
  return {{"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"libsodium", sodium_version_string()},
          {"zstd", ZSTD_versionString()}};
}

void PrintVersion(Output& output) {
  envelope::ObjectBuilder members;
  members.String("version", kVersion);
  std::string text = "strongroom " + std::string(kVersion) + "\n";
  for (const auto& [name, version] : LibraryVersions()) {
    text += name + " " + version + "\n";
    members.String(name, version);
  }
  output.Line(text);
  output.Object("version", std::move(members));
}

}  // namespace strongroom::cli
