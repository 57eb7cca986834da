// strongroom ls: a bundle's files and tensors.
#include <algorithm>
#include <array>

#include "embedded_node.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "BUNDLE", .help = "the bundle's directory", .completion = Completion::kDirectory}};
constexpr auto kOptions =
    Join(kUnlockOptions, std::array<Option, 1>{{{.name = "files", .help = "files only, no tensors"}}});
constexpr Example kExamples[] = {
    {"strongroom ls model.bundle", "files and their tensors"},
    {"strongroom ls model.bundle --json | jq -r 'select(.type==\"tensor\").name'", "names for a program"},
};

std::string_view Word(bundle::FileKind kind) {
  switch (kind) {
    case bundle::FileKind::kRegular:
      return "file";
    case bundle::FileKind::kDirectory:
      return "directory";
    case bundle::FileKind::kSymlink:
      return "link";
  }
  return "";
}

std::string Octal(std::uint16_t mode) {
  std::array<char, 8> text{};
  return {text.data(), static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%04o", mode))};
}

// Every tensor, in the order of files and of their bytes.
Expected<std::vector<bundle::TensorRecord>> Tensors(const bundle::CatalogueReader& catalogue) {
  std::vector<bundle::TensorRecord> tensors;
  for (std::uint64_t i = 0; i < catalogue.header().tensors; ++i) {
    SR_ASSIGN_OR_RETURN(bundle::TensorRecord tensor, catalogue.Tensor(i));
    tensors.push_back(std::move(tensor));
  }
  std::ranges::sort(tensors, {}, [](const bundle::TensorRecord& t) { return std::pair(t.file, t.offset); });
  return tensors;
}

void TellFile(Output& output, Table& table, const bundle::FileRecord& file) {
  table.Row({std::string(Word(file.kind)), Octal(file.mode), std::to_string(file.size), "", "",
             Printable(file.path)});
  envelope::ObjectBuilder members;
  members.String("path", file.path)
      .String("kind", Word(file.kind))
      .String("mode", Octal(file.mode))
      .Integer("size", file.size);
  output.Object("file", std::move(members));
}

void TellTensor(Output& output, Table& table, const bundle::FileRecord& file,
                const bundle::TensorRecord& tensor) {
  table.Row({"tensor", "", std::to_string(tensor.size), tensor.dtype, tensor.shape, Printable(tensor.name)});
  envelope::ObjectBuilder members;
  members.String("name", tensor.name)
      .String("path", file.path)
      .String("dtype", tensor.dtype)
      .String("shape", tensor.shape);
  members.Integer("offset", tensor.offset).Integer("size", tensor.size);
  output.Object("tensor", std::move(members));
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const node::OpenRequest request, ReadOpenRequest(session, arguments, log::Action::kLs));
  SR_ASSIGN_OR_RETURN(const auto embedded, EmbeddedNode::Open(session));
  SR_ASSIGN_OR_RETURN(const node::OpenedBundle opened, node::Open(embedded->node(), request));
  for (const std::string& warning : opened.unlocked.warnings) session.output().Warn(warning);
  const bundle::CatalogueReader& catalogue = opened.bundle->catalogue();
  std::vector<bundle::TensorRecord> tensors;
  if (!arguments.Has("files")) {
    SR_ASSIGN_OR_RETURN(tensors, Tensors(catalogue));
  }
  Table table({"KIND", "MODE", "BYTES", "DTYPE", "SHAPE", "NAME"}, {false, false, true});
  auto next = tensors.begin();
  for (std::uint64_t i = 0; i < catalogue.header().files; ++i) {
    SR_ASSIGN_OR_RETURN(const bundle::FileRecord file, catalogue.File(i));
    TellFile(session.output(), table, file);
    for (; next != tensors.end() && next->file == i; ++next) TellTensor(session.output(), table, file, *next);
  }
  session.output().Line(table.Render());
  session.output().Note(Count(catalogue.header().files, "entry", "entries") + ", " +
                        Count(catalogue.header().tensors, "tensor") + ", " +
                        FormatSize(catalogue.header().plaintext_size));
  return {};
}

}  // namespace

constexpr Command kLs = {
    .name = "ls",
    .summary = "list a bundle's files and tensors",
    .description =
        "Names are sealed too: this needs the key, asks the policy and is recorded, as open does. A tensor "
        "stands under the file that holds it.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
