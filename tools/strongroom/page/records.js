// What the page keeps of each entry, which of them are wanted, and how they come in.
import { decodeText } from "./checkpoint.js";

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

function why(value) {
  const rules = Array.isArray(value.decision?.path)
    ? value.decision.path.map((step) => textOf(step?.rule))
    : [];
  const reasons = Array.isArray(value.reasons) ? value.reasons.map(textOf) : [];
  return reasons[0] ?? (rules.join(", ") || textOf(value.note));
}

// `state` is "proven" (its hash is in the tree that the head covers), "altered" or "unchecked".
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
    bundle: textOf(value.bundle?.id) || textOf(value.bundle?.instance),
    country: textOf(value.place?.country),
    basis: textOf(value.place?.basis),
    party: textOf(value.party?.operator),
    node: textOf(value.node?.name) || textOf(value.node?.id),
    why: why(value),
  };
}

const DAY = 86_400;
const startOfDay = (date) => Date.parse(`${date}T00:00:00Z`) / 1000;

// A test for the records that a query {text, bundle, outcome, action, country, from, to, start, end} wants; dates
// are days of UTC, start and end seconds. Country "none" wants those that state no place.
export function matcher(query) {
  const tests = [];
  const words = (query.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 0) {
    tests.push((record) => {
      const text = record.text.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }
  const bundle = (query.bundle ?? "").trim().toLowerCase();
  if (bundle) tests.push((record) => record.bundle.startsWith(bundle));
  for (const member of ["outcome", "action"]) {
    if (query[member]) tests.push((record) => record[member] === query[member]);
  }
  if (query.country)
    tests.push((record) => record.country === (query.country === "none" ? "" : query.country));
  if (query.from) tests.push((record) => record.seconds !== null && record.seconds >= startOfDay(query.from));
  if (query.to)
    tests.push((record) => record.seconds !== null && record.seconds < startOfDay(query.to) + DAY);
  if (query.start)
    tests.push((record) => record.seconds >= Number(query.start) && record.seconds < Number(query.end));
  return (record) => tests.every((test) => test(record));
}

export async function readBundle(tree, bundle) {
  const { entries, wrong } = await tree.entries(bundle);
  const state = (index) => (wrong === null ? "unchecked" : wrong.has(index) ? "altered" : "proven");
  return entries.map((entry, i) => {
    const index = bundle * 256 + i;
    return { bytes: entry, ...summarize(index, entry, state(index)) };
  });
}

// RecordList reads from the newest record on towards the oldest, a few bundles at a time.
export class RecordList {
  records = []; // newest first
  altered = []; // numbers of those that are not in the tree
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

  // Reads at least `count` records more, if there are so many; calls `progress` now and then. What cannot be
  // read ends it with an error, and the next call tries again.
  async grow(count, progress) {
    this.#stop = false;
    const wanted = Math.min(this.records.length + count, MAX_RECORDS);
    while (this.next >= 0 && this.records.length < wanted && !this.#stop) {
      const batch = [];
      for (let i = 0; i < PARALLEL_BUNDLES && this.next - i >= 0; ++i)
        batch.push(readBundle(this.tree, this.next - i));
      for (const reading of await Promise.allSettled(batch)) {
        if (reading.status === "rejected") throw reading.reason;
        this.#add(reading.value);
      }
      await progress();
    }
  }

  #add(bundle) {
    for (const { bytes, ...record } of bundle.reverse()) {
      if (record.index >= this.end) continue;
      this.records.push(record);
      if (record.state === "altered") this.altered.push(record.index);
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
