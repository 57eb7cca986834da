#include "strongroom/log/completeness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "log/multiproof.h"
#include "log_fixture.h"
#include "strongroom/log/entry.h"
#include "strongroom/log/tile_source.h"
#include "tiles_in_memory.h"

namespace strongroom::log {
namespace {

constexpr Digest kOne = {1};
constexpr Digest kTwo = {1, 128};
constexpr Digest kThree = {200};
constexpr Digest kNever = {77};
constexpr Timestamp kStart = {1'795'000'000};

std::vector<envelope::NoteKey> LogKeys(std::uint8_t fill = 1) {
  return {{std::string(kOrigin), LogKey(fill).public_key()}};
}

WitnessPolicy NoWitness() {
  return *WitnessPolicy::Parse("quorum none\n");
}

// A log's entries as its writer makes them, with index records closer together.
class Entries {
 public:
  explicit Entries(std::uint64_t interval) : interval_(interval) {}

  void Append(const std::optional<RecordedBundle>& bundle) {
    if (list.size() - last_record_ >= interval_ + (last_record_ > 0 ? 1 : 0)) AppendIndexRecord();
    AccessRecord record = SmallRecord(std::to_string(list.size()));
    record.time = TimeOfNext();
    record.bundle = bundle;
    index.Add(list.size(), record);
    list.push_back(SerializeAccessRecord(record));
  }
  void AppendIndexRecord() {
    last_record_ = list.size();
    list.push_back(SerializeIndexRecord({TimeOfNext(), list.size(), index.keys(), index.Root()}));
  }
  [[nodiscard]] std::uint64_t last_record() const { return last_record_; }

  std::vector<Bytes> list;
  EntryIndex index;

 private:
  [[nodiscard]] Timestamp TimeOfNext() const {
    return {kStart.seconds + static_cast<std::int64_t>(list.size())};
  }

  std::uint64_t interval_;
  std::uint64_t last_record_ = 0;
};

// Entry i names kOne if i is a multiple of 3, and kThree if it is one of 5: as instance and id where both.
Entries SomeEntries(std::uint64_t size, std::uint64_t interval) {
  Entries entries(interval);
  while (entries.list.size() < size) {
    const std::uint64_t i = entries.list.size();
    std::optional<RecordedBundle> bundle;
    if (i % 3 == 0) bundle = RecordedBundle{kOne, std::nullopt, std::nullopt};
    if (i % 5 == 0) bundle = RecordedBundle{kThree, std::nullopt, std::nullopt};
    if (i % 15 == 0) bundle = RecordedBundle{kThree, kOne, 1};
    entries.Append(bundle);
  }
  entries.list.resize(size);
  return entries;
}

// A published log, and the answers that its own records give when all are read.
class PublishedLog {
 public:
  explicit PublishedLog(std::vector<Bytes> entries) : entries_(std::move(entries)), tiles_(entries_) {}

  [[nodiscard]] std::string Note() const {
    return *SignCheckpoint({std::string(kOrigin), entries_.size(), tiles_.tree.Root()}, LogKey());
  }
  Expected<CompletenessProof> Build(const Digest& key) {
    auto reader = LogReader::Open(tiles_, Note(), LogKeys());
    return BuildCompletenessProof(*reader, key);
  }
  // The proof with the hashes that go with the entries that it shows now, as whoever has the log can make it.
  CompletenessProof WithItsHashes(CompletenessProof proof) {
    std::vector<std::uint64_t> indexes;
    for (const auto& entry : proof.entries) indexes.push_back(entry.index);
    TiledTree tree(tiles_, entries_.size());
    proof.hashes.clear();
    for (const LeafRange& range : MultiproofRanges(indexes, entries_.size())) {
      proof.hashes.push_back(*tree.HashOf(range));
    }
    return proof;
  }
  [[nodiscard]] std::vector<CompleteAnswer::Match> AllThatName(const Digest& key) const {
    std::vector<CompleteAnswer::Match> matches;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const auto record = ParseAccessRecord(entries_[i]);
      if (!record || !record->bundle) continue;
      if (record->bundle->instance == key || record->bundle->id == key) matches.push_back({i, *record});
    }
    return matches;
  }
  [[nodiscard]] const std::vector<Bytes>& entries() const { return entries_; }

 private:
  std::vector<Bytes> entries_;
  TilesInMemory tiles_;
};

Expected<CompleteAnswer> Verify(const CompletenessProof& proof, const Digest& key = kOne) {
  return VerifyCompleteness(proof, {.key = key}, LogKeys(), NoWitness(), std::nullopt);
}

bool Altered(const CompletenessProof& proof, const Digest& key = kOne) {
  const auto answer = Verify(proof, key);
  return !answer && answer.error().code == ErrorCode::kAltered;
}

// A log of three index records, the last of which has 20 entries after it; two full tiles.
class CompletenessTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kInterval = 180;
  static constexpr std::uint64_t kSize = 3 * (kInterval + 1) + 20;

