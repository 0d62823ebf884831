"""Figures that only this book has: its network, its nine gradients, what was measured, a valley,
two matrix products, and what normalizations share.
"""

from two_passes.figures import gradients, kernel, measured, network, shared, two_products, valley  # noqa: F401
