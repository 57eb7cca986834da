// What the page keeps of each entry, which of them are wanted, and how they come in.
import { decodeText } from "./checkpoint.js";
import { Altered, Missing, Unavailable } from "./tree.js";

const PARALLEL_BUNDLES = 4;
export const MAX_RECORDS = 250_000; // that are held at once

// Entries are of several types; only an access has an outcome.
const KINDS = new Map([
  ["strongroom.index.v1", "index"],
  ["strongroom.log-key.v1", "log key"],
]);

function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

const textOf = (value) => (typeof value === "string" ? value : "");

const listOf = (value) => (Array.isArray(value) ? value : []);

// The rules that refused, or else the first reason; log_entry_text.cc has the same rule.
function why(value) {
  const rules = listOf(value.decision?.path)
    .map((step) => textOf(step?.rule))
    .join(" ");
  const reasons = listOf(value.reasons).map(textOf);
  const byRule = reasons.length === 0 || (value.outcome === "refuse" && rules !== "");
  return byRule ? rules || textOf(value.note) : reasons[0];
}

// `state` is "proven" (its hash is in the tree that the head covers), "altered", "unchecked", or "unreadable"
// where its bundle, or what vouches for that, could not be read. `sealed` names the parts that are sealed.
export function summarize(index, bytes, state) {
  let text;
  try {
    text = decodeText(bytes);
  } catch {
    text = "";
  }
  const value = parse(text);
  const time = TIME.test(value.time) ? Date.parse(value.time) : NaN;
  return {
    index,
    state,
    text,
    seconds: Number.isNaN(time) ? null : time / 1000,
    action: textOf(value.action) || KINDS.get(value.type) || "unknown",
    outcome: textOf(value.outcome),
    bundle: textOf(value.bundle?.id),
    instance: textOf(value.bundle?.instance),
    country: textOf(value.place?.country),
    basis: textOf(value.place?.basis),
    party: textOf(value.party?.operator),
    node: textOf(value.node?.name) || textOf(value.node?.id),
    why: why(value),
    sealed: listOf(value.sealed).map((part) => textOf(part?.name)),
  };
}

// Whether any of these parts of a record is sealed.
export function isSealed(record, ...parts) {
  return parts.some((part) => record.sealed.includes(part));
}

// Where an access was: a country's code, "sealed", or "none" where the record states none.
export function placeOf(record) {
  return record.country || (isSealed(record, "place") ? "sealed" : "none");
}

const DAY = 86_400;
const startOfDay = (date) => Date.parse(`${date}T00:00:00Z`) / 1000;

// Compares a record with a query {text, bundle, outcome, action, country, from, to, start, end}; dates are days of
// UTC, start and end seconds; country may be what placeOf gives. It gives "matches", "differs", "sealed" where
// what is asked about is sealed in the record and all else matches, or "unreadable".
export function comparer(query) {
  const tests = [];
  const sealable = []; // {passes, hides}: `hides` says whether a sealed part could pass
  const words = (query.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 0) {
    const passes = (record) => {
      const text = record.text.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    sealable.push({ passes, hides: (record) => record.sealed.length > 0 });
  }
  const bundle = (query.bundle ?? "").trim().toLowerCase();
  if (bundle) tests.push((record) => record.bundle.startsWith(bundle) || record.instance.startsWith(bundle));
  for (const member of ["outcome", "action"]) {
    if (query[member]) tests.push((record) => record[member] === query[member]);
  }
  if (query.country) {
    const passes = (record) => placeOf(record) === query.country;
    const asksForOne = query.country !== "none" && query.country !== "sealed";
    sealable.push({ passes, hides: (record) => asksForOne && placeOf(record) === "sealed" });
  }
  if (query.from) tests.push((record) => record.seconds !== null && record.seconds >= startOfDay(query.from));
  if (query.to)
    tests.push((record) => record.seconds !== null && record.seconds < startOfDay(query.to) + DAY);
  if (query.start)
    tests.push((record) => record.seconds >= Number(query.start) && record.seconds < Number(query.end));
  return (record) => {
    if (tests.length + sealable.length === 0) return "matches";
    if (record.state === "unreadable") return "unreadable";
    if (!tests.every((test) => test(record))) return "differs";
    const failed = sealable.filter(({ passes }) => !passes(record));
    if (failed.length === 0) return "matches";
    return failed.every(({ hides }) => hides(record)) ? "sealed" : "differs";
  };
}

export async function readBundle(tree, bundle) {
  const { entries, wrong } = await tree.entries(bundle);
  const state = (index) => (wrong === null ? "unchecked" : wrong.has(index) ? "altered" : "proven");
  return entries.map((entry, i) => {
    const index = bundle * 256 + i;
    return { bytes: entry, ...summarize(index, entry, state(index)) };
  });
}

// What stands for the records of a bundle that could not be read.
function unreadableBundle(bundle, size) {
  const first = bundle * 256;
  return Array.from({ length: Math.min(256, size - first) }, (_, i) => ({
    ...summarize(first + i, new Uint8Array(), "unreadable"),
    action: "",
  }));
}

// RecordList reads from the newest record on towards the oldest, a few bundles at a time.
export class RecordList {
  records = []; // newest first
  altered = []; // numbers of those that are not in the tree
  unreadable = []; // numbers of those in bundles that could not be read, or that nothing vouches for
  faults = new Map(); // why not: the error by the path of the file that is altered or missing
  #stop = false;

  // Begins at the record before `end`.
  constructor(tree, end) {
    this.tree = tree;
    this.end = end;
    this.next = Math.ceil(end / 256) - 1; // the bundle to read next; -1: none
  }

  get oldest() {
    return this.records.at(-1)?.index ?? this.end;
  }

  get canGrow() {
    return this.next >= 0 && this.records.length < MAX_RECORDS;
  }

  stop() {
    this.#stop = true;
  }

  // Reads at least `count` records more, if there are so many; calls `progress` now and then. The records of a
  // file that is altered or missing are marked, and those below it read. A server that does not answer ends it
  // with Unavailable, and the next call tries again.
  async grow(count, progress) {
    this.#stop = false;
    const wanted = Math.min(this.records.length + count, MAX_RECORDS);
    while (this.next >= 0 && this.records.length < wanted && !this.#stop) {
      const batch = [];
      for (let i = 0; i < PARALLEL_BUNDLES && this.next - i >= 0; ++i)
        batch.push(readBundle(this.tree, this.next - i));
      for (const reading of await Promise.allSettled(batch)) {
        if (reading.status === "fulfilled") this.#add(reading.value);
        else this.#mark(reading.reason);
      }
      await progress();
    }
  }

  #mark(error) {
    if (!(error instanceof Altered || error instanceof Missing) || error instanceof Unavailable) throw error;
    this.faults.set(error.path, error);
    this.#add(unreadableBundle(this.next, this.tree.size));
  }

  #add(bundle) {
    for (const { bytes, ...record } of bundle.reverse()) {
      if (record.index >= this.end) continue;
      this.records.push(record);
      if (record.state === "altered") this.altered.push(record.index);
      if (record.state === "unreadable") this.unreadable.push(record.index);
    }
    --this.next;
  }
}

// How many records of each outcome.
export function countOutcomes(records) {
  const counts = { permit: 0, refuse: 0, failed: 0, done: 0 };
  for (const { outcome } of records) if (Object.hasOwn(counts, outcome)) ++counts[outcome];
  return counts;
}