  PublishedLog log_{SomeEntries(kSize, kInterval).list};
  CompletenessProof proof_ = *log_.Build(kOne);
};

TEST(Completeness, AnswersOfLogsOfManySizesAreThoseOfReadingEverything) {
  for (const std::uint64_t interval : {1, 7, 256, 1024}) {
    for (const std::uint64_t size : {0, 1, 2, 6, 7, 8, 9, 15, 16, 17, 255, 256, 257, 258, 513, 600}) {
      PublishedLog log(SomeEntries(size, interval).list);
      for (const Digest& key : {kOne, kTwo, kThree, kNever}) {
        const auto proof = log.Build(key);
        ASSERT_TRUE(proof) << size << ": " << proof.error().message;
        const auto parsed = ParseCompletenessProof(SerializeCompletenessProof(*proof));
        ASSERT_EQ(parsed, *proof) << size;
        const auto answer = Verify(*parsed, key);
        ASSERT_TRUE(answer) << size << "/" << interval << ": " << answer.error().message;
        EXPECT_EQ(answer->matches, log.AllThatName(key));
        EXPECT_EQ(answer->checkpoint.checkpoint.size, size);
        EXPECT_EQ(answer->last_time.has_value(), size > 0);
        if (size > 0) {
          EXPECT_EQ(answer->last_time->seconds, kStart.seconds + static_cast<std::int64_t>(size) - 1);
        }
      }
    }
  }
}

TEST(Completeness, RandomLogsAnswerAsReadingEverythingDoes) {
  std::mt19937 random(4);
  const auto key = [&] {
    return Digest{static_cast<std::uint8_t>(random() % 3), static_cast<std::uint8_t>(random())};
  };
  for (int run = 0; run < 30; ++run) {
    Entries entries(1 + random() % 40);
    std::vector<Digest> keys = {kNever};
    for (std::uint64_t size = random() % 400; entries.list.size() < size;) {
      keys.push_back(key());
      const bool named = random() % 2 == 0;
      entries.Append(RecordedBundle{
          keys.back(), named ? std::optional(keys[random() % keys.size()]) : std::nullopt, std::nullopt});
    }
    PublishedLog log(entries.list);
    for (int ask = 0; ask < 10; ++ask) {
      const Digest asked = keys[random() % keys.size()];
      const auto answer = Verify(*log.Build(asked), asked);
      ASSERT_TRUE(answer) << answer.error().message;
      ASSERT_EQ(answer->matches, log.AllThatName(asked));
    }
  }
}

TEST(Completeness, LogThatEndsWithItsIndexRecordShowsThatAloneBesideTheMatches) {
  Entries entries = SomeEntries(30, 1024);
  entries.AppendIndexRecord();
  PublishedLog log(entries.list);
  const CompletenessProof proof = *log.Build(kOne);
  EXPECT_EQ(proof.indexed, 30u);
  EXPECT_EQ(proof.entries.size(), log.AllThatName(kOne).size() + 1);
  EXPECT_TRUE(Verify(proof));
  EXPECT_EQ(Verify(*log.Build(kNever), kNever)->matches.size(), 0u);
}

TEST(Completeness, LogWithoutAnIndexRecordIsShownWhole) {
  PublishedLog log(SomeEntries(30, 1024).list);
  const CompletenessProof proof = *log.Build(kNever);
  EXPECT_EQ(proof.indexed, 0u);
  EXPECT_EQ(proof.entries.size(), 30u);
  EXPECT_TRUE(proof.hashes.empty());
}

TEST_F(CompletenessTest, EveryOmittedEntryIsNoticed) {
  ASSERT_GT(log_.AllThatName(kOne).size(), 150u);
  for (std::size_t i = 0; i < proof_.entries.size(); ++i) {
    CompletenessProof shorter = proof_;
    shorter.entries.erase(shorter.entries.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(Altered(shorter)) << i;
    EXPECT_TRUE(Altered(log_.WithItsHashes(shorter))) << i << " with its hashes";
  }
  CompletenessProof none = proof_;
  std::erase_if(none.entries, [&](const auto& entry) { return entry.index < none.indexed; });
  EXPECT_TRUE(Altered(log_.WithItsHashes(none)));
}

TEST_F(CompletenessTest, EveryAddedEntryIsNoticed) {
  for (std::uint64_t index = 0; index < proof_.indexed; ++index) {
    CompletenessProof longer = proof_;
    const auto place = std::ranges::lower_bound(longer.entries, index, {}, &CompletenessProof::Entry::index);
    if (place->index == index) continue;
    longer.entries.insert(place, {index, log_.entries()[index]});
    EXPECT_TRUE(Altered(log_.WithItsHashes(longer))) << index;
  }
  CompletenessProof beyond = proof_;
  beyond.entries.push_back({kSize, log_.entries()[0]});
  EXPECT_TRUE(Altered(beyond));
}

TEST_F(CompletenessTest, EntryThatIsSwappedForAnotherIsNoticed) {
  CompletenessProof swapped = proof_;
  ASSERT_EQ(proof_.entries[0].index, 0u);
  swapped.entries[0].index = 1;
  EXPECT_TRUE(Altered(swapped));
  EXPECT_TRUE(Altered(log_.WithItsHashes(swapped)));
  swapped = proof_;
  swapped.entries[0].bytes = proof_.entries[1].bytes;
  EXPECT_TRUE(Altered(swapped));
}

TEST_F(CompletenessTest, WrongCountOrChainOrNoneIsNoticed) {
  CompletenessProof wrong = proof_;
  --wrong.postings->leaf.count;
  EXPECT_TRUE(Altered(wrong));
  wrong = proof_;
  wrong.postings->leaf.chain[7] ^= 1;
  EXPECT_TRUE(Altered(wrong));
  wrong = proof_;
  wrong.postings.reset();
  EXPECT_TRUE(Altered(wrong));
}

// Even if the entries go with it.
TEST_F(CompletenessTest, TailThatBeginsElsewhereIsNoticed) {
  for (std::uint64_t begin = 0; begin <= kSize; ++begin) {
    if (begin == proof_.indexed) continue;
    CompletenessProof moved = proof_;
    moved.indexed = begin;
    ASSERT_TRUE(Altered(moved)) << begin;
    const bool is_index_record = begin % (kInterval + 1) == kInterval;
    if (begin % 16 != 0 && !is_index_record) continue;
    moved.entries.clear();
    for (const auto& match : log_.AllThatName(kOne)) {
      if (match.index < begin) moved.entries.push_back({match.index, log_.entries()[match.index]});
    }
    for (std::uint64_t i = begin; i < kSize; ++i) moved.entries.push_back({i, log_.entries()[i]});
    moved = log_.WithItsHashes(moved);
    ASSERT_TRUE(Altered(moved)) << begin;
    if (begin != 0) continue;
    moved.postings.reset();
    EXPECT_TRUE(Verify(moved)) << "the whole log is a proof of its own";
  }
}

TEST_F(CompletenessTest, AbsenceOfAKeyThatIsThereIsRefused) {
  CompletenessProof empty = proof_;
  std::erase_if(empty.entries, [&](const auto& entry) { return entry.index < empty.indexed; });
  empty = log_.WithItsHashes(empty);
  for (const Digest& other : {kThree, kNever, kTwo}) {
    empty.postings = log_.Build(other)->postings;
    EXPECT_TRUE(Altered(empty)) << Hex(other);
  }
  empty.postings.reset();
  EXPECT_TRUE(Altered(empty));
}

TEST_F(CompletenessTest, ProofOfAnotherKeyIsNoAnswer) {
  EXPECT_TRUE(Altered(*log_.Build(kThree)));
  EXPECT_TRUE(Altered(*log_.Build(kNever)));
  CompletenessProof renamed = *log_.Build(kThree);
  renamed.key = kOne;
  EXPECT_TRUE(Altered(renamed));
}

TEST_F(CompletenessTest, OlderAnswerSaysHowOldItIsAndCanBeRefused) {
  PublishedLog before(SomeEntries(400, kInterval).list);
  const CompletenessProof older = *before.Build(kOne);
  const auto answer = Verify(older);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->checkpoint.checkpoint.size, 400u);
  EXPECT_EQ(answer->last_time, (Timestamp{kStart.seconds + 399}));
  const auto ask = [&](std::uint64_t min_size) {
    return VerifyCompleteness(older, {kOne, min_size}, LogKeys(), NoWitness(), std::nullopt);
  };
  EXPECT_TRUE(ask(400));
  EXPECT_EQ(ask(401).error().code, ErrorCode::kRolledBack);
  CompletenessProof replayed = older;
  replayed.checkpoint_note = proof_.checkpoint_note;
  EXPECT_TRUE(Altered(replayed));
}

TEST_F(CompletenessTest, CheckpointMustBeSignedByTheLogAndMeetThePolicy) {
  EXPECT_EQ(VerifyCompleteness(proof_, {kOne}, LogKeys(2), NoWitness(), std::nullopt).error().code,
            ErrorCode::kUntrusted);
  const CosignerKey witness{"w.example/1", LogKey(3).public_key()};
  const auto policy = WitnessPolicy::Parse("witness w " + witness.ToText() + "\nquorum w\n");
  ASSERT_TRUE(policy);
  const auto ask = [&] { return VerifyCompleteness(proof_, {kOne}, LogKeys(), *policy, std::nullopt); };
  EXPECT_EQ(ask().error().code, ErrorCode::kQuorum);
  envelope::Note note = *envelope::ParseNote(proof_.checkpoint_note);
  note.signatures.push_back(*Cosign(note.text, witness.name, LogKey(3), kStart));
  proof_.checkpoint_note = SerializeNote(note);
  ASSERT_TRUE(ask());
  EXPECT_EQ(ask()->checkpoint.cosignatures.size(), 1u);
}

TEST(Completeness, FalseIndexRecordIsRefusedByWhoReadsTheLogWhole) {
  Entries entries = SomeEntries(40, 1024);
  EntryIndex lie;
  for (std::uint64_t i = 0; i < 40; ++i) {
    if (i != 12) lie.Add(i, *ParseAccessRecord(entries.list[i]));
  }
  const IndexRecord record{Timestamp{kStart.seconds + 40}, 40, lie.keys(), lie.Root()};
  entries.list.push_back(SerializeIndexRecord(record));
  PublishedLog log(entries.list);
  const auto proof = log.Build(kOne);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, ErrorCode::kAltered);
  EXPECT_EQ(proof.error().message, "entry 40: the index record does not say what the entries before it do");
  EXPECT_EQ(entries.index.CheckRecord(40, record).error().code, ErrorCode::kAltered);
}

