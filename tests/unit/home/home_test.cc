#include "strongroom/home/home.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "strongroom/selftest/faulty_file_system.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace strongroom::home {
namespace {

using ::strongroom::selftest::FaultPlan;
using ::strongroom::selftest::MakeFaultyFileSystem;
using ::strongroom::testing::FakeClock;
using ::strongroom::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HomeTest : public ::testing::Test {
 protected:
  Expected<Home> Init(const InitOptions& options = {}) { return Home::Init(*files_, path_, options, clock_); }
  void Overwrite(std::string_view entry, std::string_view text) {
    ASSERT_TRUE(WriteDurably(*files_, JoinPath(path_, entry), AsBytes(text)));
  }

  TemporaryDirectory directory_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  FakeClock clock_{Timestamp{1'800'000'000}};
  std::string path_ = directory_ / "home";
};

using HomeInit = HomeTest;

TEST_F(HomeInit, OpenedHomeHasWhatWasMade) {
  const auto made = Init({.name = "acme", .declaration = "country = \"US\"\n"});
  ASSERT_TRUE(made) << made.error().message;
  const auto home = Home::Open(*files_, path_);
  ASSERT_TRUE(home);
  EXPECT_EQ(home->OwnerName(), "acme");
  EXPECT_THAT(home->profile().roles, ElementsAre(Role::kOwner, Role::kNode, Role::kCustodian));
  EXPECT_EQ(home->OwnerKey()->public_key(), made->OwnerKey()->public_key());
  EXPECT_EQ(home->PolicyKey()->public_key(), made->PolicyKey()->public_key());
  EXPECT_TRUE(home->JournalKey());
  const auto declaration = home->NodeDeclaration();
  ASSERT_TRUE(declaration);
  EXPECT_THAT(std::string(AsText(*declaration)), ::testing::EndsWith("\ncountry = \"US\"\n"));
}

TEST_F(HomeInit, TrustsItsOwnKeysAndThePackAuthorities) {
  const envelope::NoteKey authority{"packs", crypto::Ed25519PrivateKey::Generate().public_key()};
  const auto home = Init({.name = "acme", .pack_authorities = {authority}});
  ASSERT_TRUE(home);
  const auto trust = home->Trust();
  ASSERT_TRUE(trust);
  const auto* owner = trust->Find(envelope::KeyPurpose::kOwner, home->OwnerKey()->public_key());
  ASSERT_NE(owner, nullptr);
  EXPECT_EQ(owner->name, "acme");
  EXPECT_NE(trust->Find(envelope::KeyPurpose::kLog, home->LogKey()->key), nullptr);
  EXPECT_NE(trust->Find(envelope::KeyPurpose::kPackAuthority, authority.key), nullptr);
  EXPECT_EQ(trust->Find(envelope::KeyPurpose::kOwner, authority.key), nullptr);
}

TEST_F(HomeInit, NamesOfTwoHomesDiffer) {
  const auto first = Init();
  const auto second = Home::Init(*files_, directory_ / "other", {}, clock_);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->OwnerName(), second->OwnerName());
}

TEST_F(HomeInit, ExistingHomeIsLeftAlone) {
  const auto home = Init();
  ASSERT_TRUE(home);
  const auto again = Init();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kExists);
  EXPECT_EQ(Home::Open(*files_, path_)->OwnerKey()->public_key(), home->OwnerKey()->public_key());
}

TEST_F(HomeInit, EmptyDirectoryBecomesTheHome) {
  std::filesystem::create_directory(path_);
  EXPECT_TRUE(Init());
}

TEST_F(HomeInit, DirectoryWithAFileIsRefused) {
  std::filesystem::create_directory(path_);
  Overwrite("thesis.txt", "mine");
  EXPECT_EQ(Init().error().code, ErrorCode::kExists);
  EXPECT_TRUE(std::filesystem::exists(directory_ / "home/thesis.txt"));
}

TEST_F(HomeInit, MissingParentsAreMadeAndTrailingSlashIsDropped) {
  path_ = directory_ / "a/b/home/";
  const auto home = Init();
  ASSERT_TRUE(home) << home.error().message;
  EXPECT_EQ(home->path(), directory_ / "a/b/home");
}

TEST_F(HomeInit, RemainsOfAKilledRunAreReplaced) {
  std::filesystem::create_directories(directory_ / "home.partial/log");
  EXPECT_TRUE(Init());
  EXPECT_FALSE(std::filesystem::exists(directory_ / "home.partial"));
}

TEST_F(HomeInit, NobodyElseCanReadIt) {
  ASSERT_TRUE(Init());
  EXPECT_EQ(files_->Stat(path_)->mode & 0777, 0700U);
  for (const char* entry :
       {"owner.key", "policy.key", "journal.key", "log.key", "trust", "seen", "profile"}) {
    EXPECT_EQ(files_->Stat(JoinPath(path_, entry))->mode & 0777, 0600U) << entry;
  }
}

TEST_F(HomeInit, NameThatCannotBeAKeysIsRefused) {
  EXPECT_EQ(Init({.name = "two words"}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(HomeInit, NodeHasNoOwnersKeys) {
  const auto home = Init({.roles = {Role::kNode, Role::kNode}});
  ASSERT_TRUE(home);
  EXPECT_THAT(home->profile().roles, ElementsAre(Role::kNode));
  EXPECT_EQ(home->OwnerKey().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(home->PolicyKey().error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(home->PathOf("owner.key")));
  EXPECT_TRUE(home->OpenLog(clock_));
}

TEST_F(HomeInit, AfterAnyFailedOperationThereIsNoHalfHome) {
  std::filesystem::create_directory(directory_ / "parent");
  path_ = directory_ / "parent/home";
  bool done = false;
  for (std::uint64_t n = 1; !done; ++n) {
    FaultPlan plan{.fail_at = n, .forever = true};
    const auto faulty = MakeFaultyFileSystem(*files_, plan);
    done = Home::Init(*faulty, path_, {}, clock_).has_value();
    ASSERT_EQ(Home::Open(*files_, path_).has_value(), std::filesystem::exists(path_)) << "operation " << n;
    std::filesystem::remove_all(directory_ / "parent/home");
  }
}

using HomeOpen = HomeTest;

TEST_F(HomeOpen, MissingHomeIsNotFound) {
  const auto home = Home::Open(*files_, path_);
  ASSERT_FALSE(home);
  EXPECT_EQ(home.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(home.error().next, HasSubstr("strongroom init"));
}

TEST_F(HomeOpen, NewerFormatIsUnsupported) {
  ASSERT_TRUE(Init());
  Overwrite("profile", R"({"format":2,"name":"acme","roles":[]})");
  EXPECT_EQ(Home::Open(*files_, path_).error().code, ErrorCode::kUnsupported);
}

TEST_F(HomeOpen, ProfileWithUnknownRoleIsMalformed) {
  ASSERT_TRUE(Init());
  Overwrite("profile", R"({"format":1,"name":"acme","roles":["king"]})");
  EXPECT_EQ(Home::Open(*files_, path_).error().code, ErrorCode::kMalformed);
}

TEST_F(HomeOpen, ProfileThatDoesNotParseIsNamed) {
  ASSERT_TRUE(Init());
  Overwrite("profile", "");
  const auto home = Home::Open(*files_, path_);
  ASSERT_FALSE(home);
  EXPECT_EQ(home.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(home.error().message, HasSubstr(path_ + "/profile: "));
}

TEST_F(HomeOpen, NothingIsDeclaredWithoutNodeToml) {
  const auto home = Init();
  ASSERT_TRUE(home);
  std::filesystem::remove(path_ + "/node.toml");
  const auto declaration = home->NodeDeclaration();
  ASSERT_TRUE(declaration) << declaration.error().message;
  EXPECT_TRUE(declaration->empty());
}

TEST_F(HomeOpen, CopiedHomeWorks) {
  const auto home = Init();
  ASSERT_TRUE(home);
  std::filesystem::copy(path_, directory_ / "copy", std::filesystem::copy_options::recursive);
  const auto copy = Home::Open(*files_, directory_ / "copy");
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->OwnerKey()->public_key(), home->OwnerKey()->public_key());
  auto log = copy->OpenLog(clock_);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_TRUE((*log)->Append({}));
}

TEST_F(HomeOpen, KeyThatOthersCanReadIsRefused) {
  const auto home = Init();
  ASSERT_TRUE(home);
  ASSERT_TRUE(files_->SetMode(home->PathOf("owner.key"), 0640));
  const auto key = home->OwnerKey();
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(key.error().next, HasSubstr("chmod 600"));
}

TEST_F(HomeOpen, KeyOfAnotherSizeIsMalformed) {
  const auto home = Init();
  ASSERT_TRUE(home);
  Overwrite("policy.key", "short");
  EXPECT_EQ(home->PolicyKey().error().code, ErrorCode::kMalformed);
}

using HomeTrust = HomeTest;

TEST_F(HomeTrust, ChangeIsKeptAndFailedChangeIsNot) {
  auto home = Init();
  ASSERT_TRUE(home);
  const envelope::NoteKey other{"other", crypto::Ed25519PrivateKey::Generate().public_key()};
  ASSERT_TRUE(home->ChangeTrust([&](envelope::TrustStore& trust) {
    return trust.Add({envelope::KeyPurpose::kOwner, other});
  }));
  const Status failed = home->ChangeTrust([&](envelope::TrustStore& trust) -> Status {
    SR_RETURN_IF_ERROR(trust.Remove(envelope::KeyPurpose::kOwner, "other"));
    return Fail(ErrorCode::kInterrupted, "stopped");
  });
  EXPECT_EQ(failed.error().code, ErrorCode::kInterrupted);
  EXPECT_NE(home->Trust()->Find(envelope::KeyPurpose::kOwner, other.key), nullptr);
}

TEST_F(HomeTrust, DamagedFileIsMalformed) {
  const auto home = Init();
  ASSERT_TRUE(home);
  Overwrite("trust", "owner nobody\n");
  EXPECT_EQ(home->Trust().error().code, ErrorCode::kMalformed);
}

using HomeSeen = HomeTest;

TEST_F(HomeSeen, OlderThanRememberedIsRolledBack) {
  auto home = Init();
  ASSERT_TRUE(home);
  const SeriesId series{1};
  const Digest bundle{2};
  EXPECT_TRUE(home->CheckSeen(series, 1, bundle, 1));
  ASSERT_TRUE(home->RememberSeen(series, 2, bundle, 3));
  ASSERT_TRUE(home->RememberSeen(series, 1, bundle, 1));
  const auto reopened = Home::Open(*files_, path_);
  EXPECT_EQ(reopened->CheckSeen(series, 1, bundle, 3).error().code, ErrorCode::kRolledBack);
  EXPECT_EQ(reopened->CheckSeen(series, 2, bundle, 2).error().code, ErrorCode::kRolledBack);
  EXPECT_TRUE(reopened->CheckSeen(series, 2, bundle, 3));
}

TEST_F(HomeSeen, MissingMemoryRefuses) {
  const auto home = Init();
  ASSERT_TRUE(home);
  std::filesystem::remove(home->PathOf("seen"));
  EXPECT_EQ(home->CheckSeen({}, 1, {}, 1).error().code, ErrorCode::kNotFound);
}

class HomeLog : public HomeTest {
 protected:
  void SetUp() override {
    auto home = Init();
    ASSERT_TRUE(home) << home.error().message;
    home_.emplace(*std::move(home));
  }
  void AppendOne() {
    auto log = home_->OpenLog(clock_);
    ASSERT_TRUE(log) << log.error().message;
    const auto receipt = (*log)->Append({});
    ASSERT_TRUE(receipt) << receipt.error().message;
    ASSERT_TRUE(home_->RememberCheckpoint(*receipt));
  }
  ErrorCode OpenError() { return home_->OpenLog(clock_).error().code; }

  std::optional<Home> home_;
};

TEST_F(HomeLog, RemembersTheNewestCheckpoint) {
  AppendOne();
  AppendOne();
  EXPECT_EQ(home_->RememberedCheckpoint()->size, 2U);
}

TEST_F(HomeLog, LogPutBackIsNoticed) {
  const auto saved = directory_ / "saved";
  std::filesystem::copy(home_->LogDirectory(), saved, std::filesystem::copy_options::recursive);
  AppendOne();
  std::filesystem::remove_all(home_->LogDirectory());
  std::filesystem::copy(saved, home_->LogDirectory(), std::filesystem::copy_options::recursive);
  EXPECT_EQ(OpenError(), ErrorCode::kLogUnavailable);
}

TEST_F(HomeLog, MissingLogIsNotMadeAnew) {
  std::filesystem::remove_all(home_->LogDirectory());
  EXPECT_EQ(OpenError(), ErrorCode::kLogUnavailable);
  EXPECT_FALSE(std::filesystem::exists(home_->LogDirectory()));
}

TEST_F(HomeLog, MissingMemoryOfTheLogRefuses) {
  std::filesystem::remove(home_->PathOf("log.remembered"));
  EXPECT_EQ(OpenError(), ErrorCode::kLogUnavailable);
}

TEST_F(HomeLog, ForgedMemoryOfTheLogRefuses) {
  const auto stranger = crypto::Ed25519PrivateKey::Generate();
  const auto note = log::SignCheckpoint({.origin = home_->LogKey()->name}, stranger);
  ASSERT_TRUE(note);
  Overwrite("log.remembered", *note);
  EXPECT_EQ(OpenError(), ErrorCode::kLogUnavailable);
}

TEST_F(HomeLog, MissingLogKeyRefuses) {
  std::filesystem::remove(home_->PathOf("log.key"));
  EXPECT_EQ(OpenError(), ErrorCode::kLogUnavailable);
}

}  // namespace
}  // namespace strongroom::home
