// What the page says of its own work: words in their places, the state of each check, and alarms.
import { element } from "./element.js";

export const byId = (id) => document.getElementById(id);

export function say(id, text) {
  byId(id).textContent = text;
}

// At the top of the page, and read out at once.
export function alarm(title, text, ...more) {
  byId("alarms").append(
    element("section", { class: "alarm" }, element("h2", {}, title), element("p", {}, text), ...more),
  );
}

const STATE_WORDS = { good: "Holds", warning: "Look here", unchecked: "Not checked", bad: "Wrong" };

// The result of a check, as inspection.js has them, in its line of the list.
export function showResult(name, { state, text }) {
  const item = byId(`check-${name}`);
  item.className = state;
  item.querySelector(".state").textContent = STATE_WORDS[state];
  item.querySelector(".text").textContent = text;
}
