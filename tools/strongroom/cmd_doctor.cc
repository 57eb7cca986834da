// strongroom doctor: what this machine can and cannot do, with a fix for each.
#include "doctor.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr Example kExamples[] = {
    {"strongroom doctor", "before the first seal, and when something is odd"},
    {"strongroom doctor --json", "the same for a monitor"},
};

std::string_view Word(Health health) {
  switch (health) {
    case Health::kOk:
      return "OK";
    case Health::kWarn:
      return "WARN";
    case Health::kFail:
      return "FAIL";
  }
  return "";
}

void Tell(Output& output, const Check& check) {
  std::string line(Word(check.health));
  line.resize(6, ' ');
  line += check.name;
  line.resize(std::max<std::size_t>(line.size() + 1, 24), ' ');
  output.Line(line + Printable(check.finding));
  if (!check.fix.empty()) output.Line(std::string(24, ' ') + "fix: " + Printable(check.fix));
  envelope::ObjectBuilder members;
  members.String("health", Word(check.health))
      .String("name", check.name)
      .String("finding", check.finding)
      .String("fix", check.fix);
  output.Object("check", std::move(members));
}

Status Run(Session& session, const Arguments&) {
  std::uint64_t failed = 0;
  for (const auto look : {MachineChecks, TpmChecks, HomeChecks, PolicyChecks}) {
    for (const Check& check : look(session)) {
      Tell(session.output(), check);
      failed += check.health == Health::kFail ? 1U : 0U;
    }
  }
  if (failed == 0) return {};
  return Fail(ErrorCode::kInternal, Count(failed, "check") + " failed",
              "follow the fixes above, then run strongroom doctor again");
}

}  // namespace

constexpr Command kDoctor = {
    .name = "doctor",
    .summary = "what this machine can and cannot do, with a fix for each",
    .description =
        "Looks at processor, memory, kernel, libraries, clock, TPM, disk, home, trust, log, installed packs, "
        "licences and the screening list. OK is well, "
        "WARN limits something, FAIL stops something. "
        "Changes nothing but a file that it makes and removes in the home to see whether syncing works.",
    .positionals = {},
    .options = {},
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
