// Whether a typed number is the answer, and what is wrong with it if not.

/** Whether a number is the answer rounded to the asked decimals, nearer than that, or cut off after them. A whole number must be exact. */
export function isRight(typed, answer, decimals) {
  if (decimals === 0 && !Number.isInteger(typed)) return false;
  const unit = 10 ** -decimals;
  const slack = 1e-9 * Math.max(1, Math.abs(answer));
  const cut = Math.trunc(answer / unit + Math.sign(answer) * 1e-9) * unit;
  return Math.abs(answer - typed) <= unit / 2 + slack || Math.abs(cut - typed) <= slack;
}

/** The name of the words to reply: "right", or what is wrong. */
export function judge(typed, answer, decimals) {
  if (Number.isNaN(typed.value)) return "not_a_number";
  if (isRight(typed.value, answer, decimals)) return "right";
  if (isRight(-typed.value, answer, decimals)) return "other_sign";
  return typed.decimals < decimals && typed.value && isRight(typed.value, answer, typed.decimals) ? "few_decimals" : "not_yet";
}

/** The answer in six digits; with the asked decimals where float32 differs from those in its last digit only. */
export function fullAnswer(answer, decimals) {
  const asked = Number(answer.toFixed(decimals));
  const value = Math.abs(answer - asked) < 2e-6 * Math.max(1, Math.abs(answer)) ? asked : Number(answer.toPrecision(6));
  return String(value).replace("-", "−");
}

const FEWEST = 3, MOST = 8;

/** Decimals to ask for: they leave two digits of a small answer. A whole number takes as many as any. */
export function decimalsOf(answer) {
  return answer === 0 ? FEWEST : Math.min(MOST, Math.max(FEWEST, 1 - Math.floor(Math.log10(Math.abs(answer)))));
}
