// Signed packs and licences, by the real program: signing, installing, and what bundles that name them do.
#include "strongroom/policy/signed_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/cli.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/dsse.h"
#include "strongroom/policy/signed_licence.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr char kAuthority[] = "acme.example/policy";
constexpr Timestamp kLongAgo{1'767'225'600};    // 2026-01-01
constexpr Timestamp kYesterday{1'795'132'800};  // before any run of this test
constexpr Timestamp kFarAway{4'000'000'000};

std::string Text(ByteView bytes) {
  return std::string(AsText(bytes));
}

std::string RuleText(const std::string& id, const std::string& kind, const std::string& more) {
  return "[[rule]]\nid = \"" + id + "\"\nkind = \"" + kind +
         "\"\ncitation = [\"house rule 1\"]\nreason = \"the house has it so: " + id + "\"\n" + more + "\n";
}

std::string PackText(std::uint64_t version, const std::string& condition) {
  return "format = 1\nid = \"house\"\nversion = " + std::to_string(version) + "\nauthority = \"" +
         kAuthority +
         "\"\ntitle = \"the house's own rule\"\nverified_on = 2026-11-01\nvalid = { from = 2025-01-01 }\n" +
         RuleText("allowed", "exception",
                  "weakest_source = \"declaration\"\nweakest_basis = \"declared\"\n"
                  "when = [{ fact = \"node.country\", in = [\"NL\", \"SE\"] }, " +
                      condition + "]") +
         RuleText("otherwise", "requirement", "outcome = \"deny\"\nalways = true");
}

constexpr char kCases[] =
    "id,date,node.country,node.basis,expected,rules,note\nfar,2026-11-21,US,declared,deny,otherwise,\n";

// A machine in the Netherlands that trusts one pack authority, whose home is beside its own.
class SignedPacks : public ::testing::Test {
 protected:
  void SetUp() override {
    cli_.Prepare("NL");
    const CliResult made =
        cli_.Run({"init", "--home", "authority", "--role", "owner", "--name", kAuthority, "--json"});
    key_text_ = LastLineMember(made.out.substr(0, made.out.find('\n')), "owner");
    ASSERT_EQ(Trust("pack-authority"), 0);
    ASSERT_EQ(Trust("licence-issuer"), 0);
    auto key =
        crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(AsBytes(cli_.Read("authority/owner.key"))));
    ASSERT_TRUE(key);
    key_.emplace(*std::move(key));
  }

  int Trust(const std::string& purpose) const {
    return cli_.Run({"trust", "add", key_text_, "--purpose", purpose}).exit;
  }

  // Writes the folder of a version. Which countries it names is the same; versions differ by the operator.
  void WriteFolder(std::uint64_t version, const std::string& headquarters = "NL") const {
    fs::create_directory(cli_ / "house");
    cli_.Write("house/pack.toml",
               PackText(version, "{ fact = \"node.operator_hq\", is = \"" + headquarters + "\" }"));
    cli_.Write("house/cases.csv", kCases);
  }

  CliResult Sign(const std::string& output, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"policy", "sign", "house", "-o", output, "--home", "authority"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli_.Run(arguments);
  }

  // Signs and installs a version.
  void Install(std::uint64_t version, const std::string& headquarters = "NL",
               std::vector<std::string> more = {}) const {
    WriteFolder(version, headquarters);
    const std::string file = "v" + std::to_string(version) + ".pack";
    more.insert(more.end(), {"--expires", "2090-01-01"});
    const CliResult signed_pack = Sign(file, more);
    ASSERT_EQ(signed_pack.exit, 0) << signed_pack.err;
    const CliResult installed = cli_.Run({"policy", "install", file});
    ASSERT_EQ(installed.exit, 0) << installed.err;
  }

  // The statement in a signed file, to be changed and signed by hand.
  policy::PackStatement Statement(const std::string& file) const {
    const auto envelope = envelope::ParseDsse(AsBytes(cli_.Read(file)), policy::kMaxSignedPackSize);
    return *policy::ParsePackStatement(envelope->unverified_payload);
  }

  [[nodiscard]] std::string TheInstalledFile(const std::string& folder) const {
    std::string found;
    for (const auto& entry : fs::directory_iterator(cli_ / ("home/" + folder)))
      found = "home/" + folder + "/" + entry.path().filename().string();
    return found;
  }

  int Open(const std::string& output) const { return cli_.Run(Cli::OpenArguments(output)).exit; }

  Cli cli_;
  std::string key_text_;
  std::optional<crypto::Ed25519PrivateKey> key_;
};

TEST_F(SignedPacks, InstalledOneIsListedAndPermits) {
  Install(1);
  EXPECT_THAT(cli_.Run({"policy", "list"}).out, HasSubstr("the house's own rule"));
  cli_.Seal({"--policy", "house"});
  EXPECT_EQ(Open("opened"), 0);
  EXPECT_EQ(cli_.Run({"policy", "install", "v1.pack"}).exit, 0);
}

TEST_F(SignedPacks, IdThatTwoAuthoritiesUseMustBeNamedWithItsAuthority) {
  Install(1);
  policy::PackStatement statement = Statement("v1.pack");
  std::string text(AsText(statement.documents.pack));
  text.replace(text.find(kAuthority), std::string_view(kAuthority).size(), "beta");
  statement.authority = "beta";
  statement.documents.pack = ToBytes(AsBytes(text));
  const auto key = crypto::Ed25519PrivateKey::Generate();
  cli_.Write("beta.pack", Text(*policy::SignPack(statement, key)));
  const std::string beta = envelope::NoteKey{"beta", key.public_key()}.ToText();
  ASSERT_EQ(cli_.Run({"trust", "add", beta, "--purpose", "pack-authority"}).exit, 0);
  ASSERT_EQ(cli_.Run({"policy", "install", "beta.pack"}).exit, 0);
  const auto plan = [&](const std::string& name) {
    return cli_.Run({"seal", "model", "-o", "x", "--facts", "facts.toml", "--policy", name, "--to",
                     "recovery:passphrase.txt", "--dry-run"});
  };
  EXPECT_EQ(plan("beta/house").exit, 0);
  EXPECT_EQ(plan(std::string(kAuthority) + "/house@frozen").exit, 0);
  EXPECT_EQ(plan("gamma/house").exit, 7);
  const CliResult unclear = plan("house");
  EXPECT_EQ(unclear.exit, 2);
  EXPECT_THAT(unclear.err, HasSubstr("AUTHORITY/ID"));
}

TEST_F(SignedPacks, OverlayBringsItsBaseAndDoesNotLoadWithoutIt) {
  Install(1);
  fs::create_directory(cli_ / "over");
  cli_.Write("over/pack.toml",
             "format = 1\nid = \"over\"\nversion = 1\nauthority = \"" + std::string(kAuthority) +
                 "\"\ntitle = \"stricter\"\nverified_on = 2026-11-01\nvalid = { from = 2025-01-01 }\n"
                 "overlay = { authority = \"" +
                 kAuthority +
                 "\", id = \"house\", min_version = 1 }\n[[rule]]\nid = \"not-for-swedes\"\nkind = \"bar\"\n"
                 "outcome = \"deny\"\ncitation = [\"house rule 2\"]\nreason = \"the operator is Swedish\"\n"
                 "when = [{ fact = \"node.operator_hq\", is = \"SE\" }]\n");
  cli_.Write("over/cases.csv",
             "id,date,node.country,node.basis,node.operator_hq,expected,rules,note\n"
             "se,2026-11-21,NL,declared,SE,deny,not-for-swedes,\n");
  const CliResult made = cli_.Run({"policy", "sign", "over", "-o", "over.pack", "--expires", "2090-01-01",
                                   "--key", "authority/owner.key"});
  ASSERT_EQ(made.exit, 0) << made.err;
  ASSERT_EQ(cli_.Run({"policy", "install", "over.pack"}).exit, 0);
  cli_.Seal({"--policy", "over"});
  EXPECT_EQ(Open("with-base"), 0);
  ASSERT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@1"}).exit, 0);
  EXPECT_EQ(Open("without-base"), 5);
  EXPECT_THAT(cli_.Run({"policy", "list"}).out, HasSubstr("which is not installed"));
}

TEST_F(SignedPacks, OnlyATrustedAuthoritysSignatureInstalls) {
  WriteFolder(1);
  ASSERT_EQ(Sign("v1.pack", {"--expires", "2090-01-01"}).exit, 0);
  const policy::PackStatement statement = Statement("v1.pack");
  const Bytes payload = policy::SerializePackStatement(statement);
  const auto stranger = crypto::Ed25519PrivateKey::Generate();
  cli_.Write("unsigned", Text(payload));
  cli_.Write("stranger", Text(*policy::SignPack(statement, stranger)));
  std::string more(AsText(payload));
  more.insert(more.size() - 1, ",\"zeal\":1");
  cli_.Write("more", Text(envelope::SignDsse(policy::kSignedPackType, AsBytes(more), *key_)));
  for (const char* file : {"unsigned", "stranger", "more"}) {
    const CliResult refused = cli_.Run({"policy", "install", file});
    EXPECT_EQ(refused.exit, 3) << file << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(file));
  }
  ASSERT_EQ(cli_.Run({"trust", "remove", kAuthority, "--purpose", "pack-authority"}).exit, 0);
  EXPECT_EQ(cli_.Run({"policy", "install", "v1.pack"}).exit, 3);
  EXPECT_EQ(cli_.Run({"policy", "install", "absent.pack"}).exit, 7);
}

TEST_F(SignedPacks, AlteredFileIsNotInstalled) {
  WriteFolder(1);
  ASSERT_EQ(Sign("v1.pack", {"--expires", "2090-01-01"}).exit, 0);
  for (std::uint64_t at = 0; at < cli_.Size("v1.pack"); at += 97) {
    cli_.Copy("v1.pack", "altered.pack");
    cli_.Flip("altered.pack", at);
    const CliResult refused = cli_.Run({"policy", "install", "altered.pack"});
    EXPECT_EQ(refused.exit, 3) << at;
    EXPECT_THAT(refused.err, Not(HasSubstr("bundle")));
  }
}

TEST_F(SignedPacks, OlderOneIsRefusedEvenAfterTheNewerIsRemoved) {
  WriteFolder(1);
  ASSERT_EQ(Sign("v1.pack", {"--expires", "2090-01-01"}).exit, 0);
  Install(2);
  EXPECT_EQ(cli_.Run({"policy", "install", "v1.pack"}).exit, 3);
  ASSERT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@2"}).exit, 0);
  const CliResult refused = cli_.Run({"policy", "install", "v1.pack", "--json"});
  EXPECT_EQ(refused.exit, 3);
  EXPECT_EQ(LastLineMember(refused.out, "code"), "rolled_back");
  EXPECT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@2"}).exit, 7);
}

TEST_F(SignedPacks, SameVersionWithOtherContentIsRefused) {
  Install(1);
  WriteFolder(1, "SE");
  ASSERT_EQ(Sign("other.pack", {"--expires", "2090-01-01"}).exit, 0);
  const CliResult refused = cli_.Run({"policy", "install", "other.pack", "--json"});
  EXPECT_EQ(refused.exit, 2);
  EXPECT_EQ(LastLineMember(refused.out, "code"), "exists");
}

TEST_F(SignedPacks, OneThatFailsItsCasesIsNeitherSignedNorInstalled) {
  WriteFolder(1);
  ASSERT_EQ(Sign("v1.pack", {"--expires", "2090-01-01"}).exit, 0);
  policy::PackStatement statement = Statement("v1.pack");
  const std::string wrong = std::string(kCases) + "home,2026-11-21,US,declared,permit,allowed,\n";
  statement.documents.cases = ToBytes(AsBytes(wrong));
  cli_.Write("wrong.pack", Text(*policy::SignPack(statement, *key_)));
  EXPECT_EQ(cli_.Run({"policy", "install", "wrong.pack"}).exit, 3);
  cli_.Write("house/cases.csv", wrong);
  const CliResult refused = Sign("v2.pack", {"--expires", "2090-01-01"});
  EXPECT_EQ(refused.exit, 3);
  EXPECT_THAT(refused.err, HasSubstr("1 of 2 cases fail, first home"));
  EXPECT_FALSE(cli_.Exists("v2.pack"));
}

TEST_F(SignedPacks, OneThatLintFindsAnErrorInIsNotSigned) {
  WriteFolder(1);
  const std::string whole = cli_.Read("house/pack.toml");
  cli_.Write("house/pack.toml", whole.substr(0, whole.rfind("[[rule]]")));
  cli_.Write(
      "house/cases.csv",
      "id,date,node.country,node.basis,expected,rules,note\nfar,2026-11-21,US,declared,deny,default,\n");
  const CliResult refused = Sign("v1.pack", {"--expires", "2090-01-01"});
  EXPECT_EQ(refused.exit, 3);
  EXPECT_THAT(refused.err, HasSubstr("no rule answers"));
  EXPECT_FALSE(cli_.Exists("v1.pack"));
}

TEST_F(SignedPacks, ExpiredOneIsNotInstalledAndOpensNothing) {
  Install(1);
  cli_.Seal({"--policy", "house"});
  policy::PackStatement statement = Statement("v1.pack");
  statement.issued = kLongAgo;
  statement.expires = kYesterday;
  const std::string expired = Text(*policy::SignPack(statement, *key_));
  cli_.Write("expired.pack", expired);
  EXPECT_EQ(cli_.Run({"policy", "install", "expired.pack"}).exit, 5);
  cli_.Write(TheInstalledFile("packs"), expired);
  EXPECT_EQ(Open("opened"), 5);
  EXPECT_THAT(cli_.Run({"policy", "list"}).out, HasSubstr("its signature expired"));
  const CliResult doctor = cli_.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 1);
  EXPECT_THAT(doctor.out, HasSubstr("its signature expired"));
}

