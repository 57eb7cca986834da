#include "codec/planes_x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace strongroom::codec {

#if defined(__x86_64__)
namespace {

#define SR_AVX2 __attribute__((target("avx2")))
#define SR_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2")))

// What the vector loops leave over: fewer elements than fill a vector.
void SplitRest(Element element, const std::uint8_t* elements, std::size_t done, std::size_t count,
               PlanePointers planes) {
  for (std::size_t p = 0; p < Width(element); ++p) planes[p] += done;
  PortablePlaneLoops(element).split(elements + done * Width(element), count - done, planes);
}

void MergeRest(Element element, ConstPlanePointers planes, std::size_t done, std::size_t count,
               std::uint8_t* elements) {
  for (std::size_t p = 0; p < Width(element); ++p) planes[p] += done;
  PortablePlaneLoops(element).merge(planes, count - done, elements + done * Width(element));
}

template <Element kElement>
SR_AVX2 __m256i Rotate16Left(__m256i words) {
  if constexpr (!IsRotated(kElement)) return words;
  return _mm256_or_si256(_mm256_slli_epi16(words, 1), _mm256_srli_epi16(words, 15));
}

template <Element kElement>
SR_AVX2 __m256i Rotate16Right(__m256i words) {
  if constexpr (!IsRotated(kElement)) return words;
  return _mm256_or_si256(_mm256_srli_epi16(words, 1), _mm256_slli_epi16(words, 15));
}

template <Element kElement>
SR_AVX2 void Split16Avx2(const std::uint8_t* elements, std::size_t count, const PlanePointers& planes) {
  const __m256i low_byte = _mm256_set1_epi16(0xff);
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const auto* in = reinterpret_cast<const __m256i*>(elements + 2 * i);
    const __m256i a = Rotate16Left<kElement>(_mm256_loadu_si256(in));
    const __m256i b = Rotate16Left<kElement>(_mm256_loadu_si256(in + 1));
    const __m256i high = _mm256_packus_epi16(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(b, 8));
    const __m256i low = _mm256_packus_epi16(_mm256_and_si256(a, low_byte), _mm256_and_si256(b, low_byte));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(planes[0] + i), _mm256_permute4x64_epi64(high, 0xd8));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(planes[1] + i), _mm256_permute4x64_epi64(low, 0xd8));
  }
  SplitRest(kElement, elements, i, count, planes);
}

template <Element kElement>
SR_AVX2 void Merge16Avx2(const ConstPlanePointers& planes, std::size_t count, std::uint8_t* elements) {
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m256i high =
        _mm256_permute4x64_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(planes[0] + i)), 0xd8);
    const __m256i low =
        _mm256_permute4x64_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(planes[1] + i)), 0xd8);
    auto* out = reinterpret_cast<__m256i*>(elements + 2 * i);
    _mm256_storeu_si256(out, Rotate16Right<kElement>(_mm256_unpacklo_epi8(low, high)));
    _mm256_storeu_si256(out + 1, Rotate16Right<kElement>(_mm256_unpackhi_epi8(low, high)));
  }
  MergeRest(kElement, planes, i, count, elements);
}

// Byte k of a vector of 64 indices.
using Indices = std::array<std::uint8_t, 64>;

template <typename Rule>
constexpr Indices MakeIndices(Rule rule) {
  Indices indices{};
  for (std::size_t k = 0; k < indices.size(); ++k) indices[k] = static_cast<std::uint8_t>(rule(k));
  return indices;
}

SR_AVX512 __m512i Load(const void* from) {
  return _mm512_loadu_si512(from);
}

template <Element kElement>
SR_AVX512 void Split16Avx512(const std::uint8_t* elements, std::size_t count, const PlanePointers& planes) {
  static constexpr Indices kOdd = MakeIndices([](std::size_t k) { return 2 * k + 1; });
  static constexpr Indices kEven = MakeIndices([](std::size_t k) { return 2 * k; });
  const __m512i odd = Load(kOdd.data());
  const __m512i even = Load(kEven.data());
  std::size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    __m512i a = Load(elements + 2 * i);
    __m512i b = Load(elements + 2 * i + 64);
    if constexpr (IsRotated(kElement)) {
      a = _mm512_shldi_epi16(a, a, 1);
      b = _mm512_shldi_epi16(b, b, 1);
    }
    _mm512_storeu_si512(planes[0] + i, _mm512_permutex2var_epi8(a, odd, b));
    _mm512_storeu_si512(planes[1] + i, _mm512_permutex2var_epi8(a, even, b));
  }
  SplitRest(kElement, elements, i, count, planes);
}

