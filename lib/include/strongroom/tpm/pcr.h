// Platform configuration registers: which ones, and what they held.
#ifndef STRONGROOM_TPM_PCR_H_
#define STRONGROOM_TPM_PCR_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"

namespace strongroom::tpm {

inline constexpr int kPcrCount = 24;

enum class PcrBank { kSha256, kSha384 };
std::string_view ToString(PcrBank bank);  // "sha256", "sha384"
std::size_t DigestSize(PcrBank bank);     // 32, 48

// PcrSelection is a set of registers of one bank. Never empty.
class PcrSelection {
 public:
  // Indices in any order, each 0 to 23 and named once; else kInvalidArgument.
  static Expected<PcrSelection> Create(PcrBank bank, std::vector<int> indices);
  // Parse reads "sha256:0,2,4,7", the notation of tpm2-tools. kInvalidArgument.
  static Expected<PcrSelection> Parse(std::string_view text);
  // Default is sha256:0,2,4,7: firmware, option ROMs, boot loader, Secure Boot state.
  static PcrSelection Default();

  [[nodiscard]] PcrBank bank() const { return bank_; }
  [[nodiscard]] const std::vector<int>& indices() const { return indices_; }  // ascending
  [[nodiscard]] std::string ToString() const;
  // Bitmap is the pcrSelect field of TPMS_PCR_SELECTION: PCR i is bit i % 8 of byte i / 8.
  [[nodiscard]] std::array<std::uint8_t, kPcrCount / 8> Bitmap() const;
  friend bool operator==(const PcrSelection&, const PcrSelection&) = default;

 private:
  PcrSelection(PcrBank bank, std::vector<int> indices) : bank_(bank), indices_(std::move(indices)) {}
  PcrBank bank_;
  std::vector<int> indices_;
};

// PcrValues is a selection with one digest for each of its registers, in the selection's order.
class PcrValues {
 public:
  // kMalformed unless there is one digest of the bank's size for each register.
  static Expected<PcrValues> Create(PcrSelection selection, std::vector<Bytes> digests);

  [[nodiscard]] const PcrSelection& selection() const { return selection_; }
  [[nodiscard]] const std::vector<Bytes>& digests() const { return digests_; }
  friend bool operator==(const PcrValues&, const PcrValues&) = default;

 private:
  PcrValues(PcrSelection selection, std::vector<Bytes> digests)
      : selection_(std::move(selection)), digests_(std::move(digests)) {}
  PcrSelection selection_;
  std::vector<Bytes> digests_;
};

class Context;

// ReadPcrs reads the registers as they are now. kInvalidArgument if the TPM keeps no such bank or register,
// kNoKey if the TPM does not answer.
Expected<PcrValues> ReadPcrs(Context& context, const PcrSelection& selection);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_PCR_H_
