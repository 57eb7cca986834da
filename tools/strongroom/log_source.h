// Which log a verb reads: the home's own, that of a directory, or one behind a URL; and whose keys speak for
// it.
#ifndef STRONGROOM_LOG_SOURCE_H_
#define STRONGROOM_LOG_SOURCE_H_

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session.h"
#include "strongroom/log/log_reader.h"

namespace strongroom::cli {

inline constexpr std::array<Option, 3> kLogSourceOptions = {{
    {.name = "log",
     .value = "DIR",
     .help = "another log than the home's: its directory, or a published copy; needs --key",
     .completion = Completion::kDirectory},
    {.name = "url", .value = "URL", .help = "a published log, by its prefix; needs --key"},
    {.name = "key",
     .value = "VKEY",
     .help = "the log's verifier key; where the log has changed its key, each of them, the oldest first",
     .repeatable = true},
}};

// The logs' keys that an option gives; kInvalidArgument if one is none.
Expected<std::vector<envelope::NoteKey>> KeysGiven(const Arguments& arguments,
                                                   std::string_view option = "key");

// What to do about an error of a command that works on a log and does not say so itself; empty where that is
// the same as elsewhere.
std::string_view LogNextStep(ErrorCode code);

// PublishedLog is a log with a checkpoint that it extends.
struct PublishedLog {
  log::LogReader reader;
  log::Checkpoint checkpoint;
  std::string note;
};

// LogSource is a log that is read by its public keys.
class LogSource {
 public:
  // The log that the options name, or else the home's. The session must outlive it.
  static Expected<LogSource> Choose(Session& session, const Arguments& arguments);
  // The home's log. The session must outlive it.
  static Expected<LogSource> OfHome(Session& session);

  // Opens the log at its newest checkpoint, and holds the home's to what the home remembers of it. The source
  // must outlive the reader.
  [[nodiscard]] Expected<log::LogReader> Open() const;
  // Opens it with the checkpoint to hand to others: the newest that is published, which witnesses may have
  // cosigned; the head where none is. What the home remembers is not asked.
  [[nodiscard]] Expected<PublishedLog> OpenPublished() const;
  // What a verb came to, with the next step where a file that is derived from the journal is missing or
  // wrong.
  [[nodiscard]] Status Explain(Status status) const;
  // The next step where files that derive from the journal are missing or wrong; there is a directory().
  [[nodiscard]] std::string HowDerivedFilesAreMended() const;
  // kRolledBack or kAltered if the home remembers more of its log, or another one.
  Status CheckRemembered(log::LogReader& reader) const;

  [[nodiscard]] const std::vector<envelope::NoteKey>& keys() const { return keys_; }
  // Where the log's own directory is at hand, with the journal in it.
  [[nodiscard]] const std::optional<std::string>& directory() const { return directory_; }
  [[nodiscard]] const std::optional<home::Home>& home() const { return home_; }  // whose log it is
  [[nodiscard]] log::TileReader& tiles() const { return *published_; }           // as they are stored

 private:
  LogSource() = default;
  void UseDirectory(FileSystem& files, const std::string& directory);
  [[nodiscard]] Expected<log::LogReader> OpenHead() const;

  std::vector<envelope::NoteKey> keys_;
  std::unique_ptr<log::TileReader> published_;  // tiles, and the published checkpoint
  std::unique_ptr<log::TileReader> own_;        // the head of a log whose directory is at hand; or null
  std::optional<std::string> directory_;
  FileSystem* files_ = nullptr;  // where there is a directory
  std::optional<home::Home> home_;
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_SOURCE_H_
