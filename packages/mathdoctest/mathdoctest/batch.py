"""Axes that a formula does not mention: `*batch` and `...` beside others, and `#n` where it is 1.

A formula is about one entry of a batch. The code gets arrays with none, one or two axes more, whose
other entries are drawn apart, and the formula is compared with one entry of what it returns.
"""

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import default_rng

from mathdoctest.signature import Shape

if TYPE_CHECKING:
    from mathdoctest.sample import Draw

LENGTHS = (2, 3)  # of the axes of a batch


def is_narrow(name: str, shape: Shape, draw: "Draw") -> bool:
    """Whether the code gets 1 for each `#n` of a parameter: on every second draw, but the first.

    The first parameter with a `#` keeps its axes, so that what is returned has them.
    """
    wide = [n for n, s in draw.scope.own.parameters.items() if s and s.wide]
    return bool(shape.wide) and draw.seed % 2 == 1 and name in wide[1:]


def constant(array: np.ndarray, shape: Shape) -> np.ndarray:
    """An array with equal entries along each `#n`."""
    for place in shape.wide:
        array = np.broadcast_to(array.take([0], place), array.shape)
    return array


def given(name: str, value: np.ndarray, shape: Shape, draw: "Draw") -> np.ndarray:
    """A drawn array as the code gets it: with the axes of its batch, and with 1 for `#n`."""
    others = shape.many and [draw.another(name, shape, nth) for nth in range(6)]
    if is_narrow(name, shape, draw):
        for place in shape.wide:
            if np.ptp(value, axis=place).any():  # computed by another formula, and not constant
                return value
            value = value.take([0], place)
            others = others and [other.take([0], place) for other in others]
    if not shape.many:
        return value
    place, batch = shape.many
    lengths, at = axes_of(batch, draw)
    out = np.empty(lengths + value.shape, value.dtype)
    for nth, index in enumerate(np.ndindex(lengths)):
        out[index] = value if index == at else (others or [])[nth]
    return np.moveaxis(out, range(len(lengths)), range(place, place + len(lengths)))


def axes_of(batch: str, draw: "Draw") -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The lengths of a batch's axes, and the entry that the formula is compared with."""
    rng = default_rng([draw.seed, zlib.crc32(batch.encode())])
    lengths = LENGTHS[: draw.seed % 3]
    return lengths, tuple(int(rng.integers(length)) for length in lengths)


def one(value: Any, place: int, draw: "Draw") -> Any:
    """The entry of a batch in what the code returned. place: among what is returned."""
    own = draw.scope.own
    shapes = [*own.returned, *own.returned[-1:] * place]
    shape = shapes[place] if shapes else None
    batches = {s.many[1]: s.many for s in own.parameters.values() if s and s.many}
    many = shape.many if shape else next(iter(batches.values()), None)
    if not many or not isinstance(value, np.ndarray):
        return value
    lengths, at = axes_of(many[1], draw)
    start = many[0] if shape else 0
    if value.shape[start : start + len(lengths)] != lengths:
        what = f"what is returned has the shape {value.shape}, without the axes of `{many[1]}`"
        raise ValueError(f"{what}, which are {lengths}")
    return value[(slice(None),) * start + at]
