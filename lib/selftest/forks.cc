// Campaign forks: a log whose operator shows different histories to different clients, before three
// witnesses.
//
// A client accepts a checkpoint that a quorum cosigned and that extends the last one it accepted; clients do
// not talk to each other. An honest witness cosigns only what extends what it cosigned before, so that two
// histories need quorums without an honest witness in common. If any two quorums share one, no two clients
// ever accept two histories. If they do not, but each quorum holds an honest witness, clients may accept two;
// then the last checkpoints that two honest witnesses cosigned do not fit together, and both are signed by
// the log: whoever compares them has the proof.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "selftest/random.h"
#include "selftest/runs.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/witness.h"
#include "strongroom/log/witness_policy.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kSchedules = 10'000;
constexpr std::uint64_t kSchedulesOfSmallRun = 100;
constexpr std::uint64_t kSteps = 60;
constexpr std::size_t kWitnesses = 3;
constexpr std::size_t kHistories = 3;
constexpr std::string_view kOrigin = "selftest.invalid/log";
constexpr Timestamp kNow{1'795'000'000};

crypto::Ed25519PrivateKey KeyOf(std::size_t who) {
  return *crypto::Ed25519PrivateKey::FromSeed(
      SecretBytes::CopyOf(Bytes(32, static_cast<std::uint8_t>(who + 1))));
}

// Cast is who takes part: a log and its witnesses, each of an operator of its own.
struct Cast {
  explicit Cast(std::uint64_t quorum);

  crypto::Ed25519PrivateKey log_key = KeyOf(100);
  envelope::NoteKey log{std::string(kOrigin), log_key.public_key()};
  std::vector<crypto::Ed25519PrivateKey> keys;
  std::vector<log::Witness> witnesses;
  std::vector<log::CosignerKey> cosigners;
  std::optional<log::WitnessPolicy> policy;
};

Cast::Cast(std::uint64_t quorum) {
  for (std::size_t i = 0; i < kWitnesses; ++i) keys.push_back(KeyOf(i));
  std::string text = "log " + log.ToText() + "\n";
  std::string members;
  for (std::size_t i = 0; i < kWitnesses; ++i) {
    const std::string name = "w" + std::to_string(i);
    witnesses.push_back({.name = name + ".invalid", .key = &keys[i], .logs = {log}});
    cosigners.push_back({name + ".invalid", keys[i].public_key()});
    text += "witness " + name + " " + cosigners.back().ToText() + "\n";
    members += " " + name;
  }
  text += "group some " + std::to_string(quorum) + members + "\nquorum some\n";
  if (auto parsed = log::WitnessPolicy::Parse(text)) policy = *std::move(parsed);
}

// A checkpoint that the log signed, with the history that it is of and the cosignatures that it got so far.
struct Shown {
  log::MerkleTree tree;
  std::string note;
};

bool AreOfOneHistory(const log::MerkleTree& a, const log::MerkleTree& b) {
  const std::uint64_t size = std::min(a.size(), b.size());
  return a.Root(size) == b.Root(size);
}

// Schedule is one run: what the log's operator does, in random order, to have two histories accepted.
class Schedule {
 public:
  Schedule(const Cast& cast, std::size_t dishonest, std::uint64_t seed)
      : cast_(cast),
        random_(seed),
        liar_(random_.Below(kWitnesses)),
        has_liar_(dishonest != 0),
        histories_(1) {
    Grow(histories_[0]);
  }

  void Play() {
    for (std::uint64_t step = 0; step < kSteps; ++step) {
      log::MerkleTree& history = histories_[random_.Below(histories_.size())];
      switch (random_.Below(8)) {
        case 0:
          Fork(history);
          break;
        case 1:
          Grow(history);
          break;
        case 2:
        case 3:
        case 4:
          AskToCosign(random_.Below(kWitnesses), history);
          break;
        default:
          Show(clients_[random_.Below(clients_.size())]);
      }
    }
  }

  [[nodiscard]] bool AcceptedTwoHistories() const {
    for (const log::MerkleTree& a : accepted_) {
      for (const log::MerkleTree& b : accepted_) {
        if (!AreOfOneHistory(a, b)) return true;
      }
    }
    return false;
  }

  // What anybody finds who asks the witnesses for the last checkpoints that they cosigned.
  [[nodiscard]] bool HeadsOfHonestWitnessesDiffer() const {
    for (std::size_t a = 0; a < kWitnesses; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        if (IsLiar(a) || IsLiar(b) || !last_cosigned_[a] || !last_cosigned_[b]) continue;
        if (!AreOfOneHistory(*last_cosigned_[a], *last_cosigned_[b])) return true;
      }
    }
    return false;
  }

  [[nodiscard]] std::uint64_t accepted() const { return accepted_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  [[nodiscard]] bool IsLiar(std::size_t witness) const { return has_liar_ && witness == liar_; }

  void Grow(log::MerkleTree& history) {
    for (std::uint64_t count = 1 + random_.Below(3); count > 0; --count) {
      history.Append(crypto::MerkleLeafHash(AsBytes(std::to_string(entries_++))));
    }
  }

  // A backup is restored, and goes on otherwise.
  void Fork(const log::MerkleTree& history) {
    log::MerkleTree other = history;
    other.Truncate(random_.Below(history.size()));
    Grow(other);
    if (histories_.size() < kHistories) {
      histories_.push_back(std::move(other));
    } else {
      histories_[random_.Below(kHistories)] = std::move(other);
    }
  }

  Shown& Sign(const log::MerkleTree& history) {
    const Digest root = history.Root();
    const auto [at, is_new] = shown_.try_emplace(root);
    if (is_new) {
      at->second.tree = history;
      at->second.note = *log::SignCheckpoint({std::string(kOrigin), history.size(), root}, cast_.log_key);
    }
    return at->second;
  }

  void AskToCosign(std::size_t who, const log::MerkleTree& history) {
    Shown& shown = Sign(history);
    if (IsLiar(who)) {
      states_[who].clear();  // it remembers nothing
    }
    const auto known = states_[who].find(kOrigin);
    log::AddCheckpointRequest request;
    request.checkpoint_note = shown.note;
    if (known != states_[who].end()) request.old_size = known->second.size;
    if (request.old_size > 0 && request.old_size <= history.size()) {
      request.proof = history.ConsistencyProof(request.old_size, history.size());
    }
    const auto answer = log::AnswerAddCheckpoint(log::SerializeAddCheckpointRequest(request),
                                                 cast_.witnesses[who], states_[who], kNow);
    if (answer.status != 200) return;
    states_[who] = *answer.next;
    last_cosigned_[who] = history;
    const auto outcome =
        log::ReadAddCheckpointAnswer(shown.note, answer.status, answer.body, cast_.cosigners);
    if (outcome) shown.note = outcome->note;
  }

  // To a client, some checkpoint with the best proof that the log can make.
  void Show(std::optional<log::MerkleTree>& client) {
    if (shown_.empty()) return;
    const auto shown = std::next(shown_.begin(), static_cast<std::ptrdiff_t>(random_.Below(shown_.size())));
    const log::MerkleTree& tree = shown->second.tree;
    if (!log::VerifyWitnessedCheckpoint(shown->second.note, {&cast_.log, 1}, *cast_.policy, std::nullopt))
      return;
    if (client) {
      if (tree.size() < client->size()) return;
      const auto proof = tree.ConsistencyProof(client->size(), tree.size());
      if (!log::VerifyConsistency(client->size(), client->Root(), tree.size(), tree.Root(), proof)) {
        ++refused_;
        return;
      }
    }
    client = tree;
    accepted_.push_back(tree);
  }

  const Cast& cast_;
  Random random_;
  std::size_t liar_;
  bool has_liar_;
  std::uint64_t entries_ = 0;
  std::vector<log::MerkleTree> histories_;
  std::map<Digest, Shown> shown_;
  std::array<log::WitnessState, kWitnesses> states_;
  std::array<std::optional<log::MerkleTree>, kWitnesses> last_cosigned_;
  std::array<std::optional<log::MerkleTree>, 2> clients_;
  std::vector<log::MerkleTree> accepted_;
  std::uint64_t refused_ = 0;
};

}  // namespace

