// The names of symbols, as `data-symbol` holds them.

/** The name that all entries of an array share: x_12 → x, dL_dx_12 → dL_dx. */
export const stem = name => name.replace(/_\d+$/, "");