TEST_F(SignedPacks, OneThatExpiresSoonIsADoctorsWarning) {
  WriteFolder(1);
  policy::PackStatement statement;
  ASSERT_EQ(Sign("v1.pack", {"--expires", "2090-01-01"}).exit, 0);
  statement = Statement("v1.pack");
  statement.expires.seconds = SystemClock().Now().seconds + 29 * 86400;
  cli_.Write("soon.pack", Text(*policy::SignPack(statement, *key_)));
  ASSERT_EQ(cli_.Run({"policy", "install", "soon.pack"}).exit, 0);
  const CliResult doctor = cli_.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 0);
  EXPECT_THAT(doctor.out, HasSubstr("/house@1 expires at"));
}

TEST_F(SignedPacks, BundleStaysClosedWithoutItsPack) {
  Install(1);
  cli_.Seal({"--policy", "house"});
  const std::string installed = TheInstalledFile("packs");
  cli_.Copy(installed, "kept");
  cli_.Flip(installed, cli_.Size(installed) / 2);
  EXPECT_EQ(Open("altered"), 5);
  EXPECT_THAT(cli_.Run({"policy", "list"}).out, HasSubstr("does not load"));
  cli_.Copy("kept", installed);
  EXPECT_EQ(Open("whole"), 0);
  ASSERT_EQ(cli_.Run({"trust", "remove", kAuthority, "--purpose", "pack-authority"}).exit, 0);
  EXPECT_EQ(Open("untrusted"), 5);
  ASSERT_EQ(Trust("pack-authority"), 0);
  ASSERT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@1"}).exit, 0);
  EXPECT_EQ(Open("removed"), 5);
}

