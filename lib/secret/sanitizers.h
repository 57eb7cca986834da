// Whether this build has a sanitizer that replaces the allocator, and that traces the process to look for leaks.
#ifndef STRONGROOM_SECRET_SANITIZERS_H_
#define STRONGROOM_SECRET_SANITIZERS_H_

namespace strongroom {

#if defined(__has_feature)
#define STRONGROOM_HAS_FEATURE(name) __has_feature(name)
#else
#define STRONGROOM_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || STRONGROOM_HAS_FEATURE(address_sanitizer) || \
    STRONGROOM_HAS_FEATURE(memory_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

#undef STRONGROOM_HAS_FEATURE

}  // namespace strongroom

#endif  // STRONGROOM_SECRET_SANITIZERS_H_
