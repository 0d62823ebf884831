// What Python does with strings, as it does it.

import { tables } from "./words.js";

/** Without spaces at both ends. */
export const trimmed = text => text.replace(tables.space, "");
/** The words between spaces. */
export const split = text => text.split(tables.spaces).filter(part => part);
/** Without any of some characters at both ends. */
export function strip(text, characters) {
  let first = 0, last = text.length;
  while (first < last && characters.includes(text[first])) first++;
  while (last > first && characters.includes(text[last - 1])) last--;
  return text.slice(first, last);
}
/** Without a character at the end, however often it stands there. */
export function rstrip(text, character) {
  let last = text.length;
  while (last && text[last - 1] === character) last--;
  return text.slice(0, last);
}
/** What is before the first separator, and what is after it. */
export function partition(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
/** What is before the last separator, and what is after it. */
export function rpartition(text, separator) {
  const at = text.lastIndexOf(separator);
  return at < 0 ? ["", text] : [text.slice(0, at), text.slice(at + separator.length)];
}
/** The first so many characters; one beyond U+FFFF counts once. */
export const beginning = (text, count) => [...text.slice(0, 2 * count)].slice(0, count).join("");
export const length = text => [...text].length;
export const isUpper = text => /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
/** By code points, as Python sorts. */
export function compare(a, b) {
  const x = [...a], y = [...b];
  const at = x.findIndex((each, n) => each !== y[n]);
  if (at < 0) return x.length - y.length;
  return at >= y.length ? 1 : x[at].codePointAt(0) - y[at].codePointAt(0);
}
/** A number with six significant digits, as Python's `:g` writes it. */
export function general(value) {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : value < 0 ? "-inf" : "nan";
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential(5).split("e");
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(Number(value.toPrecision(6)));
  const power = Math.abs(Number(exponent));
  return `${Number(digits)}e${exponent[0] === "-" ? "-" : "+"}${power < 10 ? "0" : ""}${power}`;
}
/** A text as a number; NaN where it is none. */
export const float = text => /^inf$/.test(text) ? Infinity : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
