// The log's Merkle tree, read from its tiles (C2SP tlog-tiles), none of which is believed: each is held against
// the root of the checkpoint before anything that comes of it is given out.
import { concat, equal, joinSubtrees, leafHash, Malformed, nodeHash, subtreeHash } from "./hash.js";

const WIDTH = 256;
const HASH = 32;
const MAX_CACHED_TILES = 2048;

// What the server sent is not what the checkpoint covers. `path` names the file, where that is known.
export class Altered extends Error {
  constructor(message, path) {
    super(message);
    this.path = path;
  }
}

// The server did not give the file.
export class Missing extends Error {
  constructor(message, path) {
    super(message);
    this.path = path;
  }
}

// The server did not answer, or not with what it has: it may another time.
export class Unavailable extends Missing {}

function groups(index) {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  return padded
    .match(/.{3}/g)
    .map((group, i, all) => (i + 1 < all.length ? `x${group}` : group))
    .join("/");
}

export function tilePath(kind, index, width) {
  return `tile/${kind}/${groups(index)}${width === WIDTH ? "" : `.p/${width}`}`;
}

// The largest power of two that is no larger than a number.
function powerWithin(number) {
  let power = 1;
  while (power * 2 <= number) power *= 2;
  return power;
}

// The complete subtrees, [begin, end), that make up a range of a proof or a whole tree, left to right.
export function completeSubtrees(begin, end) {
  const ranges = [];
  while (begin < end) {
    const middle = begin + powerWithin(end - begin);
    ranges.push([begin, middle]);
    begin = middle;
  }
  return ranges;
}

// The siblings on the way from a leaf up to the root.
export function inclusionRanges(index, size) {
  const siblings = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + powerWithin(end - begin - 1);
    siblings.push(index < middle ? [middle, end] : [begin, middle]);
    if (index < middle) end = middle;
    else begin = middle;
  }
  return siblings.reverse();
}

// RFC 9162 section 2.1.3.2: the hashes on the way up, the last of them the root that the proof leads to, each
// with the sibling it was made with and the side that stands on.
export async function climb(leaf, index, size, proof) {
  const steps = [];
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) throw new Altered("the proof is too long");
    const onLeft = node % 2 === 1 || node === last;
    hash = onLeft ? await nodeHash(sibling, hash) : await nodeHash(hash, sibling);
    steps.push({ sibling, side: onLeft ? "left" : "right", hash });
    if (onLeft && node % 2 === 0) {
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  if (last !== 0) throw new Altered("the proof is too short");
  return steps;
}

export function parseBundle(bytes, width) {
  const entries = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = offset + 2 + (bytes[offset] * 256 + bytes[offset + 1]);
    if (!(end <= bytes.length)) throw new Malformed("its last entry is cut short");
    entries.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  if (entries.length !== width) throw new Malformed(`it holds ${entries.length} entries, not ${width}`);
  return entries;
}

function parseTile(bytes, width) {
  if (bytes.length !== width * HASH) throw new Malformed(`it has ${bytes.length} bytes, not ${width * HASH}`);
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH, (i + 1) * HASH));
}

// A tree of `size` leaves with this root. `read(path)` gives a file's bytes, or nothing where it is not there.
export class Tree {
  #tiles = new Map();
  #sound = null;

  constructor(read, size, root) {
    this.read = read;
    this.size = size;
    this.root = root;
  }

  get bundleCount() {
    return Math.ceil(this.size / WIDTH);
  }

