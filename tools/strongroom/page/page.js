// The page: reads the log's head, checks it, and shows the newest records; everything else on demand.
import { sameHead } from "./checkpoint.js";
import { counted, drawing, element, formatCount, formatTime, saveFile, visible } from "./element.js";
import { hex } from "./hash.js";
import { inspect, read, readCheckpoint, remember } from "./inspection.js";
import { WorldMap } from "./map.js";
import { countOutcomes, matcher, MAX_RECORDS, RecordList } from "./records.js";
import { RecordView } from "./record_view.js";
import { Timeline } from "./timeline.js";
import { Altered, Missing } from "./tree.js";

const FIRST_LOAD = 1024;
const MORE = 10_000;
const ROWS = 50;
const POLL_MS = 15_000;
const FIELDS = ["text", "bundle", "outcome", "action", "country", "from", "to"];
const OUTCOMES = new Map([["permit", "Permitted"], ["refuse", "Refused"], ["failed", "Failed"], ["done", "Done"]]);

const byId = (id) => document.getElementById(id);
const say = (id, text) => { byId(id).textContent = text; };

function alarm(title, text, ...more) {
  byId("alarms").append(element("section", { class: "alarm" }, element("h2", {}, title), element("p", {}, text), ...more));
}

// ---- The head ----

const STATE_WORDS = { good: "Holds", warning: "Look here", unchecked: "Not checked", bad: "Wrong" };
const SUBJECTS = {
  signature: "The head's signature does not hold",
  root: "The log's tree does not lead to its head",
  history: "The log is not the one that this browser saw before",
  witnesses: "A witness's cosignature does not hold",
};

function showResult(name, { state, text }) {
  const item = byId(`check-${name}`);
  item.className = state;
  item.querySelector(".state").textContent = STATE_WORDS[state];
  item.querySelector(".text").textContent = text;
}

function historyButtons(head, keys, kept) {
  const accept = () => {
    remember(head, keys);
    location.reload();
  };
  return element("p", { class: "buttons" },
    element("button", { type: "button", click: () => saveFile("two-heads.txt", "text/plain", kept.note, "\n", head.note) }, "Save both signed heads: they are the proof"),
    element("button", { type: "button", click: accept }, "I know why: compare with the new head from now on"));
}

function showAlarms({ head, results }, keys) {
  for (const [name, result] of Object.entries(results)) {
    if (result.state !== "bad") continue;
    alarm(SUBJECTS[name], result.text, result.kept ? historyButtons(head, keys, result.kept) : null);
  }
}

// The root as a picture of its 256 bits: two people can compare it at a glance.
function drawRoot(root) {
  const cells = byId("fingerprint");
  root.forEach((byte, i) => {
    for (let bit = 0; bit < 8; ++bit) {
      if (!((byte >> (7 - bit)) & 1)) continue;
      cells.append(drawing("circle", { cx: (i % 2) * 8 + bit + 0.5, cy: Math.floor(i / 2) + 0.5, r: 0.42 }));
    }
  });
}

function showHead(head, site) {
  say("size", formatCount(head.size));
  say("size-noun", head.size === 1 ? "record" : "records");
  say("origin", visible(site.origin));
  document.title = `Access log ${visible(site.origin)}`;
  say("root-hash", hex(head.root));
  drawRoot(head.root);
  byId("keys").replaceChildren(...site.keys.map((key) => element("li", {}, element("code", {}, key))));
}

function showWitnesses(witnesses = []) {
  byId("witness-list").replaceChildren(...witnesses.map((witness) => element("li", { class: witness.state === "holds" ? "good" : witness.state },
    element("strong", {}, visible(witness.name)), ` of ${visible(witness.operator)}: `,
    { holds: `cosigned on ${formatTime(witness.time ?? null)} UTC`, absent: "has not cosigned this head", wrong: "WRONG cosignature",
      unsupported: "not checked" }[witness.state],
    element("code", {}, witness.vkey))));
}

// ---- The records ----

class Records {
  #page = 0;

