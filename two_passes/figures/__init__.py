"""Figures that only this book has."""

from two_passes.figures import (  # noqa: F401
    block,
    gradients,
    heat_map,
    kernel,
    measured,
    network,
    panels,
    pictures,
    points,
    regions,
    shared,
    two_products,
    valley,
)