  // Whether the tiles at the right edge lead to the root. Where they do not, Altered names the one at fault if
  // the files below it tell.
  async check() {
    const edge = await this.#edge((level, index) => this.#readTile(level, index));
    if (equal(await this.#rootOf(edge), this.root)) {
      this.#sound = edge;
      return;
    }
    throw await this.#blame(edge);
  }

  // The entries of a bundle; `wrong` holds the numbers of those that are not in the tree. Without a check that
  // succeeded all are given out and `wrong` is null.
  async entries(bundle) {
    const width = this.#width(0, bundle);
    const entries = await this.#readParsed("entries", bundle, width, parseBundle);
    if (this.#sound === null) return { entries, wrong: null };
    const tile = await this.tile(0, bundle);
    const leaves = await Promise.all(entries.map(leafHash));
    const wrong = new Set(leaves.flatMap((leaf, i) => (equal(leaf, tile[i]) ? [] : [bundle * WIDTH + i])));
    return { entries, wrong };
  }

  // The hashes of a tile that leads to the root: one at the right edge has been checked, any other by the hash
  // that stands for it in the tile above.
  async tile(level, index) {
    if (this.#sound === null) throw new Altered("the tree does not lead to the head's root");
    if (this.#width(level, index) < WIDTH) return this.#sound.get(level);
    const path = tilePath(level, index, WIDTH);
    const cached = this.#tiles.get(path);
    if (cached) return cached;
    const hashes = await this.#readTile(level, index);
    const above = await this.tile(level + 1, Math.floor(index / WIDTH));
    if (!equal(await subtreeHash(hashes), above[index % WIDTH])) {
      throw new Altered(`${path} does not lead to the head's root`, path);
    }
    if (this.#tiles.size >= MAX_CACHED_TILES) this.#tiles.clear();
    this.#tiles.set(path, hashes);
    return hashes;
  }

  async inclusionProof(index) {
    const proof = [];
    for (const [begin, end] of inclusionRanges(index, this.size))
      proof.push(await this.#rangeHash(begin, end));
    return proof;
  }

  // The root that this tree had when it was of that size.
  async rootAt(size) {
    return this.#rangeHash(0, size);
  }

  #count(level) {
    return Math.floor(this.size / WIDTH ** level);
  }

  #width(level, index) {
    return Math.min(WIDTH, this.#count(level) - index * WIDTH);
  }

  // Reads a tile or bundle; where a partial one is gone, the beginning of the full one.
  async #readParsed(kind, index, width, parse) {
    for (const stored of new Set([width, WIDTH])) {
      const path = tilePath(kind, index, stored);
      const bytes = await this.read(path);
      if (bytes === undefined) continue;
      try {
        return parse(bytes, stored).slice(0, width);
      } catch (error) {
        throw new Altered(`${path}: ${error.message}`, path);
      }
    }
    const path = tilePath(kind, index, width);
    throw new Missing(`${path} is missing`, path);
  }

  #readTile(level, index) {
    return this.#readParsed(level, index, this.#width(level, index), parseTile);
  }

  // The partial tiles, by level: `hashesOf(level, index)` gives one.
  async #edge(hashesOf) {
    const edge = new Map();
    for (let level = 0; this.#count(level) > 0; ++level) {
      if (this.#count(level) % WIDTH === 0) continue;
      const index = Math.floor(this.#count(level) / WIDTH);
      edge.set(level, await hashesOf(level, index));
    }
    return edge;
  }

  async #rootOf(edge) {
    const subtrees = [];
    for (const hashes of [...edge.values()].reverse()) {
      for (const [begin, end] of completeSubtrees(0, hashes.length)) {
        subtrees.push(await subtreeHash(hashes.slice(begin, end)));
      }
    }
    return joinSubtrees(subtrees);
  }

  async #derivedTile(level, index) {
    const width = this.#width(level, index);
    if (level === 0) {
      return Promise.all((await this.#readParsed("entries", index, width, parseBundle)).map(leafHash));
    }
    const hashes = [];
    for (let i = 0; i < width; ++i)
      hashes.push(await subtreeHash(await this.#readTile(level - 1, index * WIDTH + i)));
    return hashes;
  }

  async #blame(edge) {
    const derived = await this.#edge((level, index) => this.#derivedTile(level, index));
    if (!equal(await this.#rootOf(derived), this.root)) {
      return new Altered(
        "neither the tiles nor the entries below them lead to the root that the checkpoint states",
      );
    }
    const level = [...edge.keys()].find(
      (one) => !equal(concat(...edge.get(one)), concat(...derived.get(one))),
    );
    const path = tilePath(level, Math.floor(this.#count(level) / WIDTH), edge.get(level).length);
    return new Altered(`${path} does not lead to the head's root; what lies below it does`, path);
  }

  async #rangeHash(begin, end) {
    const subtrees = [];
    for (const range of completeSubtrees(begin, end)) subtrees.push(await this.#completeHash(...range));
    return joinSubtrees(subtrees);
  }

  async #completeHash(begin, end) {
    let level = 0;
    while (WIDTH ** (level + 1) <= end - begin) ++level;
    const first = begin / WIDTH ** level;
    const count = (end - begin) / WIDTH ** level;
    const tile = await this.tile(level, Math.floor(first / WIDTH));
    return subtreeHash(tile.slice(first % WIDTH, (first % WIDTH) + count));
  }
}
