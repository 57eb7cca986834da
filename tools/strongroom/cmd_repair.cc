// strongroom repair: rebuilds damaged or missing files of a bundle from parity, without a key.
#include "bundle_files.h"
#include "strongroom/bundle/repair.h"
#include "units.h"
#include "verify_report.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "BUNDLE", .help = "the bundle's directory", .completion = Completion::kDirectory}};
constexpr Option kOptions[] = {kOwnerOption};
constexpr Example kExamples[] = {{"strongroom repair model.bundle", "after verify found damage"}};

void Tell(Output& output, const bundle::RepairReport& report) {
  for (const bundle::RepairedFile& file : report.repaired) {
    output.Line("repaired      " + Printable(file.name) + ": " + Count(file.leaves, "leaf", "leaves"));
    envelope::ObjectBuilder members;
    members.String("file", file.name).Integer("leaves", file.leaves);
    output.Object("repaired", std::move(members));
  }
  for (const bundle::Unrepairable& file : report.unrepairable) {
    output.Line("not repaired  " + Printable(file.name) + ": " + Printable(file.why));
    envelope::ObjectBuilder members;
    members.String("file", file.name).String("why", file.why);
    output.Object("unrepairable", std::move(members));
  }
}

Status Run(Session& session, const Arguments& arguments) {
  const std::string path = arguments.Path("BUNDLE");
  SR_ASSIGN_OR_RETURN(const bundle::VerifiedManifest manifest,
                      ReadVerifiedManifest(session, arguments, path));
  SR_ASSIGN_OR_RETURN(const auto store, OpenStore(session, path));
  SR_ASSIGN_OR_RETURN(const bundle::VerifyReport found, VerifyWithProgress(session, *store, manifest));
  const std::optional<bundle::Finding> keyslots = CheckKeyslots(*store, manifest);
  if (found.findings.empty() && !keyslots) {
    session.output().Line("nothing to repair: every byte is as its owner signed it");
    session.output().Object("repair", std::move(envelope::ObjectBuilder().Integer("repaired", 0)));
    return {};
  }
  bundle::VerifyOptions options;
  SR_ASSIGN_OR_RETURN(options.bulk, session.Bulk());
  SR_ASSIGN_OR_RETURN(options.threads, session.Threads());
  const Interrupt::Graceful graceful(session.interrupt());
  Progress progress = session.NewProgress("repair");
  SR_ASSIGN_OR_RETURN(bundle::RepairReport report,
                      bundle::Repair(
                          *store, manifest, found, options,
                          [&](const bundle::Progress& at) { progress.Update(at.done, at.total); },
                          session.interrupt().token()));
  if (keyslots) report.unrepairable.push_back({keyslots->name, "no parity covers it"});
  Tell(session.output(), report);
  return report.status();
}

}  // namespace

constexpr Command kRepair = {
    .name = "repair",
    .summary = "rebuild damaged or missing files from parity, without a key",
    .description =
        "Verifies, then rebuilds what is wrong, leaf by leaf, from the other shards of the group and their "
        "parity. Each file is rebuilt under a temporary "
        "name, checked against the owner's signed hash, and only then put in place. What cannot be rebuilt "
        "is named with the reason, and exits with 3.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
