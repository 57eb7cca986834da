// log show, verify, prove, verify-proof and export, by the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "integration/cli.h"
#include "integration/sample_log.h"
#include "strongroom/log/index_record.h"
#include "strongroom/log/key_record.h"
#include "strongroom/log/log.h"
#include "strongroom/log/tlog_proof.h"
#include "testing/fake_clock.h"
#include "testing/subprocess.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A published log below the test's directory.
class LogCli : public ::testing::Test {
 protected:
  CliResult OnLog(std::vector<std::string> arguments, const std::string& directory = "log") const {
    arguments.insert(arguments.end(), {"--log", directory, "--key", sample_.vkey()});
    return cli_.Run(arguments);
  }
  CliResult Show(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"log", "show"});
    return OnLog(std::move(arguments));
  }
  CliResult VerifyProof(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"log", "verify-proof", "r.json", "r.tlog-proof"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli_.Run(arguments);
  }
  // r.json and r.tlog-proof of a record of a log with 300.
  void Prove(std::uint64_t index) {
    sample_.AppendRecords(300);
    const CliResult proved = OnLog({"log", "prove", std::to_string(index), "-o", "r"});
    ASSERT_EQ(proved.exit, 0) << proved.err;
  }
  [[nodiscard]] std::vector<std::string> Key() const { return {"--key", sample_.vkey()}; }
  // A policy that asks for the witness that SampleLog::Cosign makes of this key.
  void WritePolicy(const std::string& witness, std::uint8_t key) const {
    const log::CosignerKey cosigner{witness, SampleKey(key).public_key()};
    cli_.Write("policy", "witness w " + cosigner.ToText() + "\nquorum w\n");
  }

  Cli cli_;
  SampleLog sample_{cli_ / "log"};
};

std::ptrdiff_t Lines(const std::string& text) {
  return std::ranges::count(text, '\n');
}

TEST_F(LogCli, ShowTellsWhatIsAskedFor) {
  sample_.AppendRecords(600);
  EXPECT_EQ(Lines(Show({}).out), 601);
  EXPECT_EQ(Lines(Show({"--outcome", "refuse"}).out), 201);
  EXPECT_EQ(Lines(Show({"--outcome", "refuse", "--outcome", "permit"}).out), 601);
  EXPECT_EQ(Lines(Show({"--action", "seal", "--country", "NO"}).out), 41);
  EXPECT_EQ(Lines(Show({"--bundle", "10"}).out), 151);
  EXPECT_EQ(Lines(Show({"--bundle", "a3"}).out), 151);
  EXPECT_EQ(Lines(Show({"--node", "odd"}).out), 301);
  EXPECT_EQ(Lines(Show({"--node", "node-0"}).out), 301);
  EXPECT_EQ(Lines(Show({"--type", "key"}).out), 1);
  const CliResult last = Show({"--last", "2", "--country", "NO", "--json"});
  EXPECT_EQ(Lines(last.out), 2);
  EXPECT_THAT(last.out, HasSubstr("\"index\":599"));
  EXPECT_THAT(last.out, HasSubstr("\"index\":596"));
}

TEST_F(LogCli, ShowFindsTimes) {
  sample_.AppendRecords(600);
  const std::string at_299 = ToRfc3339(Timestamp{kSampleStart + 299 * 60});
  const std::string before_301 = ToRfc3339(Timestamp{kSampleStart + 301 * 60 - 1});
  const CliResult shown = Show({"--since", at_299, "--until", before_301, "--json"});
  EXPECT_EQ(Lines(shown.out), 2) << shown.out;
  EXPECT_THAT(shown.out, HasSubstr("\"index\":299"));
  EXPECT_THAT(shown.out, HasSubstr("\"index\":300"));
  EXPECT_EQ(Lines(Show({"--since", "2100-01-01"}).out), 1);
  EXPECT_EQ(Lines(Show({"--until", "2000-01-01"}).out), 1);
  EXPECT_EQ(Lines(Show({"--since", "2100-01-01", "--until", "2000-01-01"}).out), 1);
}

TEST_F(LogCli, ShowTellsOneRecordInFull) {
  sample_.AppendRecords(300);
  const CliResult shown = Show({"--index", "258"});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("node name"));
  EXPECT_THAT(shown.out, HasSubstr("258"));
  EXPECT_EQ(Show({"--index", "300"}).exit, 7);
}

TEST_F(LogCli, ShowRefusesWhatItDoesNotKnow) {
  for (const auto& [option, value] : {std::pair("--outcome", "allowed"),
                                      {"--action", "look"},
                                      {"--country", "UK"},
                                      {"--bundle", "xyz"},
                                      {"--bundle", ""},
                                      {"--since", "yesterday"},
                                      {"--type", "entry"},
                                      {"--last", "0"},
                                      {"--index", "-1"}}) {
    EXPECT_EQ(Show({option, value}).exit, 2) << option << " " << value;
  }
  EXPECT_EQ(Show({"--follow", "--until", "2030-01-01"}).exit, 2);
  EXPECT_EQ(cli_.Run({"log", "show", "--log", "log"}).exit, 2);
  EXPECT_EQ(cli_.Run({"log", "show", "--key", sample_.vkey()}).exit, 2);
  EXPECT_EQ(cli_.Run({"log", "show", "--log", "log", "--key", "nonsense"}).exit, 2);
  EXPECT_EQ(OnLog({"log", "show"}, "nowhere").exit, 7);
}

