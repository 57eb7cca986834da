// What a sample model consists of: which tensors, of what shape and type, in which files.
#ifndef STRONGROOM_SAMPLE_MODEL_MODEL_PLAN_H_
#define STRONGROOM_SAMPLE_MODEL_MODEL_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "strongroom/base/error.h"

namespace strongroom::sample_model {

enum class Precision { kBf16, kF32, kFp16, kFp8, kQ4, kMixed };

// How the values of a tensor come about and are stored.
enum class Storage {
  kBf16,
  kF32,
  kFp16,
  kFp8,      // E4M3
  kNibbles,  // eight 4-bit weights in an I32
  kScales,   // one FP16 for each 32 weights of the kNibbles tensor of the same name
};

struct PlannedTensor {
  std::string name;
  Storage storage = Storage::kBf16;
  std::uint64_t rows = 0, columns = 0;  // of weights; a vector has one row
  bool norm = false;                    // values near 1 and not around 0
  std::uint64_t stream = 0;             // the number of its stream of random values

  [[nodiscard]] std::uint64_t row_size() const;  // bytes
  [[nodiscard]] std::uint64_t size() const { return rows * row_size(); }
};

struct PlannedFile {
  std::string name;
  std::vector<PlannedTensor> tensors;
};

struct ModelPlan {
  std::uint64_t hidden = 0, layers = 0, vocabulary = 0;
  std::vector<PlannedFile> files;
};

// A decoder-only transformer of about `size` bytes in `files` files. kInvalidArgument if it would be too
// small to be one.
Expected<ModelPlan> PlanModel(std::uint64_t size, Precision precision, std::uint64_t files);

}  // namespace strongroom::sample_model

#endif  // STRONGROOM_SAMPLE_MODEL_MODEL_PLAN_H_
