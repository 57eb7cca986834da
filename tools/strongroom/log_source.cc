#include "log_source.h"

#include "strongroom/log/tile_source.h"
#include "url_tiles.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kCheckpoint = "checkpoint";

Expected<std::string> ReadNote(log::TileReader& reader) {
  SR_ASSIGN_OR_RETURN(const Bytes note, reader.Read(std::string(kCheckpoint), log::kMaxCheckpointSize));
  return std::string(AsText(note));
}

}  // namespace

Expected<std::vector<envelope::NoteKey>> KeysGiven(const Arguments& arguments, std::string_view option) {
  std::vector<envelope::NoteKey> keys;
  for (const std::string& text : arguments.All(option)) {
    auto key = envelope::ParseNoteKey(text);
    if (!key) {
      Error error = AsUsage(std::move(key).error()).With("--" + std::string(option));
      if (log::ParseCosignerKey(text))
        error.next = "it is a witness's key: give the log's own, as strongroom trust list prints it";
      return std::unexpected(std::move(error));
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

std::string_view LogNextStep(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAltered:
      return "keep the files as they are, for evidence, and compare them with a copy from elsewhere";
    case ErrorCode::kUntrusted:
      return "check the key: it must be this log's, got from elsewhere than the log itself";
    case ErrorCode::kRolledBack:
      return "rely on nothing in this log; keep both checkpoints, which prove what was done, and find out "
             "who did "
             "it";
    case ErrorCode::kTruncated:
      return "get the missing file again from where the log is published";
    default:
      return "";
  }
}

Expected<LogSource> LogSource::Choose(Session& session, const Arguments& arguments) {
  const bool elsewhere = arguments.Has("log") || arguments.Has("url");
  if (arguments.Has("log") && arguments.Has("url"))
    return Fail(ErrorCode::kInvalidArgument, "--log and --url name two logs");
  if (elsewhere != arguments.Has("key"))
    return Fail(ErrorCode::kInvalidArgument,
                elsewhere ? "whose log is it? --key is missing" : "--key goes with --log or --url");
  if (!elsewhere) return OfHome(session);
  LogSource source;
  SR_ASSIGN_OR_RETURN(source.keys_, KeysGiven(arguments));
  if (const auto url = arguments.Optional("url")) {
    source.published_ =
        std::make_unique<UrlTiles>(*url, http::ClientOptions{.stop = session.interrupt().token()});
  } else {
    source.UseDirectory(session.files(), arguments.Path("log"));
  }
  return source;
}

Expected<LogSource> LogSource::OfHome(Session& session) {
  LogSource source;
  SR_ASSIGN_OR_RETURN(source.home_, session.OpenHome());
  SR_ASSIGN_OR_RETURN(source.keys_, source.home_->LogKeys());
  source.UseDirectory(session.files(), source.home_->LogDirectory());
  return source;
}

// A log's own directory has a journal; anything else is taken for a published copy.
void LogSource::UseDirectory(FileSystem& files, const std::string& directory) {
  if (!home_ && !files.Stat(JoinPath(directory, "journal"))) {
    published_ = std::make_unique<log::DirectoryTiles>(files, directory);
    return;
  }
  directory_ = directory;
  files_ = &files;
  published_ = std::make_unique<log::DirectoryTiles>(files, JoinPath(directory, "public"));
  own_ = std::make_unique<log::DirectoryTiles>(files, directory);
}

Expected<log::LogReader> LogSource::OpenHead() const {
  SR_ASSIGN_OR_RETURN(std::string note, ReadNote(own_ ? *own_ : *published_));
  return log::LogReader::Open(*published_, std::move(note), keys_);
}

// The checkpoint file is moved on after the record is durable, and a power cut may come in between.
Status LogSource::CheckRemembered(log::LogReader& reader) const {
  if (!home_) return {};
  SR_ASSIGN_OR_RETURN(const log::Checkpoint remembered, home_->RememberedCheckpoint());
  Status extends = reader.CheckExtends(remembered);
  if (extends || extends.error().code != ErrorCode::kRolledBack) return extends;
  return Fail(ErrorCode::kRolledBack, "the home remembers more of its log: " + extends.error().message,
              "strongroom log verify reads the journal itself, and tells a log that was put back from one "
              "whose checkpoint a power cut left behind");
}

Expected<log::LogReader> LogSource::Open() const {
  SR_ASSIGN_OR_RETURN(log::LogReader reader, OpenHead());
  SR_RETURN_IF_ERROR(CheckRemembered(reader));
  return reader;
}

std::string LogSource::HowDerivedFilesAreMended() const {
  const std::string resume = JoinPath(*directory_, "resume");
  if (!files_->Stat(resume)) return "the next append makes those files anew";
  return "remove " + resume + ": the next append makes those files anew";
}

Status LogSource::Explain(Status status) const {
  if (status || !directory_ || !status.error().next.empty()) return status;
  const ErrorCode code = status.error().code;
  if (code != ErrorCode::kTruncated && code != ErrorCode::kAltered && code != ErrorCode::kMalformed)
    return status;
  status.error().next =
      "check the journal with strongroom log verify; if that holds, " + HowDerivedFilesAreMended();
  return status;
}

Expected<PublishedLog> LogSource::OpenPublished() const {
  // Before the head, which a writer may move on meanwhile.
  auto note = ReadNote(*published_);
  if (!note && note.error().code != ErrorCode::kNotFound) return std::unexpected(std::move(note).error());
  SR_ASSIGN_OR_RETURN(log::LogReader reader, OpenHead());
  log::Checkpoint checkpoint = reader.head();
  if (!note) {
    note = reader.head_note();
  } else {
    SR_ASSIGN_OR_RETURN(const log::LogReader published, log::LogReader::Open(*published_, *note, keys_));
    checkpoint = published.head();
    SR_RETURN_IF_ERROR(reader.CheckExtends(checkpoint));
  }
  return PublishedLog{std::move(reader), std::move(checkpoint), *std::move(note)};
}

}  // namespace strongroom::cli
