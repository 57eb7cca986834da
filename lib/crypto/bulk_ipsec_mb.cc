#include <algorithm>
#include <array>
#include <memory>

#include "crypto/bulk_providers.h"

#ifdef STRONGROOM_HAVE_IPSEC_MB

#define NO_COMPAT_IMB_API_053  // old macro names that clash with OpenSSL's
#define LINUX  // the header's own name for the platform: without it the key tables lose their alignment
#include <intel-ipsec-mb.h>

#include "crypto/openssl_handles.h"
#include "crypto/pieces.h"
#include "crypto/require.h"

namespace strongroom::crypto {
namespace {

using Manager = std::unique_ptr<IMB_MGR, FreeWith<free_mb_mgr>>;

static_assert(alignof(gcm_key_data) == 64);

// What one AVX-512 hash takes at once. It takes as long for fewer, so a shorter run goes to the SHA
// instructions instead.
constexpr std::size_t kLanes = 16;

Expected<Manager> NewManager(void (*initialise)(IMB_MGR*)) {
  Manager manager(alloc_mb_mgr(0));
  Require(manager != nullptr);
  constexpr std::uint64_t kNeeded = IMB_CPUFLAGS_AVX512 | IMB_FEATURE_VAES | IMB_FEATURE_VPCLMULQDQ;
  if ((manager->features & kNeeded) != kNeeded) {
    return Fail(ErrorCode::kUnsupported, "ipsec-mb: the processor lacks AVX-512, VAES or VPCLMULQDQ",
                "use --crypto openssl");
  }
  initialise(manager.get());
  if (imb_get_errno(manager.get()) != 0) {
    return Fail(ErrorCode::kUnsupported, "ipsec-mb: the library fails its own test", "use --crypto openssl");
  }
  return manager;
}

class IpsecMbKey final : public AeadKey {
 public:
  IpsecMbKey(IMB_MGR* manager, const SecretBytes& key)
      : memory_(sizeof(gcm_key_data) + alignof(gcm_key_data)) {
    void* at = memory_.ExposeForWriting().data();
    std::size_t space = memory_.size();
    data_ = static_cast<gcm_key_data*>(std::align(alignof(gcm_key_data), sizeof(gcm_key_data), at, space));
    IMB_AES256_GCM_PRE(manager, key.Expose().data(), data_);
  }
  [[nodiscard]] const gcm_key_data* data() const { return data_; }

 private:
  SecretBytes memory_;
  gcm_key_data* data_;  // in memory_, aligned
};

class IpsecMbWorker final : public BulkWorker {
 public:
  IpsecMbWorker(Manager manager, Manager sha_instructions)
      : manager_(std::move(manager)), sha_instructions_(std::move(sha_instructions)) {}

  void Encrypt(const AeadKey& any_key, std::span<const std::uint8_t, 12> nonce, ByteView aad,
               std::span<const ByteView> plaintext, std::span<const MutableBytes> ciphertext,
               std::span<std::uint8_t, 16> tag) override {
    Require(TotalSize(plaintext) == TotalSize(ciphertext));
    const gcm_key_data* key = static_cast<const IpsecMbKey&>(any_key).data();
    gcm_context_data context;
    IMB_AES256_GCM_INIT(manager_, key, &context, nonce.data(), aad.data(), aad.size());
    ForEachRun(plaintext, ciphertext, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t size) {
      IMB_AES256_GCM_ENC_UPDATE(manager_, key, &context, to, from, size);
    });
    IMB_AES256_GCM_ENC_FINALIZE(manager_, key, &context, tag.data(), tag.size());
    WipeContext(context);
  }

