// The world as one tile a country: how many accesses each was permitted and refused.
import { counted, element, formatCount, moveFocus } from "./element.js";
import { countOutcomes, placeOf } from "./records.js";

const MANY = 10; // from so many records on a tile is filled strongly

const NO_PLACE = new Map([
  ["none", "No place stated"],
  ["sealed", "Place sealed"],
]);

const refusals = (count) => count.refuse + count.failed;

function says(name, count) {
  return `${name}: ${counted(count.permit, "permit")}, ${counted(count.refuse, "refusal")}, ${count.failed} failed`;
}

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// How far a tile lies in a direction, the way across counting double; nothing if it lies elsewhere.
function distance([x, y], from, to) {
  const [across, down] = [to.dataset.column - from.dataset.column, to.dataset.row - from.dataset.row];
  const ahead = across * x + down * y;
  const beside = Math.abs(x === 0 ? across : down);
  return ahead > 0 && beside <= ahead * 3 ? ahead + 2 * beside : Infinity;
}

export class WorldMap {
  #container;
  #list;
  #tiles = new Map();
  #choose;

  // `layout` is {columns, rows, tiles: [{code, name, column, row}], regions: [{name, column, row}]}.
  constructor(container, list, layout, choose) {
    this.#container = container;
    this.#list = list;
    this.#choose = choose;
    container.style.setProperty("--columns", layout.columns);
    container.style.setProperty("--rows", layout.rows);
    for (const region of layout.regions)
      container.append(this.#placed(element("span", { class: "region" }, region.name), region));
    for (const tile of layout.tiles) this.#addTile(tile);
    container.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #placed(made, { column, row }) {
    made.style.gridColumn = String(column + 1);
    made.style.gridRow = String(row + 1);
    return made;
  }

  #addTile({ code, name, column, row }) {
    const button = element(
      "button",
      {
        type: "button",
        class: "tile",
        disabled: true,
        "aria-hidden": "true",
        tabindex: "-1",
        "data-code": code,
        "data-column": String(column),
        "data-row": String(row),
        click: () => this.#choose(button.getAttribute("aria-pressed") === "true" ? "" : code),
      },
      element("span", {}, code),
    );
    this.#tiles.set(code, { button, name });
    this.#container.append(this.#placed(button, { column, row }));
  }

  nameOf(code) {
    return this.#tiles.get(code)?.name ?? code;
  }

  // `selected` is a place, or "".
  draw(records, selected) {
    const groups = new Map();
    for (const record of records) {
      if (record.outcome === "") continue;
      const place = placeOf(record);
      if (!groups.has(place)) groups.set(place, []);
      groups.get(place).push(record);
    }
    const counts = new Map([...groups].map(([code, group]) => [code, countOutcomes(group)]));
    for (const [code, { button, name }] of this.#tiles)
      this.#paint(button, name, counts.get(code), code === selected);
    const live = [...this.#tiles.values()].map(({ button }) => button).filter((button) => !button.disabled);
    if (!live.some((button) => button.tabIndex === 0) && live.length > 0) live[0].tabIndex = 0;
    this.#drawList(counts, selected);
  }

  #paint(button, name, count, chosen) {
    button.disabled = count === undefined;
    button.setAttribute("aria-hidden", String(button.disabled));
    if (button.disabled) button.tabIndex = -1;
    const present = count ?? { permit: 0, refuse: 0, failed: 0 };
    const total = present.permit + refusals(present);
    button.dataset.filled = total < MANY ? "softly" : "strongly";
    button.style.setProperty(
      "--refused",
      total === 0 ? "0%" : `${Math.round((100 * refusals(present)) / total)}%`,
    );
    button.dataset.mix = refusals(present) === 0 ? "permit" : present.permit === 0 ? "refuse" : "both";
    button.setAttribute("aria-pressed", String(chosen));
    button.setAttribute("aria-label", says(name, present));
    button.title = says(name, present).replace(": ", "\n").replaceAll(", ", "\n");
  }

  // The same as a list, the most refused first: for those who cannot use the map, and for places not on it.
  #drawList(counts, selected) {
    const order = [...counts].sort(([, a], [, b]) => refusals(b) - refusals(a) || b.permit - a.permit);
    const most = Math.max(1, ...order.map(([, count]) => count.permit + refusals(count)));
    this.#list.replaceChildren(...order.map(([code, count]) => this.#listItem(code, count, most, selected)));
  }

  #listItem(code, count, most, selected) {
    const name = NO_PLACE.get(code) ?? this.nameOf(code);
    const bar = element(
      "span",
      { class: "share", "aria-hidden": "true" },
      element("span", { class: "permit" }),
      element("span", { class: "refuse" }),
    );
    bar.style.setProperty("--permit-share", `${(100 * count.permit) / most}%`);
    bar.style.setProperty("--refuse-share", `${(100 * refusals(count)) / most}%`);
    return element(
      "li",
      {},
      element(
        "button",
        {
          type: "button",
          "aria-pressed": String(code === selected),
          "aria-label": says(name, count),
          click: () => this.#choose(code === selected ? "" : code),
        },
        element("span", { class: "name" }, name),
        bar,
        element(
          "span",
          { class: "numbers" },
          element("span", { class: "permit-text" }, formatCount(count.permit)),
          " ",
          element("span", { class: "refuse-text" }, formatCount(refusals(count))),
        ),
      ),
    );
  }

  #onKey(event) {
    const direction = DIRECTIONS[event.key];
    const from = event.target.closest(".tile");
    if (!direction || !from) return;
    event.preventDefault();
    const live = [...this.#tiles.values()]
      .map(({ button }) => button)
      .filter((button) => !button.disabled && button !== from);
    const nearest = live.reduce(
      (best, one) => (distance(direction, from, one) < distance(direction, from, best ?? from) ? one : best),
      null,
    );
    moveFocus(from, nearest);
  }
}
