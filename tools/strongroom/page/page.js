// The page: reads the log's head, checks it, and shows the newest records; everything else on demand.
import { sameHead } from "./checkpoint.js";
import { counted, element, formatCount } from "./element.js";
import { showAlarms, showHead, showWitnesses } from "./head_view.js";
import { inspect, read, readCheckpoint } from "./inspection.js";
import { WorldMap } from "./map.js";
import { RecordList } from "./records.js";
import { RecordsView } from "./records_view.js";
import { RecordView } from "./record_view.js";
import { alarm, byId, say, showResult } from "./status.js";
import { Timeline } from "./timeline.js";

const FIRST_LOAD = 1024;
const POLL_MS = 15_000;

function addCountries(layout) {
  const names = [...layout.tiles].sort((a, b) => a.name.localeCompare(b.name, "en"));
  byId("country").append(
    ...names.map(({ code, name }) => element("option", { value: code }, `${name} (${code})`)),
  );
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
  say(
    "news-text",
    grown > 0
      ? `${counted(grown, "record")} more since this page was read.`
      : "The server now shows ANOTHER head that is no longer than this one.",
  );
  byId("news").hidden = false;
}

function openByNumber(event, view, size) {
  event.preventDefault();
  const index = Number(byId("number").value.replace(/[\s,]/g, ""));
  const valid =
    byId("number").value.trim() !== "" && Number.isSafeInteger(index) && index >= 0 && index < size;
  say(
    "number-error",
    valid ? "" : size === 0 ? "The log is empty." : `There are records 0 to ${formatCount(size - 1)}.`,
  );
  if (valid) view.open(index);
}

async function start() {
  const site = JSON.parse(new TextDecoder().decode(await read("log.json")));
  addCountries(site.map);
  const shownRecord = /^#(?:.*&)?record=([0-9]{1,15})(?:&|$)/.exec(location.hash)?.[1];
  const page = await inspect(site, showResult);
  const { head, tree, results } = page;
  showHead(head, site);
  showWitnesses(results.witnesses.witnesses);
  showAlarms(page, site.keys);
  const view = new RecordView(byId("record"), page, keepShownRecord);
  let records;
  const map = new WorldMap(byId("map"), byId("countries"), site.map, (country) => records.set({ country }));
  const timeline = new Timeline(byId("timeline"), (from, to) =>
    records.set({ start: from ? String(from) : "", end: to ? String(to) : "" }),
  );
  records = new RecordsView(new RecordList(tree, tree.size), map, timeline, (index) => view.open(index));
  await records.grow(FIRST_LOAD);
  byId("go").addEventListener("submit", (event) => openByNumber(event, view, tree.size));
  byId("reload").addEventListener("click", () => location.reload());
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) records.draw();
    width = innerWidth;
  });
  setInterval(() => document.hidden || watch(head), POLL_MS);
  if (shownRecord !== undefined && Number(shownRecord) < tree.size) await view.open(Number(shownRecord));
  document.body.dataset.ready = "true";
}

start().catch((error) => {
  alarm("The log cannot be shown", error.message);
  document.body.dataset.ready = "failed";
});