TEST_F(SignedPacks, NewestDecidesUnlessTheBundleIsFrozen) {
  Install(1);
  cli_.Seal({"--policy", "house"});
  cli_.Copy("model.bundle", "newest.bundle");
  cli_.Remove("model.bundle");
  cli_.Seal({"--policy", "house@frozen"});
  Install(2, "SE");
  EXPECT_EQ(Open("frozen"), 0);
  std::vector<std::string> newest = Cli::OpenArguments("newest");
  newest[1] = "newest.bundle";
  EXPECT_EQ(cli_.Run(newest).exit, 5);
  const CliResult second = cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@2"});
  ASSERT_EQ(second.exit, 0);
  EXPECT_THAT(second.err, Not(HasSubstr("frozen")));
  EXPECT_EQ(cli_.Run(newest).exit, 5);  // and not by the older one
  const CliResult first = cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@1"});
  ASSERT_EQ(first.exit, 0);
  EXPECT_THAT(first.err, HasSubstr("bundles that are frozen to it stay closed here"));
  EXPECT_EQ(Open("frozen-again"), 5);
}

TEST_F(SignedPacks, RevokedOneOpensNothingEvenForFrozenBundles) {
  Install(1);
  cli_.Seal({"--policy", "house@frozen"});
  EXPECT_EQ(Open("before"), 0);
  Install(2, "NL", {"--replaces", "1", "--revokes", Hex(Statement("v1.pack").digest())});
  EXPECT_EQ(Open("after"), 5);
  EXPECT_THAT(cli_.Run({"policy", "list"}).out, HasSubstr("revokes it"));
  ASSERT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@2"}).exit, 0);
  EXPECT_EQ(Open("after-removal"), 5);
}

