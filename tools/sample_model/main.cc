// strongroom-sample-model writes a model to try things with: no use to anybody, but to file formats,
// compressors and ciphers like a real one.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "sample_model/write_model.h"

int main(int argc, char** argv) {
  using namespace strongroom;
  using sample_model::Precision;
  const std::map<std::string, Precision> precisions = {
      {"bf16", Precision::kBf16}, {"f32", Precision::kF32}, {"fp16", Precision::kFp16},
      {"fp8", Precision::kFp8},   {"q4", Precision::kQ4},   {"mixed", Precision::kMixed}};
  std::string directory;
  std::uint64_t size = 1 << 30, seed = 1, shards = 2;
  Precision precision = Precision::kBf16;
  CLI::App app("Writes a made-up model in the safetensors format, the same for the same arguments.",
               "strongroom-sample-model");
  app.add_option("OUT_DIR", directory, "directory to make")->required();
  app.add_option("--size", size, "bytes of weights, with a unit such as MiB or GiB")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("1GiB");
  app.add_option("--seed", seed, "another seed makes other weights")->capture_default_str();
  app.add_option("--dtype", precision, "bf16, f32, fp16, fp8, q4 or mixed")
      ->transform(CLI::CheckedTransformer(precisions))
      ->default_str("bf16");
  app.add_option("--shards", shards, "number of weight files")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto plan = sample_model::PlanModel(size, precision, shards);
  const auto files = MakeRealFileSystem();
  const Status written =
      plan ? sample_model::WriteModel(*files, directory, *plan, sample_model::ValueSource(seed))
           : Status(std::unexpected(plan.error()));
  if (written) return 0;
  std::fprintf(stderr, "strongroom-sample-model: %s\n", written.error().message.c_str());
  return ExitCode(written.error().code);
}
