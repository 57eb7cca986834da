// The records: search, timeline, map and table, over as many as were read.
import { counted, element, formatCount, formatTime, visible } from "./element.js";
import { comparer, countOutcomes, isSealed, MAX_RECORDS, placeOf } from "./records.js";
import { alarm, byId, say, showResult } from "./status.js";
import { Missing, Unavailable } from "./tree.js";

const MORE = 10_000;
const ROWS = 50;
const FIELDS = ["text", "bundle", "outcome", "action", "country", "from", "to"];
const SECONDS = /^[0-9]{1,11}$/;
const OUTCOMES = new Map([
  ["permit", "Permitted"],
  ["refuse", "Refused"],
  ["failed", "Failed"],
  ["done", "Done"],
]);

function recordsResult({ records, altered, unreadable, tree }) {
  if (tree.size === 0) return { state: "unchecked", text: "there are none yet" };
  const wrong = [
    [altered, "altered"],
    [unreadable, "unreadable"],
  ]
    .filter(([numbers]) => numbers.length > 0)
    .map(
      ([numbers, word]) =>
        `${counted(numbers.length, "record")} ${word}, first ${formatCount(numbers.at(-1))}`,
    );
  if (wrong.length > 0) return { state: "bad", text: `WRONG: ${wrong.join("; ")}` };
  if (records.length === 0) return { state: "unchecked", text: "none could be read" };
  if (records.some((record) => record.state === "unchecked"))
    return { state: "unchecked", text: "not checked, because the tree could not be" };
  return { state: "good", text: `${counted(records.length, "record")} hashed here, and found in the tree` };
}

function queryOfAddress() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const query = Object.fromEntries(
    FIELDS.map((field) => [field, parameters.get(field)]).filter(([, value]) => value),
  );
  const [start, end] = ["start", "end"].map((name) => parameters.get(name) ?? "");
  return SECONDS.test(start) && SECONDS.test(end) ? { ...query, start, end } : query;
}

// The records that were read so far: search and filters, what they add up to, and a table of them by pages. What
// is searched for stands in the page's address.
export class RecordsView {
  #page = 0;
  #alarmed = new Set(); // what there has been an alarm about

  constructor(list, map, timeline, open) {
    Object.assign(this, { list, map, timeline, open });
    this.query = queryOfAddress();
    for (const field of FIELDS) byId(field).value = this.query[field] ?? "";
    byId("filters").addEventListener("input", () => this.#readFields());
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => this.#clear());
    byId("newer").addEventListener("click", () => this.#turn(-1));
    byId("older").addEventListener("click", () => this.#turn(1));
    byId("more").addEventListener("click", () => this.grow(MORE));
    byId("all").addEventListener("click", () => this.grow(MAX_RECORDS));
    byId("stop").addEventListener("click", () => this.list.stop());
    byId("rows").addEventListener("click", (event) => this.#openRow(event.target.closest("tr")));
  }

  set(changes) {
    Object.assign(this.query, changes);
    for (const [name, value] of Object.entries(this.query)) if (!value) delete this.query[name];
    for (const field of FIELDS) byId(field).value = this.query[field] ?? "";
    this.#page = 0;
    this.#keepQuery();
    this.draw();
  }

  async grow(count) {
    const busy = (is) => {
      byId("stop").hidden = !is;
      byId("progress").hidden = !is;
      for (const id of ["more", "all"]) byId(id).disabled = is;
    };
    busy(true);
    try {
      await this.list.grow(count, () => this.#showProgress());
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.#alarmOnce(
        error.path,
        "The server does not give the log",
        `${error.message}. Older records are not shown.`,
      );
    }
    busy(false);
    this.draw();
  }

  // The timeline and the map draw also what they themselves could choose instead.
  draw() {
    this.matching = this.#select({});
    const [inTime, inPlace] = [this.#select({ start: "" }), this.#select({ country: "" })];
    this.#showScope();
    this.#showCounts();
    say("counted", this.#over(this.matching));
    say("timeline-note", `${this.timeline.draw(inTime, this.query.start)} ${this.#over(inTime)}`);
    this.map.draw(inPlace, this.query.country ?? "");
    say("map-note", this.#over(inPlace));
    this.#showSpan();
    this.#showRows();
  }

  #select(changes) {
    const compare = comparer({ ...this.query, ...changes });
    return this.list.records.filter((record) => compare(record) === "matches");
  }

  // How many records could not be compared with the query, by the reason.
  #countNotCompared() {
    const compare = comparer(this.query);
    const counts = { sealed: 0, unreadable: 0 };
    for (const record of this.list.records) {
      const result = compare(record);
      if (Object.hasOwn(counts, result)) ++counts[result];
    }
    return counts;
  }

  #readFields() {
    this.set(Object.fromEntries(FIELDS.map((field) => [field, byId(field).value])));
  }

  #clear() {
    this.set(Object.fromEntries(Object.keys(this.query).map((name) => [name, ""])));
    byId("text").focus();
  }

  #keepQuery() {
    const parameters = new URLSearchParams(this.query).toString();
    history.replaceState(null, "", parameters ? `#${parameters}` : location.pathname);
  }

  #turn(step) {
    this.#page += step;
    this.#showRows();
    byId("records").scrollIntoView({ block: "start" });
  }

  #openRow(row) {
    if (row && String(getSelection()) === "") this.open(Number(row.dataset.index));
  }

