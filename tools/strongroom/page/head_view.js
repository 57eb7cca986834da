// The head of the log: its size and root, whose keys speak for it, who witnessed it, and what of it does not hold.
import { button, drawing, element, formatCount, formatTime, saveFile, visible } from "./element.js";
import { hex } from "./hash.js";
import { remember } from "./inspection.js";
import { alarm, byId, say } from "./status.js";

const SUBJECTS = {
  signature: "The head's signature does not hold",
  root: "The log's tree does not lead to its head",
  history: "The log is not the one that this browser saw before",
  witnesses: "A witness's cosignature does not hold",
};

function historyButtons(head, keys, kept) {
  const accept = () => {
    remember(head, keys);
    location.reload();
  };
  const save = () => saveFile("two-heads.txt", "text/plain", kept.note, "\n", head.note);
  return element(
    "p",
    { class: "buttons" },
    button("Save both signed heads: they are the proof", save),
    button("I know why: compare with the new head from now on", accept),
  );
}

export function showAlarms({ head, results }, keys) {
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

export function showHead(head, site) {
  say("size", formatCount(head.size));
  say("size-noun", head.size === 1 ? "record" : "records");
  say("origin", visible(site.origin));
  document.title = `Access log ${visible(site.origin)}`;
  say("root-hash", hex(head.root));
  drawRoot(head.root);
  byId("keys").replaceChildren(...site.keys.map((key) => element("li", {}, element("code", {}, key))));
}

// A witness may state a time that no calendar of a browser reaches.
function timeOf(seconds = null) {
  const time = formatTime(seconds === null ? null : Number(seconds));
  return time === "–" ? `${seconds} seconds after 1970` : `on ${time} UTC`;
}

export function showWitnesses(witnesses = []) {
  byId("witness-list").replaceChildren(
    ...witnesses.map((witness) =>
      element(
        "li",
        { class: witness.state === "holds" ? "good" : witness.state },
        element("strong", {}, visible(witness.name)),
        ` of ${visible(witness.operator)}: `,
        {
          holds: `cosigned ${timeOf(witness.time)}`,
          absent: "has not cosigned this head",
          wrong: "WRONG cosignature",
          unsupported: "not checked",
        }[witness.state],
        element("code", {}, witness.vkey),
      ),
    ),
  );
}
