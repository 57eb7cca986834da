# Who uses whom. The one list: targets link by it, and tests/lint/layers_test.py holds the #includes against it.
# "a: b c" means that a may use b and c, and all that those may use.
set(STRONGROOM_LAYERS
  "base:"
  "secret: base"
  "crypto: secret"
  "envelope: crypto"
  "codec: base"
  "weights: base"
  "store: base"
  "http: base"
  "tpm: crypto"
  "place: envelope"
  "policy: place"
  "log: envelope"
  "anchor: tpm log"
  "keyslot: tpm log"
  "bundle: envelope store weights codec"
  "rats: tpm place"
  "release: rats log"
  "custodian: release policy keyslot"
  "node: release keyslot bundle"
  "home: envelope log"
  "selftest: log")