  constructor(list, map, timeline, open) {
    Object.assign(this, { list, map, timeline, open });
    this.query = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    delete this.query.record;
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
      if (!(error instanceof Altered || error instanceof Missing)) throw error;
      alarm(error instanceof Missing ? "A part of the log is missing" : "A part of the log was altered", `${error.message}. Older records are not shown.`);
    }
    busy(false);
    this.draw();
  }

  draw() {
    const { records } = this.list;
    this.matching = records.filter(matcher(this.query));
    this.#showScope();
    this.#showCounts();
    const over = this.#over();
    say("counted", over);
    say("timeline-note", `${this.timeline.draw(this.matching, this.query.start)} ${over}`);
    this.map.draw(this.matching, this.query.country ?? "");
    say("map-note", over);
    this.#showSpan();
    this.#showRows();
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
    const { records, tree, altered } = this.list;
    const all = records.length === tree.size;
    say("scope", tree.size === 0 ? "The log is empty: nobody has asked for anything yet."
      : `${all ? "All" : `The newest ${formatCount(records.length)} of`} ${counted(tree.size, "record")}.`);
    byId("more").hidden = byId("all").hidden = !this.list.canGrow;
    say("all", tree.size > MAX_RECORDS ? `Load ${formatCount(MAX_RECORDS)}` : "Load all");
    const unchecked = records.some((record) => record.state === "unchecked");
    showResult("records", altered.length > 0 ? { state: "bad", text: `WRONG: ${counted(altered.length, "record")} altered, first ${formatCount(altered.at(-1))}` }
      : unchecked ? { state: "unchecked", text: "not checked, because the tree could not be" }
        : { state: "good", text: `${counted(records.length, "record")} hashed here, and found in the tree` });
    this.#alarmOfAltered(altered);
  }

  #alarmOfAltered(altered) {
    if (altered.length === 0 || this.alarmed) return;
    this.alarmed = true;
    alarm("A record was altered", `Record ${formatCount(altered[0])} is not what the log's tree holds at its place. Such records are marked below.`);
  }

  #showCounts() {
    const counts = countOutcomes(this.matching);
    for (const outcome of OUTCOMES.keys()) say(`count-${outcome}`, formatCount(counts[outcome]));
    const filtered = Object.keys(this.query).length > 0;
    say("found", filtered ? `${counted(this.matching.length, "record")} of ${formatCount(this.list.records.length)} loaded match` : "");
    byId("clear").hidden = !filtered;
  }

  // Over which records the figures are.
  #over() {
    const { records, tree } = this.list;
    const loaded = records.length === tree.size ? "all records" : `the newest ${counted(records.length, "record")}`;
    const filtered = this.matching.length < records.length;
    return `Over ${filtered ? `the ${formatCount(this.matching.length)} that match of ` : ""}${loaded}.`;
  }

  #showSpan() {
    const { start, end } = this.query;
    const chip = start && element("button", { type: "button", class: "chip", click: () => this.set({ start: "", end: "" }) },
      `${formatTime(Number(start)).slice(0, 16)} to ${formatTime(Number(end)).slice(0, 16)}`, element("span", { "aria-hidden": "true" }, " ×"),
      element("span", { class: "unseen" }, ", show all times again"));
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
    const none = this.list.tree.size === 0 ? "The log is empty." : this.list.canGrow ? "None of the records loaded so far match. Older ones can be loaded above." : "No record matches.";
    say("none", rows.length === 0 ? none : "");
  }
}

function row(record, map, open) {
  const cell = (name, ...content) => element("td", { role: "cell", "data-name": name }, ...content);
  const outcome = record.state === "altered" ? "altered" : record.outcome;
  return element("tr", { role: "row", "data-index": String(record.index), class: outcome },
    cell("Record", element("button", { type: "button", class: "open", "aria-label": `Record ${record.index}: show it and its proof`,
      click: (event) => { event.stopPropagation(); open(record.index); } }, formatCount(record.index))),
    cell("Time", element("time", {}, formatTime(record.seconds))),
    cell("Outcome", element("span", { class: `badge ${outcome}` }, record.state === "altered" ? "ALTERED" : OUTCOMES.get(record.outcome) ?? "–")),
    cell("Action", visible(record.action)),
    cell("Place", record.country ? element("span", { title: map.nameOf(record.country) }, visible(record.country), element("small", {}, ` ${visible(record.basis)}`)) : "–"),
    cell("Bundle", element("code", { title: visible(record.bundle) }, visible(record.bundle.slice(0, 12)) || "–")),
    cell("Who", visible([record.party, record.node].filter(Boolean).join(", ")) || "–"),
    cell("Why", element("span", { class: "why" }, visible(record.why) || "–")));
}

// ---- All of it ----

function addCountries(layout) {
  const names = [...layout.tiles].sort((a, b) => a.name.localeCompare(b.name, "en"));
  byId("country").append(...names.map(({ code, name }) => element("option", { value: code }, `${name} (${code})`)));
}

function keepShownRecord(index) {
  const parameters = new URLSearchParams(location.hash.slice(1));
  if (index === null) parameters.delete("record");
  else parameters.set("record", index);
  history.replaceState(null, "", parameters.size > 0 ? `#${parameters}` : location.pathname);
}

async function watch(head) {
  const now = await readCheckpoint().catch(() => head);
  if (sameHead(now, head)) return;
  const grown = now.size - head.size;
  say("news-text", grown > 0 ? `${counted(grown, "record")} more since this page was read.` : "The server now shows ANOTHER head that is no longer than this one.");
  byId("news").hidden = false;
}

function openByNumber(event, view, size) {
  event.preventDefault();
  const index = Number(byId("number").value.replace(/[\s,]/g, ""));
  const valid = byId("number").value.trim() !== "" && Number.isSafeInteger(index) && index >= 0 && index < size;
  say("number-error", valid ? "" : size === 0 ? "The log is empty." : `There are records 0 to ${formatCount(size - 1)}.`);
  if (valid) view.open(index);
}

async function start() {
  const site = JSON.parse(new TextDecoder().decode(await read("log.json")));
  addCountries(site.map);
  const shownRecord = new URLSearchParams(location.hash.slice(1)).get("record");
  const page = await inspect(site, showResult);
  const { head, tree, results } = page;
  showHead(head, site);
  showWitnesses(results.witnesses.witnesses);
  showAlarms(page, site.keys);
  const view = new RecordView(byId("record"), page, keepShownRecord);
  let records;
  const map = new WorldMap(byId("map"), byId("countries"), site.map, (country) => records.set({ country }));
  const timeline = new Timeline(byId("timeline"), (from, to) => records.set({ start: from ? String(from) : "", end: to ? String(to) : "" }));
  records = new Records(new RecordList(tree, tree.size), map, timeline, (index) => view.open(index));
  await records.grow(FIRST_LOAD);
  byId("go").addEventListener("submit", (event) => openByNumber(event, view, tree.size));
  byId("reload").addEventListener("click", () => location.reload());
  addEventListener("resize", () => records.draw());
  setInterval(() => document.hidden || watch(head), POLL_MS);
  if (shownRecord !== null && Number(shownRecord) < tree.size) await view.open(Number(shownRecord));
  document.body.dataset.ready = "true";
}

start().catch((error) => {
  alarm("The log cannot be shown", error.message);
  document.body.dataset.ready = "failed";
});
