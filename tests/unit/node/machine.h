// One machine of a test: a home, its in-process custodian, and the node that asks it, put together as the
// command line does.
#ifndef STRONGROOM_TESTS_UNIT_NODE_MACHINE_H_
#define STRONGROOM_TESTS_UNIT_NODE_MACHINE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "strongroom/custodian/custodian.h"
#include "strongroom/home/home.h"
#include "strongroom/node/open.h"
#include "strongroom/node/seal.h"
#include "strongroom/policy/pack.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace strongroom::node {

inline constexpr const char* kInGermany = "country = \"DE\"\noperator_hq = \"DE\"\n";
inline constexpr const char* kInChina = "country = \"CN\"\noperator_hq = \"CN\"\n";

class Machine : public release::SeenVersions {
 public:
  explicit Machine(std::string home_path, const std::string& declaration = kInGermany);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  Status Check(const release::BundleVersion& version) const override;
  Status Remember(const release::BundleVersion& version) override;

  // A node with what the home holds at this moment, and a custodian started anew.
  const Node& Fresh();
  void Declare(const std::string& declaration);
  void Trust(const envelope::NoteKey& owner);
  [[nodiscard]] std::vector<log::AccessRecord> Records() const;
  // The records' actions and outcomes: "open permit", "open failed".
  [[nodiscard]] std::vector<std::string> History() const;

  [[nodiscard]] home::Home& home() { return *home_; }
  [[nodiscard]] FileSystem& files() { return *files_; }
  [[nodiscard]] strongroom::testing::FakeClock& clock() { return clock_; }
  [[nodiscard]] const policy::Pack& pack() const { return packs_.front(); }

 private:
  [[nodiscard]] custodian::Dependencies Wire();

  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  strongroom::testing::FakeClock clock_{Timestamp{1'795'000'000}};
  std::vector<policy::Pack> packs_;
  std::optional<home::Home> home_;
  envelope::TrustStore trust_;
  std::unique_ptr<custodian::Custodian> custodian_;
  std::unique_ptr<Node> node_;
};

// A bundle directory that holds the two signed documents and an empty model: all that unlocking looks at.
class EnvelopesOnly {
 public:
  EnvelopesOnly(Machine& machine, std::string path) : machine_(machine), path_(std::move(path)) {}

  // Adds a keyslot for a recovery key of its own, and gives that key.
  keyslot::RecoveryKey AddRecoveryKeyslot();
  void AddKeyslot(keyslot::Keyslot slot) { slots_.push_back(std::move(slot)); }
  void Write();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const Digest& bundle_id() const { return bundle_id_; }
  [[nodiscard]] const BundleKey& key() const { return key_; }

  // What Write signs; change it and write again.
  bundle::Manifest manifest = EmptyManifest();
  std::uint64_t revision = 1;

 private:
  static bundle::Manifest EmptyManifest();
  Machine& machine_;
  std::string path_;
  BundleKey key_ = BundleKey::Random();
  std::vector<keyslot::Keyslot> slots_;
  Digest bundle_id_{};
};

// A source of a recovery key that counts how often it was asked.
struct RecoverySource {
  keyslot::RecoveryKey key;
  int asked = 0;
  std::function<Expected<keyslot::RecoverySecret>()> Function() {
    return [this]() -> Expected<keyslot::RecoverySecret> {
      ++asked;
      return keyslot::RecoverySecret(key.Clone());
    };
  }
};

// A port of this machine that nobody answers, and that knows whether somebody called.
class ListeningPort {
 public:
  ListeningPort();
  ListeningPort(const ListeningPort&) = delete;
  ListeningPort& operator=(const ListeningPort&) = delete;
  ~ListeningPort();
  [[nodiscard]] std::string Tcti() const;
  [[nodiscard]] bool WasCalled() const;

 private:
  int socket_;
  int port_ = 0;
};

}  // namespace strongroom::node

#endif  // STRONGROOM_TESTS_UNIT_NODE_MACHINE_H_
