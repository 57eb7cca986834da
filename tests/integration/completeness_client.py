"""Checks a completeness proof by docs/LOG.md alone: nothing here knows the program that wrote it.

completeness_client.py FILE VKEY prints the numbers of the entries that name the key, or says what is wrong and exits with 1.
The checkpoint's signature is checked by openssl.
"""
import base64
import hashlib
import json
import struct
import subprocess
import sys
import tempfile


def require(holds, what):
    if not holds:
        sys.exit("refused: " + what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def read_checkpoint(note, vkey):
    text, signatures = note.rsplit(b"\n\n", 1)
    text += b"\n"
    name, _, key = vkey.split("+", 2)
    key = base64.b64decode(key)
    key_id = sha256(name.encode() + b"\n" + key)[:4]
    for line in signatures.decode().splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if dash == "\u2014" and signer == name and blob[:4] == key_id:
            check_signature(key[1:], text, blob[4:])
            origin, size, root = text.decode().splitlines()
            require(origin == name, "the checkpoint is of another log")
            return int(size), base64.b64decode(root)
    sys.exit("refused: the log did not sign the checkpoint")


def check_signature(key, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": bytes.fromhex("302a300506032b6570032100") + key, "message": message, "signature": signature}
        for name, content in files.items():
            with open(f"{folder}/{name}", "wb") as out:
                out.write(content)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/key",
             "-in", f"{folder}/message", "-sigfile", f"{folder}/signature"], capture_output=True)
        require(done.returncode == 0, "the checkpoint's signature is wrong")


def root_of(entries, hashes, begin, end):
    """The root over [begin, end): `entries` and `hashes` are used up from the left."""
    if not entries or entries[0][0] >= end:
        require(hashes, "a hash is missing")
        return hashes.pop(0)
    if end - begin == 1:
        return sha256(b"\0", entries.pop(0)[1])
    split = begin + (1 << (end - begin - 1).bit_length() - 1)
    left = root_of(entries, hashes, begin, split)
    return sha256(b"\1", left, root_of(entries, hashes, split, end))


def bit(key, number):
    return key[number // 8] >> (7 - number % 8) & 1


def stated_postings(key, leaf, steps, root):
    """(count, chain) of the key in the index with this root."""
    if leaf is None:
        require(root == sha256(), "the index is not empty")
        return 0, bytes(32)
    leaf_key, count, chain = leaf
    node = sha256(b"\0", leaf_key, struct.pack(">Q", count), chain)
    for i, (number, sibling) in enumerate(steps):
        require(i == 0 or number < steps[i - 1][0], "steps out of order")
        require(bit(leaf_key, number) == bit(key, number), "the leaf is not where the key leads")
        pair = (sibling, node) if bit(key, number) else (node, sibling)
        node = sha256(b"\1", bytes([number]), *pair)
    require(node == root, "the leaf is not in the index")
    return (count, chain) if leaf_key == key else (0, bytes(32))


def read(text):
    head, note = text.split(b"\n\n", 1)
    proof = {"leaf": None, "steps": [], "entries": [], "hashes": [], "note": note}
    lines = head.split(b"\n")
    require(lines[0] == b"strongroom.completeness.v1", "unknown version")
    for line in lines[1:]:
        word, rest = line.split(b" ", 1)
        if word == b"key":
            proof["key"] = bytes.fromhex(rest.decode())
        elif word == b"indexed":
            proof["indexed"] = int(rest)
        elif word == b"leaf":
            key, count, chain = rest.split(b" ")
            proof["leaf"] = bytes.fromhex(key.decode()), int(count), base64.b64decode(chain)
        elif word == b"step":
            number, sibling = rest.split(b" ")
            proof["steps"].append((int(number), base64.b64decode(sibling)))
        elif word == b"entry":
            index, entry = rest.split(b" ", 1)
            proof["entries"].append((int(index), entry))
        else:
            require(word == b"hash", "unknown line")
            proof["hashes"].append(base64.b64decode(rest))
    return proof


def names(entry, key):
    bundle = json.loads(entry).get("bundle", {})
    return key.hex() in (bundle.get("id"), bundle.get("instance"))


def check(proof, vkey):
    size, root = read_checkpoint(proof["note"], vkey)
    key, indexed, entries = proof["key"], proof["indexed"], proof["entries"]
    left, hashes = list(entries), list(proof["hashes"])
    derived = root_of(left, hashes, 0, size) if size else sha256()
    require(derived == root and not left and not hashes, "the entries are not in the log")
    require([i for i, _ in entries if i >= indexed] == list(range(indexed, size)), "the tail has a gap")
    below = [(i, entry) for i, entry in entries if i < indexed]
    require(all(names(entry, key) for _, entry in below), "an entry that does not name the key")
    if indexed:
        record = json.loads(entries[len(below)][1])
        require(record["type"] == "strongroom.index.v1" and record["entries"] == indexed, "no index record")
        chain = bytes(32)
        for i, _ in below:
            chain = sha256(b"\2", chain, struct.pack(">Q", i))
        stated = stated_postings(key, proof["leaf"], proof["steps"], bytes.fromhex(record["root"]))
        require(stated == (len(below), chain), "entries are missing")
    return [i for i, entry in entries if names(entry, key)]


def main():
    with open(sys.argv[1], "rb") as file:
        print(*check(read(file.read()), sys.argv[2]))


main()
