// A witness by the real program on a real port, asked by raw bytes and by the program's own log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <thread>

#include "integration/cli.h"
#include "strongroom/base/bytes.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/log/cosignature.h"
#include "testing/raw_connection.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A log of the entries "a", "b", "c", and one that begins with "x" in the place of "a": signed and hashed by
// another program, from the documents alone.
constexpr char kLogKey[] = "log.example/by-hand+46ad9c23+AQ11UHVOCACl0jfu9YJgNXZrmz5aFYaKlAqyiZWHiOOw";
constexpr char kOriginHash[] = "b568f518418d261f00eb43ea86543f14d3920a174e5433fd19cab5adaa1b3f62";
constexpr char kSize0[] =
    "log.example/by-hand\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
    "\xE2\x80\x94 log.example/by-hand "
    "Rq2cI1ERbgI814fraAQycjWXqlujOBcraZktFxo9rdVcFXTdCvGnCJIGAwzqzmeHvmdfKH4tAqwCTcMPyE7qh5oXBwQ=\n";
constexpr char kSize1Text[] = "log.example/by-hand\n1\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n";
constexpr char kSize1[] =
    "log.example/by-hand\n1\nAippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n\n"
    "\xE2\x80\x94 log.example/by-hand "
    "Rq2cI8ZCWMPpkfGZo5YTH+Ac8ODuN3N4bDsuvA+ePl4ikkhjpIxm+I+Q9bHy21BbWG+NgMEbgOqlkPFN0Mclh9OAaQg=\n";
constexpr char kSize3[] =
    "log.example/by-hand\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n\n"
    "\xE2\x80\x94 log.example/by-hand "
    "Rq2cI6M/67tOOsFQeHQtMQOz30GUDC78ZRQeaB6UsqC8GCdjulJbt3EehHbgcWCY+KbZ/hUZQxIp5iwIwBk/pi6n9wM=\n";
constexpr char kFork3[] =
    "log.example/by-hand\n3\nsBVzY0Z8IFHG4fBw0WpsuWThzTnTsDdzuRJ41r729Jc=\n\n"
    "\xE2\x80\x94 log.example/by-hand "
    "Rq2cI1qrxH4KH2XyvTgZ7PMgtXtw3BBt4C0yonU2AfjYqkEHnLblVrvRMY43TGAPvhMvHEppPEceBP/hxnD8iFrqaQ0=\n";
// From size 1 to 3: the leaf hashes of "b" and "c".
constexpr char kProof[] =
    "V+s1YV1H807HFMrN9f10YIpejhAnJOgLJLKHwMJ7ajE=\nWX/LMSgtNGVMIA00GPylcFxkjr8ybsc9jd7xGEH4dtg=\n";

// A witness's process, killed without warning with this object.
class ServingWitness {
 public:
  ServingWitness(const Cli& cli, const std::string& directory, const std::string& name)
      : process_(cli.Start({"log", "witness", directory, "--listen", "127.0.0.1:0", "--json"}, name)) {
    for (int i = 0; i < 1000 && url_.empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      url_ = LastLineMember(cli.Read(name + ".out"), "url");
    }
    const std::size_t colon = url_.rfind(':');
    if (colon != std::string::npos) port_ = static_cast<std::uint16_t>(std::stoi(url_.substr(colon + 1)));
  }
  ServingWitness(const ServingWitness&) = delete;
  ServingWitness& operator=(const ServingWitness&) = delete;
  ~ServingWitness() {
    if (process_ > 0) End(SIGKILL);
  }

