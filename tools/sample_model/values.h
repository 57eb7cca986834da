// The weights themselves: Gaussian around 0, each row at a scale of its own and the scales log-normal, as
// training leaves them. The exponents of BF16 then have an entropy of 2.6 to 2.7 bits.
#ifndef STRONGROOM_SAMPLE_MODEL_VALUES_H_
#define STRONGROOM_SAMPLE_MODEL_VALUES_H_

#include <cstdint>
#include <vector>

#include "sample_model/model_plan.h"
#include "strongroom/base/bytes.h"

namespace strongroom::sample_model {

// ValueSource makes any row of any tensor of the model of one seed, always the same. Const functions are safe
// from many threads.
class ValueSource {
 public:
  explicit ValueSource(std::uint64_t seed);
  // `out` has tensor.row_size() bytes, `row` is below tensor.rows. `weights` is working space, reused from
  // call to call.
  void FillRow(const PlannedTensor& tensor, std::uint64_t row, MutableBytes out,
               std::vector<float>& weights) const;

 private:
  void Draw(const PlannedTensor& tensor, std::uint64_t row, std::vector<float>& weights) const;
  std::uint64_t seed_;
  std::vector<float> quantiles_;  // of the normal distribution, at 65536 even steps
};

}  // namespace strongroom::sample_model

#endif  // STRONGROOM_SAMPLE_MODEL_VALUES_H_
