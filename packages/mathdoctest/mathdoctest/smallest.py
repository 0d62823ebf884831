"""Small inputs for which a formula and its code differ, to be checked by hand."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from mathdoctest.equal import Differs, listed, shown
from mathdoctest.execute import Code
from mathdoctest.sample import Draw
from mathdoctest.signature import Shape
from mathdoctest.syntax import Statement
from mathdoctest.trial import Trial

TRIES = 12  # for each size
SIZES = (1, 2)
VALUES = {"real": (-2, -1, 0, 1, 2, 3), "positive": (1, 2, 3), "unit": (0.25, 0.5, 0.75)}


class SmallDraw(Draw):
    """A draw with axes of one small size, and small whole numbers as values."""

    def __init__(self, like: Draw, size: int, seed: int):
        self.small, self.most = size, seed
        super().__init__(like.scope, like.ranges, seed)

    def sizes_of(self, function: Any) -> dict[str, int]:
        self._free = [self.small] * 20
        self.layers = (self.small,) * 10
        return super().sizes_of(function)

    def _value(self, name: str, shape: Shape, rng: Generator) -> Any:
        if shape.kind == "number" and shape.whole:
            return int(rng.integers(2, 4))
        return super()._value(name, shape, rng)

    def _numbers(self, name: str, axes: tuple[int, ...], rng: Generator) -> np.ndarray:
        allowed = VALUES.get(self.ranges.get(name, "real"))
        if allowed is None:
            return super()._numbers(name, axes, rng)
        near = sorted(allowed, key=abs)[: 3 + self.most // 2]  # the smallest are tried first
        return np.asarray(rng.choice(near, axes), np.float64)


def counterexample(like: Trial, chain: Statement, code: Code, limit: float) -> str | None:
    """`x = [1, 2]: the code returns 5, the right side is 3`; None where no small input shows it."""
    for size in SIZES:
        found = sorted(_found(like, chain, code, limit, size), key=lambda each: each[:2])
        if found:
            return found[0][2]
    return None


def _found(
    like: Trial, chain: Statement, code: Code, limit: float, size: int
) -> Iterator[tuple[float, int, str]]:
    """(how large the inputs are, the try, what is told) of each try that shows a difference."""
    for seed in range(TRIES):
        try:
            trial = like.on(SmallDraw(like.draw, size, seed))
            trial.start(code, limit)
            trial.judge(chain)
        except Differs as fault:
            if all(np.isfinite(number) for _, number in fault.sides):
                inputs = trial.inputs
                if told := _told(inputs, fault):
                    yield _weight(inputs), seed, told
        except Exception:  # these inputs show nothing
            continue


def _told(inputs: dict[str, Any], fault: Differs) -> str | None:
    try:
        given = ", ".join(f"{name} = {_written(value)}" for name, value in inputs.items())
    except ValueError:
        return None
    (one, left), (other, right) = fault.sides
    if shown(left) == shown(right):  # they differ in their last digits alone
        return None
    one = one.removeprefix("what ")
    first = f"{one} {shown(left)}" if one == "the code returns" else f"{one} is {shown(left)}"
    return f"{given}: {fault.entry}{first}, {other} is {shown(right)}"


def _written(value: Any) -> str:
    """A number or an array of short numbers. Raises ValueError for anything else."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or not array.size or (array * 4 % 1).any():
        raise ValueError("no short number")
    return listed(array.tolist())


def _weight(inputs: dict[str, Any]) -> float:
    def weight(value: Any) -> float:
        if isinstance(value, list):
            return sum(map(weight, value))
        array = np.asarray(value)
        return float(np.abs(array).sum() + 0.1 * (array < 0).sum())

    return sum(map(weight, inputs.values()))
