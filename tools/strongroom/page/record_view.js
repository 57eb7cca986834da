// One record in full, with its inclusion proof checked here.
import { button, counted, element, formatCount, formatTime, saveFile, visible } from "./element.js";
import { NO_HASHES } from "./inspection.js";
import { canHash, equal, hex, leafHash, toBase64 } from "./hash.js";
import { isSealed, readBundle } from "./records.js";
import { Altered, climb, Missing } from "./tree.js";

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^{}[\],:"]+/g;

// The JSON text set out in lines, its values as they stand: numbers are not read, so none is rounded.
function setOut(text) {
  const out = [];
  const tokens = text.match(TOKEN) ?? [];
  let depth = 0;
  const newLine = () => out.push(`\n${"  ".repeat(depth)}`);
  tokens.forEach((token, i) => {
    const empty = (open, close) => token === open && tokens[i + 1] === close;
    const closing = token === "}" || token === "]";
    if (closing) --depth;
    if (closing && tokens[i - 1] !== "[" && tokens[i - 1] !== "{") newLine();
    const kind =
      tokens[i + 1] === ":"
        ? "member"
        : token[0] === '"'
          ? "string"
          : /[{}[\],:]/.test(token)
            ? "sign"
            : "number";
    out.push(element("span", { class: kind }, visible(token)));
    if (token === "{" || token === "[") {
      ++depth;
      if (!empty("{", "}") && !empty("[", "]")) newLine();
    }
    if (token === ",") newLine();
    if (token === ":") out.push(" ");
  });
  return out;
}

// The text of a C2SP tlog-proof.
function proofText(index, proof, note) {
  return ["c2sp.org/tlog-proof@v1", `index ${index}`, ...proof.map(toBase64), "", note].join("\n");
}

// `sealed`: whether the value stands in the record as a sealed part.
function fact(name, value, sealed = false) {
  if (value === "" && !sealed) return null;
  const shown = value === "" ? element("em", {}, "sealed") : visible(value);
  return element("div", {}, element("dt", {}, name), element("dd", {}, shown));
}

function facts(record) {
  const place = record.country && `${record.country}${record.basis && ` (${record.basis})`}`;
  return element(
    "dl",
    { class: "facts" },
    fact("Time", `${formatTime(record.seconds)} UTC`),
    fact("Action", record.action),
    fact("Outcome", record.outcome),
    fact("Place", place, isSealed(record, "place")),
    fact("Operator", record.party, isSealed(record, "party")),
    fact("Node", record.node, isSealed(record, "node")),
    fact("Bundle", record.bundle),
    fact("Instance", record.instance),
    fact("Why", record.why, isSealed(record, "decision", "reasons", "note")),
  );
}

// What a proof and a head's signature say together. Only a head whose signature holds makes it proven.
function verdict(included, signature) {
  if (!included) return ["bad", "This record is NOT in the tree of the log's head."];
  if (signature.state === "good" || signature.state === "warning") {
    const key = visible(signature.key);
    return ["good", `Verified: this record is in the log, whose head is signed by ${key}.`];
  }
  if (signature.state === "unchecked") {
    return [
      "unchecked",
      "This record is in the tree of the head that the server shows. Whether the log's key signed that head was not checked.",
    ];
  }
  return [
    "bad",
    "This record is in the tree that the server shows, but the head of that tree does not bear the log's signature.",
  ];
}

// {leaf, proof, steps, included}
async function prove(tree, index, bytes) {
  const leaf = await leafHash(bytes);
  const proof = await tree.inclusionProof(index);
  const steps = await climb(leaf, index, tree.size, proof);
  return { leaf, proof, steps, included: equal(steps.at(-1)?.hash ?? leaf, tree.root) };
}

function ladder({ leaf, steps }) {
  const line = (text, hash) => [element("span", {}, text), element("code", {}, hex(hash))];
  const rungs = steps.map(({ sibling, side, hash }, i) =>
    element(
      "li",
      {},
      ...line(`${i + 1}. with its neighbour on the ${side}`, sibling),
      ...line("makes", hash),
    ),
  );
  return element("ol", { class: "ladder" }, element("li", {}, ...line("the record", leaf)), ...rungs);
}

