#include "bundle/source.h"

#include <algorithm>
#include <utility>

#include "strongroom/crypto/hash.h"
#include "strongroom/weights/layout.h"

namespace strongroom::bundle {
namespace {

constexpr std::uint64_t kSmallRegion = 64 * 1024;
constexpr std::string_view kIndexEnding = ".safetensors.index.json";

static_assert(static_cast<int>(weights::ElementKind::kQuantised) ==
              static_cast<int>(codec::Element::kQuantised));
static_assert(static_cast<int>(weights::ElementKind::kBf16) == static_cast<int>(codec::Element::kBf16));

codec::Element ElementOf(weights::ElementKind kind) {
  return static_cast<codec::Element>(kind);  // the two lists are in the same order
}

std::unexpected<Error> Refuse(const std::string& path, const std::string& why, const std::string& next = {}) {
  return Fail(ErrorCode::kInvalidArgument, path + ": " + why, next);
}

std::unexpected<Error> Changed(const std::string& path) {
  return Fail(ErrorCode::kAltered, path + ": changed while it was being sealed",
              "seal again when nothing writes to the model");
}

FileKind KindOf(const FileIdentity& identity) {
  if (identity.IsDirectory()) return FileKind::kDirectory;
  return identity.IsSymlink() ? FileKind::kSymlink : FileKind::kRegular;
}

bool SameFile(const FileIdentity& a, const FileIdentity& b) {
  if (a.device != b.device || a.inode != b.inode || a.mode != b.mode) return false;
  return a.IsDirectory() || (a.size == b.size && a.modified_ns == b.modified_ns);
}

// Tensors of 64 KiB and more are cut alone, so that reading one touches no other; smaller neighbours of one
// type share.
std::vector<Cut> CutsOf(const std::vector<weights::Region>& regions) {
  std::vector<Cut> cuts;
  bool open = false;  // whether the last cut takes in small neighbours
  for (const weights::Region& region : regions) {
    const codec::Element element = ElementOf(region.kind);
    const bool small = region.size < kSmallRegion;
    if (open && small && cuts.back().element == element) {
      cuts.back().size += region.size;
    } else {
      cuts.push_back({region.offset, region.size, element});
    }
    open = small;
  }
  return cuts;
}

std::uint64_t BlocksOf(const std::vector<Cut>& cuts) {
  std::uint64_t blocks = 0;
  for (const Cut& cut : cuts) blocks += (cut.size + codec::kMaxBlock - 1) / codec::kMaxBlock;
  return blocks;
}

std::string ShapeText(const std::vector<std::uint64_t>& shape) {
  std::string text = "[";
  for (const std::uint64_t dimension : shape)
    text += (text.size() > 1 ? "," : "") + std::to_string(dimension);
  return text + "]";
}

// Scanner walks a tree, then looks into the files.
class Scanner {
 public:
  Scanner(FileSystem& files, bool opaque) : files_(files), opaque_(opaque) {}

  Expected<Source> Scan(const std::string& path) {
    SR_RETURN_IF_ERROR(FindRoot(path));
    if (source_.single_file) {
      SR_RETURN_IF_ERROR(AddEntry(BaseName(source_.root), source_.root));
    } else {
      SR_RETURN_IF_ERROR(AddFolder("", source_.root));
    }
    std::ranges::sort(source_.files, {},
                      [](const SourceFile& file) -> const std::string& { return file.record.path; });
    if (source_.files.size() > 0xFFFFFFFFULL) return Refuse(path, "has too many files");
    layouts_.resize(source_.files.size());
    for (std::size_t i = 0; i < source_.files.size(); ++i) SR_RETURN_IF_ERROR(LookInto(i));
    SR_RETURN_IF_ERROR(CheckIndexes());
    return std::move(source_);
  }

 private:
  Status FindRoot(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    SR_ASSIGN_OR_RETURN(FileIdentity identity, files_.Stat(path));
    if (identity.IsSymlink()) {
      // A link to a directory is followed, since it was named by a person; a link to a file has no name of
      // its own to seal.
      path = JoinPath(path, ".");
      const auto directory = files_.Stat(path);
      if (!directory) return Refuse(path, "is a symbolic link", "give the file that it points to");
      identity = *directory;
    }
    source_.root = path;
    source_.single_file = !identity.IsDirectory();
    return {};
  }

