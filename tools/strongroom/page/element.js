// Elements, made of text alone: nothing that comes from a log is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

// element("a", {href: "/x", click: f}, "text", child): functions become listeners, null and false are left out.
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function button(label, click, attributes = {}) {
  return element("button", { type: "button", click, ...attributes }, label);
}

export function drawing(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

// Control and format characters, as those that turn the direction of text, and separators of lines and paragraphs,
// as \uXXXX: a record shows what it holds. The program's Printable (printable.h) escapes the same.
export function visible(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const digits = character.codePointAt(0).toString(16);
    return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
  });
}

export const formatCount = (number) => number.toLocaleString("en-US");
export function counted(number, one, several = `${one}s`) {
  return `${formatCount(number)} ${number === 1 ? one : several}`;
}

// 2026-11-22 01:20:03, in UTC
export function formatTime(seconds) {
  const time = new Date(seconds === null ? NaN : seconds * 1000);
  return Number.isNaN(time.getTime())
    ? "–"
    : time
        .toISOString()
        .replace(/\.\d+Z$/, "")
        .replace("T", " ");
}

// Moves the one tab stop of a group of buttons.
export function moveFocus(from, to) {
  if (!to) return;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

export function saveFile(name, type, ...parts) {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
