// strongroom verify: every byte of a bundle, without a key.
#include "bundle_files.h"
#include "strongroom/bundle/verify.h"
#include "units.h"
#include "verify_report.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "BUNDLE", .help = "the bundle's directory", .completion = Completion::kDirectory}};
constexpr Option kOptions[] = {kOwnerOption};
constexpr Example kExamples[] = {
    {"strongroom verify model.bundle", "is every byte as the owner signed it?"},
    {"strongroom verify model.bundle --owner acme+1a2b3c4d+AXyz...",
     "on a site that stores it and has no home"},
};

Status Run(Session& session, const Arguments& arguments) {
  const std::string path = arguments.Path("BUNDLE");
  SR_ASSIGN_OR_RETURN(const bundle::VerifiedManifest manifest,
                      ReadVerifiedManifest(session, arguments, path));
  SR_ASSIGN_OR_RETURN(const auto store, OpenStore(session, path));
  SR_ASSIGN_OR_RETURN(bundle::VerifyReport report, VerifyWithProgress(session, *store, manifest));
  if (auto keyslots = CheckKeyslots(*store, manifest)) report.findings.push_back(*std::move(keyslots));
  TellFindings(session.output(), report);
  if (Status status = report.status(); !status) {
    Error error = std::move(status).error();
    error.next = "strongroom repair " + path +
                 (manifest.manifest.parity ? "" : ", or fetch the named files again: there is no parity");
    return std::unexpected(std::move(error));
  }
  session.output().Line("every byte is as its owner signed it: " + Count(report.files, "file") + ", " +
                        FormatSize(report.size));
  envelope::ObjectBuilder members;
  members.Digest("bundle_id", manifest.bundle_id)
      .Integer("files", report.files)
      .Integer("bytes", report.size);
  session.output().Object("verified", std::move(members));
  return {};
}

}  // namespace

constexpr Command kVerify = {
    .name = "verify",
    .summary = "check every byte of a bundle, without a key",
    .description =
        "Checks the signatures of manifest and keyslots, and every file's size and hash tree against what "
        "the owner signed, on all cores. Names each file, and each "
        "32 KiB leaf, that is wrong. Exit 3 if anything was altered, else 10 if something is missing or "
        "short.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
