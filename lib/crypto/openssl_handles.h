// Owning handles for OpenSSL's objects.
#ifndef STRONGROOM_CRYPTO_OPENSSL_HANDLES_H_
#define STRONGROOM_CRYPTO_OPENSSL_HANDLES_H_

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

namespace strongroom::crypto {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using CurveGroup = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using CurvePoint = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_clear_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using DigestMethod = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
// OSSL_PARAM_free wipes nothing, and a private key may be among the values.
inline void WipeParameters(OSSL_PARAM* parameters) {
  for (OSSL_PARAM* each = parameters; each->key != nullptr; ++each)
    OPENSSL_cleanse(each->data, each->data_size);
  OSSL_PARAM_free(parameters);
}
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<WipeParameters>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_OPENSSL_HANDLES_H_
