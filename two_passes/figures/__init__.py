"""Figures that only this book has: its network, its nine gradients, what was measured, a valley,
two matrix products, tables as shaded cells.
"""

from two_passes.figures import gradients, heat_map, measured, network, two_products, valley  # noqa: F401