TEST_F(LogCli, ShowOfOneEntryTakesNoFilter) {
  sample_.AppendRecords(3);
  for (const auto& [option, value] : {std::pair("--country", "NO"),
                                      {"--node", "odd"},
                                      {"--outcome", "refuse"},
                                      {"--action", "open"},
                                      {"--bundle", "10"},
                                      {"--type", "all"},
                                      {"--since", "2026-01-01"},
                                      {"--until", "2026-01-01"},
                                      {"--last", "1"}}) {
    const CliResult shown = Show({"--index", "1", option, value});
    EXPECT_EQ(shown.exit, 2) << option;
    EXPECT_EQ(shown.out, "") << option;
    EXPECT_THAT(shown.err, StartsWith("error: --index names one entry, and " + std::string(option) +
                                      " chooses among all\n"));
  }
  EXPECT_EQ(Show({"--index", "1", "--json"}).exit, 0);
}

// Records 0 to 8, of which 2, 5 and 8 are the refusals in Norway; the place of 5 and the node of 8 are
// sealed.
class SealedInLogCli : public LogCli {
 protected:
  SealedInLogCli() {
    std::vector<Bytes> entries;
    for (std::uint64_t i = 0; i < 9; ++i) {
      log::AccessRecord record = SampleRecord(i);
      if (i == 5) Seal(record, log::SealablePart::kPlace);
      if (i == 8) Seal(record, log::SealablePart::kNode);
      if (i == 2) {
        record.reasons.clear();
        record.sealed = {{log::SealablePart::kReasons, Digest{}}};
      }
      entries.push_back(log::SerializeAccessRecord(record));
    }
    sample_.Append(std::move(entries));
  }

 private:
  static void Seal(log::AccessRecord& record, log::SealablePart part) {
    if (part == log::SealablePart::kPlace) record.place.reset();
    if (part == log::SealablePart::kNode) record.node.reset();
    record.sealed = {{part, Digest{}}};
  }
};

TEST_F(SealedInLogCli, RecordsThatAFilterCannotCompareAreCounted) {
  const CliResult country = Show({"--country", "NO"});
  EXPECT_EQ(Lines(country.out), 3);
  EXPECT_EQ(country.err, "warning: 1 record keeps its place sealed and was not compared\n");
  const CliResult both = Show({"--country", "NO", "--node", "odd"});
  EXPECT_EQ(Lines(both.out), 1);
  EXPECT_EQ(both.err, "warning: 2 records keep their node or place sealed and were not compared\n");
  EXPECT_EQ(Show({"--country", "NO", "--outcome", "permit"}).err, "") << "record 5 is a refusal";
  EXPECT_EQ(Show({"--country", "NO", "--last", "1"}).err, "") << "the newest was found before record 5";
  EXPECT_EQ(Show({}).err, "");
  const CliResult json = Show({"--country", "NO", "--json"});
  EXPECT_EQ(json.err, "");
  EXPECT_THAT(json.out, HasSubstr(R"({"records":1,"sealed":["place"],"type":"not_compared"})"));
}

TEST_F(SealedInLogCli, RowSaysWhatIsSealed) {
  EXPECT_THAT(Show({"--index", "5"}).out, ::testing::ContainsRegex("\nsealed name +place\n"));
  EXPECT_THAT(Show({}).out, ::testing::ContainsRegex("5  [^\n]*  sealed +the place is not permitted\n"));
  EXPECT_THAT(Show({}).out, ::testing::ContainsRegex("2  [^\n]*  NO \\(declared\\)  sealed\n"));
}

TEST_F(LogCli, ShowMakesVisibleWhatDrivesATerminalOrTurnsText) {
  log::AccessRecord record = SampleRecord(0);
  record.reasons = {
      "a\x1b[2Jb\u009b2Jc\u202ed\u2066e\u2028f\u200bg\u00adh\u061ci\ufeffj\U000e0041k \u00e9 \u6f22"};
  sample_.Append({log::SerializeAccessRecord(record)});
  const std::string visible =
      "a\\x1b[2Jb\\u009b2Jc\\u202ed\\u2066e\\u2028f\\u200bg\\u00adh\\u061ci\\ufeffj\\u{e0041}k "
      "\u00e9 \u6f22\n";
  EXPECT_THAT(Show({"--index", "0"}).out, HasSubstr(visible));
  record.reasons = {"a\u009b2Jb\u202ec"};
  sample_.Append({log::SerializeAccessRecord(record)});
  EXPECT_THAT(Show({"--last", "1"}).out, HasSubstr("  a\\u009b2Jb\\u202ec\n"));
}

