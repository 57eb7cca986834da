#include "cli.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "sample_model/write_model.h"
#include "strongroom/envelope/json.h"

namespace strongroom::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kFacts[] =
    "[model]\nlabel = \"acme-7b\"\nweights = \"closed\"\ntraining_ops = \"2.1e26\"\neccn = \"4E091\"\norigin "
    "= \"US\"\nowner_hq = \"US\"\n";
constexpr char kPassphrase[] = "plover-vexing-umbrella-kestrel-941\n";

void Redirect(const std::string& path, int flags, int descriptor) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file < 0 || ::dup2(file, descriptor) < 0) ::_exit(126);
}

// In the child: nothing but calls that are safe after fork.
[[noreturn]] void Execute(const std::vector<char*>& argv, const std::vector<char*>& environment,
                          const CliOptions& options) {
  if (options.file_size_limit) {
    const rlimit limit = {.rlim_cur = *options.file_size_limit, .rlim_max = *options.file_size_limit};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (options.user && ::setuid(*options.user) != 0) ::_exit(126);
  ::execve(STRONGROOM_BINARY, argv.data(), environment.data());
  ::_exit(127);
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Cli::Cli() = default;

pid_t Cli::Start(std::vector<std::string> arguments, const std::string& name,
                 const CliOptions& options) const {
  arguments.insert(arguments.begin(), "strongroom");
  std::vector<std::string> environment = {"PATH=" + std::string(std::getenv("PATH")),
                                          "STRONGROOM_HOME=" + directory_ / "home",
                                          "STRONGROOM_TCTI=" + tcti_, "HOME=" + directory_.path()};
  for (const auto& [key, value] : options.environment) environment.push_back(key + "=" + value);
  Write(name + ".in", options.input);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> variables = Pointers(environment);
  const std::string in = directory_ / (name + ".in");
  const std::string out = directory_ / (name + ".out");
  const std::string err = directory_ / (name + ".err");
  const pid_t process = ::fork();
  if (process < 0) throw std::runtime_error("cannot fork");
  if (process > 0) return process;
  if (::chdir(directory_.path().c_str()) != 0) ::_exit(126);
  Redirect(in, O_RDONLY, STDIN_FILENO);
  Redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  Redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  Execute(argv, variables, options);
}

int Cli::Wait(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("cannot wait");
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

CliResult Cli::Run(std::vector<std::string> arguments, const CliOptions& options) const {
  CliResult result;
  result.exit = Wait(Start(std::move(arguments), "run", options));
  result.out = Read("run.out");
  result.err = Read("run.err");
  return result;
}

void Cli::Write(std::string_view name, std::string_view content) const {
  std::ofstream file(directory_ / name, std::ios::binary | std::ios::trunc);
  file << content;
  if (!file.flush()) throw std::runtime_error("cannot write " + std::string(name));
}

std::string Cli::Read(std::string_view name) const {
  return ReadFile(directory_ / name);
}
bool Cli::Exists(std::string_view name) const {
  return fs::exists(fs::symlink_status(directory_ / name));
}
std::uint64_t Cli::Size(std::string_view name) const {
  return fs::file_size(directory_ / name);
}
void Cli::Remove(std::string_view name) const {
  fs::remove_all(directory_ / name);
}

void Cli::Copy(std::string_view from, std::string_view to) const {
  fs::remove_all(directory_ / to);
  fs::copy(directory_ / from, directory_ / to, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

void Cli::Flip(std::string_view name, std::uint64_t offset, int bit) const {
  std::fstream file(directory_ / name, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ (1 << bit)));
  if (!file.flush()) throw std::runtime_error("cannot flip a bit of " + std::string(name));
}

bool Cli::SameTree(std::string_view a, std::string_view b) const {
  const auto tree = [](const std::string& top) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      files[fs::relative(entry.path(), top).string()] =
          entry.is_regular_file() ? ReadFile(entry.path().string()) : "";
    }
    return files;
  };
  return tree(directory_ / a) == tree(directory_ / b);
}

void Cli::MakeModel(std::string_view name, std::uint64_t size) const {
  const auto files = MakeRealFileSystem();
  const auto plan = sample_model::PlanModel(size, sample_model::Precision::kBf16, 1);
  if (!plan) throw std::runtime_error(plan.error().message);
  const auto written =
      sample_model::WriteModel(*files, directory_ / name, *plan, sample_model::ValueSource(7));
  if (!written) throw std::runtime_error(written.error().message);
}

void Cli::Prepare(const std::string& country) const {
  Write("facts.toml", kFacts);
  Write("passphrase.txt", kPassphrase);
  MakeModel("model");
  const CliResult made = Run({"init", "--country", country, "--operator", "Acme", "--operator-hq", country});
  if (made.exit != 0) throw std::runtime_error("init failed: " + made.err);
}

void Cli::Seal(const std::vector<std::string>& more) const {
  std::vector<std::string> arguments = {
      "seal",     "model",          "-o",   "model.bundle",           "--facts", "facts.toml",
      "--policy", "allied-nations", "--to", "recovery:passphrase.txt"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const CliResult sealed = Run(arguments);
  if (sealed.exit != 0) throw std::runtime_error("seal failed: " + sealed.err);
}

std::vector<std::string> Cli::OpenArguments(const std::string& output) {
  return {"open", "model.bundle", "-o", output, "--via", "recovery:passphrase.txt"};
}

std::string LastLineMember(const std::string& json_lines, std::string_view member) {
  std::string_view text = json_lines;
  if (text.ends_with('\n')) text.remove_suffix(1);
  const std::string_view line = text.substr(text.rfind('\n') + 1);
  const auto json = envelope::ParseJson(AsBytes(line));
  if (!json) return "";
  const auto* object = json->Get<envelope::Json::Object>();
  if (object == nullptr) return "";
  const auto found = object->find(member);
  if (found == object->end()) return "";
  const auto* value = found->second.Get<std::string>();
  return value != nullptr ? *value : envelope::CanonicalJson(found->second);
}

}  // namespace strongroom::testing
