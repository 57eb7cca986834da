// Writes a planned model as a directory in the shape in which models are published.
#ifndef STRONGROOM_SAMPLE_MODEL_WRITE_MODEL_H_
#define STRONGROOM_SAMPLE_MODEL_WRITE_MODEL_H_

#include <string>

#include "sample_model/model_plan.h"
#include "sample_model/values.h"
#include "strongroom/base/file.h"

namespace strongroom::sample_model {

// Makes `directory`, which must not exist: config.json, tokenizer.json, the weight files and their index.
// Uses every processor.
Status WriteModel(FileSystem& files, const std::string& directory, const ModelPlan& plan,
                  const ValueSource& values);

}  // namespace strongroom::sample_model

#endif  // STRONGROOM_SAMPLE_MODEL_WRITE_MODEL_H_
