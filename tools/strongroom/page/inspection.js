// What this browser checks of the log's head, and what it remembers from one visit to the next.
import { checkCosignatures, checkLogSignature, decodeText, parseCheckpoint, sameHead } from "./checkpoint.js";
import { counted, formatTime, visible } from "./element.js";
import { canHash, equal, fromBase64, Malformed, toBase64 } from "./hash.js";
import { isQuorum } from "./quorum.js";
import { Altered, Missing, Tree, Unavailable } from "./tree.js";

const MAX_FILE = 1 << 26; // bytes; an entry bundle may have 16 MiB

// Reads a file of the log afresh: nothing where the server has none.
export async function read(path) {
  const response = await fetch(path, { cache: "no-store", credentials: "omit", redirect: "error" }).catch(
    () => {
      throw new Unavailable(`${path}: the server does not answer`, path);
    },
  );
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Unavailable(`${path}: the server answered ${response.status}`, path);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_FILE) throw new Altered(`${path} is longer than any file of a log`, path);
  return bytes;
}

export async function readCheckpoint() {
  const bytes = await read("checkpoint");
  if (bytes === undefined) throw new Missing("the server has no checkpoint", "checkpoint");
  try {
    return parseCheckpoint(decodeText(bytes));
  } catch (error) {
    throw new Altered(`checkpoint: ${error.message}`, "checkpoint");
  }
}

const slot = (origin) => `strongroom head of ${origin}`;

// What this browser saw last: {note, size, root, keys, seen}, or null.
function recall(origin) {
  const kept = JSON.parse(localStorage.getItem(slot(origin)));
  return kept && { ...kept, root: fromBase64(kept.root, 32) };
}

// From now on the head must extend this one.
export function remember(head, keys) {
  const { note, origin, size, root } = head;
  const seen = Math.floor(Date.now() / 1000);
  localStorage.setItem(slot(origin), JSON.stringify({ note, size, root: toBase64(root), keys, seen }));
}

export const NO_HASHES = "not checked: browsers offer hashing only to pages from https or from this machine";
const NO_ED25519 = "not checked: this browser does not have Ed25519";
const WHERE = "Check it by: strongroom log verify.";

async function checkSignature(head, keys) {
  const { state, key } = await checkLogSignature(head, keys);
  const current = state === "holds" && key.vkey === keys.at(-1);
  return {
    holds: {
      state: current ? "good" : "warning",
      key: `${key?.name}+${key?.id}`,
      text: current ? "made by the log's key, below" : "made by an earlier key of the log",
    },
    wrong: { state: "bad", text: "WRONG: the log's key did not sign this checkpoint" },
    absent: { state: "bad", text: "WRONG: none of the log's keys signed this checkpoint" },
    unsupported: { state: "unchecked", text: `${NO_ED25519}. ${WHERE}` },
  }[state];
}

async function checkTree(tree) {
  await tree.check();
  return {
    state: "good",
    text: tree.size === 0 ? "that of the empty tree" : "computed here from the log's tiles, and equal",
  };
}

const keysExtend = (kept, keys) => kept.every((key, i) => key === keys[i]);

// The head must extend the one that this browser saw last.
async function checkHistory(head, tree, keys) {
  const kept = recall(head.origin);
  if (!kept)
    return {
      state: "unchecked",
      text: "nothing to compare with: this browser sees the log for the first time",
    };
  const last = `the ${counted(kept.size, "record")} seen here on ${formatTime(kept.seen)} UTC`;
  if (!keysExtend(kept.keys, keys))
    return {
      state: "bad",
      kept,
      text: "WRONG: the log now goes by another key than this browser saw before",
    };
  if (kept.size > head.size)
    return { state: "bad", kept, text: `WRONG: rolled back. It is shorter than ${last}` };
  if (kept.size === head.size && sameHead(kept, head))
    return { state: "good", text: `the same head as ${last}` };
  if (kept.size > 0 && !equal(await tree.rootAt(kept.size), kept.root)) {
    return { state: "bad", kept, text: `WRONG: forked. It does not hold ${last}` };
  }
  return { state: "good", text: `extends ${last}` };
}

async function checkWitnesses(head, site) {
  if (site.witnesses.length === 0)
    return { state: "unchecked", text: "no policy: nobody else vouches for this head", witnesses: [] };
  const witnesses = await checkCosignatures(head, site.witnesses);
  const [holding, wrong] = ["holds", "wrong"].map((state) => witnesses.filter((one) => one.state === state));
  if (wrong.length > 0)
    return {
      state: "bad",
      witnesses,
      text: `WRONG: the cosignature of ${wrong.map((one) => visible(one.name)).join(", ")}`,
    };
  if (witnesses.some(({ state }) => state === "unsupported"))
    return { state: "unchecked", text: NO_ED25519, witnesses };
  const operators = new Set(holding.map((one) => one.operator)).size;
  const cosigned = `${holding.length} of ${counted(witnesses.length, "witness", "witnesses")} cosigned, of ${counted(operators, "operator")}`;
  if (!site.quorum.met_by)
    return { state: "unchecked", witnesses, text: `no policy asks for a quorum: ${cosigned}` };
  return isQuorum(site.quorum, witnesses)
    ? { state: "good", witnesses, text: `quorum met: ${cosigned}` }
    : { state: "warning", witnesses, text: `quorum NOT met: ${cosigned}` };
}

// A check that fails to run has failed, and says with what.
async function attempt(check) {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Altered || error instanceof Missing || error instanceof Malformed)) throw error;
    return { state: "bad", text: `WRONG: ${error.message}`, path: error.path };
  }
}

// Checks the head and gives {head, tree, results}; tells report(name, result) of each check once it is done. A
// result is {state, text}, state "good", "warning", "unchecked" or "bad".
export async function inspect(site, report) {
  const head = await readCheckpoint();
  const tree = new Tree(read, head.size, head.root);
  const results = {};
  const run = async (name, check) => {
    results[name] = canHash ? await attempt(check) : { state: "unchecked", text: NO_HASHES };
    report(name, results[name]);
  };
  if (head.origin !== site.origin) {
    results.signature = {
      state: "bad",
      text: `WRONG: the checkpoint is of another log, '${visible(head.origin)}'`,
    };
    report("signature", results.signature);
  } else {
    await run("signature", () => checkSignature(head, site.keys));
  }
  await run("root", () => checkTree(tree));
  await run("history", () => history(head, tree, site.keys, results));
  await run("witnesses", () => checkWitnesses(head, site));
  return { head, tree, results };
}

// Remembers the head where everything about it holds, or could not be checked for want of Ed25519.
async function history(head, tree, keys, { signature, root }) {
  if (signature.state === "bad" || root.state === "bad")
    return { state: "unchecked", text: "not compared: the head itself does not hold" };
  try {
    const result = await checkHistory(head, tree, keys);
    if (result.state !== "bad") remember(head, keys);
    return result;
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError)
      return { state: "unchecked", text: "not compared: this browser keeps nothing for this page" };
    throw error;
  }
}
