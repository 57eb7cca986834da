// HTTP messages as the server's handlers and the client's callers see them.
#ifndef STRONGROOM_HTTP_MESSAGE_H_
#define STRONGROOM_HTTP_MESSAGE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace strongroom::http {

struct Request {
  std::string method;  // "GET", "POST"; HEAD is given as GET, and the body of the answer is left out
  std::string target;  // path and query as sent; begins with '/'
  std::string body;
  // By lower-case name; the values of a name that came several times are joined with ", ".
  std::map<std::string, std::string, std::less<>> headers;
};

// What the caller puts into `headers` must be printable: it is sent as it is.
struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // the others; lower-case names in what came
};

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_MESSAGE_H_
