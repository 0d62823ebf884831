// The colour scheme. A script in the head has set it before the first paint (partials/javascripts/base.html). The reader's
// choice is kept on this device; without one the system decides.

import { all, storageKey } from "./page.js";

const html = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const schemeKey = storageKey("scheme");
const setScheme = scheme => {
  html.dataset.scheme = scheme;
  for (const button of all(".tp-scheme")) button.setAttribute("aria-pressed", scheme === "dark");
};
setScheme(html.dataset.scheme);
for (const button of all(".tp-scheme")) {
  button.addEventListener("click", () => {
    setScheme(html.dataset.scheme === "dark" ? "light" : "dark");
    try { localStorage.setItem(schemeKey, html.dataset.scheme); } catch { /* it is kept as long as the page is open */ }
  });
}
systemDark.addEventListener("change", () => {
  try { if (localStorage.getItem(schemeKey)) return; } catch { /* storage is off: nothing was chosen */ }
  setScheme(systemDark.matches ? "dark" : "light");
});