template <Element kElement>
SR_AVX512 void Merge16Avx512(const ConstPlanePointers& planes, std::size_t count, std::uint8_t* elements) {
  // Index k takes from the low plane, k + 64 from the high one.
  static constexpr Indices kFirst = MakeIndices([](std::size_t k) { return k / 2 + (k % 2) * 64; });
  static constexpr Indices kSecond = MakeIndices([](std::size_t k) { return 32 + k / 2 + (k % 2) * 64; });
  const __m512i first = Load(kFirst.data());
  const __m512i second = Load(kSecond.data());
  std::size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    const __m512i high = Load(planes[0] + i);
    const __m512i low = Load(planes[1] + i);
    __m512i a = _mm512_permutex2var_epi8(low, first, high);
    __m512i b = _mm512_permutex2var_epi8(low, second, high);
    if constexpr (IsRotated(kElement)) {
      a = _mm512_shrdi_epi16(a, a, 1);
      b = _mm512_shrdi_epi16(b, b, 1);
    }
    _mm512_storeu_si512(elements + 2 * i, a);
    _mm512_storeu_si512(elements + 2 * i + 64, b);
  }
  MergeRest(kElement, planes, i, count, elements);
}

// Transposes a 4 by 4 matrix of 128-bit lanes; its own inverse.
SR_AVX512 void TransposeLanes(__m512i (&v)[4]) {
  const __m512i a = _mm512_shuffle_i32x4(v[0], v[1], 0x44);
  const __m512i b = _mm512_shuffle_i32x4(v[0], v[1], 0xee);
  const __m512i c = _mm512_shuffle_i32x4(v[2], v[3], 0x44);
  const __m512i d = _mm512_shuffle_i32x4(v[2], v[3], 0xee);
  v[0] = _mm512_shuffle_i32x4(a, c, 0x88);
  v[1] = _mm512_shuffle_i32x4(a, c, 0xdd);
  v[2] = _mm512_shuffle_i32x4(b, d, 0x88);
  v[3] = _mm512_shuffle_i32x4(b, d, 0xdd);
}

template <Element kElement>
SR_AVX512 void Split32Avx512(const std::uint8_t* elements, std::size_t count, const PlanePointers& planes) {
  // Within a vector of 16 elements: lane p gets byte 3 - p of each.
  static constexpr Indices kGroup = MakeIndices([](std::size_t k) { return (k % 16) * 4 + 3 - k / 16; });
  const __m512i group = Load(kGroup.data());
  std::size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    __m512i v[4];
    for (std::size_t q = 0; q < 4; ++q) {
      v[q] = Load(elements + 4 * i + 64 * q);
      if constexpr (IsRotated(kElement)) v[q] = _mm512_rol_epi32(v[q], 1);
      v[q] = _mm512_permutexvar_epi8(group, v[q]);
    }
    TransposeLanes(v);
    for (std::size_t p = 0; p < 4; ++p) _mm512_storeu_si512(planes[p] + i, v[p]);
  }
  SplitRest(kElement, elements, i, count, planes);
}

template <Element kElement>
SR_AVX512 void Merge32Avx512(const ConstPlanePointers& planes, std::size_t count, std::uint8_t* elements) {
  static constexpr Indices kScatter = MakeIndices([](std::size_t k) { return (3 - k % 4) * 16 + k / 4; });
  const __m512i scatter = Load(kScatter.data());
  std::size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    __m512i v[4];
    for (std::size_t p = 0; p < 4; ++p) v[p] = Load(planes[p] + i);
    TransposeLanes(v);
    for (std::size_t q = 0; q < 4; ++q) {
      v[q] = _mm512_permutexvar_epi8(scatter, v[q]);
      if constexpr (IsRotated(kElement)) v[q] = _mm512_ror_epi32(v[q], 1);
      _mm512_storeu_si512(elements + 4 * i + 64 * q, v[q]);
    }
  }
  MergeRest(kElement, planes, i, count, elements);
}

}  // namespace

PlaneLoops X86PlaneLoops(Element element, const PlaneLoops& otherwise) {
  const bool avx512 = __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vbmi") &&
                      __builtin_cpu_supports("avx512bw");
  const bool avx2 = __builtin_cpu_supports("avx2");
  switch (element) {
    case Element::kBf16:
    case Element::kFp16:
      if (avx512) return {Split16Avx512<Element::kBf16>, Merge16Avx512<Element::kBf16>};
      if (avx2) return {Split16Avx2<Element::kBf16>, Merge16Avx2<Element::kBf16>};
      return otherwise;
    case Element::kInt16:
      if (avx512) return {Split16Avx512<Element::kInt16>, Merge16Avx512<Element::kInt16>};
      if (avx2) return {Split16Avx2<Element::kInt16>, Merge16Avx2<Element::kInt16>};
      return otherwise;
    case Element::kF32:
      return avx512 ? PlaneLoops{Split32Avx512<Element::kF32>, Merge32Avx512<Element::kF32>} : otherwise;
    case Element::kInt32:
      return avx512 ? PlaneLoops{Split32Avx512<Element::kInt32>, Merge32Avx512<Element::kInt32>} : otherwise;
    default:
      return otherwise;
  }
}

#else

PlaneLoops X86PlaneLoops(Element, const PlaneLoops& otherwise) {
  return otherwise;
}

#endif

}  // namespace strongroom::codec
