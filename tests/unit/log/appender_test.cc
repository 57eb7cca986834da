// What stands between the memory of a writer and a signature.
#include "log/appender.h"

#include <filesystem>

#include "log_fixture.h"

namespace strongroom::log {
namespace {

class AppenderTest : public LogFixture {
 protected:
  // An appender over a log with this many records, its lock held.
  std::unique_ptr<Appender> Over(std::size_t records) {
    Filled(records);
    auto appender = Appender::Open({*files_, directory_, std::string(kOrigin), &key_, clock_, {}});
    EXPECT_TRUE(appender);
    (*appender)->KeepLocked(*(*appender)->Lock());
    EXPECT_TRUE((*appender)->Recover(std::nullopt));
    return *std::move(appender);
  }
  static Expected<std::vector<Receipt>> AppendOne(Appender& appender) {
    std::vector<AccessRecord> records;
    records.push_back(SmallRecord());
    return appender.Append(std::move(records));
  }
};

// What befell a public log in 2021: one bit of a cached leaf hash, and every checkpoint after it was of
// entries that nobody has.
TEST_F(AppenderTest, BitThatFlippedInTheCachedTreeIsNotSigned) {
  for (const std::uint64_t flipped : {6, 4, 5}) {
    std::filesystem::remove_all(directory_);
    const auto appender = Over(7);
    const Bytes journal = Read(Journal());
    // Of seven leaves the last is a subtree of its own, and the two before it are below one hash.
    const_cast<Digest&>(appender->head().tree().leaf_hash(flipped))[3] ^= 1;
    const auto receipts = AppendOne(*appender);
    if (flipped == 6) {
      ASSERT_FALSE(receipts);
      EXPECT_EQ(receipts.error().code, ErrorCode::kLogUnavailable);
      EXPECT_EQ(Read(Journal()), journal);
    } else {
      ASSERT_TRUE(receipts) << "the hash above them was computed before the bit flipped";
      EXPECT_TRUE(Verify());
    }
  }
}

}  // namespace
}  // namespace strongroom::log