  bool Decrypt(const AeadKey& any_key, std::span<const std::uint8_t, 12> nonce, ByteView aad,
               std::span<const ByteView> ciphertext, std::span<const MutableBytes> plaintext,
               std::span<const std::uint8_t, 16> tag) override {
    Require(TotalSize(ciphertext) == TotalSize(plaintext));
    const gcm_key_data* key = static_cast<const IpsecMbKey&>(any_key).data();
    gcm_context_data context;
    IMB_AES256_GCM_INIT(manager_, key, &context, nonce.data(), aad.data(), aad.size());
    ForEachRun(ciphertext, plaintext, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t size) {
      IMB_AES256_GCM_DEC_UPDATE(manager_, key, &context, to, from, size);
    });
    std::array<std::uint8_t, 16> computed;
    IMB_AES256_GCM_DEC_FINALIZE(manager_, key, &context, computed.data(), computed.size());
    WipeContext(context);
    if (ConstantTimeEqual(computed, tag)) return true;
    for (const MutableBytes piece : plaintext) Wipe(piece);
    return false;
  }

  void HashLeaves(const LeafBuffer& buffer, std::size_t first, std::size_t last_size,
                  std::span<Digest> out) override {
    while (!out.empty()) {
      const std::size_t count = std::min(out.size(), kLanes);
      const std::size_t last_of_run = count == out.size() ? last_size : kLeafSize;
      HashRun(count == kLanes ? manager_.get() : sha_instructions_.get(), buffer, first, last_of_run,
              out.first(count));
      first += count;
      out = out.subspan(count);
    }
  }

 private:
  static void HashRun(IMB_MGR* manager, const LeafBuffer& buffer, std::size_t first, std::size_t last_size,
                      std::span<Digest> out) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const ByteView message = buffer.Message(first + i, i + 1 < out.size() ? kLeafSize : last_size);
      IMB_JOB* job = IMB_GET_NEXT_JOB(manager);
      job->hash_alg = IMB_AUTH_SHA_256;
      job->cipher_mode = IMB_CIPHER_NULL;
      job->cipher_direction = IMB_DIR_ENCRYPT;
      job->chain_order = IMB_ORDER_HASH_CIPHER;
      job->src = message.data();
      job->hash_start_src_offset_in_bytes = 0;
      job->msg_len_to_hash_in_bytes = message.size();
      job->auth_tag_output = out[i].data();
      job->auth_tag_output_len_in_bytes = out[i].size();
      for (job = IMB_SUBMIT_JOB(manager); job != nullptr; job = IMB_GET_COMPLETED_JOB(manager)) ++done;
    }
    while (IMB_FLUSH_JOB(manager) != nullptr) ++done;
    Require(done == out.size());
  }

  // It holds a block of key stream.
  static void WipeContext(gcm_context_data& context) {
    Wipe({reinterpret_cast<std::uint8_t*>(&context), sizeof(context)});
  }

  Manager manager_;
  Manager sha_instructions_;
};

class IpsecMbBulk final : public BulkCrypto {
 public:
  explicit IpsecMbBulk(Manager manager) : manager_(std::move(manager)) {}

  std::string_view name() const override { return "ipsec-mb"; }

  std::shared_ptr<const AeadKey> Prepare(const SecretBytes& key) const override {
    Require(key.size() == 32);
    return std::make_shared<IpsecMbKey>(manager_.get(), key);
  }

  std::unique_ptr<BulkWorker> NewWorker() const override {
    Expected<Manager> manager = NewManager(&init_mb_mgr_avx512);
    Expected<Manager> sha_instructions = NewManager(&init_mb_mgr_avx2);
    Require(manager && sha_instructions);  // the same calls succeeded when this provider was made
    return std::make_unique<IpsecMbWorker>(*std::move(manager), *std::move(sha_instructions));
  }

 private:
  Manager manager_;  // for preparing keys, which changes nothing in it
};

}  // namespace

Expected<std::shared_ptr<const BulkCrypto>> MakeIpsecMbBulk() {
  SR_ASSIGN_OR_RETURN(Manager manager, NewManager(&init_mb_mgr_avx512));
  SR_RETURN_IF_ERROR(NewManager(&init_mb_mgr_avx2));
  return std::make_shared<IpsecMbBulk>(std::move(manager));
}

}  // namespace strongroom::crypto

#else

namespace strongroom::crypto {

Expected<std::shared_ptr<const BulkCrypto>> MakeIpsecMbBulk() {
  return Fail(ErrorCode::kUnsupported, "ipsec-mb: not part of this build", "use --crypto openssl");
}

}  // namespace strongroom::crypto

#endif
