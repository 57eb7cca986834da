"""A client of C2SP transparency logs that knows nothing of Strongroom: it is written from the specifications alone.

    tlog_client.py PREFIX VKEY

PREFIX is a directory or a URL in the layout of c2sp.org/tlog-tiles, VKEY a verifier key of c2sp.org/signed-note. Checks the
checkpoint's signature, every tile against every entry, the root, an inclusion proof of every entry and a consistency proof
from every earlier size, and prints the size and the root.
"""
import base64
import hashlib
import pathlib
import sys
import urllib.request

WIDTH = 256


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519, RFC 8032 section 5.1, in affine coordinates: slow and plain.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover(encoded):
    number = int.from_bytes(encoded, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - square) % P == 0 and y < P, "not a point of the curve"
    return (P - x if x & 1 != sign else x, y)


def add(a, b):
    product = D * a[0] * b[0] * a[1] * b[1]
    return ((a[0] * b[1] + b[0] * a[1]) * pow(1 + product, P - 2, P) % P,
            (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, P - 2, P) % P)


def multiply(scalar, point):
    total = (0, 1)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


BASE = recover((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verifies(key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    return s < L and multiply(s, BASE) == add(recover(r), multiply(k, recover(key)))


# c2sp.org/signed-note and c2sp.org/tlog-checkpoint
def parse_vkey(vkey):
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key[0] == 1 and len(key) == 33, "not an Ed25519 key"
    assert sha256(name.encode(), b"\n", key)[:4].hex() == key_id, "the key id is not that of the key"
    return name, bytes.fromhex(key_id), key[1:]


def open_checkpoint(note, vkey):
    name, key_id, key = parse_vkey(vkey)
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    verified = False
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        assert dash == "\u2014"
        if signer == name and blob[:4] == key_id:
            assert ed25519_verifies(key, text.encode(), blob[4:]), "the signature is wrong"
            verified = True
    assert verified, "not signed by this key"
    origin, size, root = text.splitlines()[:3]
    assert origin == name and str(int(size)) == size
    return int(size), base64.b64decode(root, validate=True)


# RFC 6962 section 2.1
def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def split(n):
    return 1 << (n - 1).bit_length() - 1


class Log:
    """A log behind a prefix, read tile by tile."""

    def __init__(self, prefix, vkey):
        self.prefix = prefix.rstrip("/")
        self.tiles = {}
        self.size, self.root = open_checkpoint(self.read("checkpoint").decode(), vkey)

    def read(self, path):
        if self.prefix.startswith("http"):
            with urllib.request.urlopen(f"{self.prefix}/{path}") as answer:
                return answer.read()
        return (pathlib.Path(self.prefix) / path).read_bytes()

    def tile(self, level, index):
        """The bytes of a tile, or of an entry bundle where the level is 'entries'."""
        if (level, index) not in self.tiles:
            hashes = self.size >> 8 * (0 if level == "entries" else level)
            width = min(WIDTH, hashes - index * WIDTH)
            digits = str(index).zfill((len(str(index)) + 2) // 3 * 3)
            groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
            path = "/".join(["x" + g for g in groups[:-1]] + groups[-1:])
            self.tiles[level, index] = self.read(f"tile/{level}/{path}" + (f".p/{width}" if width < WIDTH else ""))
            if level != "entries":
                assert len(self.tiles[level, index]) == 32 * width, f"tile {level}/{index} is of another width"
        return self.tiles[level, index]

    def hash_at(self, level, index):
        """The root of the 256^level entries from index * 256^level on."""
        at = index % WIDTH * 32
        return self.tile(level, index // WIDTH)[at:at + 32]

    def subtree(self, begin, end):
        """MTH(D[begin:end]), from as few hashes as the tiles have."""
        count = end - begin
        level = (count.bit_length() - 1) // 8
        if count == 256**level:
            return self.hash_at(level, begin // count)
        k = split(count)
        return node_hash(self.subtree(begin, begin + k), self.subtree(begin + k, end))

    def entries(self):
        for index in range((self.size + WIDTH - 1) // WIDTH):
            bundle = self.tile("entries", index)
            offset = 0
            for _ in range(min(WIDTH, self.size - index * WIDTH)):
                length = int.from_bytes(bundle[offset:offset + 2], "big")
                entry = bundle[offset + 2:offset + 2 + length]
                assert len(entry) == length, f"bundle {index} is cut short"
                yield entry
                offset += 2 + length
            assert offset == len(bundle), f"bundle {index} has something left over"

    # Sections 2.1.1 and 2.1.2, from the tiles
    def inclusion(self, m, begin, end):
        if end - begin == 1:
            return []
        k = begin + split(end - begin)
        if m < k:
            return self.inclusion(m, begin, k) + [self.subtree(k, end)]
        return self.inclusion(m, k, end) + [self.subtree(begin, k)]

    def consistency(self, m, begin, end, whole):
        if m == end:
            return [] if whole else [self.subtree(begin, end)]
        k = begin + split(end - begin)
        if m <= k:
            return self.consistency(m, begin, k, whole) + [self.subtree(k, end)]
        return self.consistency(m, k, end, False) + [self.subtree(begin, k)]


# RFC 9162 sections 2.1.3.2 and 2.1.4.2
def root_of_inclusion(leaf, index, size, proof):
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        assert sn, "the proof is too long"
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0, "the proof is too short"
    return r


def roots_of_consistency(first, second, first_root, proof):
    path = ([first_root] if first & (first - 1) == 0 else []) + proof
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        assert sn, "the proof is too long"
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0, "the proof is too short"
    return fr, sr


def tree_root(hashes):
    """From the definition, without tiles."""
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(tree_root(hashes[:k]), tree_root(hashes[k:]))


def check(prefix, vkey):
    log = Log(prefix, vkey)
    leaves = [leaf_hash(entry) for entry in log.entries()]
    assert len(leaves) == log.size and tree_root(leaves) == log.root, "the entries do not lead to the root"
    level, row = 0, leaves
    while row:
        for i, expected in enumerate(row):
            assert log.hash_at(level, i) == expected, f"hash {i} of level {level} is wrong"
        row = [tree_root(row[i:i + WIDTH]) for i in range(0, len(row) - WIDTH + 1, WIDTH)]
        level += 1
    for i, leaf in enumerate(leaves):
        assert root_of_inclusion(leaf, i, log.size, log.inclusion(i, 0, log.size)) == log.root, f"entry {i} is not there"
    for old in range(1, log.size):
        old_root = tree_root(leaves[:old])
        assert roots_of_consistency(old, log.size, old_root, log.consistency(old, 0, log.size, True)) == (old_root, log.root)
    return log


if __name__ == "__main__":
    checked = check(sys.argv[1], sys.argv[2])
    print(checked.size, checked.root.hex())
