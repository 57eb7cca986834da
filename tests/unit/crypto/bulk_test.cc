#include "strongroom/crypto/bulk.h"

#include <algorithm>
#include <random>
#include <set>

#include "providers.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::crypto {
namespace {

constexpr std::array<std::uint8_t, 12> kNonce = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
using Tag = std::array<std::uint8_t, 16>;

// Cuts a run of bytes at random places, empty pieces included.
template <typename View>
std::vector<View> RandomCuts(View whole, std::mt19937& random) {
  std::vector<View> pieces;
  while (!whole.empty()) {
    const std::size_t size = random() % 3 == 0 ? random() % 5 : random() % (whole.size() + 1);
    const std::size_t taken = std::min(size, whole.size());
    pieces.push_back(whole.first(taken));
    whole = whole.subspan(taken);
  }
  return pieces;
}

class Bulk : public EveryProvider {
 protected:
  SecretBytes key_bytes_ = SecretBytes::Random(32);
};

STRONGROOM_FOR_EVERY_PROVIDER(Bulk);

// NIST CAVP / McGrew and Viega's GCM specification, test case 16.
TEST_P(Bulk, GcmSpecificationCase16) {
  const SecretBytes key =
      SecretBytes::CopyOf(*FromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const Bytes nonce = *FromHex("cafebabefacedbaddecaf888");
  const Bytes aad = *FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes plaintext = *FromHex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aed"
      "f5aa0de657"
      "ba637b39");
  Bytes ciphertext(plaintext.size());
  Tag tag;
  const ByteView in(plaintext);
  const MutableBytes out(ciphertext);
  worker_->Encrypt(*bulk_->Prepare(key), ByteView(nonce).first<12>(), aad, {&in, 1}, {&out, 1}, tag);
  EXPECT_EQ(Hex(ciphertext),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a"
            "0abcc9f662");
  EXPECT_EQ(Hex(tag), "76fc6ece0f4e1768cddf8853bb2d551b");
}

TEST_P(Bulk, RandomCutsGiveWhatOpenSslGivesInOnePiece) {
  std::mt19937 random(7);
  const auto reference = *MakeBulkCrypto(BulkProvider::kOpenSsl);
  const auto reference_worker = reference->NewWorker();
  for (int round = 0; round < 300; ++round) {
    const Bytes plaintext = RandomBytes(random() % 5000);
    const Bytes aad = RandomBytes(random() % 40);
    Bytes expected(plaintext.size());
    Bytes ciphertext(plaintext.size());
    Bytes back(plaintext.size());
    Tag expected_tag;
    Tag tag;
    const ByteView in(plaintext);
    const MutableBytes out(expected);
    reference_worker->Encrypt(*reference->Prepare(key_bytes_), kNonce, aad, {&in, 1}, {&out, 1},
                              expected_tag);
    const auto key = bulk_->Prepare(key_bytes_);
    worker_->Encrypt(*key, kNonce, aad, RandomCuts(ByteView(plaintext), random),
                     RandomCuts(MutableBytes(ciphertext), random), tag);
    EXPECT_EQ(ciphertext, expected);
    EXPECT_EQ(tag, expected_tag);
    EXPECT_TRUE(worker_->Decrypt(*key, kNonce, aad, RandomCuts(ByteView(ciphertext), random),
                                 RandomCuts(MutableBytes(back), random), tag));
    EXPECT_EQ(back, plaintext);
  }
}

TEST_P(Bulk, WorkerAlternatesBetweenKeysAndDirections) {
  const auto one = bulk_->Prepare(key_bytes_);
  const auto two = bulk_->Prepare(SecretBytes::Random(32));
  const Bytes plaintext = RandomBytes(100);
  const ByteView in(plaintext);
  for (int round = 0; round < 4; ++round) {
    for (const auto& key : {one, two, two}) {
      Bytes ciphertext(100);
      Bytes back(100);
      Tag tag;
      const MutableBytes out(ciphertext);
      const ByteView sealed(ciphertext);
      const MutableBytes target(back);
      worker_->Encrypt(*key, kNonce, {}, {&in, 1}, {&out, 1}, tag);
      EXPECT_FALSE(worker_->Decrypt(key == one ? *two : *one, kNonce, {}, {&sealed, 1}, {&target, 1}, tag));
      EXPECT_TRUE(worker_->Decrypt(*key, kNonce, {}, {&sealed, 1}, {&target, 1}, tag));
      EXPECT_EQ(back, plaintext);
    }
  }
}

// The new key may lie where the old one lay: a worker must not take the one for the other.
TEST_P(Bulk, KeyMadeAfterAnotherWasReleasedIsNotConfusedWithIt) {
  const Bytes plaintext(64);
  const ByteView in(plaintext);
  std::set<Tag> tags;
  for (int round = 0; round < 50; ++round) {
    const auto key = bulk_->Prepare(SecretBytes::Random(32));
    Bytes ciphertext(64);
    const MutableBytes out(ciphertext);
    Tag tag;
    worker_->Encrypt(*key, kNonce, {}, {&in, 1}, {&out, 1}, tag);
    tags.insert(tag);
  }
  EXPECT_EQ(tags.size(), 50U);
}

TEST_P(Bulk, AlteredMessageIsRefusedAndWiped) {
  const auto key = bulk_->Prepare(key_bytes_);
  const Bytes plaintext = RandomBytes(77);
  Bytes ciphertext(77);
  Tag tag;
  const ByteView in(plaintext);
  const MutableBytes out(ciphertext);
  worker_->Encrypt(*key, kNonce, AsBytes("aad"), {&in, 1}, {&out, 1}, tag);
  const auto refused = [&](ByteView aad, ByteView sealed, const Tag& with) {
    Bytes back(77, 0xee);
    const std::array<MutableBytes, 2> target = {MutableBytes(back).first(10), MutableBytes(back).subspan(10)};
    return !worker_->Decrypt(*key, kNonce, aad, {&sealed, 1}, target, with) && back == Bytes(77);
  };
  Tag wrong_tag = tag;
  wrong_tag[15] ^= 0x80;
  EXPECT_TRUE(refused(AsBytes("aad"), ciphertext, wrong_tag));
  EXPECT_TRUE(refused(AsBytes("aae"), ciphertext, tag));
  ciphertext[76] ^= 1;
  EXPECT_TRUE(refused(AsBytes("aad"), ciphertext, tag));
}

TEST_P(Bulk, MessageInPlace) {
  const auto key = bulk_->Prepare(key_bytes_);
  const Bytes plaintext = RandomBytes(1000);
  Bytes buffer = plaintext;
  Tag tag;
  const ByteView in(buffer);
  const MutableBytes out(buffer);
  worker_->Encrypt(*key, kNonce, {}, {&in, 1}, {&out, 1}, tag);
  EXPECT_NE(buffer, plaintext);
  EXPECT_TRUE(worker_->Decrypt(*key, kNonce, {}, {&in, 1}, {&out, 1}, tag));
  EXPECT_EQ(buffer, plaintext);
}

TEST_P(Bulk, DifferentTotalsEndTheProcess) {
  const auto key = bulk_->Prepare(key_bytes_);
  Bytes bytes(10);
  Tag tag;
  const ByteView in = ByteView(bytes).first(9);
  const MutableBytes out(bytes);
  EXPECT_DEATH(worker_->Encrypt(*key, kNonce, {}, {&in, 1}, {&out, 1}, tag), "");
  EXPECT_DEATH(static_cast<void>(worker_->Decrypt(*key, kNonce, {}, {&in, 1}, {&out, 1}, tag)), "");
}

TEST_P(Bulk, LeafHashesAreThoseOfRfc6962) {
  LeafBuffer buffer(40);
  for (std::size_t i = 0; i < buffer.windows(); ++i) RandomFill(buffer.Window(i));
  for (const std::size_t first : {0, 3}) {
    for (std::size_t count = 1; first + count <= buffer.windows(); ++count) {
      for (const std::size_t last_size :
           {std::size_t{1}, std::size_t{119}, std::size_t{120}, kLeafSize - 1, kLeafSize}) {
        std::vector<Digest> leaves(count);
        worker_->HashLeaves(buffer, first, last_size, leaves);
        EXPECT_EQ(leaves.front(), MerkleLeafHash(buffer.Window(first, count == 1 ? last_size : kLeafSize)));
        EXPECT_EQ(leaves.back(), MerkleLeafHash(buffer.Window(first + count - 1, last_size)));
      }
    }
  }
}

TEST_P(Bulk, NoLeavesAreNoWork) {
  const LeafBuffer buffer(1);
  worker_->HashLeaves(buffer, 0, kLeafSize, {});
}

TEST_P(Bulk, NoncesDoNotRepeat) {
  std::set<std::array<std::uint8_t, 12>> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(worker_->RandomNonce());
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(MakeBulkCrypto, OpenSslIsAlwaysThere) {
  EXPECT_EQ((*MakeBulkCrypto(BulkProvider::kOpenSsl))->name(), "openssl");
}

TEST(MakeBulkCrypto, FastestIsIpsecMbWhereItRuns) {
  const bool runs = MakeBulkCrypto(BulkProvider::kIpsecMb).has_value();
  EXPECT_EQ((*MakeBulkCrypto(BulkProvider::kFastest))->name(), runs ? "ipsec-mb" : "openssl");
}

TEST(MakeBulkCrypto, WorkersOutliveTheirProvider) {
  std::unique_ptr<BulkWorker> worker = (*MakeBulkCrypto(BulkProvider::kFastest))->NewWorker();
  LeafBuffer buffer(1);
  std::ranges::fill(buffer.Window(0), std::uint8_t{7});
  Digest leaf;
  worker->HashLeaves(buffer, 0, 5, {&leaf, 1});
  EXPECT_EQ(leaf, MerkleLeafHash(Bytes(5, 7)));
}

}  // namespace
}  // namespace strongroom::crypto
