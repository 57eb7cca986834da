#include "strongroom/tpm/nv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "strongroom/crypto/hash.h"
#include "testing/swtpm.h"

namespace strongroom::tpm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr NvIndex kCounter = {0x01805200, NvKind::kCounter};
constexpr NvIndex kChain = {0x01805201, NvKind::kChain};

const Digest kData = crypto::Sha256(AsBytes("a checkpoint"));

Digest Extended(const Digest& before, const Digest& data) {
  const ByteView pieces[] = {before, data};
  return crypto::Sha256(pieces);
}

// swtpm takes one connection at a time, and tools run in between: each call opens the TPM and closes it.
class Nv : public ::testing::Test {
 protected:
  Context Connect(const testing::Swtpm& swtpm) {
    auto context = Context::Open(swtpm.tcti());
    if (!context) throw std::runtime_error(context.error().message);
    return *std::move(context);
  }
  template <typename Work>
  auto With(const SecretBytes& auth, Work work) {
    Context context = Connect(swtpm_);
    auto session = NvSession::Open(context, *FindStorageRoot(context), auth);
    if (!session) throw std::runtime_error(session.error().message);
    return work(*session);
  }
  template <typename Work>
  auto With(Work work) {
    return With(auth_, work);
  }
  void DefineBoth() {
    With([](NvSession& nv) {
      ASSERT_TRUE(nv.Define(kCounter));
      ASSERT_TRUE(nv.Define(kChain));
    });
  }
  Expected<std::uint64_t> Counter() {
    return With([](NvSession& nv) { return nv.ReadCounter(kCounter); });
  }
  Expected<Digest> Chain() {
    return With([](NvSession& nv) { return nv.ReadChain(kChain); });
  }

  testing::Swtpm swtpm_;
  SecretBytes auth_ = SecretBytes::Random(32);
};

TEST_F(Nv, CounterRisesByOneAndSurvivesAPowerCut) {
  DefineBoth();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  const auto first = Counter();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_GT(*first, 0U);
  swtpm_.Reboot();
  EXPECT_EQ(*Counter(), *first);
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  EXPECT_EQ(*Counter(), *first + 1);
}

TEST_F(Nv, ChainStartsFromZerosAndSurvivesAPowerCut) {
  DefineBoth();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Extend(kChain, kData); }));
  const Digest once = Extended(Digest{}, kData);
  EXPECT_EQ(*Chain(), once);
  swtpm_.Reboot();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Extend(kChain, kData); }));
  EXPECT_EQ(*Chain(), Extended(once, kData));
}

TEST_F(Nv, BeforeTheFirstWriteThereIsNoValue) {
  DefineBoth();
  EXPECT_EQ(Counter().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Chain().error().code, ErrorCode::kNotFound);
}

TEST_F(Nv, UnknownHandleIsNotFound) {
  EXPECT_EQ(Counter().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(With([](NvSession& nv) { return nv.Increment(kCounter); }).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(With([](NvSession& nv) { return nv.Undefine(kCounter); }).error().code, ErrorCode::kNotFound);
}

TEST_F(Nv, NameIsTheOneThatTheTpmAndItsToolsShow) {
  DefineBoth();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Extend(kChain, kData); }));
  EXPECT_THAT(swtpm_.Tool({"tpm2_nvreadpublic", "0x01805200"}), HasSubstr(Hex(NvName(kCounter))));
  EXPECT_THAT(swtpm_.Tool({"tpm2_nvreadpublic", "0x01805201"}), HasSubstr(Hex(NvName(kChain))));
}

TEST_F(Nv, IndexOfOtherFieldsInItsPlaceIsAltered) {
  DefineBoth();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  swtpm_.Tool({"tpm2_nvundefine", "-C", "o", "0x01805200"});
  swtpm_.Tool({"tpm2_nvdefine", "-C", "o", "-s", "8", "-a", "authread|authwrite|ownerwrite|no_da|nt=counter",
               "0x01805200"});
  const auto read = Counter();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kAltered);
  EXPECT_THAT(read.error().message, HasSubstr("is not the one that was made there"));
  EXPECT_EQ(With([](NvSession& nv) { return nv.Undefine(kCounter); }).error().code, ErrorCode::kAltered);
}

TEST_F(Nv, IndexOfTheSameNameWithAnotherAuthorizationIsAltered) {
  DefineBoth();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  const SecretBytes other = SecretBytes::Random(32);
  With(other, [](NvSession& nv) {
    ASSERT_TRUE(nv.Undefine(kCounter));  // as any owner can
    ASSERT_TRUE(nv.Define(kCounter));
    ASSERT_TRUE(nv.Increment(kCounter));
  });
  EXPECT_EQ(Counter().error().code, ErrorCode::kAltered);
  EXPECT_EQ(With([](NvSession& nv) { return nv.Increment(kCounter); }).error().code, ErrorCode::kAltered);
}

