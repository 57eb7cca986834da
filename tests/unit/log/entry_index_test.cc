#include "strongroom/log/entry_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "log_fixture.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/entry.h"

namespace strongroom::log {
namespace {

AccessRecord Naming(const Digest& instance, const std::optional<Digest>& id = std::nullopt) {
  AccessRecord record = SmallRecord();
  record.bundle = RecordedBundle{instance, id, std::nullopt};
  return record;
}

// The definition, word for word: sorted keys, each with the indexes of the entries that name it.
using Lists = std::map<Digest, std::vector<std::uint64_t>>;

Postings PostingsBy(const Digest& key, const std::vector<std::uint64_t>& indexes) {
  Postings postings{.key = key};
  for (const std::uint64_t index : indexes) {
    ByteWriter input;
    input.U8(2).Append(postings.chain).U64Be(index);
    postings.chain = crypto::Sha256(input.bytes());
    ++postings.count;
  }
  return postings;
}

bool BitOf(const Digest& key, unsigned bit) {
  return (key[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

Digest RootBy(const Lists& lists) {
  ByteWriter node;
  if (lists.empty()) return crypto::Sha256(ByteView());
  if (lists.size() == 1) {
    const Postings leaf = PostingsBy(lists.begin()->first, lists.begin()->second);
    node.U8(0).Append(leaf.key).U64Be(leaf.count).Append(leaf.chain);
    return crypto::Sha256(node.bytes());
  }
  unsigned bit = 0;
  while (BitOf(lists.begin()->first, bit) == BitOf(lists.rbegin()->first, bit)) ++bit;
  Lists left;
  Lists right;
  for (const auto& [key, indexes] : lists) (BitOf(key, bit) ? right : left)[key] = indexes;
  node.U8(1).U8(static_cast<std::uint8_t>(bit)).Append(RootBy(left)).Append(RootBy(right));
  return crypto::Sha256(node.bytes());
}

// Keys that often begin alike.
Digest SomeKey(std::mt19937& random) {
  Digest key{};
  key[0] = static_cast<std::uint8_t>(random() % 3);
  key[1] = static_cast<std::uint8_t>(random() % 4 * 64);
  key[31] = static_cast<std::uint8_t>(random() % 2);
  return key;
}

struct RandomLog {
  explicit RandomLog(unsigned seed, std::uint64_t size) {
    std::mt19937 random(seed);
    for (std::uint64_t i = 0; i < size; ++i) {
      const Digest instance = SomeKey(random);
      const Digest id = SomeKey(random);
      const AccessRecord record = random() % 2 == 0 ? Naming(instance) : Naming(instance, id);
      index.Add(i, record);
      for (const Digest& key : std::set{instance, record.bundle->id.value_or(instance)}) {
        lists[key].push_back(i);
      }
      if (random() % 8 == 0) index.Root();
    }
  }
  EntryIndex index;
  Lists lists;
};

IndexRecord RecordOf(EntryIndex& index, std::uint64_t entries = 100) {
  return {Timestamp{1'795'000'000}, entries, index.keys(), index.Root()};
}

TEST(EntryIndex, RootIsThatOfAnotherImplementation) {
  EntryIndex index;
  index.Add(0, Naming(Digest{1}));
  index.Add(2, Naming(Digest{1, 128}, Digest{1}));
  index.Add(5, Naming(Digest{200}, Digest{1}));
  index.Add(6, SmallRecord());
  index.Add(7, Naming(Digest{200}, Digest{200}));
  EXPECT_EQ(index.keys(), 3u);
  EXPECT_EQ(Hex(index.Root()), "8fcc0650b3ad61a88641e1e198a16f60edb6c3dc3be50edad93154c94cb26e43");
  EXPECT_EQ(Hex(index.Prove(Digest{1})->leaf.chain),
            "9f6da4a8eddd2ea41597faa66ce656d94dad2a4db675114024a5a3f58eb03baf");
}

TEST(EntryIndex, EmptyIndexHasTheEmptyRootAndNeedsNoProof) {
  EntryIndex index;
  index.Add(0, SmallRecord());
  EXPECT_EQ(index.keys(), 0u);
  EXPECT_EQ(index.Root(), crypto::Sha256(ByteView()));
  EXPECT_EQ(index.Prove(Digest{1}), std::nullopt);
  EXPECT_EQ(VerifyPostings(std::nullopt, Digest{1}, index.Root()), (Postings{.key = Digest{1}}));
  EXPECT_EQ(VerifyPostings(std::nullopt, Digest{1}, Digest{}).error().code, ErrorCode::kAltered);
}

TEST(EntryIndex, RandomLogsHaveTheRootsAndPostingsOfTheDefinition) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    RandomLog log(seed, seed);
    ASSERT_EQ(log.index.Root(), RootBy(log.lists)) << seed;
    ASSERT_EQ(log.index.keys(), log.lists.size());
    std::mt19937 random(seed + 1000);
    for (int i = 0; i < 40; ++i) {
      const Digest key = SomeKey(random);
      const auto proven = VerifyPostings(log.index.Prove(key), key, log.index.Root());
      ASSERT_TRUE(proven) << proven.error().message;
      ASSERT_EQ(*proven,
                PostingsBy(key, log.lists.contains(key) ? log.lists[key] : std::vector<std::uint64_t>()));
    }
  }
}

TEST(EntryIndex, StateIsReadBackAndGoesOnAsBefore) {
  for (const unsigned size : {0u, 1u, 50u}) {
    RandomLog log(7, size);
    auto read = EntryIndex::Parse(log.index.Serialize(), RecordOf(log.index));
    ASSERT_TRUE(read) << read.error().message;
    read->Add(size, Naming(Digest{9}, Digest{1}));
    log.index.Add(size, Naming(Digest{9}, Digest{1}));
    EXPECT_EQ(read->Root(), log.index.Root());
    EXPECT_EQ(read->Serialize(), log.index.Serialize());
  }
}

TEST(EntryIndex, StateThatIsNotTheCommittedOneIsRefused) {
  RandomLog log(3, 40);
  const Bytes good = log.index.Serialize();
  const IndexRecord record = RecordOf(log.index);
  const auto code = [&](Bytes bytes) { return EntryIndex::Parse(bytes, record).error().code; };
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 5) {
    Bytes bytes = good;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_FALSE(EntryIndex::Parse(bytes, record)) << bit;
  }
  EXPECT_EQ(code(Bytes(good.begin(), good.end() - 1)), ErrorCode::kMalformed);
  EXPECT_EQ(code(Bytes(good.begin(), good.end() - 72)), ErrorCode::kAltered);
  EXPECT_EQ(code({}), ErrorCode::kAltered);
  Bytes twice = good;
  twice.insert(twice.end(), good.end() - 72, good.end());
  EXPECT_EQ(code(twice), ErrorCode::kMalformed);
  Bytes turned(good.begin() + 72, good.begin() + 144);
  turned.insert(turned.end(), good.begin(), good.begin() + 72);
  turned.insert(turned.end(), good.begin() + 144, good.end());
  EXPECT_EQ(code(turned), ErrorCode::kMalformed);
}

TEST(EntryIndex, RecordThatSaysSomethingElseIsRefused) {
  RandomLog log(5, 40);
  const IndexRecord good = RecordOf(log.index, 40);
  EXPECT_TRUE(log.index.CheckRecord(40, good));
  EXPECT_EQ(log.index.CheckRecord(41, good).error().code, ErrorCode::kAltered);
  IndexRecord wrong = good;
  ++wrong.keys;
  EXPECT_EQ(log.index.CheckRecord(40, wrong).error().code, ErrorCode::kAltered);
  wrong = good;
  wrong.root[31] ^= 1;
  EXPECT_EQ(log.index.CheckRecord(40, wrong).error().code, ErrorCode::kAltered);
  log.index.Add(40, Naming(Digest{1}));
  EXPECT_EQ(log.index.CheckRecord(40, good).error().code, ErrorCode::kAltered);
}

TEST(PostingsProof, EveryChangeIsRefused) {
  RandomLog log(11, 60);
  const Digest root = log.index.Root();
  const Digest key = log.lists.begin()->first;
  const PostingsProof good = *log.index.Prove(key);
  ASSERT_GE(good.path.size(), 2u);
  const auto refused = [&](const PostingsProof& proof, const Digest& asked) {
    const auto proven = VerifyPostings(proof, asked, root);
    return !proven && proven.error().code == ErrorCode::kAltered;
  };
  PostingsProof wrong = good;
  ++wrong.leaf.count;
  EXPECT_TRUE(refused(wrong, key)) << "count";
  wrong = good;
  wrong.leaf.chain[0] ^= 1;
  EXPECT_TRUE(refused(wrong, key)) << "chain";
  for (std::size_t i = 0; i < good.path.size(); ++i) {
    wrong = good;
    wrong.path[i].sibling[5] ^= 1;
    EXPECT_TRUE(refused(wrong, key)) << "sibling " << i;
    wrong = good;
    wrong.path[i].bit ^= 1;
    EXPECT_TRUE(refused(wrong, key)) << "bit " << i;
    wrong = good;
    wrong.path.erase(wrong.path.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(refused(wrong, key)) << "without step " << i;
    wrong = good;
    wrong.path.insert(wrong.path.begin() + static_cast<std::ptrdiff_t>(i), good.path[i]);
    EXPECT_TRUE(refused(wrong, key)) << "step twice " << i;
  }
}

// The one way to hide a key: a leaf that is not where the key's bits lead.
TEST(PostingsProof, LeafOfAnotherKeyDoesNotShowThatAKnownKeyIsAbsent) {
  for (unsigned seed = 20; seed < 40; ++seed) {
    RandomLog log(seed, 40);
    for (const auto& [key, indexes] : log.lists) {
      for (const auto& [other, unused] : log.lists) {
        const auto proven = VerifyPostings(log.index.Prove(other), key, log.index.Root());
        ASSERT_EQ(proven.has_value(), key == other);
      }
      EXPECT_EQ(VerifyPostings(std::nullopt, key, log.index.Root()).error().code, ErrorCode::kAltered);
    }
  }
}

}  // namespace
}  // namespace strongroom::log
