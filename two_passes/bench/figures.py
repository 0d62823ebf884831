"""Rows of figures, and the most that the book promises."""

from collections.abc import Callable, Sequence
from statistics import median

# Seconds, kB, requests, CLS, ms, or a ratio
PROMISED = {
    "cold": 90, "cold_four_ratio": 4.2, "check": 15, "warm_material_ratio": 1.5,
    "check_ratio": 0.25, "cold_ratio": 0.6, "edit_zensical_ratio": 1.0,
    "edit_three_ratio": 1.3, "check_three_ratio": 1.3, "memory_ratio": 1.0,
    "live_then_ratio": 0.6, "verdict_ratio": 0.6,
    "live_many": 0.7, "live_ratio": 1.3, "verdict": 1.0, "snippet": 2.0,
    "bytes_zh": 200, "html_zh": 40, "requests_zh": 20,
    "bytes_en": 200, "html_en": 40, "requests_en": 20,
    "shift": 0.01, "drag": 17, "longest": 200, "blocked": 200, "paint_ratio": 1.0,
    "formula_ratio": 0.5, "formulas_ratio": 0.5, "alone_ratio": 1.0, "again_ratio": 1.0,
}  # fmt: skip


class Figures:
    """The rows of a table, in order: key → value, unit, limit, low, high, n."""

    def __init__(self, promised: dict[str, float] = PROMISED):
        self.promised = promised
        self.rows: dict[str, dict] = {}

    def add(self, key: str, samples: Sequence[float], unit: str, of: Callable = median) -> None:
        """Add a row and print it. of: which of the samples is its value."""
        value, limit, low, high = of(samples), self.promised.get(key), min(samples), max(samples)
        row = {"value": value, "unit": unit, "limit": limit}
        self.rows[key] = row | {"low": low, "high": high, "n": len(samples)}
        text = f"{key:28} {value:10.3f} {unit:5} ({low:.3f} to {high:.3f}, {len(samples)})"
        if limit is not None:
            text += f"   at most {limit:g}{'' if value <= limit else '   MISSED'}"
        print(text, flush=True)

    def ratio(self, key: str, one: str, other: str) -> None:
        """Add the ratio of two rows, if both are there."""
        if one in self.rows and other in self.rows:
            self.add(key, [self.rows[one]["value"] / self.rows[other]["value"]], "×")
