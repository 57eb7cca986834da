// Which entries of a log name which bundle, under one hash: how a log shows that an answer leaves nothing
// out. docs/LOG.md specifies the hash and its proofs.
#ifndef STRONGROOM_LOG_ENTRY_INDEX_H_
#define STRONGROOM_LOG_ENTRY_INDEX_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/log/index_record.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

// Whether an access record names this key: it is the instance or the id of the record's bundle.
bool Names(const AccessRecord& record, const Digest& key);

// Postings is what an index says of a key.
struct Postings {
  Digest key{};
  std::uint64_t count = 0;  // of the entries that name it
  Digest chain{};           // over their indexes, as Count makes it; zero bytes over none

  // Takes the next entry, in the order of the log.
  void Count(std::uint64_t index);
  friend bool operator==(const Postings&, const Postings&) = default;
};

// PostingsProof shows what an index says of a key: the leaf to which the bits of the key lead, and the way
// from there to the root. If that leaf is another key's, the index does not know the key.
struct PostingsProof {
  struct Step {
    std::uint8_t bit = 0;  // that tells the two branches apart
    Digest sibling{};      // hash of the branch not taken
    friend bool operator==(const Step&, const Step&) = default;
  };
  Postings leaf;
  std::vector<Step> path;  // leaf to root, so that the bits descend
  friend bool operator==(const PostingsProof&, const PostingsProof&) = default;
};

// VerifyPostings gives the postings of `key` in the index with this root: of count 0 if it is not there. No
// proof at all is that of an empty index. kAltered if the proof does not lead to the root, or not from this
// key.
Expected<Postings> VerifyPostings(const std::optional<PostingsProof>& proof, const Digest& key,
                                  const Digest& root);

// EntryIndex counts the entries that name each key, and keeps the hash tree over the counts. It takes some
// 120 bytes a key; the root costs what has changed since it was last asked for. A value type; not
// thread-safe.
class EntryIndex {
 public:
  // Add takes the access records of a log in order, each with its index.
  void Add(std::uint64_t index, const AccessRecord& record);

  [[nodiscard]] std::uint64_t keys() const { return leaves_.size(); }
  Digest Root();
  // Nothing if the index is empty.
  std::optional<PostingsProof> Prove(const Digest& key);

  // CheckRecord: kAltered unless the log's entry at `position` may say this of the entries added, which must
  // be all those before it.
  Status CheckRecord(std::uint64_t position, const IndexRecord& record);

  // All of it, for Parse. kMalformed for bytes that Serialize does not give, kAltered unless they are the
  // index that `record` commits to.
  [[nodiscard]] Bytes Serialize() const;
  static Expected<EntryIndex> Parse(ByteView bytes, const IndexRecord& record);

 private:
  // A crit-bit tree: below a branch all keys agree up to its bit, and differ in it.
  struct Node {
    bool is_leaf = true;
    std::uint32_t at = 0;  // in leaves_ or branches_
  };
  struct Branch {
    std::uint8_t bit = 0;  // below it higher ones only
    bool stale = true;     // `hash` is not that of what is below
    std::array<Node, 2> below{};
    Digest hash{};
  };

  Postings& PostingsOf(const Digest& key);
  Postings& Insert(const Digest& key, std::uint8_t differing_bit);
  Digest HashOf(Node node);
  void AppendLeaves(Node node, ByteWriter& out) const;

  Node root_;  // if there are leaves
  std::vector<Postings> leaves_;
  std::vector<Branch> branches_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_ENTRY_INDEX_H_
