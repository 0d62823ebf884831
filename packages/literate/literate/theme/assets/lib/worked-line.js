// Worked lines: a formula's symbols over their digits, as the engine draws them; the digits can change.

import { make } from "./elements.js";
import { written } from "./numbers.js";

const SHORT = 8; // columns within parentheses that stay on one line

/** The line's element and a function that writes the digits of other values into it; a value that is null is a question mark. */
export function workedLine(entry, { tex, named, value, call, activation }) {
  const right = entry.columns ?? []; // none of what a line cannot show, such as cases
  const columns = [[entry.left, [[entry.symbol]], entry.symbol, 0], ...right.length ? ["=", ...right] : []];
  const writers = [];
  const groups = [make("span")];
  let afterSign = false;
  let whole = -1;
  columns.forEach((column, k) => {
    const sign = typeof column === "string";
    if (column === "(" && k > whole) {
      const end = closing(columns, k);
      if (end - k <= SHORT) whole = end;
    }
    if (sign && "=+−×÷".includes(column) && !afterSign && k > whole) groups.push(make("span"));
    const guarded = k > 2 && afterSign && columns[k - 1] !== "("; // behind a sign, but not behind "="
    afterSign = sign && column !== ")";
    const span = make("span", { class: `tp-worked__column${k === 0 ? " tp-worked__result" : sign ? " tp-worked__sign" : ""}` });
    if (sign) {
      span.append(make("span", {}, column), make("span", { class: "tp-worked__digits" }, column));
    } else {
      const [at, parts, symbol, tree] = column;
      if (symbol) span.dataset.symbol = named(symbol);
      const above = make("span");
      above.innerHTML = tex[at]; // KaTeX's own output, made at build
      const below = make("span", { class: "tp-worked__digits" });
      span.append(above, below);
      writers.push(() => raise(below, parenthesised(text(parts, value, activation), guarded)));
      if (tree) {
        const called = make("span", { class: "tp-worked__value" });
        span.append(called);
        writers.push(() => { called.textContent = parenthesised(written(call(tree)), guarded); });
      }
    }
    groups.at(-1).append(span);
  });
  const spoken = make("span", { class: "tp-sr" }); // names, then digits: for those who listen
  const seen = make("div", { "aria-hidden": "true" }, ...groups);
  const deep = right.length > 1 && right.some(c => c[3]);
  const element = make("div", { class: `tp-worked__line${tex[entry.left].includes("mfrac") ? " has-slope" : ""}${deep ? " has-value" : ""}` }, spoken, seen);
  return {
    element,
    write() {
      for (const one of writers) one();
      const names = columns.map(c => typeof c === "string" ? c : text(c[1], null, activation, named)).join(" ");
      spoken.textContent = `${names}: ${[...seen.querySelectorAll(".tp-worked__digits")].map(d => d.textContent).join(" ")}. `;
    },
  };
}

function closing(columns, at) {
  let depth = 0;
  for (let k = at; k < columns.length; k++) {
    depth += (columns[k] === "(") - (columns[k] === ")");
    if (!depth) return k;
  }
  return columns.length;
}

const parenthesised = (text, when) => when && text.startsWith("−") && text.length > 1 ? `(${text})` : text;

/** The digits of a column; without `value` the names. */
function text(parts, value, activation, named) {
  return parts.map(part => {
    if (typeof part === "string") return part.replace(/^sigma/, activation);
    if (Array.isArray(part)) return value ? digits(value(part[0])) : named(part[0]);
    return parenthesised(text(part.guard, value, activation, named), true);
  }).join("");
}

const digits = value => value === null ? "?" : written(value); // null: to be guessed

function raise(element, words) { // ^{…} becomes a superscript
  const pieces = words.split(/\^\{([^}]*)\}/);
  element.replaceChildren(...pieces.map((piece, k) => k % 2 ? make("sup", {}, piece) : piece));
}
