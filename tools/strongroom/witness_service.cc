#include "witness_service.h"

#include <map>
#include <memory>
#include <mutex>

#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kCheckpointSuffix = "/checkpoint";
constexpr std::int64_t kWarnAgainSeconds = 3600;  // of one log's fork

// Warns of forks, at most once an hour for each log: whoever has such a checkpoint can send it for ever.
class ForkAlarm {
 public:
  void Tell(const log::Fork& fork, Timestamp now, Output& output) {
    const log::Checkpoint& checkpoint = fork.checkpoint;
    {
      const std::lock_guard lock(mutex_);
      const auto [warned, first] = warned_.try_emplace(checkpoint.origin, now);
      if (!first && now.seconds - warned->second.seconds < kWarnAgainSeconds) return;
      warned->second = now;
    }
    output.Warn("the log " + checkpoint.origin + " was forked: its key signed a checkpoint of " +
                Count(checkpoint.size, "record") + " with root " + Base64(checkpoint.root) +
                " that contradicts the one of " + Count(fork.cosigned_size, "record") + " cosigned before");
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Timestamp> warned_;  // by origin
};

http::Response TextResponse(int status, std::string text) {
  return {status, std::string(kText), std::move(text), {{"Cache-Control", "no-store"}}};
}

http::Response MethodNotAllowed(std::string allowed) {
  http::Response response = TextResponse(405, "use " + allowed + "\n");
  response.headers.emplace_back("Allow", std::move(allowed));
  return response;
}

http::Response AddCheckpoint(log::WitnessStore& store, const http::Request& request, Timestamp now,
                             ForkAlarm& alarm, Output& output) {
  const auto answer = store.AddCheckpoint(request.body, now);
  if (!answer) {
    output.Warn("nothing was cosigned: " + answer.error().message);
    return TextResponse(503, "the witness cannot store what it cosigns\n");
  }
  if (answer->fork) alarm.Tell(*answer->fork, now, output);
  return {answer->status, answer->content_type, answer->body, {}};
}

http::Response NewestCheckpoint(const log::WitnessStore& store, std::string_view origin_hash) {
  auto note = store.NewestCheckpoint(origin_hash);
  if (note) return TextResponse(200, *std::move(note));
  return TextResponse(note.error().code == ErrorCode::kNotFound ? 404 : 503, "no checkpoint of such a log\n");
}

}  // namespace

http::Handler WitnessService(log::WitnessStore& store, const Clock& clock, Output& output) {
  const auto alarm = std::make_shared<ForkAlarm>();
  return [&store, &clock, &output, alarm](const http::Request& request) {
    const std::string_view target = request.target;
    if (target == "/add-checkpoint") {
      if (request.method != "POST") return MethodNotAllowed("POST");
      return AddCheckpoint(store, request, clock.Now(), *alarm, output);
    }
    const bool is_checkpoint =
        target.size() > kCheckpointSuffix.size() && target.ends_with(kCheckpointSuffix);
    if (target != "/" && !is_checkpoint) return TextResponse(404, "there is nothing here\n");
    if (request.method != "GET") return MethodNotAllowed("GET, HEAD");
    if (target == "/") return TextResponse(200, "witness " + store.key().ToText() + "\n");
    return NewestCheckpoint(store, target.substr(1, target.size() - 1 - kCheckpointSuffix.size()));
  };
}

}  // namespace strongroom::cli
