// The SHA-256 of each file that a manifest holds on request.
#include <gtest/gtest.h>

#include "strongroom/crypto/hash.h"
#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

TEST(PlainHashes, AreThoseOfTheFilesWhereAskedFor) {
  SealedModel model;
  WriteFile(model.source() + "/noise.bin", Noise(3'000'000, 1));
  model.options.plain_sha256 = true;
  model.options.parity = ParitySpec{.data = 2, .parity = 1};
  ASSERT_TRUE(model.Seal());
  const auto verified = model.Manifest();
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_FALSE(verified->manifest.subjects.empty());
  for (const Subject& subject : verified->manifest.subjects) {
    EXPECT_EQ(subject.sha256, crypto::Sha256(ReadFile(model.bundle() + "/" + subject.name))) << subject.name;
  }
}

TEST(PlainHashes, AreNotThereOtherwise) {
  SealedModel model;
  ASSERT_TRUE(model.Seal());
  const auto verified = model.Manifest();
  ASSERT_TRUE(verified) << verified.error().message;
  for (const Subject& subject : verified->manifest.subjects) EXPECT_FALSE(subject.sha256) << subject.name;
}

}  // namespace
}  // namespace strongroom::bundle
