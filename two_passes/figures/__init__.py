"""Figures that only this book has: its network, its nine gradients, what was measured, a valley,
two matrix products, small pictures.
"""

from two_passes.figures import gradients, measured, network, pictures, two_products, valley  # noqa: F401
