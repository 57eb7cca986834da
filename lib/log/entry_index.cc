#include "strongroom/log/entry_index.h"

#include <algorithm>
#include <bit>
#include <ranges>
#include <utility>

#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kPostingsSize = 2 * sizeof(Digest) + sizeof(std::uint64_t);
constexpr std::uint8_t kLeaf = 0x00;
constexpr std::uint8_t kBranch = 0x01;
constexpr std::uint8_t kChain = 0x02;

// Of the 256 bits of a key, the first is the highest of its first byte.
std::size_t BitOf(const Digest& key, std::uint8_t bit) {
  return key[bit / 8] >> (7 - bit % 8) & 1;
}

// The keys must differ.
std::uint8_t FirstDifferingBit(const Digest& a, const Digest& b) {
  const auto byte = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  const auto difference = static_cast<std::uint8_t>(a[byte] ^ b[byte]);
  return static_cast<std::uint8_t>(byte * 8 + static_cast<std::size_t>(std::countl_zero(difference)));
}

// SHA-256 over one kind of node, of `Size` bytes with the byte of the kind.
template <std::size_t Size>
class NodeHash {
 public:
  explicit NodeHash(std::uint8_t kind) { bytes_[0] = kind; }
  NodeHash& Append(ByteView bytes) {
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
    return *this;
  }
  NodeHash& U64(std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes_[size_++] = static_cast<std::uint8_t>(number >> shift);
    return *this;
  }
  [[nodiscard]] Digest Finish() const { return crypto::Sha256(bytes_); }

 private:
  std::array<std::uint8_t, Size> bytes_{};
  std::size_t size_ = 1;
};

Digest LeafHash(const Postings& postings) {
  return NodeHash<1 + kPostingsSize>(kLeaf)
      .Append(postings.key)
      .U64(postings.count)
      .Append(postings.chain)
      .Finish();
}

Digest BranchHash(std::uint8_t bit, const Digest& left, const Digest& right) {
  return NodeHash<2 + 2 * sizeof(Digest)>(kBranch).Append({&bit, 1}).Append(left).Append(right).Finish();
}

std::unexpected<Error> BadProof(std::string_view why) {
  return Fail(ErrorCode::kAltered, "proof of what the log's index says " + std::string(why));
}

}  // namespace

bool Names(const AccessRecord& record, const Digest& key) {
  return record.bundle && (record.bundle->instance == key || record.bundle->id == key);
}

void Postings::Count(std::uint64_t index) {
  ++count;
  chain = NodeHash<1 + sizeof(Digest) + sizeof(std::uint64_t)>(kChain).Append(chain).U64(index).Finish();
}

Expected<Postings> VerifyPostings(const std::optional<PostingsProof>& proof, const Digest& key,
                                  const Digest& root) {
  if (!proof) {
    if (root != crypto::Sha256(ByteView())) return BadProof("is missing");
    return Postings{.key = key};
  }
  Digest hash = LeafHash(proof->leaf);
  int below = 256;
  for (const PostingsProof::Step& step : proof->path) {
    if (step.bit >= below) return BadProof("has its bits out of order");
    below = step.bit;
    const std::size_t side = BitOf(proof->leaf.key, step.bit);
    if (side != BitOf(key, step.bit)) return BadProof("is of another key");
    hash = side == 0 ? BranchHash(step.bit, hash, step.sibling) : BranchHash(step.bit, step.sibling, hash);
  }
  if (hash != root) return BadProof("does not lead to the index record's root");
  return proof->leaf.key == key ? proof->leaf : Postings{.key = key};
}

void EntryIndex::Add(std::uint64_t index, const AccessRecord& record) {
  if (!record.bundle) return;
  const RecordedBundle& bundle = *record.bundle;
  PostingsOf(bundle.instance).Count(index);
  if (bundle.id && *bundle.id != bundle.instance) PostingsOf(*bundle.id).Count(index);
}

