// Checkpoints: the signed statement of a log's size and root (C2SP tlog-checkpoint, signed-note, tlog-cosignature).
import { concat, equal, fromBase64, hex, Malformed, sha256 } from "./hash.js";

const LOG_KEY = 1;
const WITNESS_KEY = 4;
const UTF8 = new TextEncoder();

export function decodeText(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed("it is not UTF-8");
  }
}

function parseSignature(line) {
  const found = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
  const blob = found && fromBase64(found[2]);
  if (!blob || blob.length < 5) throw new Malformed("a signature line is malformed");
  return { name: found[1], id: hex(blob.subarray(0, 4)), signature: blob.subarray(4) };
}

function parseText(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[0] === "") throw new Malformed("its text is not of three lines");
  const size = Number(lines[1]);
  if (!/^(0|[1-9][0-9]*)$/.test(lines[1]) || !Number.isSafeInteger(size))
    throw new Malformed("its size is no number");
  return { text, origin: lines[0], size, root: fromBase64(lines[2], 32) };
}

// Splits a note and reads its text; checks no signature.
export function parseCheckpoint(note) {
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) throw new Malformed("it is not a signed note");
  const signatures = note
    .slice(split + 2, -1)
    .split("\n")
    .map(parseSignature);
  return { note, signatures, ...parseText(note.slice(0, split + 1)) };
}

async function parseKey(vkey, kind) {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey);
  const material = found && fromBase64(found[3], 33);
  if (!material || material[0] !== kind) throw new Malformed(`'${vkey}' is no key of the kind expected`);
  const id = hex((await sha256(concat(UTF8.encode(found[1]), [10], material))).subarray(0, 4));
  if (id !== found[2]) throw new Malformed(`'${vkey}' does not have the id that it says`);
  return { vkey, name: found[1], id, key: material.subarray(1) };
}

const isBy = (key) => (signature) => signature.name === key.name && signature.id === key.id;

// Whether an Ed25519 signature holds, or undefined where the browser has no Ed25519.
async function verifyEd25519(key, signature, message) {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch (error) {
    if (error.name === "NotSupportedError") return undefined;
    throw error;
  }
}

const STATES = new Map([
  [true, "holds"],
  [false, "wrong"],
  [undefined, "unsupported"],
]);

// The log's signature: {state, key}. State "holds", "wrong", "unsupported" (the browser has no Ed25519), or
// "absent": none of the keys signed. One wrong signature by a known key spoils the note.
export async function checkLogSignature(checkpoint, vkeys) {
  const result = { state: "absent", key: null };
  for (const vkey of vkeys) {
    const key = await parseKey(vkey, LOG_KEY);
    if (key.name !== checkpoint.origin) continue;
    for (const { signature } of checkpoint.signatures.filter(isBy(key))) {
      const state = STATES.get(await verifyEd25519(key.key, signature, UTF8.encode(checkpoint.text)));
      if (result.state !== "wrong") Object.assign(result, { state, key });
    }
  }
  return result;
}

const LATEST_TIME = 2n ** 63n - 1n;

// Seconds since 1970, as a BigInt: more of them than a number holds are a time too.
function cosignatureTime(signature) {
  return new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
}

async function checkCosignature(checkpoint, key, signature) {
  if (signature.length !== 72) return { state: "wrong" };
  const time = cosignatureTime(signature);
  if (time > LATEST_TIME) return { state: "wrong" };
  const message = UTF8.encode(`cosignature/v1\ntime ${time}\n${checkpoint.text}`);
  return { state: STATES.get(await verifyEd25519(key.key, signature.subarray(8), message)), time };
}

// For each witness {name, operator, vkey}: its state as above, and the time of its latest cosignature.
export async function checkCosignatures(checkpoint, witnesses) {
  return Promise.all(
    witnesses.map(async (witness) => {
      const key = await parseKey(witness.vkey, WITNESS_KEY);
      const own = checkpoint.signatures.filter(isBy(key));
      const checked = await Promise.all(
        own.map(({ signature }) => checkCosignature(checkpoint, key, signature)),
      );
      const wrong = checked.find(({ state }) => state === "wrong");
      const latest = checked.reduce((best, one) => (one.time > (best?.time ?? -1) ? one : best), undefined);
      return { ...witness, ...(wrong ?? latest ?? { state: "absent" }) };
    }),
  );
}

export function sameHead(a, b) {
  return a.size === b.size && equal(a.root, b.root);
}
