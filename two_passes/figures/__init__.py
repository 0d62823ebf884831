"""Figures that only this book has: its network, its nine gradients, what was measured, a valley,
two matrix products, letters in a plane.
"""

from two_passes.figures import gradients, measured, network, points, two_products, valley  # noqa: F401
