// Sessions that hide secrets from the bus, and care for the plain copies at this end.
#ifndef STRONGROOM_TPM_SESSION_H_
#define STRONGROOM_TPM_SESSION_H_

#include <cstddef>

#include "tpm/object.h"

namespace strongroom::tpm {

// A session salted to the storage root, of AES-128-CFB. `attributes` says which way parameters are encrypted.
Expected<Handle> StartSession(Context::State& state, const Object& root, TPM2_SE type,
                              TPMA_SESSION attributes);

// Wiped wipes a plain copy of a secret at the end of the scope.
class Wiped {
 public:
  Wiped(void* data, std::size_t size) : data_(data), size_(size) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped();

 private:
  void* data_;
  std::size_t size_;
};

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_SESSION_H_
