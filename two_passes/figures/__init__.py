"""Figures that only this book has: its network, its nine gradients, what was measured, a valley,
two matrix products, a residual block.
"""

from two_passes.figures import (  # noqa: F401
    block,
    gradients,
    measured,
    network,
    two_products,
    valley,
)
