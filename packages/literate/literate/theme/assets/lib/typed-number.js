// Numbers as readers type them: with any minus sign, full-width digits, a decimal comma, or as a fraction.

/** text → { value: NaN if it is not a number, decimals: how many were typed }. */
export function readDecimal(text) {
  const plain = text.normalize("NFKC").replace(/[−‒–—‐]/g, "-").trim().replace(/[。.]$/, "").replace(/^([^.,]*),(?! )([^.,]*)$/, "$1.$2").replace(/\s/g, "");
  const [, numerator, denominator] = plain.match(/^([+-]?\d+)\/(\d+)$/) ?? [];
  if (denominator) return { value: numerator / denominator, decimals: Infinity };
  const found = plain.match(/^[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:e[+-]?\d+)?$/i);
  return { value: found ? Number(plain) : NaN, decimals: found ? (found[1] ?? found[2]).length : 0 };
}

/** The number that was typed; NaN if it is not one. */
export const readNumber = text => readDecimal(text).value;
