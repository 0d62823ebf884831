"""Figures that only this book has: its network, its gradients, two products, what was measured."""

from two_passes.figures import gradients, measured, network, two_products  # noqa: F401
