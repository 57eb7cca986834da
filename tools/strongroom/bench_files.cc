#include <fcntl.h>
#include <spawn.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "bench.h"
#include "bench_workspace.h"
#include "sample_model/write_model.h"
#include "strongroom/bundle/open.h"
#include "strongroom/bundle/seal.h"
#include "strongroom/store/store.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kPackagedCommand =
    "zstd -q -1 -T0 -c \"$1\"/*.safetensors | age -R \"$2\" > \"$3\"";

// Runs a shell command on its arguments. Signals are let through to it again, which this process holds back.
Status RunShell(std::string_view command, const std::vector<std::string>& arguments) {
  std::string line(command);
  std::vector<char*> argv = {const_cast<char*>("sh"), const_cast<char*>("-c"), line.data(),
                             const_cast<char*>("sh")};
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, "/bin/sh", nullptr, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) return std::unexpected(FromErrno(failed, "/bin/sh"));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Fail(ErrorCode::kInternal, "failed: " + std::string(command));
}

bool IsInstalled(const std::string& program) {
  return RunShell("command -v \"$1\" > /dev/null 2>&1", {program}).has_value();
}

std::uint64_t FreeSpace(const std::string& folder) {
  struct statvfs fs {};
  return ::statvfs(folder.c_str(), &fs) == 0 ? static_cast<std::uint64_t>(fs.f_bavail) * fs.f_frsize : 0;
}

std::string ChooseFolder(Session& session, const FileBenchOptions& options) {
  if (!options.folder.empty()) return options.folder;
  if (FreeSpace("/dev/shm") >= 4 * options.size) return "/dev/shm";
  const std::string folder = TemporaryFolder();
  session.output().Warn(
      "/dev/shm is too small for a model of " + FormatSize(options.size) + ": the files go to " + folder +
      ", and its disk is timed with them; --dir names another place, --size a smaller model");
  return folder;
}

// Seals and opens as the commands do, with an owner of its own and neither policy nor log between.
class Product {
 public:
  Product(Session& session, const Workspace& work, std::shared_ptr<const crypto::BulkCrypto> bulk,
          unsigned threads)
      : session_(session), work_(work), bulk_(std::move(bulk)), threads_(threads) {}

  Status Seal(const std::string& source, const std::string& output) {
    bundle::SealOptions options;
    options.source = source;
    options.output = output;
    options.bulk = bulk_;
    options.threads = threads_;
    SR_ASSIGN_OR_RETURN(const auto sealer, bundle::Sealer::Start(work_.files(), options, journal_key_));
    key_.emplace(sealer->bundle_key().Clone());
    SR_ASSIGN_OR_RETURN(bundle::SealedFiles sealed, sealer->Run({}, session_.interrupt().token()));
    size_ = sealed.size;
    bundle::Manifest manifest;
    manifest.commitment = sealed.commitment;
    manifest.created = session_.clock().Now();
    manifest.facts = envelope::Json::Object();
    manifest.instance = sealer->instance();
    manifest.label = "bench";
    manifest.subjects = std::move(sealed.subjects);
    SR_ASSIGN_OR_RETURN(envelope_, bundle::SignManifest(manifest, owner_, "bench"));
    return sealer->Finish(envelope_, envelope_);
  }

