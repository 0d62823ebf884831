/** The formula is outside the grammar or breaks one of its rules: which sentence, the character where, what it names. */
export class NotInGrammar extends Error {
  constructor(code, at, parts = {}) {
    super(code);
    this.code = code;
    this.at = at;
    this.parts = parts;
  }
}

/** Too much is begun and not complete. */
export class TooDeep extends Error {}

/** Whether something was nested too deeply, by our limits or by the browser's. */
export const isTooDeep = error => error instanceof TooDeep || error instanceof RangeError;
