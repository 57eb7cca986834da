// strongroom log serve.
#include "cosigners.h"
#include "listen_address.h"
#include "log_site.h"
#include "log_source.h"
#include "session.h"
#include "strongroom/http/server.h"

namespace strongroom::cli {
namespace {

// The browser keeps what it saw under this port, so a fixed one is the better choice.
constexpr std::string_view kUsualAddress = "127.0.0.1:8480";
// Files of a log behind a URL come one after another, over one connection: more threads than a few browsers
// wait with for such files, so that the page itself is there meanwhile.
constexpr unsigned kThreads = 32;

constexpr Option kOptions[] = {
    {.name = "listen",
     .value = "ADDRESS:PORT",
     .help = "where to listen, else 127.0.0.1:8480; port 0 takes any that is free"},
    {.name = "host",
     .value = "NAME",
     .help = "a name by which the page is called as well, as behind a proxy",
     .repeatable = true},
    kLogSourceOptions[0],
    kLogSourceOptions[1],
    kLogSourceOptions[2],
    kPolicyOption,
};
constexpr Example kExamples[] = {
    {"strongroom log serve", "look at this home's log in a browser on this machine"},
    {"strongroom log serve --log copy/log --key VKEY --policy witnesses",
     "an auditor's look at a copy, and at who cosigned it"},
};

// On a loopback address nobody but this machine asks, so nobody has reason to ask for another host.
std::vector<std::string> Hosts(const ListenAddress& address, const Arguments& arguments) {
  if (!address.IsLoopback()) return {};
  std::vector<std::string> hosts = arguments.All("host");
  hosts.insert(hosts.end(), {"localhost", address.host, "[" + address.host + "]"});
  return hosts;
}

Status CheckPublished(const LogSource& source) {
  auto checkpoint = source.tiles().Read("checkpoint", log::kMaxCheckpointSize);
  if (!checkpoint) return std::unexpected(std::move(checkpoint).error().With("this log publishes nothing"));
  return {};
}

void Announce(Output& output, const ListenAddress& address, std::uint16_t port) {
  const std::string url = address.Url(port);
  output.Line(url);
  envelope::ObjectBuilder members;
  members.String("url", url);
  output.Object("serving", std::move(members));
  if (!address.IsLoopback()) {
    output.Warn(
        "whoever reaches " + url +
        " can read this log, and browsers let such a page check nothing: listen on 127.0.0.1, and put a "
        "server with TLS before it");
  }
  output.Note("the page is there until Ctrl-C");
}

Status Serve(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const ListenAddress address,
                      ParseListenAddress(arguments.Optional("listen").value_or(std::string(kUsualAddress))));
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  SR_ASSIGN_OR_RETURN(const log::WitnessPolicy policy, ChoosePolicy(session, arguments, source.home()));
  SR_RETURN_IF_ERROR(CheckPublished(source));
  const LogSite site(source.tiles(), source.keys(), policy, Hosts(address, arguments));
  const http::ServerOptions options = {.address = address.host, .port = address.port, .threads = kThreads};
  const Interrupt::Graceful graceful(session.interrupt());
  SR_ASSIGN_OR_RETURN(
      const std::unique_ptr<http::Server> server,
      http::Server::Listen(options, [&](const http::Request& request) { return site.Answer(request); }));
  Announce(session.output(), address, server->port());
  SR_RETURN_IF_ERROR(session.output().Flush());
  WaitForStop(session.interrupt().token());
  server->Stop();
  return {};
}

}  // namespace

constexpr Command kLogServe = {
    .name = "log serve",
    .summary = "show the log as a page in a browser",
    .description =
        "Serves a page, and the log's published files, to browsers on this machine until Ctrl-C. The page "
        "takes "
        "nothing from anywhere else. It shows the head and its witnesses, permits and refusals over time and "
        "on "
        "a map of the world, and every record with its inclusion proof, by search and filter.\n\n"
        "The browser checks for itself: the checkpoint's signature, the tree's root from the tiles, the hash "
        "of "
        "each record that it shows, and that the head extends the one that it saw on its last visit. The "
        "page "
        "names whatever does not hold, and says of what was not checked that it was not. This command itself "
        "checks nothing: log verify does.\n\n"
        "Witnesses are those of --policy, else the home's. A server with TLS may stand before it: name it "
        "with --host.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Serve,
};

}  // namespace strongroom::cli