  int End(int signal) {
    ::kill(process_, signal);
    return Cli::Wait(std::exchange(process_, 0));
  }
  // The whole answer to a request.
  [[nodiscard]] std::string Get(const std::string& path) const {
    return Ask("GET " + path + " HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n");
  }
  [[nodiscard]] std::string Post(const std::string& body, const std::string& path = "/add-checkpoint") const {
    return Ask("POST " + path + " HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  [[nodiscard]] std::string Ask(const std::string& bytes) const {
    const RawConnection connection(port_);
    connection.Send(bytes);
    return connection.Receive();
  }

  pid_t process_;
  std::string url_;
  std::uint16_t port_ = 0;
};

std::string BodyOf(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

// Makes a witness that knows the log above; its key's text.
std::string MakeWitness(const Cli& cli, const std::string& directory, const std::string& name,
                        const std::string& log_key = kLogKey) {
  const CliResult made = cli.Run({"log", "witness", directory, "--init", "--name", name});
  EXPECT_EQ(made.exit, 0) << made.err;
  EXPECT_EQ(cli.Run({"log", "witness", directory, "--trust-log", log_key}).exit, 0);
  return made.out.substr(0, made.out.find('\n'));
}

TEST(LogWitness, AnswersWhatTheDocumentSays) {
  const Cli cli;
  const std::string vkey = MakeWitness(cli, "w", "witness.example/1");
  const ServingWitness witness(cli, "w", "served");
  const std::string empty = witness.Post("old 0\n\n" + std::string(kSize0));
  EXPECT_THAT(empty, StartsWith("HTTP/1.1 200 "));
  const std::string one = witness.Post("old 0\n\n" + std::string(kSize1));
  ASSERT_THAT(one, StartsWith("HTTP/1.1 200 "));
  // "— name base64": key id, time, and the signature over "cosignature/v1", the time and the checkpoint.
  const std::string line = BodyOf(one);
  const std::string prefix = "\xE2\x80\x94 witness.example/1 ";
  ASSERT_THAT(line, StartsWith(prefix));
  const Bytes blob = *FromBase64(line.substr(prefix.size(), line.size() - prefix.size() - 1));
  ASSERT_EQ(blob.size(), 76u);
  std::uint64_t time = 0;
  for (std::size_t i = 4; i < 12; ++i) time = time << 8 | blob[i];
  const std::string signed_text = "cosignature/v1\ntime " + std::to_string(time) + "\n" + kSize1Text;
  crypto::Ed25519Signature signature;
  std::copy(blob.begin() + 12, blob.end(), signature.begin());
  EXPECT_TRUE(crypto::Verify(log::ParseCosignerKey(vkey)->key, AsBytes(signed_text), signature));
  EXPECT_NEAR(static_cast<double>(time), static_cast<double>(SystemClock().Now().seconds), 60);

  const std::string conflict = witness.Post("old 0\n\n" + std::string(kSize3));
  EXPECT_THAT(conflict, StartsWith("HTTP/1.1 409 "));
  EXPECT_THAT(conflict, HasSubstr("Content-Type: text/x.tlog.size\r\n"));
  EXPECT_EQ(BodyOf(conflict), "1\n");
  EXPECT_THAT(witness.Post("old 1\n" + std::string(kProof) + "\n" + kFork3), StartsWith("HTTP/1.1 422 "));
  EXPECT_THAT(witness.Post("old 1\n" + std::string(kProof) + "\n" + kSize3), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(witness.Post("old 3\n\n" + std::string(kFork3)), StartsWith("HTTP/1.1 422 "));
  EXPECT_THAT(witness.Post("old 4\n\n" + std::string(kSize3)), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(witness.Post("nonsense"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(witness.Post(std::string(200 << 10, 'x')), StartsWith("HTTP/1.1 413 "));
}

TEST(LogWitness, WarnsOnceOfAForkAndNotOfNonsense) {
  const Cli cli;
  MakeWitness(cli, "w", "witness.example/1");
  ServingWitness witness(cli, "w", "served");
  ASSERT_THAT(witness.Post("old 0\n\n" + std::string(kSize3)), StartsWith("HTTP/1.1 200 "));
  const std::string nonsense = witness.Post("old 3\n" + std::string(kProof).substr(0, 45) + "\n" + kSize3);
  EXPECT_THAT(nonsense, StartsWith("HTTP/1.1 422 "));
  EXPECT_EQ(BodyOf(nonsense), "merkle proof must be empty between trees of one size\n");
  EXPECT_THAT(cli.Read("served.out"), Not(HasSubstr("warning")));
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(witness.Post("old 3\n\n" + std::string(kFork3)), StartsWith("HTTP/1.1 422 "));
  EXPECT_EQ(witness.End(SIGTERM), 0);
  const std::string said = cli.Read("served.out");
  const std::string warning =
      "{\"message\":\"the log log.example/by-hand was forked: its key signed a checkpoint of 3 records with "
      "root "
      "sBVzY0Z8IFHG4fBw0WpsuWThzTnTsDdzuRJ41r729Jc= that contradicts the one of 3 records cosigned "
      "before\",\"type\":\"warning\"}\n";
  EXPECT_THAT(said, ::testing::EndsWith(warning));
  EXPECT_EQ(said.find("\"warning\""), said.rfind("\"warning\""));
}

TEST(LogWitness, ShowsItselfAndWhatItCosigned) {
  const Cli cli;
  const std::string vkey = MakeWitness(cli, "w", "witness.example/1");
  EXPECT_EQ(cli.Run({"log", "witness", "w", "--init", "--name", "witness.example/1"}).exit, 2);
  const ServingWitness witness(cli, "w", "served");
  EXPECT_EQ(BodyOf(witness.Get("/")), "witness " + vkey + "\n");
  const std::string path = "/" + std::string(kOriginHash) + "/checkpoint";
  EXPECT_THAT(witness.Get(path), StartsWith("HTTP/1.1 404 "));
  ASSERT_THAT(witness.Post("old 0\n\n" + std::string(kSize1)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(BodyOf(witness.Get(path)), StartsWith(std::string(kSize1) + "\xE2\x80\x94 witness.example/1 "));
  EXPECT_THAT(witness.Get("/add-checkpoint"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(witness.Post("nonsense", "/v2/add-checkpoint"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(witness.Post("nonsense", "/"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(witness.Get("/../state"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(witness.Get("/checkpoint"), StartsWith("HTTP/1.1 404 "));
  const CliResult shown = cli.Run({"log", "witness", "w"});
  EXPECT_THAT(shown.out, HasSubstr(vkey));
  EXPECT_THAT(shown.out, HasSubstr("log.example/by-hand"));
}

TEST(LogWitness, KillLosesNothingAndOneProcessServes) {
  const Cli cli;
  MakeWitness(cli, "w", "witness.example/1");
  {
    const ServingWitness first(cli, "w", "first");
    ASSERT_THAT(first.Post("old 0\n\n" + std::string(kSize1)), StartsWith("HTTP/1.1 200 "));
    EXPECT_EQ(cli.Run({"log", "witness", "w", "--listen", "127.0.0.1:0"}).exit, 9);
  }
  ServingWitness second(cli, "w", "second");
  EXPECT_EQ(BodyOf(second.Post("old 0\n\n" + std::string(kSize3))), "1\n");
  EXPECT_EQ(second.End(SIGTERM), 0);
  cli.Remove("w/state");
  EXPECT_EQ(cli.Run({"log", "witness", "w", "--listen", "127.0.0.1:0"}).exit, 10);
  EXPECT_FALSE(cli.Exists("w/state"));
}

TEST(LogWitness, RequestsAtOnceAreDecidedOneByOne) {
  const Cli cli;
  MakeWitness(cli, "w", "witness.example/1");
  const ServingWitness witness(cli, "w", "served");
  ASSERT_THAT(witness.Post("old 0\n\n" + std::string(kSize1)), StartsWith("HTTP/1.1 200 "));
  std::vector<std::string> answers(16);
  {
    std::vector<std::jthread> clients;
    for (std::string& answer : answers) {
      clients.emplace_back([&] { answer = witness.Post("old 1\n" + std::string(kProof) + "\n" + kSize3); });
    }
  }
  const auto with = [&](const std::string& status) {
    return std::ranges::count_if(
        answers, [&](const std::string& answer) { return answer.starts_with("HTTP/1.1 " + status); });
  };
  EXPECT_EQ(with("200"), 1);
  EXPECT_EQ(with("409"), 15);
}

// A home whose log has two witnesses of two operators.
class LogWithWitnesses : public ::testing::Test {
 protected:
  LogWithWitnesses() {
    cli_.Prepare();
    const std::string log_key = TrustedLogKeys().front();
    for (const std::string name : {"a", "b"})
      witness_keys_.push_back(MakeWitness(cli_, name, name + ".example/1", log_key));
    Serve();
  }

  // What 'trust list' says of the home's log, in its order.
  std::vector<std::string> TrustedLogKeys() {
    const std::string text = cli_.Run({"trust", "list"}).out;
    const std::string checkpoint = cli_.Run({"log", "checkpoint"}).out;
    const std::string name = checkpoint.substr(0, checkpoint.find('\n')) + "+";
    std::vector<std::string> keys;
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
      keys.push_back(text.substr(at, text.find_first_of(" \n", at) - at));
    return keys;
  }

  // Starts both witnesses, and names them to the home.
  void Serve() {
    std::string policy;
    for (std::size_t i = 0; i < witness_keys_.size(); ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      const std::string run = "served-" + name + std::to_string(runs_++);
      witnesses_.push_back(std::make_unique<ServingWitness>(cli_, name, run));
      policy += "witness " + name + " " + witness_keys_[i] + " " + witnesses_.back()->url() + "\n";
    }
    cli_.Write("home/witnesses", policy + "group all all a b\nquorum all\n");
  }

  Cli cli_;
  std::vector<std::string> witness_keys_;
  int runs_ = 0;
  std::vector<std::unique_ptr<ServingWitness>> witnesses_;
};

TEST_F(LogWithWitnesses, CheckpointIsCosignedAndPublished) {
  const CliResult plain = cli_.Run({"log", "checkpoint"});
  ASSERT_EQ(plain.exit, 0) << plain.err;
  const CliResult cosigned = cli_.Run({"log", "checkpoint", "--cosign"});
  ASSERT_EQ(cosigned.exit, 0) << cosigned.err;
  EXPECT_THAT(cosigned.out, StartsWith(plain.out));
  EXPECT_THAT(cosigned.out, HasSubstr("a.example/1 "));
  EXPECT_THAT(cosigned.out, HasSubstr("b.example/1 "));
  EXPECT_THAT(cosigned.err, HasSubstr("a (a.example): cosigned"));
  EXPECT_EQ(cli_.Read("home/log/public/checkpoint"), cosigned.out);
  EXPECT_EQ(cli_.Run({"log", "checkpoint"}).out, cosigned.out);
}

TEST_F(LogWithWitnesses, AnchorsThatThereAreNameTheWitnesses) {
  EXPECT_THAT(cli_.Run({"log", "anchor"}).out, Not(HasSubstr("witnesses")));
  cli_.Seal();
  ASSERT_EQ(cli_.Run({"log", "checkpoint", "--cosign"}).exit, 0);
  const CliResult anchors = cli_.Run({"log", "anchor"});
  EXPECT_EQ(anchors.exit, 0) << anchors.err;
  EXPECT_THAT(anchors.out, HasSubstr("\nwitnesses of 2 records: holds\n"));
  EXPECT_THAT(anchors.err, Not(HasSubstr("Nothing outside this home")));
  const std::string doctor = cli_.Run({"doctor"}).out;
  EXPECT_THAT(doctor, HasSubstr("remembered checkpoint of 2 records, witnesses of 2 records"));
  EXPECT_THAT(doctor, Not(HasSubstr("none outside this home")));
  const std::string verified = cli_.Run({"log", "verify", "--json"}).out;
  EXPECT_THAT(verified,
              HasSubstr("\"anchors\":[\"remembered checkpoint of 2 records\",\"witnesses of 2 records\"]"));
}

TEST_F(LogWithWitnesses, TooFewWitnessesPublishNothing) {
  ASSERT_EQ(cli_.Run({"log", "checkpoint", "--cosign"}).exit, 0);
  const std::string before = cli_.Read("home/log/public/checkpoint");
  cli_.Seal();
  witnesses_[1]->End(SIGKILL);
  const CliResult result = cli_.Run({"log", "checkpoint", "--cosign"});
  EXPECT_EQ(result.exit, 11) << result.err;
  EXPECT_THAT(result.err, HasSubstr("b (b.example): "));
  const CliResult quiet = cli_.Run({"log", "checkpoint", "--cosign", "-q"});
  EXPECT_EQ(quiet.exit, 11);
  const std::string host = witnesses_[1]->url().substr(7, witnesses_[1]->url().size() - 8);  // http://HOST/
  EXPECT_EQ(
      quiet.err,
      "error: the checkpoint is not cosigned by a quorum of witnesses\n"
      "  why:  witness 'b': has not cosigned it; asked now: " +
          host +
          ": Connection refused\n"
          "  next: ask again, with strongroom log checkpoint --cosign, once enough of them can answer\n");
  EXPECT_EQ(cli_.Read("home/log/public/checkpoint"), before);
}

TEST_F(LogWithWitnesses, LogPutBackFromACopyIsRefused) {
  cli_.Copy("home", "backup");
  cli_.Seal();
  ASSERT_EQ(cli_.Run({"log", "checkpoint", "--cosign"}).exit, 0);
  const CliResult result = cli_.Run({"log", "checkpoint", "--cosign", "--home", "backup"});
  EXPECT_EQ(result.exit, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("rolled back or forked"));
}

TEST_F(LogWithWitnesses, ForkIsNoticedByTheWitness) {
  cli_.Copy("home", "fork");
  cli_.Seal();
  ASSERT_EQ(cli_.Run({"log", "checkpoint", "--cosign"}).exit, 0);
  for (int i = 0; i < 3; ++i) {
    cli_.Run({"seal", "model", "-o", "fork" + std::to_string(i) + ".bundle", "--home", "fork", "--facts",
              "facts.toml", "--policy", "allied-nations", "--to", "recovery:passphrase.txt"});
  }
  const CliResult result = cli_.Run({"log", "checkpoint", "--cosign", "--home", "fork"});
  EXPECT_EQ(result.exit, 3) << result.err;
}

TEST_F(LogWithWitnesses, NothingIsReleasedThatTooFewCosignedLately) {
  cli_.Seal();
  cli_.Write("home/witnesses.max-age", "1\n");
  const std::vector<std::string> open = {"open", "model.bundle", "-o",
                                         "out",  "--via",        "recovery:passphrase.txt"};
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  witnesses_[1]->End(SIGKILL);
  const CliResult alone = cli_.Run(open);
  EXPECT_EQ(alone.exit, 11) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr("witness 'b'"));
  EXPECT_FALSE(cli_.Exists("out"));
  cli_.Write("home/witnesses.max-age", "86400\n");
  EXPECT_EQ(cli_.Run(open).exit, 0) << "cosigned long enough ago, and nobody is asked";
}

TEST_F(LogWithWitnesses, CosignaturesThatTheCheckpointHadBeforeAgeToo) {
  cli_.Seal();
  cli_.Write("home/witnesses.max-age", "2\n");
  ASSERT_EQ(cli_.Run({"log", "checkpoint", "--cosign"}).exit, 0);
  const std::string published = cli_.Read("home/log/public/checkpoint");
  witnesses_[1]->End(SIGKILL);
  std::this_thread::sleep_for(std::chrono::milliseconds(4100));
  const CliResult cosigned = cli_.Run({"log", "checkpoint", "--cosign"});
  EXPECT_EQ(cosigned.exit, 11) << cosigned.err;
  EXPECT_THAT(cosigned.err, HasSubstr("witness 'b': cosigned at"));
  EXPECT_EQ(cli_.Read("home/log/public/checkpoint"), published);
  const CliResult refused = cli_.Run(Cli::OpenArguments());
  EXPECT_EQ(refused.exit, 11) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("too long ago"));
  EXPECT_FALSE(cli_.Exists("opened"));
  cli_.Write("home/witnesses.max-age", "86400\n");
  EXPECT_EQ(cli_.Run({"log", "checkpoint", "--cosign"}).exit, 0);
  EXPECT_EQ(cli_.Run(Cli::OpenArguments()).exit, 0);
}

TEST_F(LogWithWitnesses, MaximalAgeThatIsNoNumberReleasesNothing) {
  cli_.Seal();
  cli_.Write("home/witnesses.max-age", "an hour\n");
  const CliResult result = cli_.Run(Cli::OpenArguments());
  EXPECT_EQ(result.exit, 8);
  EXPECT_THAT(result.err, HasSubstr("witnesses.max-age does not hold a number above 0"));
}

// Each appends and has cosigned what another one has not read yet.
TEST_F(LogWithWitnesses, CommandsAtOnceAreNotTakenForARollback) {
  cli_.Seal();
  cli_.Write("home/witnesses.max-age", "1\n");
  for (int round = 0; round < 4; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2100));
    std::map<std::string, pid_t> commands;
    for (const std::string name : {"first", "second", "third", "fourth"})
      commands[name] = cli_.Start({"ls", "model.bundle", "--via", "recovery:passphrase.txt"}, name);
    for (const auto& [name, process] : commands) EXPECT_EQ(Cli::Wait(process), 0) << cli_.Read(name + ".err");
  }
}

TEST_F(LogWithWitnesses, NewLogKeyIsCosignedOnceTheWitnessesTrustIt) {
  cli_.Seal();
  const std::string before = TrustedLogKeys().front();
  ASSERT_EQ(cli_.Run({"log", "rotate-key"}).exit, 0);
  const auto open = [&](const std::string& output) {
    return cli_.Run({"open", "model.bundle", "-o", output, "--via", "recovery:passphrase.txt"});
  };
  const CliResult fresh = open("fresh");
  EXPECT_EQ(fresh.exit, 0) << "what they cosigned under the old key still counts: " << fresh.err;
  cli_.Write("home/witnesses.max-age", "1\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  EXPECT_EQ(open("unknown").exit, 11);
  witnesses_.clear();
  for (const std::string& key : TrustedLogKeys()) {
    if (key == before) continue;
    for (const std::string name : {"a", "b"})
      ASSERT_EQ(cli_.Run({"log", "witness", name, "--trust-log", key}).exit, 0);
  }
  Serve();
  const CliResult trusted = open("trusted");
  EXPECT_EQ(trusted.exit, 0) << trusted.err;
}

TEST_F(LogWithWitnesses, HomePutBackFromACopyReleasesNothing) {
  cli_.Seal();
  cli_.Write("home/witnesses.max-age", "1\n");
  cli_.Copy("home", "backup");
  ASSERT_EQ(cli_.Run({"open", "model.bundle", "-o", "first", "--via", "recovery:passphrase.txt"}).exit, 0);
  ASSERT_EQ(cli_.Run({"log", "checkpoint", "--cosign"}).exit, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  const CliResult result =
      cli_.Run({"open", "model.bundle", "-o", "out", "--via", "recovery:passphrase.txt", "--home", "backup"});
  EXPECT_EQ(result.exit, 8) << result.err;
  EXPECT_THAT(result.err, HasSubstr("rolled back or forked"));
  EXPECT_FALSE(cli_.Exists("out"));
}

TEST(LogWitness, KeysOfTheWrongKindAreTold) {
  const Cli cli;
  const std::string vkey = MakeWitness(cli, "w", "witness.example/1");
  EXPECT_EQ(cli.Run({"log", "witness", "w", "--trust-log", kLogKey}).exit, 0) << "a key that it knows";
  EXPECT_EQ(cli.Read("w/logs"), std::string(kLogKey) + "\n");
  const CliResult witness = cli.Run({"log", "witness", "w", "--trust-log", vkey});
  EXPECT_EQ(witness.exit, 2);
  EXPECT_THAT(witness.err, HasSubstr("  next: it is a witness's key: give the log's own"));
  cli.Write("policy", "witness a " + std::string(kLogKey) + "\nquorum a\n");
  const CliResult log = cli.Run({"log", "verify", "--log", ".", "--key", kLogKey, "--policy", "policy"});
  EXPECT_EQ(log.exit, 2);
  EXPECT_THAT(log.err, HasSubstr("  next: it is a log's key: give the key of a witness"));
}

TEST(LogCheckpoint, WithoutAPolicyThereIsNobodyToAsk) {
  const Cli cli;
  cli.Prepare();
  EXPECT_EQ(cli.Run({"log", "checkpoint", "--cosign"}).exit, 7);
  cli.Write("home/witnesses", "quorum nobody\n");
  EXPECT_EQ(cli.Run({"log", "checkpoint", "--cosign"}).exit, 3);
}

}  // namespace
}  // namespace strongroom::testing