TEST_F(Nv, CounterMadeAnewStartsAboveWhatItEverWas) {
  DefineBoth();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  const std::uint64_t before = *Counter();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Undefine(kCounter); }));
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Define(kCounter); }));
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  EXPECT_GT(*Counter(), before);
}

TEST_F(Nv, LockoutDoesNotStopIt) {
  DefineBoth();
  const testing::Environment environment = {{"TPM2TOOLS_TCTI", swtpm_.tcti()}};
  const std::string eight_bytes = swtpm_.directory() + "/eight";
  std::ofstream(eight_bytes) << "12345678";
  const testing::Arguments right = {"tpm2_nvread", "0x01800000", "-P", "secret"};
  swtpm_.Tool({"tpm2_dictionarylockout", "-s", "-n", "1", "-t", "1000", "-l", "1000"});
  swtpm_.Tool(
      {"tpm2_nvdefine", "-C", "o", "-s", "8", "-a", "authread|authwrite", "-p", "secret", "0x01800000"});
  swtpm_.Tool({"tpm2_nvwrite", "0x01800000", "-P", "secret", "-i", eight_bytes});
  ASSERT_EQ(testing::RunProgram(right, environment).exit_code, 0);
  ASSERT_NE(testing::RunProgram({"tpm2_nvread", "0x01800000", "-P", "wrong"}, environment).exit_code, 0);
  ASSERT_NE(testing::RunProgram(right, environment).exit_code, 0) << "the TPM is not in lockout";

  EXPECT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  EXPECT_TRUE(Counter());
}

TEST_F(Nv, FullMemoryIsUnavailable) {
  const testing::Environment environment = {{"TPM2TOOLS_TCTI", swtpm_.tcti()}};
  int next = 0x01810000;
  while (testing::RunProgram({"tpm2_nvdefine", "-C", "o", "-s", "2048", std::to_string(next++)}, environment)
             .exit_code == 0) {
  }
  const auto fill = [](NvSession& nv) -> Status {
    for (std::uint32_t i = 0; i < 4096; ++i) {
      if (Status defined = nv.Define({kFirstOwnerNv + i, NvKind::kChain}); !defined) return defined;
    }
    return {};
  };
  const Status filled = With(fill);
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(filled.error().message, HasSubstr("full"));
}

TEST_F(Nv, HandleThatIsTakenExistsAndOneOfOthersIsInvalid) {
  DefineBoth();
  EXPECT_EQ(With([](NvSession& nv) { return nv.Define(kCounter); }).error().code, ErrorCode::kExists);
  const NvIndex makers = {0x01C00002, NvKind::kCounter};
  EXPECT_EQ(With([&](NvSession& nv) { return nv.Define(makers); }).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Nv, FreePairSkipsWhatIsTaken) {
  {
    Context context = Connect(swtpm_);
    EXPECT_EQ(*FindFreeNvPair(context, kCounter.handle), kCounter.handle);
  }
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Define(kChain); }));
  Context context = Connect(swtpm_);
  EXPECT_EQ(*FindFreeNvPair(context, kCounter.handle), kCounter.handle + 2);
  EXPECT_EQ(FindFreeNvPair(context, kLastOwnerNv).error().code, ErrorCode::kUnavailable);
}

TEST_F(Nv, AnotherTpmIsNoKeyAndTooLongAnAuthorizationInvalid) {
  StorageRoot root;
  {
    Context context = Connect(swtpm_);
    root = *FindStorageRoot(context);
    EXPECT_EQ(NvSession::Open(context, root, SecretBytes(33)).error().code, ErrorCode::kInvalidArgument);
  }
  const testing::Swtpm other;
  Context context = Connect(other);
  EXPECT_EQ(NvSession::Open(context, root, auth_).error().code, ErrorCode::kNoKey);
}

TEST_F(Nv, NothingStaysLoadedAfterwards) {
  DefineBoth();
  ASSERT_TRUE(With([](NvSession& nv) { return nv.Increment(kCounter); }));
  EXPECT_THAT(swtpm_.Tool({"tpm2_getcap", "handles-transient"}), IsEmpty());
  EXPECT_THAT(swtpm_.Tool({"tpm2_getcap", "handles-loaded-session"}), IsEmpty());
}

}  // namespace
}  // namespace strongroom::tpm
