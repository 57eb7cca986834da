// The few numbers of TPM 2.0 Part 2 that our own pure functions write and read; the TSS headers stay out of
// those.
#ifndef STRONGROOM_TPM_MARSHAL_H_
#define STRONGROOM_TPM_MARSHAL_H_

#include <cstddef>
#include <cstdint>

namespace strongroom::tpm {

inline constexpr std::size_t kSizeFieldSize = 2;  // the u16 before the content of every TPM2B

inline constexpr std::uint16_t kAlgKeyedHash = 0x0008;
inline constexpr std::uint16_t kAlgSha256 = 0x000B;
inline constexpr std::uint16_t kAlgSha384 = 0x000C;
inline constexpr std::uint16_t kAlgNull = 0x0010;
inline constexpr std::uint16_t kAlgEcdsa = 0x0018;
inline constexpr std::uint16_t kAlgEcc = 0x0023;
inline constexpr std::uint16_t kCurveP256 = 0x0003;

inline constexpr std::uint32_t kAttributeFixedTpm = 1U << 1;
inline constexpr std::uint32_t kAttributeFixedParent = 1U << 4;
inline constexpr std::uint32_t kAttributeUserWithAuth = 1U << 6;
inline constexpr std::uint32_t kAttributeNoDa = 1U << 10;
inline constexpr std::uint32_t kAttributeSign = 1U << 18;

// userWithAuth is clear: the policy is the only way to a sealed object's content.
inline constexpr std::uint32_t kSealedObjectAttributes =
    kAttributeFixedTpm | kAttributeFixedParent | kAttributeNoDa;

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_MARSHAL_H_
