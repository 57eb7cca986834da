// strongroom log witness.
#include "listen_address.h"
#include "log_source.h"
#include "session.h"
#include "strongroom/http/server.h"
#include "strongroom/log/witness_store.h"
#include "witness_service.h"

namespace strongroom::cli {
namespace {

constexpr Positional kWitnessPositionals[] = {
    {.name = "DIR",
     .help = "the witness's directory; else the directory 'witness' in the home",
     .optional = true,
     .completion = Completion::kDirectory},
};
constexpr Option kWitnessOptions[] = {
    {.name = "init", .help = "make the directory with a new key; needs --name"},
    {.name = "name",
     .value = "NAME",
     .help = "what the new witness is called, like a URL without its scheme"},
    {.name = "trust-log", .value = "VKEY", .help = "accept this key of a log", .repeatable = true},
    {.name = "distrust-log",
     .value = "VKEY",
     .help = "accept this key no longer; what was cosigned stays remembered",
     .repeatable = true},
    {.name = "listen", .value = "ADDRESS:PORT", .help = "serve, over HTTP; port 0 is any that is free"},
};
constexpr Example kWitnessExamples[] = {
    {"strongroom log witness w --init --name witness.example/1",
     "a new witness; prints its key, for the logs' policies"},
    {"strongroom log witness w --trust-log VKEY", "let it cosign a log"},
    {"strongroom log witness w --listen 127.0.0.1:8080", "serve, until interrupted"},
    {"strongroom log witness w", "what it is and what it cosigned last"},
};

Expected<std::string> Directory(const Session& session, const Arguments& arguments) {
  if (arguments.Has("DIR")) return arguments.Path("DIR");
  SR_ASSIGN_OR_RETURN(const std::string home, session.HomePath());
  return JoinPath(home, "witness");
}

Status Init(Session& session, const Arguments& arguments, const std::string& directory) {
  if (!arguments.Has("name")) {
    return Fail(ErrorCode::kInvalidArgument, "--init needs --name",
                "a name like a URL without its scheme, as in witness.example/1");
  }
  SR_ASSIGN_OR_RETURN(const log::CosignerKey key,
                      log::CreateWitness(session.files(), directory, arguments.Text("name")));
  session.output().Line(key.ToText());
  envelope::ObjectBuilder members;
  members.String("witness", key.ToText());
  session.output().Object("witness", std::move(members));
  session.output().Note("this key goes into the policies of the logs; " + directory +
                        "/witness.key stays here");
  return {};
}

Status ChangeLogs(Session& session, const Arguments& arguments, const std::string& directory) {
  SR_ASSIGN_OR_RETURN(const auto trusted, KeysGiven(arguments, "trust-log"));
  SR_ASSIGN_OR_RETURN(const auto distrusted, KeysGiven(arguments, "distrust-log"));
  for (const auto& key : trusted) SR_RETURN_IF_ERROR(log::TrustLog(session.files(), directory, key));
  for (const auto& key : distrusted) SR_RETURN_IF_ERROR(log::DistrustLog(session.files(), directory, key));
  return {};
}

void ShowLog(Output& output, Table& table, const std::string& origin, bool trusted,
             const log::WitnessState& state) {
  const auto found = state.find(origin);
  const bool cosigned = found != state.end();
  table.Row({origin, trusted ? "yes" : "no", cosigned ? std::to_string(found->second.size) : "-",
             cosigned ? ToRfc3339(found->second.cosigned_at) : "-"});
  envelope::ObjectBuilder members;
  members.String("origin", origin).Bool("trusted", trusted);
  if (cosigned) {
    members.Integer("size", found->second.size)
        .Digest("root", found->second.root)
        .Time("cosigned_at", found->second.cosigned_at);
  }
  output.Object("witnessed_log", std::move(members));
}

Status Show(Session& session, const std::string& directory) {
  SR_ASSIGN_OR_RETURN(const log::WitnessOverview overview, log::ReadWitness(session.files(), directory));
  Output& output = session.output();
  output.Line("witness " + overview.key.ToText());
  envelope::ObjectBuilder members;
  members.String("witness", overview.key.ToText());
  output.Object("witness", std::move(members));
  std::map<std::string, bool> origins;
  for (const auto& [origin, tree] : overview.state) origins[origin] = false;
  for (const envelope::NoteKey& key : overview.logs) origins[key.name] = true;
  Table table({"LOG", "TRUSTED", "ENTRIES", "COSIGNED"}, {false, false, true});
  for (const auto& [origin, trusted] : origins) ShowLog(output, table, origin, trusted, overview.state);
  if (!origins.empty()) output.Line(table.Render());
  return {};
}

Status Serve(Session& session, const Arguments& arguments, const std::string& directory) {
  SR_ASSIGN_OR_RETURN(ListenAddress place, ParseListenAddress(arguments.Text("listen")));
  const Interrupt::Graceful graceful(session.interrupt());
  SR_ASSIGN_OR_RETURN(const auto store, log::WitnessStore::Open(session.files(), directory));
  Output& output = session.output();
  http::ServerOptions options;
  options.address = place.host;
  options.port = place.port;
  options.max_body = log::kMaxAddCheckpointRequest;
  SR_ASSIGN_OR_RETURN(const auto server,
                      http::Server::Listen(options, WitnessService(*store, session.clock(), output)));
  place.port = server->port();
  output.Line("witness " + store->key().ToText() + "\nlistens at " + place.Url(place.port));
  envelope::ObjectBuilder members;
  members.String("witness", store->key().ToText()).String("url", place.Url(place.port));
  output.Object("listening", std::move(members));
  SR_RETURN_IF_ERROR(output.Flush());
  WaitForStop(session.interrupt().token());
  return {};
}

Status RunWitness(Session& session, const Arguments& arguments) {
  const bool changes_logs = arguments.Has("trust-log") || arguments.Has("distrust-log");
  if (arguments.Has("init") + changes_logs + arguments.Has("listen") > 1) {
    return Fail(ErrorCode::kInvalidArgument,
                "--init, --listen and the keys of logs are asked for one at a time");
  }
  if (arguments.Has("name") && !arguments.Has("init")) {
    return Fail(ErrorCode::kInvalidArgument, "--name goes with --init");
  }
  SR_ASSIGN_OR_RETURN(const std::string directory, Directory(session, arguments));
  if (arguments.Has("init")) return Init(session, arguments, directory);
  if (changes_logs) return ChangeLogs(session, arguments, directory);
  if (arguments.Has("listen")) return Serve(session, arguments, directory);
  return Show(session, directory);
}

}  // namespace

constexpr Command kLogWitness = {
    .name = "log witness",
    .summary = "cosign the checkpoints of logs",
    .description =
        "A witness cosigns a log's checkpoint if it extends the last one that it cosigned, so that a log "
        "cannot show "
        "different histories to different people, nor go back to an older one (C2SP tlog-witness). It should "
        "run on "
        "another machine than the log, under another operator.\n\n"
        "Its directory must never be put back from an older copy, nor be served twice: a witness that forgot "
        "what it "
        "cosigned could cosign a fork. If 'state' is lost, make a new witness with a new key.\n\n"
        "It answers POST /add-checkpoint, and for monitors GET /HASH/checkpoint, HASH being the hexadecimal "
        "SHA-256 of "
        "a log's origin. It speaks plain HTTP: put a TLS terminator before it. A log's key that is added "
        "counts from "
        "the next request on.",
    .positionals = kWitnessPositionals,
    .options = kWitnessOptions,
    .examples = kWitnessExamples,
    .run = RunWitness,
};

}  // namespace strongroom::cli
