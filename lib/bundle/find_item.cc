#include <utility>

#include "strongroom/bundle/read.h"

namespace strongroom::bundle {
namespace {

Expected<Item> ItemOf(const CatalogueReader& catalogue, TensorRecord tensor) {
  SR_ASSIGN_OR_RETURN(FileRecord file, catalogue.File(tensor.file));
  return Item{
      .file = std::move(file), .offset = tensor.offset, .size = tensor.size, .tensor = std::move(tensor)};
}

// "PATH:TENSOR", cut at any of its colons.
Expected<std::optional<Item>> FindInFile(const CatalogueReader& catalogue, std::string_view name) {
  for (std::size_t colon = name.find(':'); colon != std::string_view::npos;
       colon = name.find(':', colon + 1)) {
    SR_ASSIGN_OR_RETURN(const auto number, catalogue.FindFile(name.substr(0, colon)));
    if (!number) continue;
    SR_ASSIGN_OR_RETURN(std::vector<TensorRecord> tensors, catalogue.FindTensors(name.substr(colon + 1)));
    for (TensorRecord& tensor : tensors) {
      if (tensor.file != *number) continue;
      SR_ASSIGN_OR_RETURN(Item item, ItemOf(catalogue, std::move(tensor)));
      return item;
    }
  }
  return std::nullopt;
}

Expected<Item> NotUnique(const CatalogueReader& catalogue, std::string_view name,
                         const std::vector<TensorRecord>& tensors) {
  Error error(ErrorCode::kInvalidArgument, std::string(name) + ": stands in several files",
              "name the tensor as PATH:TENSOR");
  for (const TensorRecord& tensor : tensors) {
    SR_ASSIGN_OR_RETURN(const FileRecord file, catalogue.File(tensor.file));
    error.why.push_back(file.path);
  }
  return std::unexpected(std::move(error));
}

}  // namespace

Expected<Item> FindItem(const Bundle& bundle, std::string_view name) {
  const CatalogueReader& catalogue = bundle.catalogue();
  SR_ASSIGN_OR_RETURN(const auto number, catalogue.FindFile(name));
  if (number) {
    SR_ASSIGN_OR_RETURN(FileRecord file, catalogue.File(*number));
    const std::uint64_t size = file.size;
    return Item{.file = std::move(file), .offset = 0, .size = size, .tensor = std::nullopt};
  }
  SR_ASSIGN_OR_RETURN(std::vector<TensorRecord> tensors, catalogue.FindTensors(name));
  if (tensors.size() == 1) return ItemOf(catalogue, std::move(tensors.front()));
  if (tensors.size() > 1) return NotUnique(catalogue, name, tensors);
  SR_ASSIGN_OR_RETURN(std::optional<Item> item, FindInFile(catalogue, name));
  if (item) return *std::move(item);
  return Fail(ErrorCode::kNotFound, "the bundle has no file or tensor " + std::string(name),
              "strongroom ls lists them");
}

}  // namespace strongroom::bundle