  async #showProgress() {
    byId("progress").value = this.list.records.length / Math.max(1, Math.min(this.list.end, MAX_RECORDS));
    this.#showScope();
    await new Promise((resolve) => setTimeout(resolve));
  }

  #showScope() {
    const { records, tree, unreadable } = this.list;
    const all = records.length === tree.size;
    const lost = unreadable.length > 0 ? `, ${formatCount(unreadable.length)} of them unreadable` : "";
    say(
      "scope",
      tree.size === 0
        ? "The log is empty: nobody has asked for anything yet."
        : `${all ? "All" : `The newest ${formatCount(records.length)} of`} ${counted(tree.size, "record")}${lost}.`,
    );
    byId("more").hidden = byId("all").hidden = !this.list.canGrow;
    say("all", tree.size > MAX_RECORDS ? `Load ${formatCount(MAX_RECORDS)}` : "Load all");
    showResult("records", recordsResult(this.list));
    this.#alarmOfWrong();
  }

  #alarmOfWrong() {
    const { altered, faults } = this.list;
    if (altered.length > 0)
      this.#alarmOnce(
        "altered records",
        "A record was altered",
        `Record ${formatCount(altered[0])} is not what the log's tree holds at its place. Such records are marked below.`,
      );
    for (const [path, error] of faults)
      this.#alarmOnce(
        path,
        error instanceof Missing ? "A part of the log is missing" : "A part of the log was altered",
        `${error.message}. The records that need it are marked below as unreadable.`,
      );
  }

  #alarmOnce(about, title, text) {
    if (this.#alarmed.has(about)) return;
    this.#alarmed.add(about);
    alarm(title, text);
  }

  #showCounts() {
    const counts = countOutcomes(this.matching);
    for (const outcome of OUTCOMES.keys()) say(`count-${outcome}`, formatCount(counts[outcome]));
    const filtered = Object.keys(this.query).length > 0;
    say(
      "found",
      filtered
        ? `${counted(this.matching.length, "record")} of ${formatCount(this.list.records.length)} loaded match${this.#notCompared()}`
        : "",
    );
    byId("clear").hidden = !filtered;
  }

  #notCompared() {
    const { sealed, unreadable } = this.#countNotCompared();
    const keep = sealed === 1 ? "keeps it sealed and was" : "keep it sealed and were";
    return (
      (sealed > 0 ? `; ${counted(sealed, "record")} ${keep} not compared` : "") +
      (unreadable > 0 ? `; ${counted(unreadable, "record")} cannot be read` : "")
    );
  }

  // Over which records figures are.
  #over(chosen) {
    const { records, tree, unreadable } = this.list;
    const lost =
      unreadable.length > 0 ? ` but the ${formatCount(unreadable.length)} that cannot be read` : "";
    const loaded =
      (records.length === tree.size ? "all records" : `the newest ${counted(records.length, "record")}`) +
      lost;
    return `Over ${chosen.length < records.length ? `the ${formatCount(chosen.length)} that match of ` : ""}${loaded}.`;
  }

  #showSpan() {
    const { start, end } = this.query;
    const chip =
      start &&
      element(
        "button",
        { type: "button", class: "chip", click: () => this.set({ start: "", end: "" }) },
        `${formatTime(Number(start)).slice(0, 16)} to ${formatTime(Number(end)).slice(0, 16)}`,
        element("span", { "aria-hidden": "true" }, " ×"),
        element("span", { class: "unseen" }, ", show all times again"),
      );
    byId("span").replaceChildren(chip ?? "");
  }

  #showRows() {
    const pages = Math.max(1, Math.ceil(this.matching.length / ROWS));
    this.#page = Math.min(this.#page, pages - 1);
    const rows = this.matching.slice(this.#page * ROWS, (this.#page + 1) * ROWS);
    byId("rows").replaceChildren(...rows.map((record) => row(record, this.map, this.open)));
    say("page-number", `Page ${this.#page + 1} of ${formatCount(pages)}`);
    byId("newer").disabled = this.#page === 0;
    byId("older").disabled = this.#page === pages - 1;
    const none =
      this.list.tree.size === 0
        ? "The log is empty."
        : this.list.canGrow
          ? "None of the records loaded so far match. Older ones can be loaded above."
          : "No record matches.";
    say("none", rows.length === 0 ? none : "");
  }
}

