#include "sample_model/model_plan.h"

#include <algorithm>
#include <cstdio>

namespace strongroom::sample_model {
namespace {

constexpr std::uint64_t kMinSize = 1 << 20;
constexpr std::uint64_t kMinHidden = 64, kMaxHidden = 8192;
constexpr std::uint64_t kMinLayers = 4;
constexpr std::uint64_t kUsualVocabulary = 32000;

enum class Role { kEmbedding, kAttention, kFeedForward, kNorm };

Storage StorageOf(Precision precision, Role role) {
  switch (precision) {
    case Precision::kBf16:
      return Storage::kBf16;
    case Precision::kF32:
      return Storage::kF32;
    case Precision::kFp16:
      return Storage::kFp16;
    case Precision::kFp8:
      return role == Role::kNorm ? Storage::kBf16 : Storage::kFp8;
    case Precision::kQ4:
      return role == Role::kNorm || role == Role::kEmbedding ? Storage::kFp16 : Storage::kNibbles;
    case Precision::kMixed:
      if (role == Role::kNorm) return Storage::kF32;
      return role == Role::kFeedForward ? Storage::kFp8 : Storage::kBf16;
  }
  return Storage::kBf16;
}

class Planner {
 public:
  explicit Planner(Precision precision) : precision_(precision) {}

  void Matrix(const std::string& name, Role role, std::uint64_t rows, std::uint64_t columns) {
    const Storage storage = StorageOf(precision_, role);
    Add(name, storage, rows, columns, role == Role::kNorm);
    if (storage == Storage::kNibbles) {
      tensors.back().name = name.substr(0, name.rfind('.')) + ".qweight";
      const std::uint64_t stream = tensors.back().stream;
      Add(name.substr(0, name.rfind('.')) + ".scales", Storage::kScales, rows, columns, false);
      tensors.back().stream = stream;
    }
  }
  void Norm(const std::string& name, std::uint64_t size) { Matrix(name, Role::kNorm, 1, size); }

  void Layer(std::uint64_t number, std::uint64_t hidden) {
    const std::string prefix = "model.layers." + std::to_string(number) + ".";
    Norm(prefix + "input_layernorm.weight", hidden);
    Matrix(prefix + "self_attn.q_proj.weight", Role::kAttention, hidden, hidden);
    Matrix(prefix + "self_attn.k_proj.weight", Role::kAttention, hidden / 4, hidden);
    Matrix(prefix + "self_attn.v_proj.weight", Role::kAttention, hidden / 4, hidden);
    Matrix(prefix + "self_attn.o_proj.weight", Role::kAttention, hidden, hidden);
    Norm(prefix + "post_attention_layernorm.weight", hidden);
    Matrix(prefix + "mlp.gate_proj.weight", Role::kFeedForward, 3 * hidden, hidden);
    Matrix(prefix + "mlp.up_proj.weight", Role::kFeedForward, 3 * hidden, hidden);
    Matrix(prefix + "mlp.down_proj.weight", Role::kFeedForward, hidden, 3 * hidden);
  }

  [[nodiscard]] std::uint64_t TotalSize() const {
    std::uint64_t total = 0;
    for (const PlannedTensor& tensor : tensors) total += tensor.size();
    return total;
  }

  std::vector<PlannedTensor> tensors;

 private:
  void Add(std::string name, Storage storage, std::uint64_t rows, std::uint64_t columns, bool norm) {
    tensors.push_back({std::move(name), storage, rows, columns, norm, tensors.size()});
  }
  Precision precision_;
};

std::uint64_t LayerSize(Precision precision, std::uint64_t hidden) {
  Planner planner(precision);
  planner.Layer(0, hidden);
  return planner.TotalSize();
}

std::uint64_t EmbeddingRowSize(Precision precision, std::uint64_t hidden) {
  Planner planner(precision);
  planner.Matrix("row", Role::kEmbedding, 1, hidden);
  return planner.TotalSize();
}

// Sets hidden size, layers and vocabulary so that the whole comes as near to `size` as a row of the embedding
// allows.
ModelPlan Dimensions(std::uint64_t size, Precision precision) {
  ModelPlan plan;
  plan.hidden = kMinHidden;
  while (plan.hidden < kMaxHidden && kMinLayers * LayerSize(precision, 2 * plan.hidden) <= size * 3 / 4)
    plan.hidden *= 2;
  const std::uint64_t row = EmbeddingRowSize(precision, plan.hidden);
  const std::uint64_t embedding = std::min(kUsualVocabulary * row, size / 4);
  plan.layers = (size - embedding) / LayerSize(precision, plan.hidden);
  plan.vocabulary = (size - plan.layers * LayerSize(precision, plan.hidden)) / row;
  return plan;
}

std::string FileName(std::uint64_t number, std::uint64_t files) {
  char name[64];
  std::snprintf(name, sizeof(name), "model-%05llu-of-%05llu.safetensors",
                static_cast<unsigned long long>(number), static_cast<unsigned long long>(files));
  return name;
}

}  // namespace

std::uint64_t PlannedTensor::row_size() const {
  switch (storage) {
    case Storage::kBf16:
    case Storage::kFp16:
      return 2 * columns;
    case Storage::kF32:
      return 4 * columns;
    case Storage::kFp8:
      return columns;
    case Storage::kNibbles:
      return columns / 2;
    case Storage::kScales:
      return columns / 32 * 2;
  }
  return 0;
}

Expected<ModelPlan> PlanModel(std::uint64_t size, Precision precision, std::uint64_t files) {
  if (size < kMinSize) return Fail(ErrorCode::kInvalidArgument, "a sample model has 1 MiB at least");
  if (files == 0 || files > 1000)
    return Fail(ErrorCode::kInvalidArgument, "the number of files must be from 1 to 1000");
  ModelPlan plan = Dimensions(size, precision);
  Planner planner(precision);
  planner.Matrix("model.embed_tokens.weight", Role::kEmbedding, plan.vocabulary, plan.hidden);
  for (std::uint64_t layer = 0; layer < plan.layers; ++layer) planner.Layer(layer, plan.hidden);
  planner.Norm("model.norm.weight", plan.hidden);

  for (std::uint64_t f = 0; f < files; ++f) plan.files.push_back({FileName(f + 1, files), {}});
  const std::uint64_t total = planner.TotalSize();
  std::uint64_t placed = 0;
  for (PlannedTensor& tensor : planner.tensors) {
    const std::uint64_t middle = placed + tensor.size() / 2;
    placed += tensor.size();
    plan.files[std::min(files - 1, middle * files / total)].tensors.push_back(std::move(tensor));
  }
  return plan;
}

}  // namespace strongroom::sample_model