  Status AddFolder(const std::string& model_path, const std::string& path) {
    SR_ASSIGN_OR_RETURN(const std::vector<std::string> names, files_.List(path));
    for (const std::string& name : names) {
      const std::string entry = model_path.empty() ? name : model_path + '/' + name;
      SR_RETURN_IF_ERROR(AddEntry(entry, JoinPath(path, name)));
    }
    return {};
  }

  Status AddEntry(const std::string& model_path, const std::string& path) {
    SourceFile file;
    SR_ASSIGN_OR_RETURN(file.identity, files_.Stat(path));
    const FileIdentity& identity = file.identity;
    if (!identity.IsDirectory() && !identity.IsRegular() && !identity.IsSymlink()) {
      return Refuse(path, "is a device, pipe or socket, which cannot be sealed");
    }
    if (!IsModelPath(model_path)) return Refuse(path, "its path is not one that a bundle can hold");
    file.record = {.path = model_path,
                   .kind = KindOf(identity),
                   .mode = static_cast<std::uint16_t>(identity.mode & 07777)};
    if (identity.IsSymlink()) SR_RETURN_IF_ERROR(ReadTarget(path, file));
    if (identity.IsRegular()) file.record.size = identity.size;
    source_.files.push_back(std::move(file));
    return identity.IsDirectory() ? AddFolder(model_path, path) : Status();
  }

  Status ReadTarget(const std::string& path, SourceFile& file) {
    SR_ASSIGN_OR_RETURN(file.link_target, files_.ReadLink(path));
    if (!IsModelLink(file.record.path, file.link_target)) {
      return Refuse(path, "is a symbolic link that leaves the model: " + file.link_target,
                    "replace the link by what it points to");
    }
    file.record.size = file.link_target.size();
    return {};
  }

  // Finds the tensors of a file and cuts it into blocks.
  Status LookInto(std::size_t number) {
    SourceFile& file = source_.files[number];
    weights::Layout& layout = layouts_[number];
    layout = weights::OpaqueLayout(file.record.size);
    if (file.record.kind == FileKind::kRegular) SR_RETURN_IF_ERROR(ReadLayout(file, layout));
    file.cuts = CutsOf(layout.regions);
    file.record.first_block = source_.blocks;
    file.record.blocks = BlocksOf(file.cuts);
    source_.blocks += file.record.blocks;
    for (const weights::Tensor& tensor : layout.tensors) {
      source_.tensors.push_back({.name = tensor.name,
                                 .dtype = std::string(tensor.dtype),
                                 .shape = ShapeText(tensor.shape),
                                 .file = static_cast<std::uint32_t>(number),
                                 .offset = tensor.offset,
                                 .size = tensor.size});
    }
    return {};
  }

  Status ReadLayout(const SourceFile& file, weights::Layout& layout) {
    const std::string path = source_.PathOf(file);
    SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> opened, files_.Open(path, OpenMode::kRead));
    auto read = weights::ReadLayout(*opened, file.record.size, BaseName(path));
    if (read) {
      layout = *std::move(read);
      return {};
    }
    if (opaque_ && read.error().code == ErrorCode::kMalformed) return {};
    return std::unexpected(Defect(path, std::move(read).error()));
  }

  static Error Defect(const std::string& path, Error error) {
    Error named = std::move(error).With(path);
    if (named.code != ErrorCode::kMalformed) return named;
    return std::move(named).Next("mend the file, or seal it as bytes with --opaque");
  }

  Status CheckIndexes() {
    if (opaque_) return {};
    for (const SourceFile& file : source_.files) {
      const FileRecord& record = file.record;
      if (record.kind != FileKind::kRegular || !record.path.ends_with(kIndexEnding)) continue;
      SR_RETURN_IF_ERROR(CheckIndex(file));
    }
    return {};
  }

  Status CheckIndex(const SourceFile& index) {
    const std::string folder = ParentDirectory(index.record.path);
    std::vector<std::string> names;
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < source_.files.size(); ++i) {
      const FileRecord& record = source_.files[i].record;
      if (record.kind != FileKind::kRegular || ParentDirectory(record.path) != folder) continue;
      names.push_back(BaseName(record.path));
      numbers.push_back(i);
    }
    std::vector<weights::NamedLayout> beside;
    for (std::size_t i = 0; i < names.size(); ++i) beside.push_back({names[i], &layouts_[numbers[i]]});
    const std::string path = source_.PathOf(index);
    SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> opened, files_.Open(path, OpenMode::kRead));
    auto checked = weights::CheckIndex(*opened, index.record.size, beside);
    if (!checked) return std::unexpected(Defect(path, std::move(checked).error()));
    return {};
  }

  FileSystem& files_;
  const bool opaque_;
  Source source_;
  std::vector<weights::Layout> layouts_;  // of the files of the same numbers
};

}  // namespace

