#include "strongroom/log/receipt.h"

#include <type_traits>

#include "log_fixture.h"

namespace strongroom::log {
namespace {

static_assert(!std::is_default_constructible_v<Receipt>, "a receipt comes from a log");

class ReceiptTest : public LogFixture {};

TEST_F(ReceiptTest, AppendedRecordsProofVerifiesElsewhere) {
  Log log = Filled(5);
  const auto receipt = log.Append(FullRecord());
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->index(), 5u);
  EXPECT_EQ(receipt->checkpoint(), log.checkpoint());
  const auto verified = VerifyReceipt(receipt->record_bytes(), receipt->ProofText(), public_key());
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->record, receipt->record());
  EXPECT_EQ(verified->index, 5u);
  EXPECT_EQ(verified->checkpoint, log.checkpoint());
}

TEST_F(ReceiptTest, ProofIsATlogProofText) {
  Log log = Filled(0);
  const auto receipt = log.Append(SmallRecord());
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(
      receipt->ProofText().starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.com/access-log\n1\n"));
}

TEST_F(ReceiptTest, EveryRecordCanBeProvedLater) {
  Filled(9);
  for (std::uint64_t index = 0; index < 9; ++index) {
    const auto proven = Prove(index);
    ASSERT_TRUE(proven);
    EXPECT_EQ(VerifyReceipt(proven->record, proven->proof, public_key())->record.note, std::to_string(index));
  }
  EXPECT_EQ(Prove(9).error().code, ErrorCode::kNotFound);
}

TEST_F(ReceiptTest, ProofOfAnotherRecordIsRefused) {
  Filled(4);
  const auto other = Prove(1);
  EXPECT_EQ(VerifyReceipt(other->record, Prove(2)->proof, public_key()).error().code, ErrorCode::kAltered);
}

TEST_F(ReceiptTest, AnotherLogsKeyIsRefused) {
  Filled(1);
  const auto proven = Prove(0);
  const envelope::NoteKey other{std::string(kOrigin), LogKey(2).public_key()};
  EXPECT_EQ(VerifyReceipt(proven->record, proven->proof, other).error().code, ErrorCode::kUntrusted);
}

TEST_F(ReceiptTest, EveryFlippedBitIsRefused) {
  Filled(6);
  const auto proven = Prove(3);
  const Bytes record = proven->record;
  const std::string proof = proven->proof;
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    Bytes changed = record;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifyReceipt(changed, proof, public_key())) << bit;
  }
  for (std::size_t bit = 0; bit < proof.size() * 8; ++bit) {
    std::string changed = proof;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(VerifyReceipt(record, changed, public_key())) << bit;
  }
}

TEST_F(ReceiptTest, MalformedProofTextIsRefused) {
  Filled(3);
  const auto proven = Prove(1);
  const std::string proof = proven->proof;
  const std::size_t body = proof.find("index");
  const std::string header = proof.substr(0, body);
  for (const std::string& text :
       {std::string(), header, header + "\n", header + proof.substr(proof.find("\n\n") + 1),
        header + "extra AAAA\n" + proof.substr(body), proof.substr(body), proof + "\n"}) {
    const auto verified = VerifyReceipt(proven->record, text, public_key());
    ASSERT_FALSE(verified) << text;
    EXPECT_EQ(verified.error().code, ErrorCode::kMalformed) << text;
  }
}

}  // namespace
}  // namespace strongroom::log