TEST(Completeness, EntryThatIsNoRecordIsNamed) {
  for (const std::uint64_t at : {3, 12}) {
    Entries entries = SomeEntries(14, 10);
    entries.list[at] = EntryNumber(at);
    const auto proof = PublishedLog(entries.list).Build(kOne);
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error().code, ErrorCode::kAltered);
    EXPECT_TRUE(proof.error().message.starts_with("entry " + std::to_string(at) + ": "))
        << proof.error().message;
  }
}

TEST(Completeness, EveryFlippedBitOfTheTextIsRefused) {
  PublishedLog log(SomeEntries(14, 10).list);
  const std::string good = SerializeCompletenessProof(*log.Build(kOne));
  ASSERT_TRUE(Verify(*ParseCompletenessProof(good)));
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 3) {
    std::string text = good;
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
    const auto proof = ParseCompletenessProof(text);
    ASSERT_TRUE(!proof || !Verify(*proof)) << "bit " << bit % 8 << " of byte " << bit / 8;
  }
}

class WrittenLog : public LogFixture {};

TEST_F(WrittenLog, AnswersByTheIndexRecordsThatItsWriterAppends) {
  std::vector<CompleteAnswer::Match> expected;
  for (const std::uint64_t size : {1500, 2600}) {
    Log log = expected.empty() ? *Create() : *Open();
    while (log.size() < size) {
      std::vector<AccessRecord> records(100, SmallRecord());
      for (std::size_t i = 0; i < records.size(); ++i) {
        records[i].bundle = RecordedBundle{i % 9 == 0 ? kOne : kThree, std::nullopt, std::nullopt};
      }
      const auto receipts = log.AppendBatch(std::move(records));
      ASSERT_TRUE(receipts);
      for (const Receipt& receipt : *receipts) {
        if (Names(receipt.record(), kOne)) expected.push_back({receipt.index(), receipt.record()});
      }
    }
  }
  DirectoryTiles tiles(*files_, JoinPath(directory_, "public"));
  auto reader = LogReader::Open(tiles, std::string(AsText(Read(Published()))), LogKeys());
  ASSERT_TRUE(reader);
  const auto proof = BuildCompletenessProof(*reader, kOne);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_GE(proof->indexed, 2 * kIndexInterval);
  const auto answer = log::Verify(*proof, kOne);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->matches, expected);
}

