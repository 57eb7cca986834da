#include "screening_facts.h"

namespace strongroom::cli {
namespace {

constexpr std::int64_t kMaxAgeSeconds = 7 * 24 * 3600;
constexpr std::size_t kMaxSnapshot = policy::ScreeningList::kMaxBytes + 1024;

struct Download {
  Bytes json;
  Timestamp at;
};

Expected<Download> ReadDownload(Session& session, const std::string& path, const Arguments& arguments) {
  const auto text = arguments.Optional("downloaded");
  if (!text) {
    return Fail(ErrorCode::kInvalidArgument, "nobody says when " + path + " was downloaded",
                "give --downloaded TIME, 2026-11-21 or 2026-11-21T19:43:00Z");
  }
  auto at = ParseRfc3339(*text);
  if (!at) return std::unexpected(AsUsage(std::move(at).error()).With("--downloaded"));
  SR_ASSIGN_OR_RETURN(Bytes json, ReadWhole(session.files(), path, policy::ScreeningList::kMaxBytes));
  return Download{.json = std::move(json), .at = *at};
}

Expected<policy::ScreeningList> Parse(const Download& download, const std::string& path) {
  auto list = policy::ScreeningList::Parse(download.json, download.at);
  if (!list) return std::unexpected(std::move(list).error().With(path));
  return list;
}

std::string InstalledPath(const home::Home& home) {
  return home.PathOf("screening");
}

}  // namespace

Expected<policy::ScreeningList> ReadScreeningList(Session& session, const std::string& path,
                                                  const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Download download, ReadDownload(session, path, arguments));
  return Parse(download, path);
}

Status AddScreening(Session& session, const Arguments& arguments, policy::Facts& facts) {
  const auto path = arguments.Optional("screening");
  if (!path) {
    if (!arguments.Has("downloaded")) return {};
    return Fail(ErrorCode::kInvalidArgument, "--downloaded is given without --screening");
  }
  SR_ASSIGN_OR_RETURN(const policy::ScreeningList list, ReadScreeningList(session, *path, arguments));
  if (facts.Find(policy::FactId::kNodeOperator) == nullptr)
    session.output().Warn("the facts name no operator, so that nobody was screened");
  SR_RETURN_IF_ERROR(policy::ScreenOperator(list, facts));
  return {};
}

Expected<policy::ScreeningList> InstallScreening(Session& session, const home::Home& home,
                                                 const std::string& path, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Download download, ReadDownload(session, path, arguments));
  SR_ASSIGN_OR_RETURN(policy::ScreeningList list, Parse(download, path));
  SR_RETURN_IF_ERROR(WriteDurably(session.files(), InstalledPath(home),
                                  policy::ScreeningList::Snapshot(download.json, download.at)));
  return list;
}

Expected<std::optional<policy::ScreeningList>> LoadScreening(FileSystem& files, const home::Home& home) {
  const std::string path = InstalledPath(home);
  const auto snapshot = ReadWhole(files, path, kMaxSnapshot);
  if (!snapshot && snapshot.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!snapshot) return std::unexpected(snapshot.error());
  auto list = policy::ScreeningList::ParseSnapshot(*snapshot);
  if (!list) return std::unexpected(std::move(list).error().With(path));
  return *std::move(list);
}

std::string WhyItClearsNobody(const policy::ScreeningList& list, Timestamp at) {
  if (!list.whole()) return "the list is a part of the whole one, or the answer to a search";
  if (list.date() > at) return "the list is of " + ToRfc3339(list.date()) + ", which is yet to come";
  if (at.seconds - list.date().seconds > kMaxAgeSeconds)
    return "the list is of " + ToRfc3339(list.date()) + ", more than 7 days ago";
  return "";
}

}  // namespace strongroom::cli
