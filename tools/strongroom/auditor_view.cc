#include "auditor_view.h"

#include "strongroom/secret/secret_file.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kSeedSize = 32;

}  // namespace

Expected<AuditorView> AuditorView::Read(Session& session, const Arguments& arguments,
                                        const LogSource& source) {
  AuditorView view(session);
  if (!arguments.Has(kAuditorKeyOption.name)) return view;
  if (!source.directory()) {
    return Fail(ErrorCode::kInvalidArgument, "sealed parts are not published with a log",
                "name the log's own directory with --log, or leave out --auditor-key");
  }
  SR_ASSIGN_OR_RETURN(SecretBytes seed,
                      ReadSecretFile(session.files(), arguments.Text(kAuditorKeyOption.name), kSeedSize));
  SR_ASSIGN_OR_RETURN(view.key_, crypto::X25519PrivateKey::FromSeed(std::move(seed)));
  view.log_directory_ = *source.directory();
  view.origin_ = source.keys().back().name;
  return view;
}

Bytes AuditorView::Open(std::uint64_t index, ByteView entry) const {
  const auto record = key_ ? log::ParseAccessRecord(entry) : Expected<log::AccessRecord>(log::AccessRecord());
  if (!record || record->sealed.empty()) return ToBytes(entry);
  const log::OpenedRecord opened =
      log::OpenSealedParts(session_->files(), log_directory_, origin_, *record, *key_);
  for (const Error& error : opened.unopened) {
    if (error.code == ErrorCode::kNotFound || error.code == ErrorCode::kNoKey) continue;
    session_->output().Warn("record " + std::to_string(index) + ": " + error.message);
  }
  return log::SerializeAccessRecord(opened.record);
}

std::string SealedPartsText(const log::SealedPartsReport& report) {
  if (report.present + report.erased + report.altered.size() + report.orphans.size() == 0) return {};
  std::string text =
      std::to_string(report.present) + " present, " + std::to_string(report.erased) + " erased";
  if (!report.orphans.empty()) text += "; " + Count(report.orphans.size(), "document") + " of no record";
  return text;
}

envelope::Json SealedPartsJson(const log::SealedPartsReport& report) {
  return envelope::ObjectBuilder()
      .Integer("present", report.present)
      .Integer("erased", report.erased)
      .Integer("altered", report.altered.size())
      .Integer("orphans", report.orphans.size())
      .Build();
}

Status CheckSealedParts(const log::SealedPartsReport& report) {
  if (report.altered.empty() && report.missing.empty()) return {};
  std::string what;
  if (!report.altered.empty())
    what = Count(report.altered.size(), "document is", "documents are") + " altered";
  if (!report.missing.empty()) {
    what += (what.empty() ? "" : ", ") + Count(report.missing.size(), "document is", "documents are") +
            " missing that no record says were erased";
  }
  Error error(ErrorCode::kAltered, "every record holds, but not every sealed part: " + what,
              report.missing.empty()
                  ? "put back a copy of the file; the record itself proves what it must hold"
                  : "put back copies of the files; where there are none, strongroom log erase RECORD --yes "
                    "puts on record that they are gone");
  for (const Error& altered : report.altered) error.why.push_back(altered.message);
  for (const Error& missing : report.missing) error.why.push_back(missing.message);
  return std::unexpected(std::move(error));
}

}  // namespace strongroom::cli