TEST_F(LogCli, ReasonIsCutBetweenCharactersAndByItsWidth) {
  log::AccessRecord record = SampleRecord(0);
  const auto shown = [&](const std::string& reason) {
    record.reasons = {reason};
    sample_.Append({log::SerializeAccessRecord(record)});
    const std::string out = Show({"--last", "1"}).out;
    const std::size_t begin = out.find("(declared)  ", out.find('\n')) + 12;
    return out.substr(begin, out.find('\n', begin) - begin);
  };
  const auto times = [](int count, std::string_view text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  EXPECT_EQ(shown(times(100, "\u00e9")), times(100, "\u00e9"));
  EXPECT_EQ(shown(times(101, "\u00e9")), times(97, "\u00e9") + "...");
  EXPECT_EQ(shown(times(50, "\u6f22")), times(50, "\u6f22")) << "each takes two columns";
  EXPECT_EQ(shown(times(51, "\u6f22")), times(48, "\u6f22") + "...");
  EXPECT_EQ(shown(times(96, "a") + "e\u0301wxyz"), times(96, "a") + "e\u0301...") << "the accent stays";
  EXPECT_EQ(shown(times(95, "a") + "\u202ebcdef"), times(95, "a") + "...") << "no half of an escape";
}

TEST_F(LogCli, ShowReadsFewFilesForFewRecords) {
  sample_.AppendRecords(1000);
  cli_.Remove("log/tile/entries/000");
  cli_.Remove("log/tile/0/001");
  EXPECT_EQ(Show({"--last", "20"}).exit, 0);
  EXPECT_EQ(Show({}).exit, 10);
}

TEST_F(LogCli, ShowTellsNothingThatIsNotProven) {
  sample_.AppendRecords(300);
  cli_.Flip("log/tile/entries/000", 40);
  const CliResult shown = Show({});
  EXPECT_EQ(shown.exit, 3);
  EXPECT_THAT(shown.err, HasSubstr("entry 0 in tile/entries/000"));
  EXPECT_THAT(shown.out, Not(HasSubstr("NL")));
}

TEST_F(LogCli, ShowFollowsUntilInterrupted) {
  sample_.AppendRecords(250);
  const pid_t process =
      cli_.Start({"log", "show", "-f", "--json", "--log", "log", "--key", sample_.vkey()}, "follow");
  const auto wait_for = [&](const std::string& what) {
    for (int i = 0; i < 200 && cli_.Read("follow.out").find(what) == std::string::npos; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_THAT(cli_.Read("follow.out"), HasSubstr(what));
  };
  wait_for("\"index\":249");
  sample_.AppendRecords(10);
  wait_for("\"index\":259");
  EXPECT_EQ(Lines(cli_.Read("follow.out")), 20);
  ::kill(process, SIGINT);
  EXPECT_EQ(Cli::Wait(process), 0);
  EXPECT_EQ(Lines(cli_.Read("follow.out")), 20) << "no error, nor anything else";
  EXPECT_EQ(cli_.Read("follow.err"), "");
}

TEST_F(LogCli, FollowEndsWhenTheLogIsRolledBack) {
  sample_.AppendRecords(20);
  const pid_t process = cli_.Start({"log", "show", "-f", "--log", "log", "--key", sample_.vkey()}, "follow");
  for (int i = 0; i < 200 && Lines(cli_.Read("follow.out")) < 10; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  sample_.WriteCheckpoint({std::string(kSampleOrigin), 19, sample_.tree().Root(19)});
  EXPECT_EQ(Cli::Wait(process), 3);
  EXPECT_EQ(
      cli_.Read("follow.err"),
      "error: the older checkpoint has 20 entries, and 19 are there: the log was rolled back\n"
      "  next: rely on nothing in this log; keep both checkpoints, which prove what was done, and find out "
      "who did it\n");
}

TEST_F(LogCli, EmptyLogIsShownVerifiedAndExported) {
  EXPECT_EQ(Show({}).exit, 0);
  const CliResult verified = OnLog({"log", "verify"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("records  0\n"));
  EXPECT_EQ(OnLog({"log", "prove", "0"}).exit, 7);
  EXPECT_EQ(OnLog({"log", "export", "copy", "--records", "records"}).exit, 0);
  EXPECT_TRUE(cli_.SameTree("log", "copy"));
  EXPECT_EQ(cli_.Read("records"), "");
}

TEST_F(LogCli, VerifyHoldsAndSaysThatNothingAnchorsIt) {
  sample_.AppendRecords(600);
  const CliResult verified = OnLog({"log", "verify"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr(Hex(sample_.tree().Root())));
  EXPECT_THAT(verified.out, HasSubstr("anchor   none"));
  EXPECT_THAT(verified.err, HasSubstr("nothing anchors"));
}

TEST_F(LogCli, VerifyNamesTheEntryOrTheTileThatIsWrong) {
  sample_.AppendRecords(600);
  cli_.Flip("log/tile/entries/001", 45);
  const CliResult entry = OnLog({"log", "verify"});
  EXPECT_EQ(entry.exit, 3);
  EXPECT_THAT(entry.err, HasSubstr("entry 256"));
  cli_.Flip("log/tile/entries/001", 45);
  cli_.Flip("log/tile/0/001", 32 * 7);
  const CliResult tile = OnLog({"log", "verify"});
  EXPECT_EQ(tile.exit, 3);
  EXPECT_THAT(tile.err, HasSubstr("hash 7 of tile/0/001"));
  cli_.Remove("log/tile/0/001");
  EXPECT_EQ(OnLog({"log", "verify"}).exit, 10);
}

TEST_F(LogCli, VerifyHoldsEntriesToTheirFormatAndOrder) {
  sample_.AppendRecords(3);
  sample_.Append({ToBytes(AsBytes("no record"))});
  const CliResult unparsable = OnLog({"log", "verify"});
  EXPECT_EQ(unparsable.exit, 3);
  EXPECT_THAT(unparsable.err, HasSubstr("entry 3"));
  SampleLog backwards(cli_ / "backwards");
  backwards.AppendRecords(3);
  backwards.Append({log::SerializeAccessRecord(SampleRecord(1))});
  const CliResult disorder = OnLog({"log", "verify"}, "backwards");
  EXPECT_EQ(disorder.exit, 3);
  EXPECT_THAT(disorder.err, HasSubstr("entry 3: its time is before"));
}

TEST_F(LogCli, VerifyHoldsTheLogToAnOldCheckpoint) {
  sample_.AppendRecords(100);
  cli_.Copy("log/checkpoint", "old");
  sample_.AppendRecords(300);
  const CliResult extends = OnLog({"log", "verify", "--old", "old"});
  EXPECT_EQ(extends.exit, 0) << extends.err;
  EXPECT_THAT(extends.out, HasSubstr("older checkpoint of 100 records"));
  cli_.Write("longer", sample_.Sign({std::string(kSampleOrigin), 401, Digest{}}));
  EXPECT_EQ(OnLog({"log", "verify", "--old", "longer"}).exit, 3);
  cli_.Write("other", sample_.Sign({std::string(kSampleOrigin), 100, Digest{}}));
  EXPECT_EQ(OnLog({"log", "verify", "--old", "other"}).exit, 3);
  EXPECT_EQ(OnLog({"log", "verify", "--old", "absent"}).exit, 7);
}

TEST_F(LogCli, VerifyAsksForAQuorum) {
  sample_.AppendRecords(10);
  WritePolicy("witness.example/w", 7);
  EXPECT_EQ(OnLog({"log", "verify", "--policy", "policy"}).exit, 11);
  sample_.Cosign("witness.example/w", SampleKey(7));
  const CliResult witnessed = OnLog({"log", "verify", "--policy", "policy"});
  EXPECT_EQ(witnessed.exit, 0) << witnessed.err;
  EXPECT_THAT(witnessed.out, HasSubstr("anchor     witnesses of 10 records"));
  EXPECT_THAT(witnessed.out, HasSubstr("w (witness.example, 20"));
  cli_.Write("policy", "quorum nobody\n");
  EXPECT_EQ(OnLog({"log", "verify", "--policy", "policy"}).exit, 3);
}

TEST_F(LogCli, KeyThatTheLogGaveUpSpeaksForItNoMore) {
  sample_.AppendRecords(2);
  const auto key = [](std::uint8_t fill) {
    return envelope::NoteKey{std::string(kSampleOrigin), SampleKey(fill).public_key()};
  };
  sample_.Append(
      {log::SerializeKeyRecord({SampleRecord(2).time, log::KeyChange::kRotation, key(1), key(2)})});
  const std::vector<std::string> verify = {"log",   "verify",        "--log", "log",
                                           "--key", key(1).ToText(), "--key", key(2).ToText()};
  const CliResult by_the_old = cli_.Run(verify);
  EXPECT_EQ(by_the_old.exit, 3);
  EXPECT_THAT(by_the_old.err, HasSubstr("not signed by the log's key then, " + key(2).ToText()));
  cli_.Write("log/checkpoint", *log::SignCheckpoint(sample_.Head(), SampleKey(2)));
  EXPECT_EQ(cli_.Run(verify).exit, 0);
  EXPECT_EQ(Lines(OnLog({"log", "show", "--key", key(2).ToText(), "--type", "key"}).out), 2);
}

TEST_F(LogCli, IndexThatIsNotThatOfTheEntriesIsNamed) {
  sample_.AppendRecords(2);
  sample_.Append({log::SerializeIndexRecord({SampleRecord(2).time, 2, 4, Digest{}})});
  const CliResult verified = OnLog({"log", "verify"});
  EXPECT_EQ(verified.exit, 3);
  EXPECT_THAT(verified.err, HasSubstr("entry 2"));
}

TEST_F(LogCli, LogOfAnotherKeyIsRefused) {
  sample_.AppendRecords(3);
  const SampleLog other(cli_ / "other", 2);
  for (const std::string verb : {"show", "verify", "export"}) {
    std::vector<std::string> arguments = {"log", verb, "--log", "log", "--key", other.vkey()};
    if (verb == "export") arguments.emplace_back("copy");
    EXPECT_EQ(cli_.Run(arguments).exit, 3) << verb;
  }
  EXPECT_EQ(cli_.Run({"log", "verify", "--log", "log", "--key", other.vkey(), "--key", sample_.vkey()}).exit,
            3)
      << "its keys are named in their order";
}

TEST_F(LogCli, ProofIsVerifiedWithTheKeyAlone) {
  Prove(257);
  EXPECT_EQ(cli_.Read("r.json"), AsText(sample_.entry(257)));
  const CliResult verified = VerifyProof({"--home", "none", "--key", sample_.vkey(), "--expect-index", "257",
                                          "--expect-bundle", "10" + std::string(62, '0')});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, StartsWith("the record is in the log\n"));
  EXPECT_THAT(verified.out, HasSubstr("records    300"));
  EXPECT_THAT(verified.out, HasSubstr(ToRfc3339(Timestamp{kSampleStart + 257 * 60})));
}

TEST_F(LogCli, ProveOverwritesNothing) {
  Prove(1);
  EXPECT_EQ(OnLog({"log", "prove", "2", "-o", "r"}).exit, 2);
  EXPECT_EQ(cli_.Read("r.json"), AsText(sample_.entry(1)));
  EXPECT_EQ(OnLog({"log", "prove", "two"}).exit, 2);
  EXPECT_EQ(OnLog({"log", "prove", "300"}).exit, 7);
}

TEST_F(LogCli, ProveWritesNoStream) {
  sample_.AppendRecords(3);
  const CliResult proved = OnLog({"log", "prove", "1", "-o", "-"});
  EXPECT_EQ(proved.exit, 2);
  EXPECT_EQ(proved.err,
            "error: a record and its proof are two files, and no stream\n"
            "  next: name them with --output FILE; strongroom log show --index 1 --json prints "
            "the record\n");
  EXPECT_FALSE(cli_.Exists("-.json"));
}

TEST_F(LogCli, ProofOfAnotherRecordIsRefused) {
  Prove(257);
  cli_.Write("r.json", AsText(sample_.entry(256)));
  EXPECT_EQ(VerifyProof(Key()).exit, 3);
  cli_.Write("r.json", AsText(sample_.entry(257)));
  EXPECT_EQ(VerifyProof(Key()).exit, 0);
  // A valid proof of a valid record that is not the one asked about.
  EXPECT_EQ(VerifyProof({"--key", sample_.vkey(), "--expect-index", "256"}).exit, 3);
  EXPECT_EQ(VerifyProof({"--key", sample_.vkey(), "--expect-bundle", std::string(64, '0')}).exit, 3);
  EXPECT_EQ(VerifyProof({"--key", sample_.vkey(), "--expect-bundle", "10"}).exit, 2);
}

TEST_F(LogCli, ProofOfAnotherLogIsRefused) {
  Prove(257);
  const SampleLog other(cli_ / "other", 2);
  EXPECT_EQ(VerifyProof({"--key", other.vkey()}).exit, 3);
  const envelope::NoteKey renamed{"log.example/other", SampleKey(1).public_key()};
  EXPECT_EQ(VerifyProof({"--key", renamed.ToText()}).exit, 3);
}

TEST_F(LogCli, ProofWithALineTooManyIsRefused) {
  Prove(257);
  const std::string proof = cli_.Read("r.tlog-proof");
  const std::size_t index = proof.find("index ");
  for (const std::string& altered :
       {std::string(proof).insert(index, "extra AAAA\n"), std::string(proof).insert(0, "\n"),
        std::string(proof).insert(proof.find("\n\n") + 1, Base64(Digest{}) + "\n"), proof + "more\n",
        std::string()}) {
    cli_.Write("r.tlog-proof", altered);
    EXPECT_EQ(VerifyProof(Key()).exit, 3) << altered;
  }
}

TEST_F(LogCli, EveryFlippedByteOfAProofIsNoticed) {
  Prove(2);
  const std::uint64_t length = cli_.Size("r.tlog-proof");
  for (std::uint64_t offset = 0; offset < length; offset += 37) {
    cli_.Flip("r.tlog-proof", offset, 1);
    EXPECT_EQ(VerifyProof(Key()).exit, 3) << offset;
    cli_.Flip("r.tlog-proof", offset, 1);
  }
  EXPECT_EQ(VerifyProof(Key()).exit, 0);
}

TEST_F(LogCli, ProvenBytesThatAreNoRecordAreRefused) {
  sample_.Append({ToBytes(AsBytes("no record"))});
  cli_.Write("r.json", "no record");
  cli_.Write("r.tlog-proof", log::SerializeTlogProof({0, {}, sample_.Sign(sample_.Head()), std::nullopt}));
  EXPECT_EQ(VerifyProof(Key()).exit, 3);
}

TEST_F(LogCli, ProofUnderACosignedCheckpointMeetsAQuorum) {
  WritePolicy("witness.example/w", 7);
  Prove(5);
  EXPECT_EQ(VerifyProof({"--key", sample_.vkey(), "--policy", "policy"}).exit, 11);
  sample_.Cosign("witness.example/w", SampleKey(7));
  ASSERT_EQ(OnLog({"log", "prove", "5", "-o", "cosigned"}).exit, 0);
  const CliResult verified = cli_.Run({"log", "verify-proof", "cosigned.json", "cosigned.tlog-proof", "--key",
                                       sample_.vkey(), "--policy", "policy"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("w (witness.example, 20"));
}

TEST_F(LogCli, MissingProofIsNotFound) {
  EXPECT_EQ(VerifyProof(Key()).exit, 7);
}

TEST_F(LogCli, ExportIsACopyThatGrows) {
  sample_.AppendRecords(300);
  ASSERT_EQ(OnLog({"log", "export", "site/copy"}).exit, 0);
  EXPECT_TRUE(cli_.SameTree("log", "site/copy"));
  const auto written = std::filesystem::last_write_time(cli_ / "site/copy/tile/0/000");
  sample_.AppendRecords(300);
  const CliResult grown = OnLog({"log", "export", "site/copy", "--json"});
  ASSERT_EQ(grown.exit, 0) << grown.err;
  EXPECT_EQ(LastLineMember(grown.out, "old_size"), "300");
  EXPECT_EQ(std::filesystem::last_write_time(cli_ / "site/copy/tile/0/000"), written);
  EXPECT_EQ(OnLog({"log", "verify"}, "site/copy").exit, 0);
  EXPECT_EQ(LastLineMember(OnLog({"log", "export", "site/copy", "--json"}).out, "files_written"), "0");
}

TEST_F(LogCli, ExportThatWasCutOffGoesOn) {
  sample_.AppendRecords(600);
  ASSERT_EQ(OnLog({"log", "export", "copy"}).exit, 0);
  cli_.Remove("copy/checkpoint");
  cli_.Remove("copy/tile/1");
  cli_.Remove("copy/tile/entries/001");
  ASSERT_EQ(OnLog({"log", "export", "copy"}).exit, 0);
  EXPECT_TRUE(cli_.SameTree("log", "copy"));
}

TEST_F(LogCli, ExportPublishesNothingThatDoesNotVerify) {
  sample_.AppendRecords(600);
  cli_.Flip("log/tile/entries/001", 45);
  EXPECT_EQ(OnLog({"log", "export", "copy"}).exit, 3);
  EXPECT_FALSE(cli_.Exists("copy/checkpoint"));
  EXPECT_FALSE(cli_.Exists("copy/tile/entries/001"));
  EXPECT_EQ(OnLog({"log", "export", "--records", "records"}).exit, 3);
  EXPECT_FALSE(cli_.Exists("records"));
}

TEST_F(LogCli, ExportKeepsToItsOwnDirectory) {
  sample_.AppendRecords(300);
  cli_.Write("site.html", "not a log");
  std::filesystem::create_directory(cli_ / "site");
  cli_.Copy("site.html", "site/index.html");
  EXPECT_EQ(OnLog({"log", "export", "site"}).exit, 2);
  EXPECT_EQ(OnLog({"log", "export"}).exit, 2);
  SampleLog other(cli_ / "other");
  other.AppendRecords(299);
  other.Append({log::SerializeAccessRecord(SampleRecord(400))});
  EXPECT_EQ(OnLog({"log", "export", "other"}).exit, 3);
  other.AppendRecords(1);
  const CliResult longer = OnLog({"log", "export", "other"});
  EXPECT_EQ(longer.exit, 3);
  EXPECT_THAT(longer.err, HasSubstr("301 entries"));
}

TEST_F(LogCli, ExportedRecordsAreTheEntriesByteForByte) {
  sample_.AppendRecords(3);
  const CliResult to_stdout = OnLog({"log", "export", "--records", "-"});
  std::string expected;
  for (std::uint64_t i = 0; i < 3; ++i) expected += std::string(AsText(sample_.entry(i))) + "\n";
  EXPECT_EQ(to_stdout.out, expected);
  EXPECT_EQ(OnLog({"log", "export", "--records", "records"}).exit, 0);
  EXPECT_EQ(cli_.Read("records"), expected);
  EXPECT_EQ(OnLog({"log", "export", "--records", "records"}).exit, 2);
}

TEST_F(LogCli, ExportedRecordsAreDurableUnderTheirName) {
  sample_.AppendRecords(3);
  std::filesystem::create_directory(cli_ / "out");
  const std::string directory = std::filesystem::canonical(cli_ / "out").string();
  const Finished traced = RunProgram({"strace", "-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat2",
                                      "-o", cli_ / "trace", STRONGROOM_BINARY, "log", "export", "--records",
                                      cli_ / "out/records", "--log", cli_ / "log", "--key", sample_.vkey()},
                                     {{"ASAN_OPTIONS", "detect_leaks=0"}});
  ASSERT_EQ(traced.exit_code, 0) << traced.output;
  const std::string trace = cli_.Read("trace");
  const std::size_t renamed = trace.find("/out/records\"");
  ASSERT_NE(renamed, std::string::npos) << trace;
  EXPECT_THAT(trace.substr(0, renamed), HasSubstr("<" + directory + "/records.partial>) = 0"));
  EXPECT_THAT(trace.substr(renamed), HasSubstr("<" + directory + ">) = 0"));
}

TEST_F(LogCli, ExportIsReadByAClientThatKnowsTheSpecificationsAlone) {
  sample_.AppendRecords(600);
  ASSERT_EQ(OnLog({"log", "export", "copy"}).exit, 0);
  const Finished by_file = RunProgram({"python3", STRONGROOM_TLOG_CLIENT, cli_ / "copy", sample_.vkey()});
  EXPECT_EQ(by_file.exit_code, 0) << by_file.output;
  EXPECT_EQ(by_file.output, "600 " + Hex(sample_.tree().Root()) + "\n");
  cli_.Flip("copy/tile/0/001", 5);
  EXPECT_NE(RunProgram({"python3", STRONGROOM_TLOG_CLIENT, cli_ / "copy", sample_.vkey()}).exit_code, 0);
}

// The published log behind a web server that knows nothing of logs.
class LogByUrl : public LogCli {
 protected:
  LogByUrl() {
    sample_.AppendRecords(600);
    server_.emplace(Arguments{"python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory",
                              cli_ / "log"},
                    cli_ / "server.out");
    const std::string before_port = " port ";
    std::string said;
    for (int i = 0; i < 200 && said.find(before_port) == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      said = cli_.Read("server.out");
    }
    url_ = "http://127.0.0.1:" +
           std::to_string(std::atoi(said.c_str() + said.find(before_port) + before_port.size()));
  }
  CliResult ByUrl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--url", url_, "--key", sample_.vkey()});
    return cli_.Run(arguments);
  }

  std::optional<Daemon> server_;
  std::string url_;
};

TEST_F(LogByUrl, IsShownVerifiedProvenAndMirrored) {
  EXPECT_EQ(Lines(ByUrl({"log", "show", "--last", "3"}).out), 4);
  const CliResult verified = ByUrl({"log", "verify"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_EQ(ByUrl({"log", "prove", "300", "-o", "r"}).exit, 0);
  EXPECT_EQ(VerifyProof(Key()).exit, 0);
  EXPECT_EQ(ByUrl({"log", "export", "mirror"}).exit, 0);
  EXPECT_TRUE(cli_.SameTree("log", "mirror"));
  EXPECT_EQ(RunProgram({"python3", STRONGROOM_TLOG_CLIENT, url_, sample_.vkey()}).exit_code, 0);
}

TEST_F(LogByUrl, WhatTheServerAltersOrLacksIsNamed) {
  cli_.Flip("log/tile/entries/001", 45);
  const CliResult altered = ByUrl({"log", "verify"});
  EXPECT_EQ(altered.exit, 3);
  EXPECT_THAT(altered.err, HasSubstr("entry 256"));
  cli_.Remove("log/tile/entries/001");
  const CliResult missing = ByUrl({"log", "show"});
  EXPECT_EQ(missing.exit, 10);
  EXPECT_THAT(missing.err, HasSubstr("tile/entries/001"));
}

TEST_F(LogByUrl, ServerThatIsAwayIsToBeAskedAgain) {
  server_.reset();
  EXPECT_EQ(ByUrl({"log", "show"}).exit, 9);
  EXPECT_EQ(cli_.Run({"log", "show", "--url", "log.example.com", "--key", sample_.vkey()}).exit, 2);
  EXPECT_EQ(cli_.Run({"log", "show", "--url", url_}).exit, 2);
}

// A log's own directory, written by the log's writer.
class OwnLogCli : public ::testing::Test {
 protected:
  OwnLogCli() {
    log_.emplace(*log::Log::Create(*files_, cli_ / "log", std::string(kSampleOrigin), key_, clock_));
    Append(300);
  }
  void Append(std::uint64_t count) {
    std::vector<log::AccessRecord> records;
    for (std::uint64_t i = 0; i < count; ++i) records.push_back(SampleRecord(i));
    ASSERT_TRUE(log_->AppendBatch(std::move(records)));
  }
  CliResult OnLog(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--log", "log", "--key", log_->key().ToText()});
    return cli_.Run(arguments);
  }
  // After the derived files were tampered with: the log itself is right, and the next step mends them.
  void ExpectMendable(int exit) {
    const CliResult broken = OnLog({"log", "verify"});
    EXPECT_EQ(broken.exit, exit) << broken.err;
    EXPECT_THAT(broken.err, HasSubstr("the journal holds"));
    EXPECT_THAT(broken.err, HasSubstr("  next: the next append makes those files anew\n"));
    cli_.Write("log/resume", "of another log");
    EXPECT_THAT(OnLog({"log", "verify"}).err,
                HasSubstr("  next: remove log/resume: the next append makes those files anew\n"));
    cli_.Remove("log/resume");
    log_.reset();
    log_.emplace(
        *log::Log::Open(*files_, cli_ / "log", std::string(kSampleOrigin), key_, clock_, std::nullopt));
    EXPECT_EQ(OnLog({"log", "verify"}).exit, 0);
  }

  Cli cli_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  crypto::Ed25519PrivateKey key_ = SampleKey(1);
  FakeClock clock_{Timestamp{kSampleStart}};
  std::optional<log::Log> log_;
};

TEST_F(OwnLogCli, IsVerifiedShownProvenAndExported) {
  const CliResult verified = OnLog({"log", "verify"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("records  300\n"));
  EXPECT_EQ(Lines(OnLog({"log", "show"}).out), 301);
  EXPECT_EQ(OnLog({"log", "prove", "299", "-o", "r"}).exit, 0);
  EXPECT_EQ(OnLog({"log", "export", "copy"}).exit, 0);
  const std::string key = log_->key().ToText();
  EXPECT_EQ(cli_.Run({"log", "verify-proof", "r.json", "r.tlog-proof", "--key", key}).exit, 0);
  EXPECT_EQ(RunProgram({"python3", STRONGROOM_TLOG_CLIENT, cli_ / "copy", key}).exit_code, 0);
}

TEST_F(OwnLogCli, EntryThatIsWrongInTheJournalIsNamed) {
  cli_.Flip("log/journal", cli_.Size("log/journal") / 2);
  const CliResult verified = OnLog({"log", "verify"});
  EXPECT_EQ(verified.exit, 3);
  EXPECT_THAT(verified.err, HasSubstr("entry 1"));
  EXPECT_THAT(verified.err, Not(HasSubstr("the journal holds")));
}

TEST_F(OwnLogCli, NextStepsAreThoseOfALog) {
  const std::string other = envelope::NoteKey{std::string(kSampleOrigin), SampleKey(9).public_key()}.ToText();
  const CliResult wrong_key = cli_.Run({"log", "verify", "--log", "log", "--key", other});
  EXPECT_EQ(wrong_key.exit, 3);
  EXPECT_THAT(
      wrong_key.err,
      HasSubstr("  next: check the key: it must be this log's, got from elsewhere than the log itself\n"));
  cli_.Flip("log/journal", cli_.Size("log/journal") / 2);
  EXPECT_THAT(OnLog({"log", "verify"}).err,
              HasSubstr("  next: keep the files as they are, for evidence, and compare them with a copy from "
                        "elsewhere\n"));
}

TEST_F(OwnLogCli, TileThatIsWrongIsNamedOnce) {
  cli_.Flip("log/public/tile/0/001.p/44", 40);
  const CliResult shown = OnLog({"log", "show"});
  EXPECT_EQ(shown.exit, 3);
  const std::size_t first = shown.err.find("tile/0/001.p/44");
  EXPECT_EQ(first, shown.err.rfind("tile/0/001.p/44")) << shown.err;
  const CliResult proof = OnLog({"log", "prove", "1", "-o", "r"});
  EXPECT_EQ(proof.err.find("tile/0/001.p/44"), proof.err.rfind("tile/0/001.p/44")) << proof.err;
}

TEST_F(OwnLogCli, DerivedFileThatIsWrongIsToldFromAWrongEntry) {
  cli_.Flip("log/public/tile/entries/000", 40);
  ExpectMendable(3);
}

TEST_F(OwnLogCli, DerivedTileThatIsWrongIsToldFromAWrongEntry) {
  cli_.Flip("log/public/tile/0/001.p/44", 40);
  ExpectMendable(3);
}

TEST_F(OwnLogCli, DerivedFileThatIsMissingIsToldFromAMissingEntry) {
  cli_.Remove("log/public/tile/0/000");
  EXPECT_THAT(OnLog({"log", "show"}).err, HasSubstr("log verify"));
  ExpectMendable(10);
}

TEST_F(OwnLogCli, PublishedCheckpointOfAnotherHistoryIsRefused) {
  cli_.Write("log/public/checkpoint", *log::SignCheckpoint({std::string(kSampleOrigin), 5, Digest{}}, key_));
  EXPECT_EQ(OnLog({"log", "verify"}).exit, 3);
  EXPECT_EQ(OnLog({"log", "prove", "1"}).exit, 3);
  EXPECT_EQ(OnLog({"log", "export", "copy"}).exit, 3);
  EXPECT_FALSE(cli_.Exists("copy"));
}

TEST_F(OwnLogCli, OlderPublishedCheckpointIsWhatOthersGet) {
  cli_.Copy("log/public/checkpoint", "cosigned");
  Append(300);
  cli_.Copy("cosigned", "log/public/checkpoint");
  const CliResult verified = OnLog({"log", "verify"});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("published  300 records"));
  ASSERT_EQ(OnLog({"log", "export", "copy"}).exit, 0);
  const std::string key = log_->key().ToText();
  const Finished read = RunProgram({"python3", STRONGROOM_TLOG_CLIENT, cli_ / "copy", key});
  EXPECT_THAT(read.output, StartsWith("300 "));
  // A record that is not published yet is proven under the head.
  ASSERT_EQ(OnLog({"log", "prove", "5", "-o", "old"}).exit, 0);
  ASSERT_EQ(OnLog({"log", "prove", "500", "-o", "new"}).exit, 0);
  EXPECT_THAT(cli_.Read("old.tlog-proof"), HasSubstr("\n300\n"));
  EXPECT_THAT(cli_.Read("new.tlog-proof"), HasSubstr("\n600\n"));
}

// The home's log after its key leaked and was given up, and a copy with which somebody goes on under that
// key.
TEST(LogWithALeakedKey, IsBelievedUpToTheChangeAlone) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  ASSERT_EQ(cli.Run({"log", "prove", "0", "-o", "before"}).exit, 0);
  cli.Copy("home", "leak");
  ASSERT_EQ(cli.Run({"log", "rotate-key", "--lost"}).exit, 0);
  std::vector<std::string> open = Cli::OpenArguments();
  open.insert(open.end(), {"--home", "leak"});
  ASSERT_EQ(cli.Run(open).exit, 0);
  ASSERT_EQ(cli.Run({"log", "prove", "2", "-o", "after", "--home", "leak"}).exit, 0);

  const auto verify = [&](const std::string& name) {
    return cli.Run({"log", "verify-proof", name + ".json", name + ".tlog-proof"});
  };
  EXPECT_EQ(verify("before").exit, 0) << "signed by the old key while it was the log's";
  const CliResult forged = verify("after");
  EXPECT_EQ(forged.exit, 3) << forged.out;
  EXPECT_THAT(forged.err, HasSubstr("a key that the home's log has given up"));

  const std::string keys = cli.Read("home/log.keys.earlier");
  const std::string old_key = keys.substr(0, keys.find('\n'));
  const CliResult unknown = cli.Run({"log", "verify", "--log", "home/log", "--key", old_key});
  EXPECT_EQ(unknown.exit, 3);
  const std::size_t at = unknown.err.find(old_key.substr(0, old_key.find('+') + 1));
  ASSERT_NE(at, std::string::npos) << unknown.err;
  const std::string new_key = unknown.err.substr(at, unknown.err.find(',', at) - at);
  const std::vector<std::string> both = {"--key", old_key, "--key", new_key};
  const auto verify_log = [&](const std::string& directory) {
    std::vector<std::string> arguments = {"log", "verify", "--log", directory};
    arguments.insert(arguments.end(), both.begin(), both.end());
    return cli.Run(arguments).exit;
  };
  EXPECT_EQ(verify_log("home/log"), 0);
  EXPECT_EQ(verify_log("leak/log"), 3);
  EXPECT_EQ(verify_log("leak/log/public"), 3);
}

}  // namespace
}  // namespace strongroom::testing
