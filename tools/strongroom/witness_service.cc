#include "witness_service.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kCheckpointSuffix = "/checkpoint";

http::Response TextResponse(int status, std::string text) {
  return {status, std::string(kText), std::move(text), {{"Cache-Control", "no-store"}}};
}

http::Response MethodNotAllowed(std::string allowed) {
  http::Response response = TextResponse(405, "use " + allowed + "\n");
  response.headers.emplace_back("Allow", std::move(allowed));
  return response;
}

http::Response AddCheckpoint(log::WitnessStore& store, const http::Request& request, Timestamp now,
                             Output& output) {
  const auto answer = store.AddCheckpoint(request.body, now);
  if (!answer) {
    output.Warn("nothing was cosigned: " + answer.error().message);
    return TextResponse(503, "the witness cannot store what it cosigns\n");
  }
  if (answer->status == 422) {
    output.Warn("a log's key signed a checkpoint that does not extend the last one: " +
                Printable(answer->body));
  }
  return {answer->status, answer->content_type, answer->body, {}};
}

http::Response NewestCheckpoint(const log::WitnessStore& store, std::string_view origin_hash) {
  auto note = store.NewestCheckpoint(origin_hash);
  if (note) return TextResponse(200, *std::move(note));
  return TextResponse(note.error().code == ErrorCode::kNotFound ? 404 : 503, "no checkpoint of such a log\n");
}

}  // namespace

http::Handler WitnessService(log::WitnessStore& store, const Clock& clock, Output& output) {
  return [&store, &clock, &output](const http::Request& request) {
    const std::string_view target = request.target;
    if (target == "/add-checkpoint") {
      if (request.method != "POST") return MethodNotAllowed("POST");
      return AddCheckpoint(store, request, clock.Now(), output);
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