std::string Source::PathOf(const SourceFile& file) const {
  return single_file ? root : JoinPath(root, file.record.path);
}

SealTotals Source::totals() const {
  SealTotals totals{.tensors = tensors.size(), .blocks = blocks};
  for (const SourceFile& file : files) {
    switch (file.record.kind) {
      case FileKind::kRegular:
        ++totals.files;
        totals.plaintext_size += file.record.size;
        break;
      case FileKind::kDirectory:
        ++totals.directories;
        break;
      case FileKind::kSymlink:
        ++totals.symlinks;
        break;
    }
  }
  return totals;
}

Digest Source::Fingerprint() const {
  ByteWriter writer;
  for (const SourceFile& file : files) {
    const FileIdentity& identity = file.identity;
    writer.U64Le(file.record.path.size()).Append(file.record.path).U32Le(identity.mode).U64Le(identity.inode);
    if (identity.IsDirectory()) continue;
    writer.U64Le(identity.size).U64Le(static_cast<std::uint64_t>(identity.modified_ns));
    writer.U64Le(file.link_target.size()).Append(file.link_target);
  }
  return crypto::Sha256(writer.bytes());
}

Expected<Source> ScanSource(FileSystem& files, const std::string& path, bool opaque) {
  return Scanner(files, opaque).Scan(path);
}

Status CheckUnchanged(FileSystem& files, const Source& source) {
  std::size_t entries = source.single_file ? 1 : 0;
  if (!source.single_file) {
    SR_ASSIGN_OR_RETURN(const auto names, files.List(source.root));
    entries += names.size();
  }
  for (const SourceFile& file : source.files) {
    const std::string path = source.PathOf(file);
    const auto now = files.Stat(path);
    if (!now || !SameFile(*now, file.identity)) return Changed(path);
    if (file.record.kind != FileKind::kDirectory) continue;
    SR_ASSIGN_OR_RETURN(const auto names, files.List(path));
    entries += names.size();
  }
  // All that were there still are: any more were added.
  return entries == source.files.size() ? Status() : Changed(source.root);
}

void BlockCursor::SkipEmpty() {
  while (file_ < source_->files.size() && cut_ == source_->files[file_].cuts.size()) {
    ++file_;
    cut_ = 0;
  }
}

SourceBlock BlockCursor::Next() {
  const Cut& cut = source_->files[file_].cuts[cut_];
  const std::uint64_t size = std::min<std::uint64_t>(codec::kMaxBlock, cut.size - in_cut_);
  const SourceBlock block{.index = index_++,
                          .file = static_cast<std::uint32_t>(file_),
                          .offset = cut.offset + in_cut_,
                          .size = static_cast<std::uint32_t>(size),
                          .element = cut.element};
  in_cut_ += size;
  if (in_cut_ == cut.size) {
    in_cut_ = 0;
    ++cut_;
    SkipEmpty();
  }
  return block;
}

Status SourceReader::Read(Handle& handle, const SourceBlock& block, MutableBytes out, bool& hole) {
  hole = false;
  const SourceFile& file = source_.files[block.file];
  if (file.record.kind == FileKind::kSymlink) {
    std::ranges::copy(AsBytes(file.link_target).subspan(block.offset, block.size), out.begin());
    return {};
  }
  if (handle.file == nullptr || handle.number != block.file) {
    SR_ASSIGN_OR_RETURN(handle.file, OpenFile(block.file));
    handle.number = block.file;
  }
  SR_ASSIGN_OR_RETURN(const std::uint64_t data, handle.file->NextData(block.offset));
  hole = data >= block.offset + block.size;
  return hole ? Status() : handle.file->ReadAt(block.offset, out);
}

Expected<std::shared_ptr<File>> SourceReader::OpenFile(std::uint32_t number) {
  const std::scoped_lock lock(mutex_);
  if (auto open = open_[number].lock()) return open;
  std::erase_if(open_, [](const auto& entry) { return entry.second.expired(); });
  const SourceFile& file = source_.files[number];
  const std::string path = source_.PathOf(file);
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> opened, files_.Open(path, OpenMode::kRead));
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, opened->Identity());
  if (!SameFile(identity, file.identity)) return Changed(path);
  std::shared_ptr<File> shared = std::move(opened);
  open_[number] = shared;
  return shared;
}

}  // namespace strongroom::bundle
