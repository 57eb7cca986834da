#include <openssl/core_names.h>
#include <openssl/obj_mac.h>

#include <algorithm>

#include "crypto/openssl_handles.h"
#include "crypto/require.h"
#include "strongroom/crypto/signature.h"

namespace strongroom::crypto {
namespace {

constexpr std::size_t kCoordinateSize = 32;
constexpr std::size_t kPointSize = 1 + 2 * kCoordinateSize;  // SEC 1 section 2.3.3, uncompressed
constexpr std::uint8_t kUncompressed = 0x04;
using EncodedPoint = std::array<std::uint8_t, kPointSize>;

CurveGroup P256Group() {
  CurveGroup group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Require(group != nullptr);
  return group;
}

BigNumber ToBigNumber(ByteView big_endian) {
  BigNumber number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
  Require(number != nullptr);
  return number;
}

EncodedPoint Encode(const P256PublicKey& key) {
  EncodedPoint point = {kUncompressed};
  std::ranges::copy(key.x, point.begin() + 1);
  std::ranges::copy(key.y, point.begin() + 1 + kCoordinateSize);
  return point;
}

P256PublicKey Decode(const EncodedPoint& point) {
  P256PublicKey key;
  std::copy_n(point.begin() + 1, kCoordinateSize, key.x.begin());
  std::copy_n(point.begin() + 1 + kCoordinateSize, kCoordinateSize, key.y.begin());
  return key;
}

P256PublicKey DerivePublicKey(const BIGNUM* scalar) {
  const CurveGroup group = P256Group();
  const CurvePoint point(EC_POINT_new(group.get()));
  Require(point != nullptr && EC_POINT_mul(group.get(), point.get(), scalar, nullptr, nullptr, nullptr) == 1);
  EncodedPoint encoded;
  Require(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                             encoded.size(), nullptr) == encoded.size());
  return Decode(encoded);
}

// OpenSSL's form of a key, private if `scalar` is given; null if the point is not on the curve.
Key ToOpenSsl(const P256PublicKey& key, const BIGNUM* scalar) {
  const EncodedPoint point = Encode(key);
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  Require(builder != nullptr);
  Require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1,
                                          0) == 1);
  Require(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size()) == 1);
  if (scalar != nullptr)
    Require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  Require(parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* made = nullptr;
  const int selection = scalar != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  if (EVP_PKEY_fromdata(context.get(), &made, selection, parameters.get()) != 1) return nullptr;
  return Key(made);
}

Bytes ToDer(const P256Signature& signature) {
  const EcdsaSignature pair(ECDSA_SIG_new());
  Require(pair != nullptr);
  Require(ECDSA_SIG_set0(pair.get(), ToBigNumber(signature.r).release(),
                         ToBigNumber(signature.s).release()) == 1);
  std::uint8_t* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  Require(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

P256Signature FromDer(ByteView der) {
  const std::uint8_t* at = der.data();
  const EcdsaSignature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Require(pair != nullptr);
  P256Signature signature;
  Require(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), signature.r.data(), kCoordinateSize) == kCoordinateSize);
  Require(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), signature.s.data(), kCoordinateSize) == kCoordinateSize);
  return signature;
}

}  // namespace

P256PrivateKey P256PrivateKey::Generate() {
  // FIPS 186-5 appendix A.2.2, by rejection; one draw in 2^32 is refused.
  while (true) {
    Expected<P256PrivateKey> key = FromScalar(SecretBytes::Random(kCoordinateSize));
    if (key) return *std::move(key);
  }
}

Expected<P256PrivateKey> P256PrivateKey::FromScalar(SecretBytes scalar) {
  if (scalar.size() != kCoordinateSize) {
    return Fail(ErrorCode::kMalformed,
                "a P-256 private key must have 32 bytes, not " + std::to_string(scalar.size()));
  }
  const BigNumber number = ToBigNumber(scalar.Expose());
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(P256Group().get())) >= 0) {
    return Fail(ErrorCode::kMalformed, "a P-256 private key must lie between 1 and the order of the curve");
  }
  P256PrivateKey key;
  key.public_key_ = DerivePublicKey(number.get());
  key.scalar_ = std::move(scalar);
  return key;
}

P256Signature P256PrivateKey::Sign(ByteView message) const {
  const BigNumber number = ToBigNumber(scalar_.Expose());
  const Key key = ToOpenSsl(public_key_, number.get());
  const DigestContext context(EVP_MD_CTX_new());
  Require(key != nullptr && context != nullptr);
  Require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
  std::array<std::uint8_t, 80> der;  // an ECDSA-Sig-Value of this curve has at most 72 bytes
  std::size_t size = der.size();
  Require(EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) == 1);
  return FromDer(ByteView(der).first(size));
}

bool Verify(const P256PublicKey& key, ByteView message, const P256Signature& signature) {
  return VerifyDer(key, message, ToDer(signature));
}

bool VerifyDer(const P256PublicKey& key, ByteView message, ByteView der_signature) {
  const Key converted = ToOpenSsl(key, nullptr);
  if (converted == nullptr) return false;
  const DigestContext context(EVP_MD_CTX_new());
  Require(context != nullptr);
  Require(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, converted.get()) == 1);
  // OpenSSL encodes what it parsed again and refuses a signature that differs: DER alone passes.
  return EVP_DigestVerify(context.get(), der_signature.data(), der_signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace strongroom::crypto