TEST_F(SignedPacks, ImpactTellsWhatARevocationCloses) {
  Install(1);
  cli_.Seal({"--policy", "house@frozen"});
  Install(2);
  WriteFolder(3);
  const std::string first = Hex(Statement("v1.pack").digest());
  ASSERT_EQ(Sign("v3.pack", {"--expires", "2090-01-01", "--revokes", first}).exit, 0);
  const CliResult closes = cli_.Run({"policy", "impact", "v3.pack", "model.bundle"});
  EXPECT_EQ(closes.exit, 1);
  EXPECT_THAT(closes.err, HasSubstr("1 answer of 1 would change"));
  ASSERT_EQ(Sign("kind.pack", {"--expires", "2090-01-01"}).exit, 0);
  EXPECT_EQ(cli_.Run({"policy", "impact", "kind.pack", "model.bundle"}).exit, 0);
}

TEST_F(SignedPacks, ImpactTellsOnceWhatDoesNotLoad) {
  Install(1);
  cli_.Seal();
  const std::string installed = TheInstalledFile("packs");
  cli_.Flip(installed, cli_.Size(installed) / 2);
  const std::string told = cli_.Run({"policy", "impact", "allied-nations", "model.bundle"}).err;
  const std::size_t first = told.find("does not load");
  ASSERT_NE(first, std::string::npos) << told;
  EXPECT_EQ(told.find("does not load", first + 1), std::string::npos) << told;
}

