#include <cstdio>

#include "strongroom/crypto/hash.h"

int main() {
  const strongroom::Digest digest = strongroom::crypto::Sha256(strongroom::AsBytes("abc"));
  std::puts(strongroom::Hex(digest).c_str());
  return strongroom::Hex(digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" ? 0 : 1;
}
