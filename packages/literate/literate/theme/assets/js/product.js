// A control goes through the entries of a matrix product: literate/figures/product.py draws the first of them.

import { all } from "./page.js";

const ROW = 30; // of figures/product.py
const inParentheses = text => text.startsWith("\u2212") ? `(${text})` : text;

for (const drawing of all("[data-product]")) {
  const { left, right, added, result, entry, row_column } = JSON.parse(drawing.dataset.product);
  const control = Object.assign(document.createElement("label"), { className: "tp-slide" });
  const slider = Object.assign(document.createElement("input"), { type: "range", max: result.length * added.length - 1, value: 0 });
  const label = document.createElement("span"), read = Object.assign(document.createElement("output"), { className: "tp-slide__read" });
  read.setAttribute("aria-live", "off"); // the slider itself says it
  const show = () => {
    const n = Math.floor(slider.value / added.length), i = slider.value % added.length;
    for (const lit of all("[data-lit]", drawing)) {
      const across = { r: 0, c: i, b: i, e: i }[lit.dataset.lit], down = { r: n, c: 0, b: 0, e: n }[lit.dataset.lit];
      lit.setAttribute("transform", `translate(${across * lit.dataset.step} ${down * ROW})`);
    }
    label.textContent = row_column.replace("{row}", n + 1).replace("{column}", i + 1);
    const products = left[n].map((number, j) => `${number} × ${inParentheses(right[j][i])}`);
    read.textContent = `${products.join(" + ")} + ${inParentheses(added[i])} = ${result[n][i]}`;
    slider.setAttribute("aria-valuetext", `${label.textContent}; ${read.textContent}`);
  };
  slider.setAttribute("aria-label", entry);
  slider.addEventListener("input", show);
  control.append(label, slider);
  drawing.closest(".tp-figure__art").after(control, read);
  show();
}