TEST_F(SignedPacks, DoctorFailsWhereTheNewestVersionIsGoneThoughAnElderLoads) {
  Install(1);
  Install(2);
  EXPECT_EQ(cli_.Run({"doctor"}).exit, 0);
  ASSERT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@2"}).exit, 0);
  const CliResult doctor = cli_.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 1);
  EXPECT_THAT(doctor.out, HasSubstr("/house@1 is here for frozen bundles alone"));
}

TEST_F(SignedPacks, DoctorSaysHowToPutARevokedFileAway) {
  Install(1);
  Install(2, "NL", {"--revokes", Hex(Statement("v1.pack").digest())});
  const CliResult doctor = cli_.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 0);
  EXPECT_THAT(doctor.out, HasSubstr("fix: strongroom policy remove " + std::string(kAuthority) + "/house@1"));
  ASSERT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/house@1"}).exit, 0);
  EXPECT_THAT(cli_.Run({"doctor"}).out, Not(HasSubstr("revokes it")));
}

TEST_F(SignedPacks, WrongWordsAreWrongUsage) {
  WriteFolder(1);
  EXPECT_EQ(Sign("x.pack").exit, 2);
  EXPECT_EQ(Sign("x.pack", {"--expires", "2020-01-01"}).exit, 2);
  EXPECT_EQ(Sign("x.pack", {"--expires", "soon"}).exit, 2);
  EXPECT_EQ(Sign("x.pack", {"--expires", "2090-01-01", "--replaces", "1"}).exit, 2);
  EXPECT_EQ(Sign("x.pack", {"--expires", "2090-01-01", "--revokes", "12"}).exit, 2);
  EXPECT_EQ(Sign("facts.toml", {"--expires", "2090-01-01"}).exit, 2);
  const CliResult other = cli_.Run({"policy", "sign", "house", "-o", "x.pack", "--expires", "2090-01-01"});
  EXPECT_EQ(other.exit, 2);
  EXPECT_THAT(other.err, HasSubstr(kAuthority));
  EXPECT_FALSE(cli_.Exists("x.pack"));
  EXPECT_EQ(cli_.Run({"policy", "sign", "absent", "-o", "x.pack"}).exit, 7);
  EXPECT_EQ(cli_.Run({"policy", "remove", "nothing"}).exit, 7);
}

