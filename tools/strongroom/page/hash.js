// Hashes of RFC 6962 section 2.1 and the bytes around them.

export const canHash = globalThis.crypto?.subtle !== undefined;

export class Malformed extends Error {}

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export function equal(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

// Only what toBase64 gives is accepted.
export function fromBase64(text, length) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Malformed("not base64");
  }
  if (toBase64(bytes) !== text || (length !== undefined && bytes.length !== length)) {
    throw new Malformed(
      length === undefined ? "not base64 in its one form" : `not ${length} bytes in base64`,
    );
  }
  return bytes;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function leafHash(entry) {
  return sha256(concat([0], entry));
}

export function nodeHash(left, right) {
  return sha256(concat([1], left, right));
}

// The hash over neighbouring complete subtrees, left to right, each no larger than the one before.
export async function joinSubtrees(hashes) {
  if (hashes.length === 0) return sha256(new Uint8Array());
  let joined = hashes.at(-1);
  for (let i = hashes.length - 2; i >= 0; --i) joined = await nodeHash(hashes[i], joined);
  return joined;
}

// The hash of the complete subtree over a power of two of hashes.
export async function subtreeHash(hashes) {
  let level = hashes;
  while (level.length > 1) {
    const pairs = [];
    for (let i = 0; i < level.length; i += 2) pairs.push(nodeHash(level[i], level[i + 1]));
    level = await Promise.all(pairs);
  }
  return level[0];
}
