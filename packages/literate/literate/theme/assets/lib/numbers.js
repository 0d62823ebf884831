// Numbers as text: in worked lines, in fields, in pictures and links.

const MINUS = "−";
const special = x => Number.isNaN(x) ? "nan" : x > 0 ? "inf" : MINUS + "inf";

/** With `decimals` decimals, or fewer, or as a power of ten, until it fits in `width` characters; as figures/common.py writes it. */
export function fixed(number, decimals, width = 99) {
  if (!Number.isFinite(number)) return special(number);
  number += 0;
  for (let places = decimals; places >= 0; places--) {
    const text = Math.abs(number) < 1e21 ? number.toFixed(places) : "x".repeat(99);
    if (text.length <= width && (number === 0 || Number(text) !== 0)) return text.replace(/^-0(\.0*)?$/, "0$1").replace("-", MINUS);
  }
  let text = "";
  for (const places of [2, 1, 0]) {
    const [digits, exponent] = number.toExponential(places).split("e");
    text = `${digits}e${Number(exponent)}`;
    if (text.length <= width) break;
  }
  return text.replaceAll("-", MINUS);
}

/** The same without the zeros at the end: 0.38, 1.0. */
export function short(number, decimals = 4, width = 99) {
  const text = fixed(number, decimals, width);
  if (!text.includes(".") || text.includes("e")) return text;
  const cut = text.replace(/0+$/, "");
  return cut.endsWith(".") ? cut + "0" : cut;
}

/** A value of a worked line, as the engine writes it: six decimals, more if it is small. */
export function written(value, decimals = 6) {
  if (!Number.isFinite(value)) return special(value);
  if (Math.abs(value) < 1e-12) return "0";
  const brief = String(Number(value.toFixed(4)));
  if (Math.abs(Number(brief) - value) <= 2e-7 * Math.abs(value)) return brief.replace("-", MINUS);
  if (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-7) return value.toExponential(3).replace(/\.?0*e\+?/, "e").replaceAll("-", MINUS);
  const more = Math.max(0, -2 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(decimals + more);
  return (more > 3 ? text.replace(/0+$/, "") : text).replace("-", MINUS);
}

/** The shortest decimal that rounds to the same float32. */
export function exact(value) {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === Math.fround(value)) return text;
  }
  return String(value);
}

/** A number of an array as MLX prints it: six digits, as C's %g. */
export function printed(value) {
  if (!Number.isFinite(value)) return special(value).replace(MINUS, "-");
  const exponent = value === 0 ? 0 : Number(value.toExponential(5).split("e")[1]);
  if (exponent >= -4 && exponent < 6) return Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(6)));
  const [digits, power] = value.toExponential(5).split("e");
  return `${Number(digits)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}
