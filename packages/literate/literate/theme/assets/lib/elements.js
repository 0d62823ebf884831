// Elements of the page and of drawings.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML or SVG element with attributes and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElementNS(["path", "line", "text", "circle", "rect", "g"].includes(tag) ? SVG : "http://www.w3.org/1999/xhtml", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A text of a drawing. */
export function label(x, y, words, anchor, css = "tp-v") {
  return make("text", { x, y, class: css, "font-size": 12, "text-anchor": anchor }, words);
}