// The postings of a key, to be changed: what is above them is stale from then on.
Postings& EntryIndex::PostingsOf(const Digest& key) {
  if (leaves_.empty()) return leaves_.emplace_back(Postings{.key = key});
  Node node = root_;
  while (!node.is_leaf) {
    Branch& branch = branches_[node.at];
    branch.stale = true;
    node = branch.below[BitOf(key, branch.bit)];
  }
  Postings& found = leaves_[node.at];
  if (found.key == key) return found;
  return Insert(key, FirstDifferingBit(key, found.key));
}

Postings& EntryIndex::Insert(const Digest& key, std::uint8_t differing_bit) {
  Node* place = &root_;
  while (!place->is_leaf && branches_[place->at].bit < differing_bit) {
    Branch& above = branches_[place->at];
    place = &above.below[BitOf(key, above.bit)];
  }
  Branch branch{.bit = differing_bit};
  const std::size_t side = BitOf(key, differing_bit);
  branch.below[side] = {.is_leaf = true, .at = static_cast<std::uint32_t>(leaves_.size())};
  branch.below[1 - side] =
      std::exchange(*place, {.is_leaf = false, .at = static_cast<std::uint32_t>(branches_.size())});
  branches_.push_back(branch);
  return leaves_.emplace_back(Postings{.key = key});
}

Digest EntryIndex::HashOf(Node node) {
  if (node.is_leaf) return LeafHash(leaves_[node.at]);
  Branch& branch = branches_[node.at];
  if (std::exchange(branch.stale, false)) {
    branch.hash = BranchHash(branch.bit, HashOf(branch.below[0]), HashOf(branch.below[1]));
  }
  return branch.hash;
}

Digest EntryIndex::Root() {
  return leaves_.empty() ? crypto::Sha256(ByteView()) : HashOf(root_);
}

std::optional<PostingsProof> EntryIndex::Prove(const Digest& key) {
  if (leaves_.empty()) return std::nullopt;
  PostingsProof proof;
  Node node = root_;
  while (!node.is_leaf) {
    const Branch& branch = branches_[node.at];
    const std::size_t side = BitOf(key, branch.bit);
    proof.path.push_back({branch.bit, HashOf(branch.below[1 - side])});
    node = branch.below[side];
  }
  std::ranges::reverse(proof.path);
  proof.leaf = leaves_[node.at];
  return proof;
}

Status EntryIndex::CheckRecord(std::uint64_t position, const IndexRecord& record) {
  if (record.entries == position && record.keys == keys() && record.root == Root()) return {};
  return Fail(ErrorCode::kAltered, "the index record does not say what the entries before it do");
}

void EntryIndex::AppendLeaves(Node node, ByteWriter& out) const {
  if (node.is_leaf) {
    const Postings& postings = leaves_[node.at];
    out.Append(postings.key).U64Be(postings.count).Append(postings.chain);
    return;
  }
  for (const Node below : branches_[node.at].below) AppendLeaves(below, out);
}

Bytes EntryIndex::Serialize() const {
  ByteWriter out;
  if (!leaves_.empty()) AppendLeaves(root_, out);
  return std::move(out).Take();
}

Expected<EntryIndex> EntryIndex::Parse(ByteView bytes, const IndexRecord& record) {
  ByteReader reader(bytes, "index of a log");
  EntryIndex index;
  std::optional<Digest> last;
  while (reader.remaining() > 0) {
    Postings postings;
    SR_RETURN_IF_ERROR(reader.Copy(postings.key));
    SR_ASSIGN_OR_RETURN(postings.count, reader.U64Be());
    SR_RETURN_IF_ERROR(reader.Copy(postings.chain));
    if (last && *last >= postings.key) return std::unexpected(reader.Malformed("its keys are not in order"));
    last = postings.key;
    index.PostingsOf(postings.key) = postings;
  }
  SR_RETURN_IF_ERROR(index.CheckRecord(record.entries, record));
  return index;
}

}  // namespace strongroom::log
