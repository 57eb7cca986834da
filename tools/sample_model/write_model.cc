#include "sample_model/write_model.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace strongroom::sample_model {
namespace {

constexpr std::uint64_t kPieceSize = 1 << 20;  // bytes that one thread makes at a time, roughly

std::string DtypeName(Storage storage) {
  switch (storage) {
    case Storage::kBf16:
      return "BF16";
    case Storage::kF32:
      return "F32";
    case Storage::kFp16:
    case Storage::kScales:
      return "F16";
    case Storage::kFp8:
      return "F8_E4M3";
    case Storage::kNibbles:
      return "I32";
  }
  return "";
}

std::string ShapeJson(const PlannedTensor& tensor) {
  if (tensor.norm) return "[" + std::to_string(tensor.columns) + "]";
  std::uint64_t columns = tensor.columns;
  if (tensor.storage == Storage::kNibbles) columns /= 8;
  if (tensor.storage == Storage::kScales) columns /= 32;
  return "[" + std::to_string(tensor.rows) + "," + std::to_string(columns) + "]";
}

// Padded with spaces so that the data begins at a multiple of 8, as other writers do.
Bytes Header(const PlannedFile& file) {
  std::string json = R"({"__metadata__":{"format":"pt"})";
  std::uint64_t offset = 0;
  for (const PlannedTensor& tensor : file.tensors) {
    json += ",\"" + tensor.name + R"(":{"dtype":")" + DtypeName(tensor.storage) + R"(","shape":)" +
            ShapeJson(tensor) + R"(,"data_offsets":[)" + std::to_string(offset) + "," +
            std::to_string(offset + tensor.size()) + "]}";
    offset += tensor.size();
  }
  json += "}";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  return std::move(ByteWriter().U64Le(json.size()).Append(json)).Take();
}

// Some rows of a tensor, and where in the file they go.
struct Piece {
  const PlannedTensor* tensor = nullptr;
  std::uint64_t first_row = 0, rows = 0;
  std::uint64_t offset = 0;
};

std::vector<Piece> CutIntoPieces(const PlannedFile& file, std::uint64_t offset) {
  std::vector<Piece> pieces;
  for (const PlannedTensor& tensor : file.tensors) {
    const std::uint64_t step = std::max<std::uint64_t>(1, kPieceSize / tensor.row_size());
    for (std::uint64_t row = 0; row < tensor.rows; row += step) {
      pieces.push_back({&tensor, row, std::min(step, tensor.rows - row), offset + row * tensor.row_size()});
    }
    offset += tensor.size();
  }
  return pieces;
}

Status WritePiece(File& file, const Piece& piece, const ValueSource& values, Bytes& buffer,
                  std::vector<float>& weights) {
  const std::uint64_t row_size = piece.tensor->row_size();
  buffer.resize(piece.rows * row_size);
  for (std::uint64_t r = 0; r < piece.rows; ++r) {
    values.FillRow(*piece.tensor, piece.first_row + r, MutableBytes(buffer).subspan(r * row_size, row_size),
                   weights);
  }
  return file.WriteAt(piece.offset, buffer);
}

Status WriteWeights(File& file, const PlannedFile& plan, const ValueSource& values) {
  const Bytes header = Header(plan);
  SR_RETURN_IF_ERROR(file.WriteAt(0, header));
  const std::vector<Piece> pieces = CutIntoPieces(plan, header.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  Status outcome;
  const auto work = [&] {
    Bytes buffer;
    std::vector<float> weights;
    for (std::size_t i = next++; i < pieces.size(); i = next++) {
      Status written = WritePiece(file, pieces[i], values, buffer, weights);
      if (written) continue;
      next = pieces.size();
      const std::scoped_lock lock(mutex);
      outcome = std::move(written);
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned t = 1; t < std::thread::hardware_concurrency(); ++t) threads.emplace_back(work);
  work();
  threads.clear();
  return outcome;
}

std::string IndexJson(const ModelPlan& plan) {
  std::uint64_t total = 0;
  std::string map;
  for (const PlannedFile& file : plan.files) {
    for (const PlannedTensor& tensor : file.tensors) {
      map += std::string(map.empty() ? "" : ",") + "\n    \"" + tensor.name + "\": \"" + file.name + "\"";
      total += tensor.size();
    }
  }
  return "{\n  \"metadata\": {\"total_size\": " + std::to_string(total) + "},\n  \"weight_map\": {" + map +
         "\n  }\n}\n";
}

std::string ConfigJson(const ModelPlan& plan) {
  return "{\n  \"architectures\": [\"LlamaForCausalLM\"],\n  \"model_type\": \"llama\",\n  "
         "\"hidden_size\": " +
         std::to_string(plan.hidden) + ",\n  \"intermediate_size\": " + std::to_string(3 * plan.hidden) +
         ",\n  \"num_hidden_layers\": " + std::to_string(plan.layers) +
         ",\n  \"num_attention_heads\": " + std::to_string(plan.hidden / 16) +
         ",\n  \"num_key_value_heads\": " + std::to_string(plan.hidden / 64) +
         ",\n  \"vocab_size\": " + std::to_string(plan.vocabulary) +
         ",\n  \"tie_word_embeddings\": true\n}\n";
}

std::string TokenizerJson(const ModelPlan& plan) {
  std::string json = "{\n  \"version\": \"1.0\",\n  \"model\": {\"type\": \"BPE\", \"vocab\": {";
  for (std::uint64_t token = 0; token < plan.vocabulary; ++token) {
    json += std::string(token == 0 ? "" : ",") + "\n    \"tok" +
            std::to_string(token * 2654435761 % 1000003) + "_" + std::to_string(token) +
            "\": " + std::to_string(token);
  }
  return json + "\n  }, \"merges\": []}\n}\n";
}

}  // namespace

Status WriteModel(FileSystem& files, const std::string& directory, const ModelPlan& plan,
                  const ValueSource& values) {
  SR_RETURN_IF_ERROR(files.MakeDirectory(directory, 0755));
  for (const PlannedFile& planned : plan.files) {
    const std::string path = JoinPath(directory, planned.name);
    SR_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kCreate));
    SR_RETURN_IF_ERROR(files.SetMode(path, 0644));
    SR_RETURN_IF_ERROR(WriteWeights(*file, planned, values));
  }
  SR_RETURN_IF_ERROR(WriteDurably(files, JoinPath(directory, "model.safetensors.index.json"),
                                  AsBytes(IndexJson(plan)), 0644));
  SR_RETURN_IF_ERROR(
      WriteDurably(files, JoinPath(directory, "config.json"), AsBytes(ConfigJson(plan)), 0644));
  return WriteDurably(files, JoinPath(directory, "tokenizer.json"), AsBytes(TokenizerJson(plan)), 0644);
}

}  // namespace strongroom::sample_model
