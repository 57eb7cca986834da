#include "http/resolve.h"

#include <boost/asio/io_context.hpp>
#include <future>
#include <thread>

namespace strongroom::http {
namespace {

using boost::asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

constexpr std::chrono::milliseconds kStopInterval{50};  // from one look at `stop` to the next

Expected<Endpoints> AskSystem(const std::string& host, std::uint16_t port) {
  boost::asio::io_context io;
  tcp::resolver resolver(io);
  boost::system::error_code error;
  const auto results = resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, error);
  if (error) return Fail(ErrorCode::kUnavailable, host + ": " + error.message());
  return Endpoints(results.begin(), results.end());
}

}  // namespace

Expected<Endpoints> Resolve(const std::string& host, std::uint16_t port,
                            std::chrono::steady_clock::time_point deadline, const std::stop_token& stop) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (!error) return Endpoints{{address, port}};
  // The system's resolver cannot be cut short: one that takes too long is left to end by itself.
  std::packaged_task<Expected<Endpoints>()> task([host, port] { return AskSystem(host, port); });
  auto answer = task.get_future();
  std::thread(std::move(task)).detach();
  while (answer.wait_for(kStopInterval) == std::future_status::timeout) {
    if (stop.stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
    if (std::chrono::steady_clock::now() >= deadline)
      return Fail(ErrorCode::kUnavailable, host + ": its address was not found in time");
  }
  return answer.get();
}

}  // namespace strongroom::http
