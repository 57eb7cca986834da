// Campaign proofs: every proof of every tree, held to the reference; and every spoiled one.
#include <span>
#include <string>
#include <utility>

#include "selftest/random.h"
#include "selftest/reference_tree.h"
#include "selftest/runs.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kLargestTree = 1024;
constexpr std::uint64_t kLargestTreeOfSmallRun = 64;

std::vector<Digest> Leaves(std::uint64_t count) {
  std::vector<Digest> leaves;
  for (std::uint64_t i = 0; i < count; ++i) {
    leaves.push_back(crypto::MerkleLeafHash(AsBytes("entry " + std::to_string(i))));
  }
  return leaves;
}

// Every way of spoiling a proof that must make it worthless, whatever the tree.
template <typename Visit>
void VisitSpoiled(const Proof& proof, Random& random, Visit visit) {
  for (std::size_t i = 0; i < proof.size(); ++i) {
    Proof flipped = proof;
    flipped[i][random.Below(sizeof(Digest))] ^= static_cast<std::uint8_t>(1U << random.Below(8));
    visit(flipped, "a bit of hash " + std::to_string(i) + " turned over");
    Proof shorter = proof;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    visit(shorter, "hash " + std::to_string(i) + " dropped");
    if (i == 0) continue;
    Proof swapped = proof;
    std::swap(swapped[i - 1], swapped[i]);
    visit(swapped, "hashes " + std::to_string(i - 1) + " and " + std::to_string(i) + " swapped");
  }
  for (const std::size_t at : {std::size_t{0}, proof.size()}) {
    Proof longer = proof;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), Digest{});
    visit(longer, "a hash added at " + std::to_string(at));
  }
}

// ProofTrial tries all proofs of one tree.
class ProofTrial {
 public:
  ProofTrial(std::span<const Digest> leaves, std::uint64_t seed, CampaignReport& report)
      : reference_({leaves.begin(), leaves.end()}), seed_(seed), size_(leaves.size()), report_(report) {
    for (const Digest& leaf : leaves) tree_.Append(leaf);
  }

  void TryAll() {
    Random random(seed_ ^ size_);
    if (tree_.Root() != reference_.Root(size_)) Wrong("the root", "is not the reference's");
    for (std::uint64_t index = 0; index < size_; ++index) TryInclusion(index, random);
    for (std::uint64_t old_size = 1; old_size <= size_; ++old_size) TryConsistency(old_size, random);
    report_.Count("spoiled proofs", spoiled_);
  }

 private:
  void Wrong(const std::string& what, std::string_view why) {
    report_.Failed("proofs: tree of " + std::to_string(size_) + ", seed " + std::to_string(seed_) + ": " +
                   what + " " + std::string(why));
  }

  void TryInclusion(std::uint64_t index, Random& random) {
    const std::string what = "inclusion of " + std::to_string(index);
    const Digest root = reference_.Root(size_);
    const Digest& leaf = reference_.leaf_hash(index);
    const Proof proof = tree_.InclusionProof(index, size_);
    ++report_.runs;
    if (proof != reference_.Inclusion(index, size_)) Wrong(what, "is not the reference's proof");
    const auto accepts = [&](const Proof& tried, std::uint64_t at, std::uint64_t of) {
      return log::VerifyInclusion(leaf, at, of, tried, root).has_value();
    };
    if (!accepts(proof, index, size_)) Wrong(what, "is refused");
    VisitSpoiled(proof, random, [&](const Proof& spoiled, const std::string& how) {
      ++spoiled_;
      if (accepts(spoiled, index, size_)) Wrong(what, "is accepted with " + how);
    });
    for (const auto& [at, of] :
         {std::pair(index + 1, size_), std::pair(index - 1, size_), std::pair(index, size_ + 1),
          std::pair(index, size_ - 1), std::pair(index, size_ * 2)}) {
      ++spoiled_;
      const bool right = ReferenceAcceptsInclusion(leaf, at, of, proof, root);
      if (at != index && right) Wrong(what, "is accepted by the reference at another index");
      if (accepts(proof, at, of) != right) Wrong(what, "is answered wrongly at another index or size");
    }
  }

  void TryConsistency(std::uint64_t old_size, Random& random) {
    const std::string what = "consistency from " + std::to_string(old_size);
    const Digest root = reference_.Root(size_);
    const Digest old_root = reference_.Root(old_size);
    const Proof proof = tree_.ConsistencyProof(old_size, size_);
    ++report_.runs;
    if (proof != reference_.Consistency(old_size, size_)) Wrong(what, "is not the reference's proof");
    const auto accepts = [&](const Proof& tried, std::uint64_t from, std::uint64_t to) {
      return log::VerifyConsistency(from, old_root, to, root, tried).has_value();
    };
    if (!accepts(proof, old_size, size_)) Wrong(what, "is refused");
    VisitSpoiled(proof, random, [&](const Proof& spoiled, const std::string& how) {
      ++spoiled_;
      if (accepts(spoiled, old_size, size_)) Wrong(what, "is accepted with " + how);
    });
    for (const auto& [from, to] :
         {std::pair(old_size + 1, size_), std::pair(old_size - 1, size_), std::pair(old_size, size_ + 1),
          std::pair(old_size, size_ - 1), std::pair(std::uint64_t{0}, size_)}) {
      ++spoiled_;
      const bool right = ReferenceAcceptsConsistency(from, old_root, to, root, proof);
      if (accepts(proof, from, to) != right) Wrong(what, "is answered wrongly at other sizes");
    }
  }

  ReferenceTree reference_;
  log::MerkleTree tree_;
  std::uint64_t seed_;
  std::uint64_t size_;
  CampaignReport& report_;
  std::uint64_t spoiled_ = 0;
};

}  // namespace

Expected<CampaignReport> RunProofs(const CampaignOptions& options) {
  const std::uint64_t largest = options.full ? kLargestTree : kLargestTreeOfSmallRun;
  const std::vector<Digest> leaves = Leaves(largest);
  return DoRuns("proofs", options, largest, [&](std::uint64_t run, CampaignReport& report) {
    ProofTrial(std::span(leaves).first(run + 1), options.seed, report).TryAll();
  });
}

}  // namespace strongroom::selftest
