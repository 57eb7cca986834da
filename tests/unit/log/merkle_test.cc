#include "strongroom/log/merkle.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "strongroom/base/file.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/json.h"

namespace strongroom::log {
namespace {

using envelope::Json;

// The leaves and roots that Certificate Transparency implementations test with.
constexpr std::array<std::string_view, 8> kEntries = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
constexpr std::array<std::string_view, 8> kRoots = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

MerkleTree TreeOf(std::uint64_t size) {
  MerkleTree tree;
  for (std::uint64_t i = 0; i < size; ++i) tree.Append(crypto::MerkleLeafHash(ByteWriter().U64Le(i).bytes()));
  return tree;
}

ErrorCode CodeOf(const Status& status) {
  return status ? ErrorCode::kInternal : status.error().code;
}

TEST(MerkleTree, RootsAreThoseOfThePublishedVectors) {
  MerkleTree tree;
  EXPECT_EQ(Hex(tree.Root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const std::string_view entry : kEntries) tree.Append(crypto::MerkleLeafHash(*FromHex(entry)));
  for (std::size_t size = 1; size <= kRoots.size(); ++size) EXPECT_EQ(Hex(tree.Root(size)), kRoots[size - 1]);
}

TEST(MerkleTree, TruncatedTreeIsTheSmallerTree) {
  const MerkleTree small = TreeOf(21);
  MerkleTree tree = TreeOf(40);
  tree.Truncate(21);
  EXPECT_EQ(tree.Root(), small.Root());
  tree.Append(Digest{1});
  EXPECT_EQ(tree.size(), 22u);
  EXPECT_NE(tree.Root(), small.Root());
}

TEST(MerkleTree, WhatIsForgottenIsNotMissed) {
  for (std::uint64_t begin = 0; begin < 40; ++begin) {
    MerkleTree tree = TreeOf(begin + 3);
    tree.ForgetBefore(begin / 2);
    tree.ForgetBefore(begin);
    std::vector<Digest> subtrees;
    for (const LeafRange& range : CompleteSubtrees({0, begin})) {
      MerkleTree subtree;
      for (std::uint64_t i = range.begin; i < range.end; ++i) subtree.Append(TreeOf(begin).leaf_hash(i));
      subtrees.push_back(subtree.Root());
    }
    MerkleTree begun(begin, subtrees);
    EXPECT_EQ(begun.Root(), TreeOf(begin).Root());
    const MerkleTree whole = TreeOf(80);
    for (std::uint64_t size = begin; size < 80; ++size) {
      if (size >= begin + 3) tree.Append(whole.leaf_hash(size));
      begun.Append(whole.leaf_hash(size));
    }
    tree.Truncate(70);
    for (std::uint64_t i = 70; i < 80; ++i) tree.Append(whole.leaf_hash(i));
    for (std::uint64_t size = begin; size <= 80; ++size) {
      ASSERT_EQ(tree.Root(size), whole.Root(size)) << begin << " " << size;
      ASSERT_EQ(begun.Root(size), whole.Root(size)) << begin << " " << size;
      if (size > 0) {
        ASSERT_EQ(begun.ConsistencyProof(size, 80), whole.ConsistencyProof(size, 80));
      }
      for (std::uint64_t i = begin; i < size; ++i) {
        ASSERT_EQ(tree.InclusionProof(i, size), whole.InclusionProof(i, size)) << begin << " " << i;
        ASSERT_EQ(begun.InclusionProof(i, size), whole.InclusionProof(i, size)) << begin << " " << i;
      }
    }
  }
}

TEST(MerkleTree, EveryInclusionProofVerifiesAtItsPlaceAlone) {
  constexpr std::uint64_t kSize = 70;
  const MerkleTree tree = TreeOf(kSize);
  for (std::uint64_t size = 1; size <= kSize; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = tree.InclusionProof(index, size);
      ASSERT_TRUE(VerifyInclusion(tree.leaf_hash(index), index, size, proof, tree.Root(size)))
          << index << " of " << size;
      const std::uint64_t other = (index + 1) % size;
      if (other != index) {
        EXPECT_FALSE(VerifyInclusion(tree.leaf_hash(index), other, size, proof, tree.Root(size)));
      }
      if (size < kSize) {
        EXPECT_FALSE(VerifyInclusion(tree.leaf_hash(index), index, size, proof, tree.Root(size + 1)));
      }
    }
  }
}

TEST(MerkleTree, InclusionProofsOfARangeVerifyEachAtItsPlace) {
  constexpr std::uint64_t kSize = 21;
  const MerkleTree tree = TreeOf(kSize);
  for (std::uint64_t begin = 0; begin < kSize; ++begin) {
    for (std::uint64_t end = begin + 1; end <= kSize; ++end) {
      const auto proofs = tree.InclusionProofs({begin, end}, kSize);
      ASSERT_EQ(proofs.size(), end - begin);
      for (std::uint64_t i = begin; i < end; ++i) {
        EXPECT_TRUE(VerifyInclusion(tree.leaf_hash(i), i, kSize, proofs[i - begin], tree.Root()))
            << i << " of " << begin << " to " << end;
      }
    }
  }
}

TEST(MerkleTree, EveryConsistencyProofVerifiesForItsSizesAlone) {
  constexpr std::uint64_t kSize = 70;
  const MerkleTree tree = TreeOf(kSize);
  for (std::uint64_t size = 1; size <= kSize; ++size) {
    for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
      const auto proof = tree.ConsistencyProof(old_size, size);
      ASSERT_TRUE(VerifyConsistency(old_size, tree.Root(old_size), size, tree.Root(size), proof))
          << old_size << " of " << size;
      if (old_size > 1) {
        EXPECT_FALSE(VerifyConsistency(old_size, tree.Root(old_size - 1), size, tree.Root(size), proof));
      }
      if (old_size < size) {
        EXPECT_FALSE(VerifyConsistency(old_size, tree.Root(old_size), size, tree.Root(size - 1), proof));
      }
    }
  }
}

TEST(VerifyInclusion, EveryChangeOfAProofIsRefused) {
  const MerkleTree tree = TreeOf(13);
  for (std::uint64_t index = 0; index < 13; ++index) {
    const auto good = tree.InclusionProof(index, 13);
    const auto refused = [&](const std::vector<Digest>& proof) {
      return CodeOf(VerifyInclusion(tree.leaf_hash(index), index, 13, proof, tree.Root())) ==
             ErrorCode::kAltered;
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
      auto proof = good;
      proof[i][31] ^= 1;
      EXPECT_TRUE(refused(proof));
      proof = good;
      proof.erase(proof.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_TRUE(refused(proof));
      proof = good;
      proof.insert(proof.begin() + static_cast<std::ptrdiff_t>(i), Digest{});
      EXPECT_TRUE(refused(proof));
    }
    auto longer = good;
    longer.push_back(tree.Root());
    EXPECT_TRUE(refused(longer));
  }
}

TEST(VerifyConsistency, TreesThatCannotBeComparedAreRefused) {
  const MerkleTree tree = TreeOf(5);
  EXPECT_EQ(CodeOf(VerifyConsistency(0, tree.Root(0), 5, tree.Root(), {})), ErrorCode::kAltered);
  EXPECT_EQ(CodeOf(VerifyConsistency(5, tree.Root(), 4, tree.Root(4), {})), ErrorCode::kAltered);
  EXPECT_EQ(CodeOf(VerifyConsistency(5, tree.Root(), 5, tree.Root(4), {})), ErrorCode::kAltered);
  EXPECT_EQ(CodeOf(VerifyConsistency(5, tree.Root(), 5, tree.Root(), std::vector<Digest>{Digest{}})),
            ErrorCode::kAltered);
}

// One case of the outside corpus; a field that is not 32 bytes makes the case one that must fail.
struct Case {
  std::uint64_t first = 0, second = 0;
  Digest a{}, b{};
  std::vector<Digest> proof;
  bool well_formed = true;
  bool want_error = false;
};

Digest DigestOf(const Json& json, bool& well_formed) {
  Digest digest{};
  const auto* text = json.Get<std::string>();
  const auto bytes = FromBase64(text ? *text : "");
  if (bytes && bytes->size() == digest.size()) {
    std::ranges::copy(*bytes, digest.begin());
  } else {
    well_formed = false;
  }
  return digest;
}

Case ReadCase(const std::filesystem::path& path, std::string_view first, std::string_view second,
              std::string_view a, std::string_view b) {
  const auto bytes = ReadWhole(*MakeRealFileSystem(), path.string(), 1 << 20);
  const auto json = envelope::ParseJson(*bytes);
  const Json::Object& object = *json->Get<Json::Object>();
  Case read;
  read.first = object.find(first)->second.Integer<std::uint64_t>().value_or(0);
  read.second = object.find(second)->second.Integer<std::uint64_t>().value_or(0);
  read.a = DigestOf(object.find(a)->second, read.well_formed);
  read.b = DigestOf(object.find(b)->second, read.well_formed);
  if (const auto* proof = object.find("proof")->second.Get<Json::Array>()) {
    for (const Json& hash : *proof) read.proof.push_back(DigestOf(hash, read.well_formed));
  }
  read.want_error = *object.find("wantErr")->second.Get<bool>();
  return read;
}

std::vector<std::filesystem::path> CasesIn(std::string_view folder) {
  std::vector<std::filesystem::path> paths;
  const char* corpus = std::getenv("STRONGROOM_CORPUS");
  if (corpus == nullptr) return paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::filesystem::path(corpus) / "tlog/transparency-dev_merkle" / folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  return paths;
}

TEST(VerifyInclusion, OutsideProofsHaveTheRightVerdict) {
  const auto paths = CasesIn("inclusion");
  if (paths.empty()) GTEST_SKIP() << "STRONGROOM_CORPUS is not set";
  for (const auto& path : paths) {
    const Case c = ReadCase(path, "leafIdx", "treeSize", "leafHash", "root");
    if (!c.well_formed && !c.want_error) continue;  // its roots are not hashes, and cannot be given to us
    const bool accepted = c.well_formed && VerifyInclusion(c.a, c.first, c.second, c.proof, c.b);
    EXPECT_EQ(accepted, !c.want_error) << path;
  }
}

TEST(VerifyConsistency, OutsideProofsHaveTheRightVerdict) {
  const auto paths = CasesIn("consistency");
  if (paths.empty()) GTEST_SKIP() << "STRONGROOM_CORPUS is not set";
  for (const auto& path : paths) {
    const Case c = ReadCase(path, "size1", "size2", "root1", "root2");
    if (!c.well_formed && !c.want_error) continue;  // its roots are not hashes, and cannot be given to us
    const bool accepted = c.well_formed && VerifyConsistency(c.first, c.a, c.second, c.b, c.proof);
    EXPECT_EQ(accepted, !c.want_error) << path;
  }
}

}  // namespace
}  // namespace strongroom::log
