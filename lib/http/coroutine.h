// How this module's coroutines wait: for a pair of an error code and a result, without exceptions.
#ifndef STRONGROOM_HTTP_COROUTINE_H_
#define STRONGROOM_HTTP_COROUTINE_H_

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace strongroom::http {

inline constexpr auto kAsTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_COROUTINE_H_