  Status Open(const std::string& bundle, const std::string& directory) {
    envelope::TrustStore trust;
    SR_RETURN_IF_ERROR(trust.Add(
        {.purpose = envelope::KeyPurpose::kOwner, .key = {.name = "bench", .key = owner_.public_key()}}));
    SR_ASSIGN_OR_RETURN(const bundle::VerifiedManifest manifest, bundle::VerifyManifest(envelope_, trust));
    SR_ASSIGN_OR_RETURN(const auto opened,
                        bundle::Bundle::Open(store::MakeDirectoryStore(work_.files(), bundle), manifest,
                                             *key_, {.bulk = bulk_}));
    bundle::OpenOptions options;
    options.threads = threads_;
    SR_RETURN_IF_ERROR(
        bundle::OpenInto(*opened, work_.files(), directory, options, {}, session_.interrupt().token()));
    return {};
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  Session& session_;
  const Workspace& work_;
  std::shared_ptr<const crypto::BulkCrypto> bulk_;
  unsigned threads_;
  const crypto::Ed25519PrivateKey owner_ = crypto::Ed25519PrivateKey::Generate();
  const WrappingKey journal_key_ = WrappingKey::Random();
  std::optional<BundleKey> key_;
  Bytes envelope_;
  std::uint64_t size_ = 0;
};

Status WriteSampleModel(Session& session, const std::string& directory, std::uint64_t size) {
  session.output().Note("writing a BF16 model of " + FormatSize(size) + " ...");
  SR_ASSIGN_OR_RETURN(const sample_model::ModelPlan plan,
                      sample_model::PlanModel(size, sample_model::Precision::kBf16, 1));
  return sample_model::WriteModel(session.files(), directory, plan, sample_model::ValueSource(1));
}

Expected<Comparison> CompareSeal(Session& session, const Workspace& work, Product& product,
                                 std::uint64_t size, unsigned rounds) {
  session.output().Note("seal beside zstd -1 -T0 piped into age ...");
  SR_RETURN_IF_ERROR(RunShell("age-keygen -o \"$1\" 2> /dev/null && age-keygen -y \"$1\" > \"$2\"",
                              {work / "age.key", work / "age.recipient"}));
  const std::vector<Contender> contenders = {
      {"seal", [&] { return product.Seal(work / "model", work / "bundle"); },
       [&] { return work.files().RemoveTree(work / "bundle"); }},
      {"zstd | age",
       [&]() -> Status {
         SR_RETURN_IF_ERROR(
             RunShell(kPackagedCommand, {work / "model", work / "age.recipient", work / "packed"}));
         SR_ASSIGN_OR_RETURN(const auto packed, work.files().Open(work / "packed", OpenMode::kReadWrite));
         return packed->Sync();
       },
       [&] { return RunShell("rm -f \"$1\"", {work / "packed"}); }}};
  SR_ASSIGN_OR_RETURN(const std::vector<double> t, Medians(session, contenders, rounds, Timing::kWall));
  SR_ASSIGN_OR_RETURN(const FileIdentity packed, work.files().Stat(work / "packed"));
  SR_RETURN_IF_ERROR(work.files().Remove(work / "packed"));
  return Comparison{"seal " + FormatSize(size) + ", of zstd | age",
                    FormatDuration(t[0]) + " to " + FormatSize(product.size()) + "; zstd -1 -T0 | age " +
                        FormatDuration(t[1]) + " to " + FormatSize(packed.size),
                    t[0] / t[1], 0.3, false};
}

Expected<Comparison> CompareOpen(Session& session, const Workspace& work, Product& product,
                                 std::uint64_t size, unsigned rounds) {
  session.output().Note("open beside cp ...");
  const std::vector<Contender> contenders = {
      {"open", [&] { return product.Open(work / "bundle", work / "opened"); },
       [&] { return work.files().RemoveTree(work / "opened"); }},
      {"cp",
       [&] {
         return RunShell("cp -r \"$1\" \"$2\"", {work / "model", work / "opened"});
       },
       [&] { return work.files().RemoveTree(work / "opened"); }}};
  SR_ASSIGN_OR_RETURN(const std::vector<double> t, Medians(session, contenders, rounds, Timing::kWall));
  return Comparison{"open " + FormatSize(size) + ", of cp",
                    FormatDuration(t[0]) + ", " + FormatRate(static_cast<double>(size) / t[0]) + "; cp " +
                        FormatDuration(t[1]),
                    t[0] / t[1], 1.0, false};
}

}  // namespace

Expected<std::vector<Comparison>> CompareWithFiles(Session& session, const FileBenchOptions& options,
                                                   unsigned rounds) {
  SR_ASSIGN_OR_RETURN(const std::shared_ptr<const crypto::BulkCrypto> bulk, session.Bulk());
  SR_ASSIGN_OR_RETURN(const unsigned threads, session.Threads());
  SR_ASSIGN_OR_RETURN(const Workspace work,
                      Workspace::Create(session.files(), ChooseFolder(session, options)));
  const Interrupt::Graceful graceful(session.interrupt());
  SR_RETURN_IF_ERROR(WriteSampleModel(session, work / "model", options.size));
  Product product(session, work, bulk, threads);
  std::vector<Comparison> rows;
  if (IsInstalled("age") && IsInstalled("zstd")) {
    SR_ASSIGN_OR_RETURN(Comparison row, CompareSeal(session, work, product, options.size, rounds));
    rows.push_back(std::move(row));
  } else {
    session.output().Warn("zstd and age are not installed: seal is not compared with them");
    SR_RETURN_IF_ERROR(product.Seal(work / "model", work / "bundle"));
  }
  SR_ASSIGN_OR_RETURN(Comparison row, CompareOpen(session, work, product, options.size, rounds));
  rows.push_back(std::move(row));
  return rows;
}

}  // namespace strongroom::cli
