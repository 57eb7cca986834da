#include "keyslot/pcr_json.h"

#include <utility>
#include <vector>

namespace strongroom::keyslot {

using envelope::Json;
using envelope::ObjectBuilder;
using envelope::ObjectReader;

namespace {

Expected<tpm::PcrBank> ReadBank(ObjectReader& reader) {
  SR_ASSIGN_OR_RETURN(const std::string name, reader.String("bank"));
  for (const tpm::PcrBank bank : {tpm::PcrBank::kSha256, tpm::PcrBank::kSha384}) {
    if (name == tpm::ToString(bank)) return bank;
  }
  return reader.Refuse("bank", "must be sha256 or sha384");
}

}  // namespace

Json PcrValuesJson(const tpm::PcrValues& values) {
  Json::Array list;
  for (std::size_t i = 0; i < values.digests().size(); ++i) {
    list.push_back(ObjectBuilder()
                       .String("digest", Hex(values.digests()[i]))
                       .Integer("index", values.selection().indices()[i])
                       .Build());
  }
  return ObjectBuilder()
      .String("bank", tpm::ToString(values.selection().bank()))
      .Value("values", std::move(list))
      .Build();
}

Expected<tpm::PcrValues> ReadPcrValues(ObjectReader& parent, std::string_view name) {
  SR_ASSIGN_OR_RETURN(ObjectReader reader, parent.Object(name));
  SR_ASSIGN_OR_RETURN(const tpm::PcrBank bank, ReadBank(reader));
  SR_ASSIGN_OR_RETURN(std::vector<ObjectReader> list, reader.Objects("values", tpm::kPcrCount));
  SR_RETURN_IF_ERROR(reader.Finish());
  std::vector<int> indices;
  std::vector<Bytes> digests;
  for (ObjectReader& item : list) {
    SR_ASSIGN_OR_RETURN(const int index, item.Integer<int>("index", 0, tpm::kPcrCount - 1));
    if (!indices.empty() && index <= indices.back()) return item.Refuse("index", "must ascend");
    SR_ASSIGN_OR_RETURN(const std::string hex, item.String("digest"));
    SR_ASSIGN_OR_RETURN(Bytes digest, FromHex(hex));
    SR_RETURN_IF_ERROR(item.Finish());
    indices.push_back(index);
    digests.push_back(std::move(digest));
  }
  if (indices.empty()) return reader.Refuse("values", "must not be empty");
  SR_ASSIGN_OR_RETURN(tpm::PcrSelection selection, tpm::PcrSelection::Create(bank, std::move(indices)));
  return tpm::PcrValues::Create(std::move(selection), std::move(digests));
}

Json PolicyKeyJson(const crypto::P256PublicKey& key) {
  return ObjectBuilder().Digest("x", key.x).Digest("y", key.y).Build();
}

Expected<crypto::P256PublicKey> ReadPolicyKey(ObjectReader& parent, std::string_view name) {
  SR_ASSIGN_OR_RETURN(ObjectReader reader, parent.Object(name));
  crypto::P256PublicKey key;
  SR_ASSIGN_OR_RETURN(key.x, reader.Digest("x"));
  SR_ASSIGN_OR_RETURN(key.y, reader.Digest("y"));
  SR_RETURN_IF_ERROR(reader.Finish());
  return key;
}

}  // namespace strongroom::keyslot
