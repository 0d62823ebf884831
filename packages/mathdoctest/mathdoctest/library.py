r"""Functions that a formula may use by name: of several numbers, of vectors and of matrices.

A function of single numbers (`\exp`) is the backends'. A formula in scope that defines a name goes
before what is here.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mathdoctest import backends
from mathdoctest.backends import Backend
from mathdoctest.syntax import Call, Node
from mathdoctest.values import Array, Value, Wrong, aligned, with_axes

if TYPE_CHECKING:
    from mathdoctest.evaluate import Evaluator

Made = Callable[[Call, list[Value], "Evaluator"], Value | None]
ALIASES = {
    "Softplus": "softplus", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softmax": "softmax",
    "LogSoftmax": "log_softmax", "LSE": "logsumexp", "LogSumExp": "logsumexp", "relu": "ReLU",
    "Relu": "ReLU", "logcosh": "log_cosh", "mean": "E", "Mean": "E", "std": "Std", "trace": "tr",
    "Tr": "tr", "clamp": "clip", "Concat": "concat", "concatenate": "concat",
    "silu": "SiLU", "Swish": "SiLU", "swish": "SiLU", "gelu": "GELU", "mish": "Mish",
    "cos_sim": "sim", "cossim": "sim", "cosine_similarity": "sim",
}  # fmt: skip


def apply(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    """What a function gives; None where there is none of this name here. Raises Wrong."""
    name = ALIASES.get(node.function, node.function)
    name = "sim" if (name, len(values)) == ("cos", 2) else name
    make = FUNCTIONS.get(name)
    if make is None or node.layer is not None:
        return None
    found = make(node, values, ev)
    if found is None:
        shapes = " and ".join(value.described() for value in values)
        raise Wrong(f"{node.function} of {shapes}", node)
    return found


# ---- entry by entry


def _extreme(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    """`\\max(a, b)` entry by entry; of one array its largest entry."""
    lib = ev.library
    largest = node.function in ("max", "maximum")
    if len(values) == 1:
        (a,) = values
        if not a.rank:
            return a
        flat = lib.reshape(a.array, tuple(a.array.shape[: ev.depth]) + (-1,))
        return Value(lib.max(flat, axis=-1) if largest else -lib.max(-flat, axis=-1))
    out = values[0]
    for other in values[1:]:
        found = aligned(out, other, lib)
        if found is None:
            return None
        left, right, like, rule = found
        ev.rules.update({rule} - {""})
        out = like.like((lib.maximum if largest else lib.minimum)(left, right))
    pairs = (aligned(out, value, lib) for value in values)
    ev.note(node, (pair[0] == pair[1] for pair in pairs if pair))
    return out


def _clip(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    if len(values) != 3 or values[1].rank or values[2].rank:
        return None
    a, low, high = values
    lib = ev.library
    first, last = (with_axes(lib, bound.array, a.rank) for bound in (low, high))
    ev.note(node, ((first <= a.array) & (a.array <= last), a.array <= first, a.array >= last))
    return a.like(lib.minimum(lib.maximum(a.array, first), last))


CURVES: dict[str, Callable[[Backend, Array], Array]] = {
    "ReLU": lambda lib, x: lib.maximum(x, x * 0),
    "sigmoid": lambda lib, x: lib.sigmoid(x),
    "sigma": lambda lib, x: lib.sigmoid(x),
    "SiLU": lambda lib, x: x * lib.sigmoid(x),
    "GELU": lambda lib, x: x * (1 + lib.erf(x / 2**0.5)) / 2,
    "Mish": lambda lib, x: x * lib.tanh(lib.softplus(x)),
    "Phi": lambda lib, x: (1 + lib.erf(x / 2**0.5)) / 2,
}


def curve(name: str) -> Callable[[Backend, Array], Array] | None:
    """A function of single numbers, on arrays of any library; None where there is none."""
    return CURVES.get(ALIASES.get(name, name))


def _of_numbers(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    found = curve(node.function)
    if len(values) != 1 or found is None:
        return None
    return values[0].like(found(ev.library, values[0].array))


# ---- of vectors


def _softmax(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    """Of a vector, or of each row of a matrix."""
    if len(values) != 1 or not values[0].rank:
        return None
    (a,), lib = values, ev.library
    if a.rank == 2:
        ev.rules.add("softmax")
    top = lib.reshape(lib.max(a.array, axis=-1), tuple(a.array.shape[:-1]) + (1,))
    power = lib.exp(a.array - top)
    total = lib.reshape(lib.sum(power, axis=-1), tuple(a.array.shape[:-1]) + (1,))
    return a.like(power / total)


def _log_sum_exp(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    if len(values) != 1 or values[0].rank != 1:
        return None
    (a,), lib = values, ev.library
    top = lib.max(a.array, axis=-1)
    return Value(top + lib.log(lib.sum(lib.exp(a.array - with_axes(lib, top, 1)), axis=-1)))


def _log_softmax(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    total = _log_sum_exp(node, values, ev)
    return total and values[0].like(values[0].array - with_axes(ev.library, total.array, 1))


def _mean(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    if len(values) != 1 or not values[0].rank:
        return None
    (a,) = values
    ev.rules.add("mean")
    axes = tuple(range(-a.rank, 0))
    return Value(ev.library.sum(a.array, axis=axes) / float(np.prod(a.shape)))


def _variance(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    mean = _mean(node, values, ev)
    if mean is None:
        return None
    (a,), lib = values, ev.library
    apart = a.array - with_axes(lib, mean.array, a.rank)
    axes = tuple(range(-a.rank, 0))
    ev.rules.add("variance")
    return Value(lib.sum(apart * apart, axis=axes) / float(np.prod(a.shape)))


def _deviation(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    variance = _variance(node, values, ev)
    return None if variance is None else Value(ev.library.sqrt(variance.array))


def _argmax(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    if len(values) != 1 or values[0].rank != 1:
        return None
    find = np.argmax if node.function == "argmax" else np.argmin
    return Value(ev.library.array(find(backends.plain(values[0].array), axis=-1) + 1.0))


def _inner(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    if len(values) != 2 or values[0].shape != values[1].shape or not values[0].rank:
        return None
    a, b = values
    return Value(ev.library.sum(a.array * b.array, axis=tuple(range(-a.rank, 0))))


def _similarity(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    """The cosine of the angle between two vectors."""
    if len(values) != 2:
        return None
    a, b = values
    pairs = [_inner(node, list(pair), ev) for pair in ((a, b), (a, a), (b, b))]
    if any(pair is None or value.rank != 1 for pair, value in zip(pairs, (a, b, b), strict=True)):
        return None
    dot, square_a, square_b = (pair.array for pair in pairs if pair)
    return Value(dot / ev.library.sqrt(square_a * square_b))


def _outer(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    if len(values) != 2 or values[0].rank != 1 or values[1].rank != 1:
        return None
    a, b = values
    lib = ev.library
    row = lib.reshape(b.array, tuple(b.array.shape[:-1]) + (1, b.shape[0]))
    return Value(with_axes(lib, a.array, 1) * row, 2)


def _concat(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    return joined(values, ev, node)


def joined(values: list[Value], ev: "Evaluator", node: Node) -> Value:
    """Numbers and vectors, one after the other. Raises Wrong."""
    lib, parts = ev.library, []
    if any(value.rank > 1 for value in values):
        raise Wrong("matrices in brackets; write the blocks with \\begin{bmatrix}", node)
    lead = np.broadcast_shapes(*(tuple(v.array.shape[: ev.depth]) for v in values))
    for value in values:
        array = with_axes(lib, value.array, 1) if not value.rank else value.array
        size = array.shape[-1]
        whole = lib.broadcast(array, lead + (size,))
        ends = (slice(None),) * len(lead)
        parts += [whole[(*ends, k)] for k in range(size)]
    return Value(lib.stack(parts, axis=-1), 1)


# ---- of matrices


def _diagonal(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    if len(values) != 1:
        return None
    (a,), lib = values, ev.library
    n = a.shape[-1] if a.rank else 0
    one = lib.array(np.eye(n))
    if node.function == "diag" and a.rank == 1:
        return Value(with_axes(lib, a.array, 1) * one, 2)
    if a.shape == (n, n):
        axes = (-2, -1) if node.function != "diag" else (-1,)
        return Value(lib.sum(a.array * one, axis=axes), int(node.function == "diag"))
    return None


def _determinant(node: Call, values: list[Value], ev: "Evaluator") -> Value | None:
    """By rows, for the small sizes that are drawn."""
    if len(values) != 1 or values[0].rank != 2 or len(set(values[0].shape)) != 1:
        return None
    return Value(_minor(values[0].array, list(range(values[0].shape[0])), 0))


def _minor(array: Array, columns: list[int], row: int) -> Array:
    if not columns:
        return 1.0
    total: Array = 0.0
    for place, column in enumerate(columns):
        rest = columns[:place] + columns[place + 1 :]
        entry = array[..., row, column]
        total = total + (-1) ** place * entry * _minor(array, rest, row + 1)
    return total


FUNCTIONS: dict[str, Made] = {
    "max": _extreme, "min": _extreme, "maximum": _extreme, "minimum": _extreme, "clip": _clip,
    **dict.fromkeys(CURVES, _of_numbers),
    "softmax": _softmax, "log_softmax": _log_softmax, "logsumexp": _log_sum_exp,
    "E": _mean, "Var": _variance, "Std": _deviation, "argmax": _argmax,
    "argmin": _argmax, "sim": _similarity, "inner": _inner, "outer": _outer, "concat": _concat,
    "diag": _diagonal, "tr": _diagonal, "det": _determinant,
}  # fmt: skip