Expected<CampaignReport> RunForks(const CampaignOptions& options, ForkOptions forks) {
  const Cast cast(forks.quorum);
  if (!cast.policy || forks.dishonest > 1) {
    return Fail(ErrorCode::kInvalidArgument,
                "no such quorum of three witnesses, one of them dishonest at most");
  }
  const bool quorums_share_an_honest_one = 2 * forks.quorum > kWitnesses + forks.dishonest;
  const std::string setting =
      std::to_string(forks.quorum) + " of 3, " + std::to_string(forks.dishonest) + " dishonest";
  const std::uint64_t count = options.full ? kSchedules : kSchedulesOfSmallRun;
  return DoRuns("forks", options, count, [&](std::uint64_t run, CampaignReport& report) {
    Schedule schedule(cast, forks.dishonest, options.seed ^ run << 24);
    schedule.Play();
    ++report.runs;
    report.Count("checkpoints accepted, " + setting, schedule.accepted());
    report.Count("shown another history and refused, " + setting, schedule.refused());
    if (!schedule.AcceptedTwoHistories()) return;
    const std::string where = "forks: " + setting + ", seed " + std::to_string(options.seed) + ", schedule " +
                              std::to_string(run) + ": two clients accepted two histories";
    report.Count("two histories accepted, " + setting, 1);
    const bool detected = schedule.HeadsOfHonestWitnessesDiffer();
    if (detected) report.Count("of these detected by the witnesses' heads, " + setting, 1);
    if (quorums_share_an_honest_one || !detected) {
      ++report.forks;
      report.Failed(where + (detected ? "" : ", and the honest witnesses' heads do not show it"));
    }
  });
}

}  // namespace strongroom::selftest