TEST_F(SignedPacks, KeyMayBeAFile) {
  WriteFolder(1);
  const CliResult made = cli_.Run({"policy", "sign", "house", "-o", "v1.pack", "--expires", "2090-01-01",
                                   "--key", "authority/owner.key"});
  ASSERT_EQ(made.exit, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr(key_text_));
  EXPECT_EQ(cli_.Run({"policy", "install", "v1.pack"}).exit, 0);
  EXPECT_EQ(cli_.Run({"policy", "sign", "house", "-o", "v2.pack", "--expires", "2090-01-01", "--key",
                      "passphrase.txt"})
                .exit,
            2);
}

std::string LicenceText(const std::string& party) {
  return "[licence]\nid = \"D1\"\nissuer = \"" + std::string(kAuthority) + "\"\nparties = [\"" + party +
         "\"]\nitems = [\"acme-7b\"]\ncountries = [\"NL\"]\nvalid_from = 2026-01-01\nvalid_until = "
         "2090-01-01\n";
}

TEST_F(SignedPacks, LicenceOnFileOpensWhatAsksForOneUntilItIsGone) {
  fs::create_directory(cli_ / "house");
  cli_.Write("house/pack.toml", PackText(1, "{ licence_from = \"" + std::string(kAuthority) + "\" }"));
  cli_.Write("house/cases.csv", kCases);
  ASSERT_EQ(Sign("v1.pack", {"--expires", "2090-01-01"}).exit, 0);
  ASSERT_EQ(cli_.Run({"policy", "install", "v1.pack"}).exit, 0);
  cli_.Seal({"--policy", "house"});
  EXPECT_EQ(Open("without"), 5);

  cli_.Write("licence.toml", LicenceText("Acme"));
  const CliResult made =
      cli_.Run({"policy", "sign", "licence.toml", "-o", "d1.licence", "--home", "authority"});
  ASSERT_EQ(made.exit, 0) << made.err;
  ASSERT_EQ(cli_.Run({"policy", "install", "d1.licence"}).exit, 0);
  EXPECT_THAT(cli_.Run({"policy", "list"}).out, HasSubstr("licence  acme.example/policy/D1"));
  EXPECT_EQ(Open("with"), 0);

  cli_.Write("other.toml", LicenceText("Other"));
  ASSERT_EQ(cli_.Run({"policy", "sign", "other.toml", "-o", "other.licence", "--home", "authority"}).exit, 0);
  EXPECT_EQ(cli_.Run({"policy", "install", "other.licence"}).exit, 2);
  ASSERT_EQ(cli_.Run({"policy", "remove", std::string(kAuthority) + "/D1"}).exit, 0);
  ASSERT_EQ(cli_.Run({"policy", "install", "other.licence"}).exit, 0);
  EXPECT_EQ(Open("for-another"), 5);
}

TEST_F(SignedPacks, ExpiredOrUntrustedLicenceIsReportedAndDoesNotCount) {
  policy::Licence licence = *policy::ParseLicence(AsBytes(LicenceText("Acme")));
  licence.valid_until = kYesterday;
  const std::string expired = Text(*policy::SignLicence(licence, *key_));
  cli_.Write("expired.licence", expired);
  EXPECT_EQ(cli_.Run({"policy", "install", "expired.licence"}).exit, 5);
  licence.valid_until = kFarAway;
  cli_.Write("good.licence", Text(*policy::SignLicence(licence, *key_)));
  ASSERT_EQ(cli_.Run({"policy", "install", "good.licence"}).exit, 0);
  EXPECT_THAT(cli_.Run({"doctor"}).out, Not(HasSubstr("does not count")));
  cli_.Write(TheInstalledFile("licences"), expired);
  EXPECT_THAT(cli_.Run({"policy", "list"}).out, HasSubstr("expired at"));
  EXPECT_THAT(cli_.Run({"doctor"}).out, HasSubstr("does not count"));
  cli_.Write("licence.toml", LicenceText("Acme"));
  EXPECT_EQ(cli_.Run({"policy", "sign", "licence.toml", "-o", "x.licence", "--expires", "2090-01-01",
                      "--home", "authority"})
                .exit,
            2);
  EXPECT_EQ(cli_.Run({"policy", "sign", "licence.toml", "-o", "x.licence"}).exit, 2);
}

}  // namespace
}  // namespace strongroom::testing
