// A slider goes through the entries of a matrix product: literate/figures/product.py draws the first of them.

import { all } from "./page.js";
import { addSliders } from "./sliders.js";

const inParentheses = text => text.startsWith("\u2212") ? `(${text})` : text;

for (const drawing of all("[data-product]")) {
  const { left, right, added, result, entry, row_column } = JSON.parse(drawing.dataset.product);
  const columns = result[0].length;
  addSliders(drawing, [{ name: entry, count: result.length * columns, first: 0 }], ([chosen]) => {
    const n = Math.floor(chosen / columns), i = chosen % columns;
    for (const lit of all("[data-lit]", drawing)) { // a row is as wide as its matrix, a column as high: each moves one way
      const across = lit.dataset.lit === "row" ? 0 : i, down = ["row", "entry"].includes(lit.dataset.lit) ? n : 0;
      lit.setAttribute("transform", `translate(${across * lit.getAttribute("width")} ${down * lit.getAttribute("height")})`);
    }
    const products = left[n].map((number, j) => `${number} × ${inParentheses(right[j][i])}`);
    const terms = added ? [...products, inParentheses(added[i])] : products;
    const line = `${terms.join(" + ")} = ${result[n][i]}`;
    return { labels: [row_column.replace("{row}", n + 1).replace("{column}", i + 1)], lines: [line] };
  });
}
