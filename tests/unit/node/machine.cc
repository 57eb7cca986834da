#include "unit/node/machine.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "strongroom/bundle/layout.h"
#include "strongroom/crypto/floe.h"
#include "strongroom/keyslot/create.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::node {
namespace {

template <typename T>
T Must(Expected<T> value) {
  if (!value) throw std::runtime_error(value.error().message);
  return *std::move(value);
}

void Must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

}  // namespace

Machine::Machine(std::string home_path, const std::string& declaration) {
  packs_ = Must(policy::LoadShippedPacks());
  home_.emplace(Must(home::Home::Init(*files_, home_path, {.declaration = declaration}, clock_)));
}

Status Machine::Check(const release::BundleVersion& version) const {
  return home_->CheckSeen(version.series, version.sequence, version.bundle_id, version.revision);
}

Status Machine::Remember(const release::BundleVersion& version) {
  return home_->RememberSeen(version.series, version.sequence, version.bundle_id, version.revision);
}

custodian::Dependencies Machine::Wire() {
  custodian::Dependencies with;
  with.verify_manifest = [this](ByteView envelope) -> Expected<custodian::ManifestFacts> {
    SR_ASSIGN_OR_RETURN(const bundle::VerifiedManifest verified, bundle::VerifyManifest(envelope, trust_));
    const bundle::Manifest& manifest = verified.manifest;
    custodian::ManifestFacts facts{verified.bundle_id,
                                   manifest.instance,
                                   manifest.series,
                                   manifest.sequence,
                                   manifest.owner,
                                   manifest.label,
                                   manifest.facts,
                                   {},
                                   manifest.cooperative_keyslots};
    for (const bundle::PackPin& pin : manifest.packs) {
      facts.packs.push_back(
          {pin.authority, pin.id, pin.min_version, pin.digest, policy::PackReference::Follow::kNewest});
    }
    return facts;
  };
  with.open_log = [this] { return home_->OpenLog(clock_); };
  with.remember_checkpoint = [this](const log::Receipt& receipt) {
    return home_->RememberCheckpoint(receipt);
  };
  with.packs = packs_;
  with.seen = this;
  with.clock = &clock_;
  return with;
}

const Node& Machine::Fresh() {
  trust_ = Must(home_->Trust());
  custodian_ = std::make_unique<custodian::Custodian>(Wire());
  node_ = std::make_unique<Node>(Node{*files_, trust_, *this, *custodian_, home_->OwnerName(),
                                      Must(home_->NodeDeclaration()),
                                      Must(crypto::MakeBulkCrypto(crypto::BulkProvider::kFastest))});
  return *node_;
}

void Machine::Declare(const std::string& declaration) {
  Must(WriteDurably(*files_, home_->PathOf("node.toml"), AsBytes(declaration)));
}

void Machine::Trust(const envelope::NoteKey& owner) {
  Must(home_->ChangeTrust([&](envelope::TrustStore& trust) {
    return trust.Add({envelope::KeyPurpose::kOwner, owner});
  }));
}

std::vector<log::AccessRecord> Machine::Records() const {
  std::vector<log::AccessRecord> records;
  const auto collect = [&](std::uint64_t, const log::AccessRecord& record) { records.push_back(record); };
  Must(log::VerifyLog(*files_, home_->LogDirectory(), Must(home_->LogKeys()),
                      Must(home_->RememberedCheckpoint()), collect));
  return records;
}

std::vector<std::string> Machine::History() const {
  std::vector<std::string> history;
  for (const log::AccessRecord& record : Records()) {
    history.push_back(std::string(Name(record.action)) + " " + std::string(Name(record.outcome)));
  }
  return history;
}

bundle::Manifest EnvelopesOnly::EmptyManifest() {
  bundle::Manifest manifest;
  manifest.cooperative_keyslots = true;
  manifest.facts = envelope::Json(envelope::Json::Object{});
  manifest.instance = {0x11};
  manifest.label = "model";
  manifest.series = {0x5e};
  const std::uint64_t encrypted = crypto::FloeParameters().EncryptedSize(0);
  for (const auto& [name, size] : {std::pair<std::string, std::uint64_t>{"catalogue", encrypted},
                                   {"catalogue.leaves", sizeof(Digest)},
                                   {"shards/00000.leaves", sizeof(Digest)},
                                   {"shards/00000.shard", encrypted}}) {
    manifest.subjects.push_back({.name = name, .size = size, .root = {}, .sha256 = {}});
  }
  return manifest;
}

keyslot::RecoveryKey EnvelopesOnly::AddRecoveryKeyslot() {
  auto secret = keyslot::RecoveryKey::Random();
  AddKeyslot(Must(keyslot::CreateRecoverySlot(secret.Clone(), manifest.instance, key_)));
  return secret;
}

void EnvelopesOnly::Write() {
  const auto owner = Must(machine_.home().OwnerKey());
  const policy::Pack& pack = machine_.pack();
  manifest.packs = {{pack.authority, pack.id, pack.version, pack.digest, bundle::PackPin::Rule::kNewest}};
  if (manifest.commitment == Digest{}) manifest.commitment = bundle::KeyCommitment(key_, manifest.instance);
  const Bytes envelope = Must(bundle::SignManifest(manifest, owner, machine_.home().OwnerName()));
  bundle_id_ = Must(bundle::ReadManifestUnverified(envelope)).bundle_id;
  const Bytes keyslots =
      Must(keyslot::SignKeyslots({bundle_id_, manifest.instance, revision, slots_}, owner));
  std::filesystem::create_directories(path_);
  Must(WriteDurably(machine_.files(), JoinPath(path_, bundle::kManifestName), envelope));
  Must(WriteDurably(machine_.files(), JoinPath(path_, bundle::kKeyslotsName), keyslots));
}

ListeningPort::ListeningPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 8) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
}

ListeningPort::~ListeningPort() {
  ::close(socket_);
}

std::string ListeningPort::Tcti() const {
  return "swtpm:host=127.0.0.1,port=" + std::to_string(port_);
}

bool ListeningPort::WasCalled() const {
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) > 0;
}

}  // namespace strongroom::node
