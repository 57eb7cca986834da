#include "unit/bundle/sealed_model.h"

#include <sys/stat.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "strongroom/envelope/dsse.h"
#include "strongroom/envelope/json.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {
namespace fs = std::filesystem;

Tree ReadTree(const std::string& directory) {
  Tree tree;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().lexically_relative(directory).string();
    char mode[16];
    std::snprintf(mode, sizeof mode, "%o ", static_cast<unsigned>(entry.symlink_status().permissions()));
    if (entry.is_symlink()) {
      tree[name] = "-> " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_directory()) {
      tree[name] = mode + std::string("dir");
    } else {
      tree[name] = mode + std::string(AsText(ReadFile(entry.path().string())));
    }
  }
  return tree;
}

void WriteFile(const std::string& path, std::string_view content) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

void WriteFile(const std::string& path, ByteView content) {
  WriteFile(path, AsText(content));
}

Bytes ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

void FlipBit(const std::string& path, std::uint64_t bit) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(bit / 8));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(bit / 8));
  file.put(static_cast<char>(byte ^ (1 << (bit % 8))));
}

Bytes MakeSafetensors(const std::vector<NewTensor>& tensors) {
  envelope::Json::Object header;
  std::uint64_t offset = 0;
  for (const NewTensor& tensor : tensors) {
    const std::uint64_t end = offset + tensor.bytes.size();
    header[tensor.name] = envelope::ObjectBuilder()
                              .String("dtype", tensor.dtype)
                              .Value("shape", envelope::Json::Array{tensor.elements})
                              .Value("data_offsets", envelope::Json::Array{offset, end})
                              .Build();
    offset = end;
  }
  std::string text = envelope::CanonicalJson(header);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  ByteWriter writer;
  writer.U64Le(text.size()).Append(text);
  for (const NewTensor& tensor : tensors) writer.Append(tensor.bytes);
  return std::move(writer).Take();
}

Bytes Bf16Weights(std::size_t bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, 0.02F);
  Bytes out(bytes);
  for (std::size_t i = 0; i + 1 < bytes; i += 2) {
    const float value = normal(random);
    std::uint32_t word = 0;
    std::memcpy(&word, &value, sizeof word);
    out[i] = static_cast<std::uint8_t>(word >> 16);
    out[i + 1] = static_cast<std::uint8_t>(word >> 24);
  }
  return out;
}

Bytes Noise(std::size_t bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes out(bytes);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

SealedModel::SealedModel(FileSystem* files)
    : files_(files != nullptr ? files : real_.get()),
      bulk_(*crypto::MakeBulkCrypto(crypto::BulkProvider::kFastest)) {
  fs::create_directory(source());
  const envelope::NoteKey owner{.name = "owner", .key = owner_.public_key()};
  static_cast<void>(trust_.Add({.purpose = envelope::KeyPurpose::kOwner, .key = owner}));
  options = {.source = source(), .output = bundle(), .bulk = bulk_, .threads = 2, .parity = {}};
}

Status SealedModel::Seal(std::stop_token stop) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<Sealer> sealer, Sealer::Start(*files_, options, journal_key_));
  key_ = sealer->bundle_key().Clone();
  SR_ASSIGN_OR_RETURN(const SealedFiles sealed, sealer->Run({}, std::move(stop)));
  bundle::Manifest manifest;
  manifest.commitment = sealed.commitment;
  manifest.created = Timestamp{1795290180};
  manifest.facts = envelope::Json(envelope::Json::Object{});
  manifest.instance = sealer->instance();
  manifest.label = "acme-7b";
  manifest.parity = options.parity;
  manifest.subjects = sealed.subjects;
  SR_ASSIGN_OR_RETURN(const Bytes envelope, SignManifest(manifest, owner_, "owner"));
  return sealer->Finish(envelope, AsBytes("keyslots"));
}

Status SealedModel::Sign(const bundle::Manifest& manifest) {
  SR_ASSIGN_OR_RETURN(const Bytes envelope, SignManifest(manifest, owner_, "owner"));
  WriteFile(bundle() + "/manifest.json", envelope);
  return {};
}

Status SealedModel::SignPayload(ByteView payload) {
  WriteFile(bundle() + "/manifest.json", envelope::SignDsse("application/vnd.in-toto+json", payload, owner_));
  return {};
}

Expected<VerifiedManifest> SealedModel::Manifest() {
  SR_ASSIGN_OR_RETURN(const Bytes envelope,
                      ReadWhole(*files_, JoinPath(bundle(), kManifestName), kMaxManifestSize));
  return VerifyManifest(envelope, trust_);
}

Expected<VerifyReport> SealedModel::Verify() {
  SR_ASSIGN_OR_RETURN(const VerifiedManifest manifest, Manifest());
  const auto store = store::MakeDirectoryStore(*files_, bundle());
  return bundle::Verify(*store, manifest, {.bulk = bulk_, .threads = 2}, {}, {});
}

Status SealedModel::VerifyStatus() {
  SR_ASSIGN_OR_RETURN(const VerifyReport report, Verify());
  return report.status();
}

Expected<RepairReport> SealedModel::Repair() {
  SR_ASSIGN_OR_RETURN(const VerifiedManifest manifest, Manifest());
  SR_ASSIGN_OR_RETURN(const VerifyReport report, Verify());
  const auto store = store::MakeDirectoryStore(*files_, bundle());
  return bundle::Repair(*store, manifest, report, {.bulk = bulk_, .threads = 2}, {}, {});
}

Expected<std::unique_ptr<Bundle>> SealedModel::Open(bool check_leaves) {
  SR_ASSIGN_OR_RETURN(const VerifiedManifest manifest, Manifest());
  return Bundle::Open(store::MakeDirectoryStore(*files_, bundle()), manifest, key(),
                      {.bulk = bulk_, .check_leaves = check_leaves});
}

Expected<OpenTotals> SealedModel::OpenInto(const OpenOptions& open_options) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<Bundle> bundle, Open());
  return bundle::OpenInto(*bundle, *files_, opened(), open_options, {}, {});
}

}  // namespace strongroom::bundle
