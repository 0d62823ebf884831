"""Figures that only this book has: its network, its gradients, two products, what was measured."""

from two_passes.figures import gradients, measured, network, two_products  # noqa: F401
"""Figures that only this book has: its network, its nine gradients, what was measured, a valley."""

from two_passes.figures import gradients, measured, network, valley  # noqa: F401
