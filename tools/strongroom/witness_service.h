// A witness as an HTTP service (https://c2sp.org/tlog-witness): which request leads where.
#ifndef STRONGROOM_WITNESS_SERVICE_H_
#define STRONGROOM_WITNESS_SERVICE_H_

#include "output.h"
#include "strongroom/base/clock.h"
#include "strongroom/http/server.h"
#include "strongroom/log/witness_store.h"

namespace strongroom::cli {

// The handler of a witness's server. It answers POST /add-checkpoint, GET /<hex SHA-256 of an
// origin>/checkpoint, and GET / with who this is, and warns of forks. All are borrowed, and must outlive the
// server.
http::Handler WitnessService(log::WitnessStore& store, const Clock& clock, Output& output);

}  // namespace strongroom::cli

#endif  // STRONGROOM_WITNESS_SERVICE_H_
