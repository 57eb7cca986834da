// log query and log verify-query, by the real program, and by a checker that is not it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/cli.h"
#include "strongroom/base/file.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/cosignature.h"
#include "strongroom/log/entry.h"
#include "strongroom/log/entry_index.h"
#include "testing/subprocess.h"
#include "unit/log/tiles_in_memory.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kOrigin = "log.example/access";
constexpr std::uint64_t kIndexed = 20;
constexpr Digest kBundle = {0xab, 0xcd};
constexpr Digest kOther = {0xab, 0xff};
constexpr Digest kNever = {0x77};

crypto::Ed25519PrivateKey LogKey(std::uint8_t fill = 1) {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

std::string VKey(std::uint8_t fill = 1) {
  return envelope::NoteKey{std::string(kOrigin), LogKey(fill).public_key()}.ToText();
}

// Every third record names kBundle as its id, the others kOther; entry 20 is the index record.
std::vector<Bytes> SomeEntries(std::uint64_t size) {
  std::vector<Bytes> entries;
  log::EntryIndex index;
  for (std::uint64_t i = 0; i < size; ++i) {
    const Timestamp time{1'795'000'000 + static_cast<std::int64_t>(i)};
    if (i == kIndexed) {
      entries.push_back(log::SerializeIndexRecord({time, i, index.keys(), index.Root()}));
      continue;
    }
    log::AccessRecord record;
    record.time = time;
    record.outcome = log::Outcome::kPermit;
    record.bundle = log::RecordedBundle{Digest{0x11, static_cast<std::uint8_t>(i)},
                                        i % 3 == 0 ? kBundle : kOther, std::nullopt};
    index.Add(i, record);
    entries.push_back(log::SerializeAccessRecord(record));
  }
  return entries;
}

// The log as a file server has it, in the directory `published` of the test.
class LogQuery : public ::testing::Test {
 protected:
  LogQuery() { Publish(SomeEntries(30)); }

  void Publish(const std::vector<Bytes>& entries) {
    const log::TilesInMemory tiles(entries);
    for (const auto& [path, bytes] : tiles.files) {
      std::filesystem::create_directories(ParentDirectory(cli_ / ("published/" + path)));
      cli_.Write("published/" + path, AsText(bytes));
    }
    cli_.Write("published/checkpoint",
               *log::SignCheckpoint({std::string(kOrigin), entries.size(), tiles.tree.Root()}, LogKey()));
  }

  CliResult Query(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"log", "query", "--log", "published", "--key", VKey(), "--bundle"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli_.Run(arguments);
  }
  CliResult Verify(std::vector<std::string> more, std::uint8_t key = 1) {
    std::vector<std::string> arguments = {"log", "verify-query", "answer", "--key", VKey(key)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli_.Run(arguments);
  }

  Cli cli_;
};

TEST_F(LogQuery, ListsTheRecordsOfABundleByItsFirstDigits) {
  const CliResult listed = Query({"abcd"});
  EXPECT_EQ(listed.exit, 0) << listed.err;
  EXPECT_EQ(std::ranges::count(listed.out, '\n'), 11) << listed.out;
  const CliResult json = Query({"ABCD", "--json"});
  EXPECT_THAT(json.out, HasSubstr("\"index\":27"));
  EXPECT_THAT(json.out, Not(HasSubstr("\"index\":28")));
  const CliResult by_instance = Query({"1105", "--json"});
  EXPECT_EQ(LastLineMember(by_instance.out, "index"), "5");
}

TEST_F(LogQuery, DigitsThatAreNotThoseOfOneBundleAreRefused) {
  const CliResult several = Query({"ab"});
  EXPECT_EQ(several.exit, 2);
  EXPECT_THAT(several.err, HasSubstr(Hex(kOther)));
  EXPECT_EQ(Query({"xyz"}).exit, 2);
  EXPECT_EQ(Query({""}).exit, 2);
  EXPECT_EQ(Query({"abcd", "--complete"}).exit, 2);
  EXPECT_EQ(Query({"abcd", "-o", "answer"}).exit, 2);
}

TEST_F(LogQuery, CompleteAnswerIsVerifiedOfflineByUsAndByAnother) {
  const CliResult made = Query({Hex(kBundle), "--complete", "-o", "answer"});
  ASSERT_EQ(made.exit, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("10 records name the bundle, and no other does"));
  std::filesystem::remove_all(cli_ / "published");
  const CliResult verified = Verify({"--expect-bundle", Hex(kBundle), "--expect-size", "30"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_EQ(verified.out, made.out);
  const CliResult json = Verify({"--json"});
  EXPECT_EQ(LastLineMember(json.out, "records"), "10");
  EXPECT_EQ(LastLineMember(json.out, "indexed"), "20");
  EXPECT_EQ(LastLineMember(json.out, "until"), "2026-11-18T11:07:09Z");
  const auto other = RunProgram({"python3", STRONGROOM_COMPLETENESS_CLIENT, cli_ / "answer", VKey()});
  EXPECT_EQ(other.exit_code, 0);
  EXPECT_EQ(other.output, "0 3 6 9 12 15 18 21 24 27\n");
}

TEST_F(LogQuery, BundleThatIsNowhereHasACompleteAnswerOfNothing) {
  ASSERT_EQ(Query({Hex(kNever), "--complete", "-o", "answer"}).exit, 0);
  EXPECT_THAT(Verify({}).out, HasSubstr("0 records name the bundle, and no other does"));
}

TEST_F(LogQuery, AnswersThatAreNotWhatWasAskedForAreRefused) {
  ASSERT_EQ(Query({Hex(kBundle), "--complete", "-o", "answer"}).exit, 0);
  EXPECT_EQ(Verify({"--expect-bundle", Hex(kOther)}).exit, 3);
  EXPECT_EQ(Verify({"--expect-size", "31"}).exit, 3);
  EXPECT_EQ(Verify({}, 2).exit, 3);
  const log::CosignerKey witness{"w.example/1", LogKey(3).public_key()};
  cli_.Write("witnesses", "witness w " + witness.ToText() + "\nquorum w\n");
  EXPECT_EQ(Verify({"--policy", "witnesses"}).exit, 11);
  EXPECT_EQ(Query({Hex(kBundle), "--complete", "-o", "answer"}).exit, 2) << "it is there already";
}

TEST_F(LogQuery, AnswerWithALineLessIsRefused) {
  ASSERT_EQ(Query({Hex(kBundle), "--complete", "-o", "answer"}).exit, 0);
  const std::string good = cli_.Read("answer");
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < good.find("\n\n"); begin = good.find('\n', begin) + 1, ++lines) {
    std::string text = good;
    cli_.Write("answer", text.erase(begin, good.find('\n', begin) + 1 - begin));
    EXPECT_EQ(Verify({}).exit, 3) << lines;
  }
  EXPECT_GT(lines, 20u);
}

TEST_F(LogQuery, LogWhoseIndexRecordLiesGivesNoAnswer) {
  std::vector<Bytes> entries = SomeEntries(30);
  log::IndexRecord lie = *log::ParseIndexRecord(entries[kIndexed]);
  lie.root[0] ^= 1;
  entries[kIndexed] = log::SerializeIndexRecord(lie);
  Publish(entries);
  const CliResult refused = Query({Hex(kBundle), "--complete", "-o", "answer"});
  EXPECT_EQ(refused.exit, 3);
  EXPECT_THAT(refused.err,
              HasSubstr("entry 20: the index record does not say what the entries before it do"));
  EXPECT_FALSE(cli_.Exists("answer"));
}

TEST_F(LogQuery, EmptyLogAnswers) {
  Publish({});
  ASSERT_EQ(Query({Hex(kBundle), "--complete", "-o", "answer"}).exit, 0);
  EXPECT_THAT(Verify({}).out, HasSubstr("the log is empty"));
}

}  // namespace
}  // namespace strongroom::testing
