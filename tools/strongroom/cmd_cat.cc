// strongroom cat: one file or tensor on standard output.
#include <unistd.h>

#include <algorithm>

#include "embedded_node.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "BUNDLE", .help = "the bundle's directory", .completion = Completion::kDirectory},
    {.name = "NAME",
     .help = "a file's path or a tensor's name, as ls shows them; PATH:TENSOR where several files have that "
             "tensor"},
};

constexpr Example kExamples[] = {
    {"strongroom cat model.bundle config.json", "a small file"},
    {"strongroom cat model.bundle model.layers.0.mlp.up_proj.weight > weight.bin",
     "one tensor, raw; only its blocks are read"},
};

bool LooksBinary(ByteView bytes) {
  return std::ranges::any_of(
      bytes, [](std::uint8_t b) { return (b < 0x20 && b != '\n' && b != '\t' && b != '\r') || b == 0x7F; });
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const node::OpenRequest request,
                      ReadOpenRequest(session, arguments, log::Action::kCat));
  SR_ASSIGN_OR_RETURN(const auto embedded, EmbeddedNode::Open(session));
  SR_ASSIGN_OR_RETURN(const node::OpenedBundle opened, node::Open(embedded->node(), request));
  for (const std::string& warning : opened.unlocked.warnings) session.output().Warn(warning);
  SR_ASSIGN_OR_RETURN(const bundle::Item item, bundle::FindItem(*opened.bundle, arguments.Text("NAME")));
  if (item.file.kind == bundle::FileKind::kDirectory)
    return Fail(ErrorCode::kInvalidArgument, item.file.path + " is a directory");
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  return opened.bundle->Read(item.file, item.offset, item.size, [&](ByteView bytes) -> Status {
    if (terminal && LooksBinary(bytes)) {
      return Fail(ErrorCode::kInvalidArgument, "not writing binary data to a terminal",
                  "redirect the output to a file or a program");
    }
    return session.output().Raw(bytes);
  });
}

}  // namespace

constexpr Command kCat = {
    .name = "cat",
    .summary = "write one file or tensor to standard output",
    .description =
        "Reads and checks only the blocks that the file or tensor needs, after policy, record and keyslot as "
        "open does. If something fails after bytes "
        "were written, the error is on standard error, with --json too: use the exit status.",
    .positionals = kPositionals,
    .options = kUnlockOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