function row(record, map, open) {
  const bundle = record.bundle || record.instance;
  const cell = (name, ...content) => element("td", { role: "cell", "data-name": name }, ...content);
  const wrong = { altered: "ALTERED", unreadable: "UNREADABLE" }[record.state];
  const style = wrong ? "altered" : OUTCOMES.has(record.outcome) ? record.outcome : "other";
  return element(
    "tr",
    { role: "row", "data-index": String(record.index), class: style },
    cell(
      "Record",
      element(
        "button",
        {
          type: "button",
          class: "open",
          "aria-label": `Record ${record.index}: show it and its proof`,
          click: (event) => {
            event.stopPropagation();
            open(record.index);
          },
        },
        formatCount(record.index),
      ),
    ),
    cell("Time", element("time", {}, formatTime(record.seconds))),
    cell(
      "Outcome",
      element(
        "span",
        { class: `badge ${style}` },
        wrong ?? OUTCOMES.get(record.outcome) ?? (visible(record.outcome) || "–"),
      ),
    ),
    cell("Action", visible(record.action) || "–"),
    cell(
      "Place",
      record.country
        ? element(
            "span",
            { title: map.nameOf(record.country) },
            visible(record.country),
            element("small", {}, ` ${visible(record.basis)}`),
          )
        : orSealed("", placeOf(record) === "sealed"),
    ),
    cell("Bundle", element("code", { title: visible(bundle) }, visible(bundle.slice(0, 12)) || "–")),
    cell(
      "Who",
      orSealed([record.party, record.node].filter(Boolean).join(", "), isSealed(record, "party", "node")),
    ),
    cell(
      "Why",
      element(
        "span",
        { class: "why" },
        orSealed(record.why, isSealed(record, "decision", "reasons", "note")),
      ),
    ),
  );
}

// The text; where there is none, whether that is because it is sealed.
function orSealed(text, sealed) {
  return visible(text) || (sealed ? element("em", {}, "sealed") : "–");
}
