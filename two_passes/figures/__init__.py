"""Figures that only this book has: its network, its nine gradients, what was measured."""

from two_passes.figures import gradients, measured, network  # noqa: F401
