// The names of symbols, as `data-symbol` holds them.

/** The name that all entries of an array share: w1_12 → w1, dL_dw1_12 → dL_dw1. */
export const stem = name => name.replace(/_\d+$/, "");
