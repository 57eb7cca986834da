// strongroom node show, approve-pcrs.
#include <algorithm>

#include "pcr_file.h"
#include "session.h"
#include "strongroom/keyslot/approval.h"
#include "strongroom/policy/fact_files.h"
#include "strongroom/tpm/endorsement.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMaxPcrFile = 64 << 10;

constexpr Option kPcrs = {
    .name = "pcrs", .value = "PCRS", .help = "which registers (default sha256:0,2,4,7)"};

constexpr Option kShowOptions[] = {
    kPcrs,
    {.name = "values", .help = "only the registers' values, as approve-pcrs --from reads them"},
};
constexpr Example kShowExamples[] = {
    {"strongroom node show", "TPM, registers and declared facts"},
    {"strongroom node show --values > after-update.pcrs", "the values to send to the owner for approval"},
};

constexpr Option kApproveOptions[] = {
    {.name = "version",
     .value = "N",
     .help = "the approval's version, 0 to 255: keyslots with a higher floor do not take it",
     .required = true},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "the approval file to write; must not exist",
     .required = true,
     .completion = Completion::kFile},
    kPcrs,
    {.name = "from",
     .value = "FILE",
     .help = "approve the values in FILE, from node show --values; else this TPM's present ones",
     .completion = Completion::kFile},
};
constexpr Example kApproveExamples[] = {
    {"strongroom node approve-pcrs --version 1 --from after-update.pcrs -o pcrs.approval",
     "let a node open again after a firmware update"},
    {"strongroom open model.bundle -o model --approval pcrs.approval", "then, on that node"},
};

Expected<tpm::PcrSelection> Selection(const Arguments& arguments) {
  const auto text = arguments.Optional("pcrs");
  if (!text) return tpm::PcrSelection::Default();
  auto selection = tpm::PcrSelection::Parse(*text);
  if (!selection) return std::unexpected(AsUsage(std::move(selection).error()).With("--pcrs"));
  return selection;
}

// A line of `node show`, and the same as a member of its object.
class Facts {
 public:
  void Add(const std::string& name, const std::string& label, const std::string& value) {
    members_.String(name, value);
    std::string line = label;
    line.resize(std::max<std::size_t>(line.size() + 1, 24), ' ');
    text_ += line + Printable(value) + "\n";
  }
  void Tell(Output& output) && {
    output.Line(text_);
    output.Object("node", std::move(members_));
  }

 private:
  envelope::ObjectBuilder members_;
  std::string text_;
};

Status AddTpm(Session& session, tpm::Context& context, const tpm::PcrSelection& selection, Facts& facts) {
  const tpm::Identity& identity = context.identity();
  facts.Add("tpm", "tpm",
            identity.manufacturer + " " + identity.vendor + ", firmware " + identity.firmware + ", " +
                identity.specification);
  facts.Add("tcti", "at", context.tcti());
  facts.Add("tpm_is", "is", identity.is_software ? "software" : "hardware, by what it says of itself");
  if (const auto key = tpm::ReadEndorsementKey(context)) {
    facts.Add(
        "endorsement_key", "endorsement",
        key->kind + (key->certificate.empty() ? ", no certificate" : ", with a certificate, unverified"));
    facts.Add("endorsement_name", "", Hex(key->name));
  } else {
    session.output().Warn("the endorsement key cannot be read: " + key.error().message);
  }
  SR_ASSIGN_OR_RETURN(const tpm::PcrValues values, tpm::ReadPcrs(context, selection));
  for (std::size_t i = 0; i < values.digests().size(); ++i) {
    const std::string name =
        std::string(tpm::ToString(selection.bank())) + ":" + std::to_string(selection.indices()[i]);
    facts.Add("pcr " + name, name, Hex(values.digests()[i]));
  }
  for (const std::string& warning : context.warnings()) session.output().Warn(warning);
  if (identity.is_software)
    session.output().Warn("this TPM is a program: who can read its files can open what is sealed to it");
  return {};
}

