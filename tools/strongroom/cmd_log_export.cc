// strongroom log export: a copy of the log for others, as files to publish or as its records alone.
#include "log_source.h"
#include "output_path.h"
#include "strongroom/log/static_copy.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "DIR",
     .help = "a directory for any file server; a copy that is there is brought up to date",
     .optional = true,
     .completion = Completion::kDirectory}};
constexpr std::array<Option, 1> kOwnOptions = {{
    {.name = "records",
     .value = "FILE",
     .help = "the records alone, one a line as JSON, byte for byte; - for standard output",
     .completion = Completion::kFile},
}};
constexpr auto kOptions = Join(kOwnOptions, kLogSourceOptions);
constexpr Example kExamples[] = {
    {"strongroom log export /srv/log", "what a web server can publish; run it again to bring it up to date"},
    {"strongroom log export mirror --url https://log.example.com/ --key VKEY", "a mirror of a published log"},
    {"strongroom log export --records -", "every record for another program"},
};

// Lines goes to a file that has its name only when it is whole, or to standard output.
class Lines {
 public:
  static Expected<Lines> To(Session& session, const std::string& path) {
    Lines lines(session, path);
    if (path == "-") return lines;
    if (session.files().Stat(path)) return Fail(ErrorCode::kExists, path + " is there already");
    SR_ASSIGN_OR_RETURN(lines.file_, session.files().Open(path + ".partial", OpenMode::kOpenOrCreate));
    SR_RETURN_IF_ERROR(lines.file_->Truncate(0));
    return lines;
  }

  Status Add(ByteView record) {
    buffer_.insert(buffer_.end(), record.begin(), record.end());
    buffer_.push_back('\n');
    return buffer_.size() < kBuffer ? Status() : Drain();
  }

  Status Finish() {
    SR_RETURN_IF_ERROR(Drain());
    if (!file_) return {};
    SR_RETURN_IF_ERROR(file_->Sync());
    SR_RETURN_IF_ERROR(session_->files().RenameNoReplace(path_ + ".partial", path_));
    return session_->files().SyncDirectory(ParentDirectory(path_));
  }

 private:
  static constexpr std::size_t kBuffer = 1 << 20;

  Lines(Session& session, std::string path) : session_(&session), path_(std::move(path)) {}

  Status Drain() {
    const Status written = file_ ? file_->WriteAt(offset_, buffer_) : session_->output().Raw(buffer_);
    offset_ += buffer_.size();
    buffer_.clear();
    return written;
  }

  Session* session_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;
  Bytes buffer_;
};

Status ExportRecords(Session& session, PublishedLog& log, const std::string& path) {
  SR_ASSIGN_OR_RETURN(Lines lines, Lines::To(session, path));
  const std::uint64_t size = log.reader.head().size;
  {
    Progress progress = session.NewProgress("records", ProgressUnit::kRecords);
    SR_RETURN_IF_ERROR(log.reader.Visit(0, size, [&](std::uint64_t index, ByteView record) -> Status {
      progress.Update(index, size);
      return lines.Add(record);
    }));
  }
  SR_RETURN_IF_ERROR(lines.Finish());
  if (path == "-") return {};
  session.output().Line(Count(size, "record") + " in " + path);
  envelope::ObjectBuilder members;
  members.String("path", path).Integer("size", size);
  session.output().Object("records", std::move(members));
  return {};
}

Status ExportFiles(Session& session, const LogSource& source, PublishedLog& log,
                   const std::string& directory) {
  if (source.home()) SR_RETURN_IF_ERROR(CheckApart(directory, source.home()->path()));
  Progress progress = session.NewProgress("export", ProgressUnit::kRecords);
  SR_ASSIGN_OR_RETURN(
      const log::StaticCopyResult result,
      log::WriteStaticCopy(session.files(), directory, log.reader, {log.checkpoint, log.note}, source.keys(),
                           [&](std::uint64_t done, std::uint64_t total) { progress.Update(done, total); }));
  session.output().Line(directory + " has " + Count(log.checkpoint.size, "record") + ", " +
                        std::to_string(log.checkpoint.size - result.old_size) + " of them new, in " +
                        Count(result.files_written, "new file"));
  envelope::ObjectBuilder members;
  members.String("directory", directory)
      .String("origin", log.checkpoint.origin)
      .Integer("size", log.checkpoint.size)
      .Digest("root", log.checkpoint.root)
      .Integer("old_size", result.old_size)
      .Integer("files_written", result.files_written);
  session.output().Object("export", std::move(members));
  return {};
}

Status ExportFrom(Session& session, const LogSource& source, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(PublishedLog log, source.OpenPublished());
  SR_RETURN_IF_ERROR(source.CheckRemembered(log.reader));
  if (arguments.Has("DIR")) SR_RETURN_IF_ERROR(ExportFiles(session, source, log, arguments.Path("DIR")));
  if (const auto path = arguments.Optional("records")) return ExportRecords(session, log, *path);
  return {};
}

Status Export(Session& session, const Arguments& arguments) {
  if (!arguments.Has("DIR") && !arguments.Has("records"))
    return Fail(ErrorCode::kInvalidArgument, "nothing to write: name DIR, or --records FILE");
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  return source.Explain(ExportFrom(session, source, arguments));
}

}  // namespace

constexpr Command kLogExport = {
    .name = "log export",
    .summary = "write a copy of the log that any file server can publish",
    .description =
        "Writes the newest published checkpoint and the tiles and entry bundles below it, in the layout of "
        "c2sp.org/tlog-tiles, which standard clients read. Run again, it adds what is new: full tiles are "
        "never "
        "written twice, and the checkpoint comes last, so that a web server may serve the directory all the "
        "while. An export that was interrupted goes on.\n\nEverything is verified against the log's signed "
        "checkpoint before it is written, and nothing else is: what does not verify is named, and the "
        "command "
        "fails.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Export,
};

}  // namespace strongroom::cli
