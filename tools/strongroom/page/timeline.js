// Permits and refusals over time: a column of two bars for each span of time, and each column a button.
import { counted, element, formatTime, moveFocus } from "./element.js";
import { countOutcomes } from "./records.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  91 * DAY,
  364 * DAY,
  3640 * DAY,
];
const COLUMN_PIXELS = 9;
const LABELS = 5;

const STEP_NAMES = new Map([
  [MINUTE, "minute"],
  [HOUR, "hour"],
  [DAY, "day"],
  [7 * DAY, "week"],
]);

function stepName(step) {
  const unit = [7 * DAY, DAY, HOUR, MINUTE].find((one) => step % one === 0);
  return counted(step / unit, STEP_NAMES.get(unit));
}

// Spans of one length that hold all the times, as few as `most` or fewer.
function spans(times, most) {
  const oldest = times.reduce((a, b) => Math.min(a, b));
  const newest = times.reduce((a, b) => Math.max(a, b));
  const step =
    STEPS.find((one) => Math.floor(newest / one) - Math.floor(oldest / one) < most) ?? STEPS.at(-1);
  return { step, first: Math.floor(oldest / step), last: Math.floor(newest / step) };
}

function label(seconds, step) {
  return formatTime(seconds).slice(0, step < DAY ? 16 : 10);
}

// draw(records, selected): `selected` is the start of the chosen span or undefined; choosing calls
// `choose(start, end)`.
export class Timeline {
  #container;
  #choose;

  constructor(container, choose) {
    this.#container = container;
    this.#choose = choose;
    container.addEventListener("keydown", (event) => this.#onKey(event));
  }

  // Gives a sentence that says what is drawn.
  draw(records, selected) {
    const timed = records.filter((record) => record.seconds !== null && record.outcome !== "");
    if (timed.length === 0) {
      this.#container.replaceChildren(element("p", { class: "empty" }, "Nothing to draw yet."));
      return "";
    }
    const widest = Math.max(8, Math.floor(this.#container.clientWidth / COLUMN_PIXELS));
    const { step, first, last } = spans(
      timed.map((record) => record.seconds),
      widest,
    );
    const columns = Array.from({ length: last - first + 1 }, () => []);
    for (const record of timed) columns[Math.floor(record.seconds / step) - first].push(record);
    const counts = columns.map(countOutcomes);
    const scale = this.#scale(counts);
    const focused = this.#focusedColumn();
    const buttons = counts.map((count, i) => this.#column(count, (first + i) * step, step, scale, selected));
    const stop = buttons.find((one) => one.dataset.start === focused) ?? buttons.at(-1);
    stop.tabIndex = 0;
    this.#container.replaceChildren(
      element("div", { class: "columns" }, ...buttons),
      this.#axis(first, last, step),
    );
    if (focused !== undefined) stop.focus();
    const most = Math.max(...counts.map((count) => Math.max(count.permit, count.refuse + count.failed)));
    return `A column is ${stepName(step)} wide; the longest bar is ${counted(most, "record")}.`;
  }

  #focusedColumn() {
    return this.#container.contains(document.activeElement)
      ? document.activeElement.dataset.start
      : undefined;
  }

  // Both directions share one scale.
  #scale(counts) {
    const up = Math.max(...counts.map((count) => count.permit));
    const down = Math.max(...counts.map((count) => count.refuse + count.failed));
    this.#container.style.setProperty("--zero", `${(100 * up) / Math.max(up + down, 1)}%`);
    return Math.max(up + down, 1);
  }

  #column(count, start, step, scale, selected) {
    const bar = (kind, number) => {
      const made = element("span", { class: `bar ${kind}`, hidden: number === 0 });
      made.style.setProperty("--share", number / scale);
      return made;
    };
    const chosen = Number(selected) === start;
    return element(
      "button",
      {
        type: "button",
        class: "column",
        tabindex: "-1",
        "data-start": String(start),
        "aria-pressed": String(chosen),
        "aria-label":
          `${label(start, step)} UTC, ${stepName(step)}: ${counted(count.permit, "permit")}, ` +
          `${counted(count.refuse, "refusal")}, ${count.failed} failed`,
        title: `${label(start, step)} UTC\n${counted(count.permit, "permit")}\n${counted(count.refuse, "refusal")}\n${count.failed} failed`,
        click: () => this.#choose(...(chosen ? [] : [start, start + step])),
      },
      element("span", { class: "up" }, bar("permit", count.permit)),
      element("span", { class: "down" }, bar("refuse", count.refuse), bar("failed", count.failed)),
    );
  }

  #axis(first, last, step) {
    const count = Math.min(
      LABELS,
      last - first + 1,
      Math.max(2, Math.floor(this.#container.clientWidth / 150)),
    );
    const at = (i) => (count === 1 ? first : first + Math.round(((last - first) * i) / (count - 1)));
    const labels = Array.from({ length: count }, (_, i) => element("span", {}, label(at(i) * step, step)));
    return element("div", { class: "axis", "aria-hidden": "true" }, ...labels);
  }

  #onKey(event) {
    const now = event.target.closest(".column");
    const all = [...this.#container.querySelectorAll(".column")];
    const target = {
      ArrowLeft: () => now.previousElementSibling,
      ArrowRight: () => now.nextElementSibling,
      Home: () => all[0],
      End: () => all.at(-1),
    }[event.key];
    if (!now || !target) return;
    event.preventDefault();
    moveFocus(now, target());
  }
}
