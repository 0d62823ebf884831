// All the numbers as tables.

import { make } from "../lib/elements.js";
import { short } from "../lib/numbers.js";

/** root: of the lab; shown: symbol → value; keeps: what the optimizer keeps of each parameter; write(field, value) fills a field. */
export function drawTables(root, shown, keeps, write) {
  for (const cell of root.querySelectorAll("[data-cell]")) {
    const value = shown.get(cell.dataset.cell);
    cell.textContent = value === undefined ? "" : short(value, 6);
    if (value === undefined) { delete cell.dataset.value; delete cell.dataset.symbol; } else Object.assign(cell.dataset, { value: String(value), symbol: cell.dataset.cell });
  }
  for (const field of root.querySelectorAll(".tp-lab__all [data-set]")) {
    write(field, shown.get(field.dataset.set));
    Object.assign(field.dataset, { symbol: field.dataset.set, value: String(shown.get(field.dataset.set)) });
  }
  root.querySelector("[data-kept-head]").hidden = !keeps.length;
  for (const cell of root.querySelectorAll("[data-kept]")) {
    cell.hidden = !keeps.length;
    cell.replaceChildren(...keeps.flatMap((name, k) => [k ? " " : "", kept(`${name}_${cell.dataset.kept}`, name)]));
  }

  function kept(symbol, name) {
    const value = shown.get(symbol);
    return make("span", { "data-symbol": symbol, "data-value": value }, `${name} ${short(value, 6)}`);
  }
}
