// The bulk providers that run on this machine, for tests that hold each of them to the same behaviour.
#ifndef STRONGROOM_TESTS_UNIT_CRYPTO_PROVIDERS_H_
#define STRONGROOM_TESTS_UNIT_CRYPTO_PROVIDERS_H_

#include <gtest/gtest.h>

#include <string>

#include "strongroom/crypto/bulk.h"

namespace strongroom::crypto {

class EveryProvider : public testing::TestWithParam<BulkProvider> {
 protected:
  void SetUp() override {
    Expected<std::shared_ptr<const BulkCrypto>> made = MakeBulkCrypto(GetParam());
    if (!made && made.error().code == ErrorCode::kUnsupported) GTEST_SKIP() << made.error().message;
    ASSERT_TRUE(made);
    bulk_ = *made;
    worker_ = bulk_->NewWorker();
  }

  std::shared_ptr<const BulkCrypto> bulk_;
  std::unique_ptr<BulkWorker> worker_;
};

inline std::string ProviderName(const testing::TestParamInfo<BulkProvider>& test) {
  return test.param == BulkProvider::kOpenSsl ? "OpenSsl" : "IpsecMb";
}

#define STRONGROOM_FOR_EVERY_PROVIDER(fixture) \
  INSTANTIATE_TEST_SUITE_P(Providers, fixture, \
                           testing::Values(BulkProvider::kOpenSsl, BulkProvider::kIpsecMb), ProviderName)

}  // namespace strongroom::crypto

#endif  // STRONGROOM_TESTS_UNIT_CRYPTO_PROVIDERS_H_
