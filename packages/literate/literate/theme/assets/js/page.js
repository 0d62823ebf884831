// What the other modules read of the page.

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The root of the book in this page's language. */
export const bookRoot = () => {
  const { base } = JSON.parse(document.getElementById("__config").textContent);
  return new URL(base.replace(/\/?$/, "/"), location);
};

/**
 * A module that is loaded when it is first needed. path: from this folder. It is fetched first: without a network that fails each
 * time anew, but a module that a browser has once failed to load is not tried again.
 */
export async function loadLater(path) {
  const address = new URL(path, import.meta.url);
  if (!(await fetch(address)).ok) throw new Error(address);
  return import(address);
}

/** The interface's words in the language of the page: the build writes those that words.json names. */
export const words = SCRIPT_WORDS[document.documentElement.lang] ?? {};

/** A key of the browser's local storage. Sites on one host share that storage, so the build puts the book's name in. */
export const storageKey = name => `BOOK_KEY:${name}`;

/** The id that a fragment names. A fragment that is cut off inside an encoded character is taken as it is. */
export const idIn = fragment => {
  try { return decodeURIComponent(fragment.slice(1)); } catch { return fragment.slice(1); }
};

/** A number with a true minus. */
export const withMinus = number => String(number).replaceAll("-", "\u2212");

/** A new button with a text and what a press does. */
export function makeButton(text, press = () => {}, css = "") {
  const button = document.createElement("button");
  button.type = "button";
  if (css) button.className = css;
  button.textContent = text;
  button.addEventListener("click", press);
  return button;
}