TEST(CompletenessText, WhatMayNotStandThereIsRefusedByLine) {
  PublishedLog log(SomeEntries(14, 10).list);
  const std::string good = SerializeCompletenessProof(*log.Build(kOne));
  const auto message = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    EXPECT_NE(text.find(from), std::string::npos) << from;
    const auto proof = ParseCompletenessProof(text.replace(text.find(from), from.size(), to));
    EXPECT_EQ(proof.error().code, ErrorCode::kMalformed) << to;
    return proof.error().message;
  };
  EXPECT_EQ(message("ness.v1\n", "ness.v2\n"),
            "completeness proof, line 1: it is not strongroom.completeness.v1");
  EXPECT_EQ(message("key 01", "key 1"),
            "completeness proof, line 2: it is not 'key' and 64 lower-case hexadecimal digits");
  EXPECT_EQ(message("indexed 10", "indexed 010"),
            "completeness proof, line 3: it is not 'indexed' and a number");
  EXPECT_EQ(message("leaf 01", "leaf 0A"),
            "completeness proof, line 4: it is not 'leaf', a key, a count and a hash");
  EXPECT_EQ(message("step ", "step 256 "), "completeness proof, line 5: it is not 'step', a bit and a hash");
  EXPECT_EQ(message("entry 3 ", "entry 0 "), "completeness proof, line 7: its index is out of order");
  EXPECT_EQ(message("entry 3 ", "entry 3\nentry "),
            "completeness proof, line 7: it is not 'entry', an index and the entry");
  EXPECT_EQ(message("entry 3 ", "extra 3 "), "completeness proof, line 7: it is none that may stand there");
  EXPECT_EQ(message("hash ", "hash A"), "completeness proof, line 14: it is not 'hash' and a hash");
}

TEST(CompletenessText, WhatIsCutShortIsRefused) {
  PublishedLog log(SomeEntries(14, 10).list);
  const std::string good = SerializeCompletenessProof(*log.Build(kOne));
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto proof = ParseCompletenessProof(good.substr(0, size));
    ASSERT_TRUE(!proof || !Verify(*proof)) << size;
  }
}

}  // namespace
}  // namespace strongroom::log
