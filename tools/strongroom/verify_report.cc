#include "verify_report.h"

#include <algorithm>

#include "strongroom/bundle/layout.h"
#include "strongroom/keyslot/binding.h"

namespace strongroom::cli {
namespace {

std::string_view Word(bundle::Defect defect) {
  switch (defect) {
    case bundle::Defect::kMissing:
      return "missing";
    case bundle::Defect::kShort:
      return "short";
    case bundle::Defect::kLong:
      return "long";
    case bundle::Defect::kDamaged:
      return "damaged";
    case bundle::Defect::kExtra:
      return "extra";
    case bundle::Defect::kUnreadable:
      return "unreadable";
  }
  return "";
}

// "3, 7-9, 12": at most 20 runs.
std::string Ranges(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  std::size_t runs = 0;
  for (std::size_t i = 0; i < numbers.size(); ++runs) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (runs == 20) return text + ", ...";
    text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]) +
            (last > i ? "-" + std::to_string(numbers[last]) : "");
    i = last + 1;
  }
  return text;
}

Status ReadKeyslots(store::Store& store, const bundle::VerifiedManifest& verified) {
  SR_ASSIGN_OR_RETURN(const auto file, store.OpenForReading(bundle::kKeyslotsName));
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, file->Identity());
  Bytes envelope(std::min<std::uint64_t>(identity.size, keyslot::kMaxKeyslotsSize + 1));
  SR_RETURN_IF_ERROR(file->ReadAt(0, envelope));
  SR_ASSIGN_OR_RETURN(const auto keyslots, keyslot::ParseKeyslots(envelope, verified.manifest.owner.key));
  return keyslot::CheckBinding(keyslots, verified.bundle_id, verified.manifest.instance);
}

bundle::Defect DefectOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return bundle::Defect::kMissing;
    case ErrorCode::kTruncated:
      return bundle::Defect::kShort;
    case ErrorCode::kInternal:
    case ErrorCode::kUnavailable:
      return bundle::Defect::kUnreadable;
    default:
      return bundle::Defect::kDamaged;
  }
}

}  // namespace

std::optional<bundle::Finding> CheckKeyslots(store::Store& store, const bundle::VerifiedManifest& manifest) {
  const Status read = ReadKeyslots(store, manifest);
  // A kind of keyslot that this program does not know is no damage.
  if (read || read.error().code == ErrorCode::kUnsupported) return std::nullopt;
  return bundle::Finding{.name = bundle::kKeyslotsName, .defect = DefectOf(read.error().code), .leaves = {}};
}

Expected<bundle::VerifyReport> VerifyWithProgress(Session& session, store::Store& store,
                                                  const bundle::VerifiedManifest& manifest) {
  bundle::VerifyOptions options;
  SR_ASSIGN_OR_RETURN(options.bulk, session.Bulk());
  SR_ASSIGN_OR_RETURN(options.threads, session.Threads());
  const Interrupt::Graceful graceful(session.interrupt());
  Progress progress = session.NewProgress("verify");
  return bundle::Verify(
      store, manifest, options, [&](const bundle::Progress& at) { progress.Update(at.done, at.total); },
      session.interrupt().token());
}

void TellFindings(Output& output, const bundle::VerifyReport& report) {
  if (report.findings.empty()) return;
  Table table({"FILE", "WHAT", "LEAVES"});
  for (const bundle::Finding& finding : report.findings) {
    table.Row({Printable(finding.name), std::string(Word(finding.defect)),
               finding.leaves_known ? Ranges(finding.leaves) : "-"});
    envelope::Json::Array leaves;
    for (const std::uint64_t leaf : finding.leaves) leaves.emplace_back(leaf);
    envelope::ObjectBuilder members;
    members.String("file", finding.name)
        .String("defect", Word(finding.defect))
        .Value("leaves", std::move(leaves))
        .Bool("leaves_known", finding.leaves_known);
    output.Object("finding", std::move(members));
  }
  output.Line(table.Render());
}

}  // namespace strongroom::cli