export class RecordView {
  #dialog;
  #page;
  #opener = null;
  #shown = null;
  #changed;

  // `page` is {tree, head, results}, `changed(index or null)` hears what is shown.
  constructor(dialog, page, changed) {
    this.#dialog = dialog;
    this.#page = page;
    this.#changed = changed;
    dialog.addEventListener("close", () => {
      this.#shown = null;
      changed(null);
      this.#opener?.focus();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  async open(index) {
    if (!this.#dialog.open) {
      this.#opener = document.activeElement;
      this.#dialog.showModal();
    }
    this.#shown = index;
    this.#changed(index);
    const pressed = document.activeElement.getAttribute("aria-label");
    const body = element("div", { class: "body" }, element("p", { class: "empty" }, "Reading…"));
    this.#dialog.replaceChildren(this.#heading(index), body);
    const again = [...this.#dialog.querySelectorAll("button:enabled")].find(
      (one) => one.ariaLabel === pressed,
    );
    (again ?? this.#dialog.querySelector("h2")).focus();
    try {
      const record = (await readBundle(this.#page.tree, Math.floor(index / 256)))[index % 256];
      const content = [await this.#proof(record), facts(record), this.#json(record)];
      if (this.#shown === index) body.replaceChildren(...content);
    } catch (error) {
      if (!(error instanceof Altered || error instanceof Missing)) throw error;
      if (this.#shown === index)
        body.replaceChildren(
          element("p", { class: "verdict bad" }, `This record cannot be proven: ${error.message}`),
        );
    }
  }

  #heading(index) {
    const step = (sign, label, to) =>
      button(sign, () => this.open(to), {
        "aria-label": label,
        disabled: to < 0 || to >= this.#page.tree.size,
      });
    return element(
      "header",
      {},
      element("h2", { id: "record-title", tabindex: "-1" }, `Record ${formatCount(index)}`),
      step("‹", "The record after it", index + 1),
      step("›", "The record before it", index - 1),
      button("×", () => this.#dialog.close(), { "aria-label": "Close" }),
    );
  }

  async #proof(record) {
    if (!canHash) return element("p", { class: "verdict unchecked" }, `This record was ${NO_HASHES}.`);
    const { tree, head, results } = this.#page;
    const proof = await prove(tree, record.index, record.bytes);
    const [state, text] = verdict(proof.included, results.signature);
    const where = proof.included ? "the head's root" : "ANOTHER root";
    return element(
      "section",
      { class: "proof", "aria-label": "Inclusion proof" },
      element("p", { class: `verdict ${state}`, role: "status" }, text),
      element(
        "details",
        {},
        element("summary", {}, `${counted(proof.steps.length, "hash", "hashes")} lead from it to ${where}`),
        ladder(proof),
        element("p", {}, `The head's root, for ${counted(head.size, "record")}:`),
        element("code", {}, hex(head.root)),
      ),
      this.#saveButtons(record, proof),
    );
  }

  #saveButtons({ index, bytes }, { proof, included }) {
    const text = proofText(index, proof, this.#page.head.note);
    const saveRecord = () => saveFile(`record-${index}.json`, "application/json", bytes);
    const saveProof = () => saveFile(`record-${index}.tlog-proof`, "text/plain", text);
    return element(
      "p",
      { class: "buttons" },
      button("Save the record", saveRecord),
      included ? button("Save its proof", saveProof) : null,
    );
  }

  #json(record) {
    let lines = [visible(record.text) || `${counted(record.bytes.length, "byte")} that are not UTF-8`];
    try {
      JSON.parse(record.text);
      lines = setOut(record.text);
    } catch {
      // Not JSON: shown as it is.
    }
    return element(
      "section",
      { "aria-label": "The whole record" },
      element("h3", {}, "The whole record"),
      element("pre", { tabindex: "0", role: "region", "aria-label": "JSON of the record" }, ...lines),
    );
  }
}