Status AddHome(Session& session, Facts& facts) {
  const auto home = session.OpenHome();
  if (!home && home.error().code != ErrorCode::kNotFound) return std::unexpected(home.error());
  if (!home) {
    facts.Add("home", "home", "none");
    return {};
  }
  facts.Add("home", "home", home->path());
  facts.Add("name", "name", home->profile().name);
  SR_ASSIGN_OR_RETURN(const Bytes toml, home->NodeDeclaration());
  auto declared = policy::ParseNodeDeclaration(toml);
  if (!declared) return std::unexpected(std::move(declared).error().With(home->PathOf("node.toml")));
  for (const policy::FactType& type : policy::FactCatalogue()) {
    const policy::Fact* fact = declared->Find(type.id);
    if (fact != nullptr)
      facts.Add(std::string(type.name), std::string(type.name), policy::ToText(fact->value));
  }
  return {};
}

Status Show(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const tpm::PcrSelection selection, Selection(arguments));
  auto context = tpm::Context::Open(session.Tcti());
  if (arguments.Has("values")) {
    if (!context) return std::unexpected(std::move(context).error());
    SR_ASSIGN_OR_RETURN(const tpm::PcrValues values, tpm::ReadPcrs(*context, selection));
    session.output().Text(PcrLines(values));
    return {};
  }
  Facts facts;
  if (context) {
    SR_RETURN_IF_ERROR(AddTpm(session, *context, selection, facts));
  } else {
    facts.Add("tpm", "tpm", "none: " + context.error().message);
  }
  SR_RETURN_IF_ERROR(AddHome(session, facts));
  std::move(facts).Tell(session.output());
  return {};
}

Expected<tpm::PcrValues> ValuesToApprove(Session& session, const Arguments& arguments) {
  if (const auto file = arguments.Optional("from")) {
    if (arguments.Has("pcrs"))
      return Fail(ErrorCode::kInvalidArgument, "--from says which registers: it takes no --pcrs");
    SR_ASSIGN_OR_RETURN(const Bytes text, ReadWhole(session.files(), *file, kMaxPcrFile));
    auto values = ParsePcrLines(AsText(text));
    if (!values) return std::unexpected(std::move(values).error().With(*file));
    return values;
  }
  SR_ASSIGN_OR_RETURN(const tpm::PcrSelection selection, Selection(arguments));
  SR_ASSIGN_OR_RETURN(tpm::Context context, tpm::Context::Open(session.Tcti()));
  return tpm::ReadPcrs(context, selection);
}

Status Approve(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const auto version, arguments.Number("version", 0, 255));
  const std::string path = arguments.Path("output");
  if (session.files().Stat(path))
    return Fail(ErrorCode::kExists, path + " exists", "choose another name for the approval");
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(const crypto::P256PrivateKey policy_key, home.PolicyKey());
  SR_ASSIGN_OR_RETURN(const tpm::PcrValues values, ValuesToApprove(session, arguments));
  const keyslot::Approval approval =
      keyslot::MakeApproval(values, static_cast<std::uint8_t>(*version), policy_key);
  SR_RETURN_IF_ERROR(WriteDurably(session.files(), path, keyslot::SerializeApproval(approval), 0644));
  session.output().Line("approved, version " + std::to_string(*version) + ", in " + Printable(path) + ":\n" +
                        PcrLines(values));
  session.output().Note("next: on the node, strongroom open BUNDLE -o DIR --approval " + path +
                        "; to retire it later, seal or rekey with --approval-floor " +
                        std::to_string(*version + 1));
  envelope::ObjectBuilder members;
  members.String("file", path).Integer("version", *version).String("pcrs", values.selection().ToString());
  session.output().Object("approval", std::move(members));
  return {};
}

}  // namespace

constexpr Command kNodeShow = {
    .name = "node show",
    .summary = "show this machine's TPM, registers and declared facts",
    .description =
        "Shows what the TPM says of itself, its endorsement key, the registers that keyslots are bound to, "
        "and what node.toml in the home declares. Proves "
        "nothing to anybody else.",
    .positionals = {},
    .options = kShowOptions,
    .examples = kShowExamples,
    .run = Show,
};

constexpr Command kNodeApprovePcrs = {
    .name = "node approve-pcrs",
    .summary = "sign PCR values, so that a firmware update locks nobody out",
    .description =
        "Signs a set of register values with the owner's policy key. A tpm keyslot of this owner then opens "
        "on its own TPM while the registers hold these "
        "values, given open --approval FILE. The TPM itself checks the signature.\n\n"
        "A keyslot has a floor: approvals of lower versions do not open it. So a higher floor at the next "
        "seal or rekey retires every older approval.",
    .positionals = {},
    .options = kApproveOptions,
    .examples = kApproveExamples,
    .run = Approve,
};

}  // namespace strongroom::cli
