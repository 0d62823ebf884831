"""Figures that only this book has: its network, its nine gradients, what was measured, a valley,
two matrix products, a residual block, small charts to tell apart.
"""

from two_passes.figures import block, gradients, measured, network, panels, two_products, valley  # noqa: F401
