"""Figures that only this book has: its network, its nine gradients, what was measured, a valley,
two matrix products, the two sides of a border.
"""

from two_passes.figures import gradients, measured, network, regions, two_products, valley  # noqa: F401
