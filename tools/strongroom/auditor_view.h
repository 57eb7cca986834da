// The sealed parts of records: opened for an auditor, and counted for everybody.
#ifndef STRONGROOM_AUDITOR_VIEW_H_
#define STRONGROOM_AUDITOR_VIEW_H_

#include <optional>
#include <string>

#include "log_source.h"
#include "strongroom/log/sealed_files.h"

namespace strongroom::cli {

inline constexpr Option kAuditorKeyOption = {
    .name = "auditor-key",
    .value = "FILE",
    .help = "open the parts of records that are sealed to this key, from log new-auditor",
    .completion = Completion::kFile};

// AuditorView shows records as far as the given key opens them; as they stand in the log where none is given.
class AuditorView {
 public:
  // Reads --auditor-key; kInvalidArgument where the log's own directory is not at hand. The session must
  // outlive the view.
  static Expected<AuditorView> Read(Session& session, const Arguments& arguments, const LogSource& source);

  // The entry with what could be opened back in its place. Warns of documents that are not what the record
  // committed to; what was erased or is sealed to others stays sealed in it.
  [[nodiscard]] Bytes Open(std::uint64_t index, ByteView entry) const;

 private:
  explicit AuditorView(Session& session) : session_(&session) {}

  Session* session_;
  std::string log_directory_, origin_;
  std::optional<crypto::X25519PrivateKey> key_;
};

// "2 present, 1 erased"; empty where no record has sealed parts.
std::string SealedPartsText(const log::SealedPartsReport& report);
envelope::Json SealedPartsJson(const log::SealedPartsReport& report);
// kAltered, naming each, if documents are not what their records committed to, or are gone although no record
// says that they were erased.
Status CheckSealedParts(const log::SealedPartsReport& report);

}  // namespace strongroom::cli

#endif  // STRONGROOM_AUDITOR_VIEW_H_
