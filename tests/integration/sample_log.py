"""Makes logs for tests: records, and the files of C2SP tlog-tiles over them. Knows nothing of the program's own code.

By hand: python3 sample_log.py DIRECTORY COUNT
"""
import base64
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile

WIDTH = 256
ORIGIN = "log.example.com/access"
START = 1_780_000_000  # seconds since 1970 of the first record
STEP = 97  # seconds between records
PLACES = ["US", "GB", "JP", "DE", "FR", "NL", "AU", "CA", "KR", "NO", "SE", "IE", "FI", "NZ", "BE", "IT"]
REFUSED_PLACES = ["CN", "RU", "IR", "KP", "AE", "BR", "IN", "SG", "CH", "BY"]
OPERATORS = [("Acme Inference", "US"), ("Northwind", "GB"), ("Sakura Cloud", "JP"), ("Rheinwerk", "DE")]


class SigningKey:
    """An Ed25519 key from a seed; OpenSSL's command signs."""

    def __init__(self, seed, name, kind=1):
        self.name, self.kind = name, kind
        self._pem = tempfile.NamedTemporaryFile(suffix=".pem")
        der = bytes.fromhex("302e020100300506032b657004220420") + hashlib.sha256(seed.encode()).digest()
        text = base64.encodebytes(der).decode()
        self._pem.write(f"-----BEGIN PRIVATE KEY-----\n{text}-----END PRIVATE KEY-----\n".encode())
        self._pem.flush()
        public = self._openssl("pkey", "-in", self._pem.name, "-pubout", "-outform", "DER")
        self.public = public[-32:]
        self.id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]

    @staticmethod
    def _openssl(*arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout

    def vkey(self):
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def sign(self, message):
        with tempfile.NamedTemporaryFile() as file:
            file.write(message)
            file.flush()
            return self._openssl("pkeyutl", "-sign", "-inkey", self._pem.name, "-rawin", "-in", file.name)

    def line(self, text):
        return self._line(self.id + self.sign(text.encode()))

    def cosignature_line(self, text, seconds):
        signature = self.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        return self._line(self.id + seconds.to_bytes(8, "big") + signature)

    def _line(self, blob):
        return f"\u2014 {self.name} {base64.b64encode(blob).decode()}\n"


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    if not hashes:
        return hashlib.sha256().digest()
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [node_hash(a, b) for a, b in zip(hashes[::2], hashes[1::2])] + odd
    return hashes[0]


def rfc3339(seconds):
    import datetime
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(number, chance):
    """An access record in canonical JSON."""
    refused = chance.random() < 0.11
    failed = not refused and chance.random() < 0.03
    country = chance.choice(REFUSED_PLACES if refused and chance.random() < 0.8 else PLACES)
    operator, headquarters = chance.choice(OPERATORS)
    bundle = number * 7 % 5
    value = {
        "type": "strongroom.access.v1",
        "time": rfc3339(START + number * STEP),
        "time_source": "system",
        "action": chance.choice(["open", "open", "open", "open", "cat", "ls", "rekey", "seal"]),
        "outcome": "refuse" if refused else "failed" if failed else "permit",
        "reasons": [],
        "packs": [hashlib.sha256(b"pack").hexdigest()],
        "bundle": {"instance": hashlib.sha256(b"instance %d" % bundle).hexdigest(),
                   "id": hashlib.sha256(b"bundle %d" % bundle).hexdigest(), "keyslots_revision": 3},
        "party": {"operator": operator, "operator_hq": headquarters},
        "node": {"id": "node-%02d" % chance.randrange(12), "name": "rack %d" % chance.randrange(4)},
        "place": {"country": country, "basis": chance.choice(["declared", "endorsed", "measured"])},
        "decision": {"at": rfc3339(START + number * STEP), "result": "deny" if refused else "permit",
                     "path": [{"rule": "allied-nations/place-" + ("elsewhere" if refused else "allied"),
                               "citations": ["15 CFR 740.27", "Supplement No. 5 to part 740"]}]},
    }
    if refused:
        value["reasons"] = [f"the place of decryption, {country}, is not among the destinations that the pack allows"]
    else:
        value["keyslot"] = {"kind": chance.choice(["tpm", "threshold"]), "class": "enforced", "index": chance.randrange(3)}
    if failed:
        value["reasons"] = ["the TPM's registers are not those that the keyslot was sealed to: PCR 7 differs"]
    return canonical(value)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def records(count):
    chance = random.Random(4)
    return [record(number, chance) for number in range(count)]


def index_path(index):
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def write_tiles(directory, entries):
    """Writes entry bundles and tiles; gives the root."""
    def put(kind, index, width, content):
        suffix = "" if width == WIDTH else f".p/{width}"
        path = pathlib.Path(directory, "tile", kind, index_path(index) + suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    for start in range(0, len(entries), WIDTH):
        bundle = entries[start:start + WIDTH]
        put("entries", start // WIDTH, len(bundle), b"".join(len(e).to_bytes(2, "big") + e for e in bundle))
    hashes, level = [leaf_hash(entry) for entry in entries], 0
    root = root_of(hashes)
    while hashes:
        tiles = [hashes[start:start + WIDTH] for start in range(0, len(hashes), WIDTH)]
        for index, tile in enumerate(tiles):
            put(str(level), index, len(tile), b"".join(tile))
        hashes, level = [root_of(tile) for tile in tiles if len(tile) == WIDTH], level + 1
    return root


def write_checkpoint(directory, size, root, key, witnesses=(), time=START):
    text = f"{key.name}\n{size}\n{base64.b64encode(root).decode()}\n"
    lines = key.line(text) + "".join(witness.cosignature_line(text, time) for witness in witnesses)
    pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
    pathlib.Path(directory, "checkpoint").write_text(f"{text}\n{lines}")


def write_log(directory, entries, key, witnesses=()):
    write_checkpoint(directory, len(entries), write_tiles(directory, entries), key, witnesses,
                     START + len(entries) * STEP)


if __name__ == "__main__":
    log_key = SigningKey("log", ORIGIN)
    witness_keys = [SigningKey("witness", "witness.example.org/1", 4), SigningKey("other", "other.example.net/w", 4)]
    write_log(sys.argv[1], records(int(sys.argv[2])), log_key, witness_keys)
    pathlib.Path(sys.argv[1], "witnesses").write_text(
        "".join(f"witness w{i} {key.vkey()}\n" for i, key in enumerate(witness_keys)) + "group all all w0 w1\nquorum all\n")
    print(log_key.vkey())
