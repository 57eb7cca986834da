#include <algorithm>

#include "strongroom/tpm/sealing.h"
#include "tpm/marshal.h"

namespace strongroom::tpm {

Digest SealingPolicy::Combined() const {
  const Digest branches[] = {pcr, authorize};
  return PolicyOr(branches);
}

Expected<Digest> SealedPolicy(ByteView public_area) {
  ByteWriter before;
  before.U16Be(kAlgKeyedHash).U16Be(kAlgSha256).U32Be(kSealedObjectAttributes).U16Be(sizeof(Digest));
  ByteReader reader(public_area, "public area of a sealed object");
  SR_ASSIGN_OR_RETURN(const std::uint16_t size, reader.U16Be());
  if (size != reader.remaining()) return std::unexpected(reader.Malformed("its size field is wrong"));
  SR_ASSIGN_OR_RETURN(const ByteView head, reader.Take(before.bytes().size()));
  if (!std::ranges::equal(head, before.bytes())) {
    return std::unexpected(reader.Malformed("type, nameAlg or attributes are not a sealed object's"));
  }
  Digest policy{};
  SR_RETURN_IF_ERROR(reader.Copy(policy));
  SR_ASSIGN_OR_RETURN(const std::uint16_t scheme, reader.U16Be());
  SR_ASSIGN_OR_RETURN(const std::uint16_t unique_size, reader.U16Be());
  SR_RETURN_IF_ERROR(reader.Skip(sizeof(Digest)));
  if (scheme != kAlgNull || unique_size != sizeof(Digest)) {
    return std::unexpected(reader.Malformed("scheme or unique field is not a sealed object's"));
  }
  SR_RETURN_IF_ERROR(reader.Finish());
  return policy;
}

}  // namespace strongroom::tpm
