"""Figures that only this book has: its network, its nine gradients, what was measured."""

from two_passes.figures import gradients, measured, network

__all__ = ["gradients", "measured", "network"]
