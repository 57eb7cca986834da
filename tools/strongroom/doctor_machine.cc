#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <thread>

#include "doctor.h"
#include "strongroom/bundle/in_memory.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/tpm/pcr.h"
#include "units.h"
#include "version.h"

namespace strongroom::cli {
namespace {

Check Processor() {
  const std::string cores = Count(std::thread::hardware_concurrency(), "processor");
#if defined(__x86_64__)
  std::string features;
  if (__builtin_cpu_supports("aes")) features += " AES";
  if (__builtin_cpu_supports("avx2")) features += " AVX2";
  if (__builtin_cpu_supports("avx512bw")) features += " AVX-512";
  if (__builtin_cpu_supports("vaes")) features += " VAES";
  if (__builtin_cpu_supports("aes")) return {Health::kOk, "processor", cores + " with" + features, ""};
  return {Health::kWarn, "processor", cores + " without AES instructions",
          "use a machine that has them: encryption here is many times slower"};
#else
  return {Health::kOk, "processor", cores, ""};
#endif
}

// Seals a little in memory, opens it, and sees that a flipped bit is refused.
Status TryProvider(const std::shared_ptr<const crypto::BulkCrypto>& bulk) {
  const Bytes plaintext = crypto::RandomBytes(200'000);
  Bytes opened(plaintext.size());
  bundle::InMemoryShard shard(bulk, plaintext.size());
  SR_RETURN_IF_ERROR(shard.Seal(codec::Element::kBf16, plaintext));
  SR_RETURN_IF_ERROR(shard.Open(true, opened));
  if (opened != plaintext) return Fail(ErrorCode::kInternal, "what was opened differs from what was sealed");
  shard.At(shard.size() / 2) ^= 1;
  if (shard.Open(true, opened)) return Fail(ErrorCode::kInternal, "a flipped bit was not noticed");
  return {};
}

Check Provider(crypto::BulkProvider provider, const std::string& name, bool needed) {
  const auto bulk = crypto::MakeBulkCrypto(provider);
  if (!bulk) {
    return needed ? Check{Health::kFail, "crypto " + name, bulk.error().message, bulk.error().next}
                  : Check{Health::kOk, "crypto " + name, "not available: " + bulk.error().message, ""};
  }
  if (const Status tried = TryProvider(*bulk); !tried) {
    return {Health::kFail, "crypto " + name, tried.error().message,
            "do not use this machine: its memory, processor or libraries are broken"};
  }
  return {Health::kOk, "crypto " + name, "seals, opens, and notices a flipped bit", ""};
}

Check Entropy() {
  std::uint8_t byte = 0;
  if (::getrandom(&byte, 1, GRND_NONBLOCK) == 1)
    return {Health::kOk, "entropy", "the kernel's generator is seeded", ""};
  return {Health::kFail, "entropy", "the kernel's generator is not seeded yet",
          "wait, or give a virtual machine a virtio-rng device"};
}

Check LockedMemory() {
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  constexpr std::uint64_t kWanted = 1 << 20;
  const std::string size = limit.rlim_cur == RLIM_INFINITY ? "unlimited" : FormatSize(limit.rlim_cur);
  if (limit.rlim_cur >= kWanted) return {Health::kOk, "locked memory", size, ""};
  return {Health::kWarn, "locked memory", size + ": keys may be swapped out",
          "ulimit -l 8192, LimitMEMLOCK=8M in a unit, or --ulimit memlock for a container"};
}

Check Hardening(const Session& session) {
  std::string missing;
  for (const std::string& what : session.hardening()) missing += (missing.empty() ? "" : "; ") + what;
  if (missing.empty() && ::prctl(PR_GET_DUMPABLE) == 0)
    return {Health::kOk, "process", "cannot be dumped or traced by its own user", ""};
  return {Health::kFail, "process", missing.empty() ? "can be dumped" : missing,
          "run on a kernel that lets a process forbid its own dump"};
}

Check SharedMemory() {
  struct statvfs fs {};
  if (::statvfs("/dev/shm", &fs) != 0)
    return {Health::kWarn, "shared memory", "there is no /dev/shm",
            "mount a tmpfs there if models are to be opened into memory"};
  const std::uint64_t size = static_cast<std::uint64_t>(fs.f_blocks) * fs.f_frsize;
  if (size >= (1ULL << 30)) return {Health::kOk, "shared memory", FormatSize(size), ""};
  return {Health::kWarn, "shared memory", FormatSize(size) + ": too small to open models into",
          "--shm-size for a container, or remount /dev/shm larger"};
}

Check Kernel() {
  utsname name{};
  ::uname(&name);
  const long landlock = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  const std::string sandbox = landlock > 0 ? "Landlock ABI " + std::to_string(landlock) : "without Landlock";
  return {Health::kOk, "kernel", std::string(name.release) + ", " + sandbox, ""};
}

Check Libraries() {
  std::string text;
  for (const auto& [name, version] : LibraryVersions())
    text += (text.empty() ? "" : ", ") + name + " " + version;
  return {Health::kOk, "libraries", text, ""};
}

Check ClockCheck(const Session& session) {
  constexpr std::int64_t kFirstRelease = 1'767'225'600;  // 2026-01-01
  const Timestamp now = session.clock().Now();
  if (now.seconds < kFirstRelease)
    return {Health::kFail, "clock", ToRfc3339(now) + " is before this program was made",
            "set the clock: every decision and record is dated by it"};
  timex state{};
  if (::adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    return {Health::kWarn, "clock", ToRfc3339(now) + ", not synchronised",
            "run an NTP client, such as systemd-timesyncd or chrony"};
  }
  return {Health::kOk, "clock", ToRfc3339(now) + ", synchronised", ""};
}

}  // namespace

std::vector<Check> MachineChecks(Session& session) {
  return {Kernel(),
          Libraries(),
          Processor(),
          Provider(crypto::BulkProvider::kOpenSsl, "openssl", true),
          Provider(crypto::BulkProvider::kIpsecMb, "ipsec-mb", false),
          Entropy(),
          LockedMemory(),
          Hardening(session),
          SharedMemory(),
          ClockCheck(session)};
}

std::vector<Check> TpmChecks(Session& session) {
  auto context = tpm::Context::Open(session.Tcti());
  if (!context) {
    return {{Health::kWarn, "tpm", context.error().message + "; keyslots of recovery work without one",
             "load the TPM's driver and let this user read and write /dev/tpmrm0 (group tss), or name "
             "another by --tcti"}};
  }
  const tpm::Identity& identity = context->identity();
  std::vector<Check> checks;
  const std::string what = identity.manufacturer + " " + identity.vendor + ", firmware " + identity.firmware +
                           ", at " + context->tcti();
  if (identity.is_software) {
    checks.push_back({Health::kWarn, "tpm", what + ": a program",
                      "use hardware: who can read this TPM's files can open what is sealed to it"});
  } else {
    checks.push_back({Health::kOk, "tpm", what, ""});
  }
  const tpm::PcrSelection selection = tpm::PcrSelection::Default();
  const auto values = tpm::ReadPcrs(*context, selection);
  if (!values) {
    checks.push_back({Health::kFail, "pcr bank", values.error().message,
                      "activate the SHA-256 bank in the firmware's settings"});
  } else if (values->digests().front() == Bytes(tpm::DigestSize(selection.bank()))) {
    checks.push_back(
        {Health::kWarn, "pcr bank",
         selection.ToString() + " is there, but PCR 0 is all zeros: nothing measured this boot",
         "boot by firmware that measures; until then a keyslot's PCR policy holds nothing down"});
  } else {
    checks.push_back({Health::kOk, "pcr bank", selection.ToString() + " is there and was measured", ""});
  }
  return checks;
}

}  // namespace strongroom::cli
