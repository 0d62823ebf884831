"""Is the formula what the code computes? Each chain of a function's docstring, on random float64 inputs.

Left side, right sides and the value that the function returns must agree for every free index; a derivative is also taken
automatically and by finite differences. Twice over: with every parameter drawn at random (the algebra), and, where a
derivative stands in a formula, with every parameter that another formula defines computed from it (the calculus).
"""

import ast
import contextlib
import functools
import importlib
import importlib.util
import os
import signal
import sys
import threading
from dataclasses import dataclass

import mlx.core as mx
import numpy as np

from literate.errors import Fault
from literate.formula.draw import Draw
from literate.formula.evaluate import (
    ELEMENTWISE,
    Data,
    Evaluator,
    Outside,
    Value,
    Wrong,
    mlx,
    numpy,
)
from literate.formula.graph import Graph
from literate.formula.names import Names
from literate.formula.scope import Function, Scope, function
from literate.formula.tree import Statement, expression, walk
from literate.snippets import module
from literate.runs import TIME_LIMIT

DRAWS = 6
RELATIVE, ABSOLUTE = 2e-5, 2e-6  # MLX's float64 exp, sigmoid, erf … are float32-accurate


@dataclass(frozen=True)
class Report:
    """What was checked of one function's formulas, for the ✓ on its card."""

    draws: int
    relative: float
    absolute: float
    seed: int
    inputs: tuple[tuple[str, str, str], ...]  # name, shape of the first draw, range
    ways: tuple[str, ...]  # return, autodiff, difference, shape
    sizes: dict


class Mismatch(ValueError):
    """Two sides differ, or the code did not return. seed and sizes reproduce it."""

    def __init__(self, what: str, seed: int = 0, sizes: dict | None = None):
        super().__init__(what)
        self.seed, self.sizes = seed, sizes or {}


# ---- the code -------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _fresh(project, stamps: tuple) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == project.package]:
        del sys.modules[name]


def code(one: Function):
    """The function itself, imported anew when a file of snippets/ has changed."""
    project = one.module.project
    path = one.module.path
    if path.parent != project.snippets:
        spec = importlib.util.spec_from_file_location(f"formulas_{path.stem}", path)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return getattr(made, one.node.name)
    _fresh(
        project,
        tuple(
            (p.name, p.stat().st_mtime_ns, p.stat().st_size)
            for p in sorted(project.snippets.glob("*.py"))
        ),
    )
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return getattr(importlib.import_module(f"{project.package}.{path.stem}"), one.node.name)
    except Exception as error:
        raise Fault(
            one.module.where,
            f"cannot be imported: {type(error).__name__}: {error}",
            "mend the module",
        ) from None
    finally:
        sys.dont_write_bytecode = before


def _argument(value, shape, ranges: dict, name: str):
    if isinstance(value, list):
        return [_argument(v, shape.of, ranges, name) for v in value]
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "iu":
            value = (
                value - 1 if ranges.get(name) else value
            )  # an index counts from 1 in a formula, from 0 in code
            return mx.array(value) if shape.made == "mx" else value
        return mx.array(value, mx.float64) if shape.made == "mx" else value
    return value


def _plain(value):
    """What a function returned, in NumPy."""
    if isinstance(value, list) and value and not isinstance(value[0], (int, float)):
        return [_plain(v) for v in value]
    return np.array(value).astype(np.float64)


def _called(call, given: dict):
    """What the code returns. It may raise, or never end: a formula's check must survive both."""
    here = threading.current_thread() is threading.main_thread()

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop) if here else None
    try:
        if here:
            signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT)
        return call(**given)
    except TimeoutError:
        raise Mismatch(f"the code is still running after {TIME_LIMIT:g} s") from None
    except (Exception, SystemExit) as error:
        raise Mismatch(f"the code raised `{type(error).__name__}: {error}`") from None
    finally:
        if here:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


# ---- one draw ---------------------------------------------------------------------------------------------------------------


class Trial:
    """One draw of inputs, what the function returned for them, and the comparison of every side with it."""

    def __init__(self, one: Function, scope: Scope, ranges: dict, seed: int, derive: bool, call):
        self.one, self.derive = one, derive
        self.draw = Draw(scope, ranges, seed, at_zero=not derive and seed % 2 == 0)
        self.graph = Graph(scope, self.draw, numpy, derive)
        given = {
            name: _argument(self.graph.value(name, one), shape, ranges, name)
            for name, shape in one.parameters.items()
        }
        with mx.stream(mx.cpu):
            result = _called(call, given)
            parts = [_plain(r) for r in (result if isinstance(result, tuple) else (result,))]
        if len(parts) == 1:
            self.graph.returned = {left: parts[0] for left in one.lefts}
        elif len(parts) == len(one.lefts):
            self.graph.returned = dict(zip(one.lefts, parts))
        else:
            raise Mismatch(
                f"{len(parts)} values are returned, but the formulas define {len(one.lefts)}: {', '.join(one.lefts)}"
            )
        self.names = Names(self.graph, one, returned=True)

    def evaluator(self, constants: dict | None = None) -> Evaluator:
        ev = Evaluator(self.names, numpy, constants=constants or {})
        if self.one.entry:
            ev.bind("…", np.arange(self.names.entries))
        return ev

    # ---- a chain

    def check(self, chain: Statement) -> set[str]:
        """The ways in which the chain was compared. Raises Mismatch, Wrong."""
        if chain.where is None:
            return self.compare(chain, {})
        ev = self.evaluator()
        first, last = ev.whole(chain.where.first), ev.whole(chain.where.last)
        low, high = min(first, last), max(first, last)
        letter, ways = chain.where.letter, set()
        for number in range(low, high + 1):
            ways |= self.compare(chain, {letter: number})
        for number, which in ((low - 1, "begins"), (high + 1, "ends")):
            try:
                self.compare(chain, {letter: number})
            except (Mismatch, Wrong):
                continue
            raise Mismatch(
                f"it also holds for {letter} = {number}: the range {which} too {'late' if which == 'begins' else 'early'}"
            )
        return ways

    def compare(self, chain: Statement, constants: dict) -> set[str]:
        ev = self.evaluator(constants)
        if chain.relations == ("in",):
            return self._member(chain, ev)
        pinned, ways = self._returned(chain, ev), {"return"}
        sides = [("what the code returns", pinned)] if pinned is not None else []
        left = chain.sides[0]
        for place, side in enumerate(chain.sides):
            if (
                not self._can(side)
                or place == 0
                and pinned is not None
                and left.kind in ("symbol", "call")
            ):
                continue
            for way, value in self._values(side, ev):
                sides.append(
                    (
                        ("the left side" if place == 0 else "the right side")
                        + (f" by {way}" if way else ""),
                        value,
                    )
                )
                ways |= {
                    {
                        "automatic differentiation": "autodiff",
                        "finite differences": "difference",
                    }.get(way, "return")
                }
        if (
            left.kind == "call" and left.parts[0] in ELEMENTWISE and not left.parts[2]
        ):  # a name with a meaning of its own
            sides.append(
                (
                    f"\\{left.parts[0]}",
                    Value(getattr(numpy, left.parts[0])(ev.value(left.parts[3][0]).array)),
                )
            )
        for way, value in self._tied(left, ev) if self.derive else ():
            sides.append((f"the derivative that the left side stands for, by {way}", value))
            ways |= {
                {"automatic differentiation": "autodiff", "finite differences": "difference"}[way]
            }
        if len(sides) < 2 and not self._waits(chain):
            raise Mismatch(
                "nothing to compare: the right side is only a derivative, and none is taken here"
            )
        self._agree(sides, chain, ev)
        return ways

    def _waits(self, chain: Statement) -> bool:
        return not self.derive and any(not self._can(s) for s in chain.sides)

    def _can(self, side) -> bool:
        """A side with a derivative waits for the draw in which quantities depend on each other."""
        return self.derive or not any(n.kind == "derivative" for n in walk(side))

    def _values(self, side, ev: Evaluator):
        if not any(n.kind == "derivative" for n in walk(side)):
            return [("", ev.value(side))]
        out = []
        for way in ("autodiff", "difference") if self.draw.seed == 0 else ("autodiff",):
            self.graph.way = way
            out.append(
                (
                    {"autodiff": "automatic differentiation", "difference": "finite differences"}[
                        way
                    ],
                    ev.value(side),
                )
            )
        self.graph.way = "autodiff"
        return out

    def _tied(self, left, ev: Evaluator):
        """The derivative that a δ stands for by the glossary, or the slope that f′ means by f."""
        if left.kind == "symbol":
            entry = symbols(self.one).get(self.one.full_name(left), {})
            indices = left.parts[2]
            if "is" not in entry:
                return []
            meant = expression(entry["is"])
            top, bottoms = meant.parts
            bottom = type(bottoms[0])(
                "symbol", (bottoms[0].parts[0], bottoms[0].parts[1], indices), left.span
            )
            return self._values(type(meant)("derivative", (top, (bottom,)), left.span), ev)
        if (
            left.kind == "call"
            and left.parts[2]
            and (
                left.parts[0] in ELEMENTWISE
                and left.parts[2] == 1
                or self.graph.scope.named_function(left.parts[0], left.parts[2] - 1, self.one)
            )
        ):
            argument = ev.value(left.parts[3][0])
            return [
                (way, Value(self._slope(left, argument.array, way)))
                for way in ("automatic differentiation", "finite differences")
            ]
        return []

    def _slope(self, left, at, way: str):
        library = numpy if way == "finite differences" else mlx
        if left.parts[0] in ELEMENTWISE and left.parts[2] == 1:
            below = getattr(library, left.parts[0])
        else:
            below = self.names._by_formula(
                *self.graph.scope.named_function(left.parts[0], left.parts[2] - 1, self.one),
                library,
            )
        if way == "finite differences":
            return (below(at + 1e-6) - below(at - 1e-6)) / 2e-6
        return np.array(mx.grad(lambda a: mx.sum(below(a)))(mx.array(at, mx.float64)))

    # ---- what the function returned, as the left side

    def _returned(self, chain: Statement, ev: Evaluator) -> Value | None:
        left = chain.sides[0]
        name = self.one.left(chain)
        if name is None:
            return None
        whole = self.graph.returned[name]
        if left.kind == "call":
            data, indices = Data(whole, self.one.entry and np.ndim(whole) > 0), ()
            if [
                a.kind == "symbol" and a.parts[0] in self.one.parameters for a in left.parts[3]
            ] != [True]:
                raise Wrong("the argument on the left is no parameter of the function", left)
        elif left.kind == "derivative":
            top, bottoms = left.parts
            indices = tuple(i for n in (top, *bottoms) for i in n.parts[2])
            if isinstance(whole, list):
                layer = ev.whole(bottoms[0].parts[1])
                if not 1 <= layer <= len(whole):
                    raise Outside(f"there is no layer {layer}", left)
                whole = whole[layer - 1]
            if len(indices) > np.ndim(whole):  # ∂L/∂w_{1j} of a function that returns that one row
                indices = tuple(
                    i for i in indices if i.kind != "number" and i.parts[0] not in self.names.sizes
                )
            data = Data(whole, self.names._entrywise(whole))
        else:
            data, indices = self.names.data(left, ev)
            if (
                any(i.kind == "number" for i in indices)
                and np.ndim(data.value)
                and data.value.shape[0] != 1
                and data.origin
            ):
                raise Wrong("one entry alone on the left", left)
            if name in self.one.parameters and not self.one.step:
                raise Wrong(f"`{name}` on the left is an input of the function", left)
        self._bind(indices, data, ev)
        return ev._gather(data, indices, left)

    def _bind(self, indices: tuple, data: Data, ev: Evaluator) -> None:
        """The free indices of the left side run over their whole axes."""
        for place, index in enumerate(indices):
            if (
                index.kind == "symbol"
                and not index.parts[2]
                and not {index.parts[0]} & {*ev.constants, *ev.letters, *self.names.sizes}
            ):
                if place >= np.ndim(data.value):
                    raise Wrong(
                        f"{len(indices)} indices on an array of {np.ndim(data.value)} axes", index
                    )
                origin = data.origin if place == 0 else 1
                ev.bind(index.parts[0], np.arange(origin, origin + data.value.shape[place]))

    def _member(self, chain: Statement, ev: Evaluator) -> set[str]:
        value = ev.value(chain.sides[0])
        factors = _factors(chain.sides[1])
        wanted = tuple(ev.whole(f) for f in factors)
        if value.shape != wanted:
            raise Mismatch(
                f"the shape is {' × '.join(map(str, value.shape))}, not {' × '.join(map(str, wanted))}"
            )
        return {"shape"}

    # ---- agreement

    def _agree(self, sides: list[tuple[str, Value]], chain: Statement, ev: Evaluator) -> None:
        relations = list(chain.relations)
        if any(r != "=" for r in relations):
            return self._ordered(chain, ev)
        (first_name, first), *others = sides
        for name, other in others:
            if other.shape != first.shape or other.row != first.row:
                if other.rank == 0 and np.all(np.asarray(other.array) == 0):
                    other = Value(np.zeros((1,) * ev.depth + first.shape), first.rank)
                else:
                    raise Mismatch(f"{first_name} is {first.told()}, {name} is {other.told()}")
            a, b = np.broadcast_arrays(np.asarray(first.array), np.asarray(other.array))
            close = np.abs(a - b) <= ABSOLUTE + RELATIVE * np.maximum(np.abs(a), np.abs(b))
            close |= np.isnan(a) & np.isnan(b) | (a == b)
            if not np.isfinite(a).all():
                raise Mismatch(
                    "the inputs leave the range where the function is finite: give the symbol a `range:` in docs/glossary.yml"
                )
            if not close.all():
                index = np.argwhere(~close)[0]
                raise Mismatch(
                    f"{_entry(index, ev, a.shape)}{first_name} is {_short(a[tuple(index)])}, {name} is {_short(b[tuple(index)])}"
                )

    def _ordered(self, chain: Statement, ev: Evaluator) -> None:
        values = [ev.value(s) for s in chain.sides]
        for relation, a, b in zip(chain.relations, values, values[1:]):
            slack = ABSOLUTE + RELATIVE * np.abs(b.array)
            holds = {
                "<=": a.array <= b.array + slack,
                ">=": a.array >= b.array - slack,
                "<": a.array < b.array,
                ">": a.array > b.array,
                "=": np.abs(a.array - b.array) <= slack,
            }[relation]
            if not np.all(holds):
                raise Mismatch(f"`{relation}` does not hold on a draw")
        pinned = self._returned(chain, self.evaluator(ev.constants))
        if pinned is not None and not np.allclose(
            pinned.array, values[0].array, RELATIVE, ABSOLUTE
        ):
            raise Mismatch("the left side is not what the code returns")


def _factors(node) -> list:
    return [*_factors(node.parts[0]), node.parts[1]] if node.kind == "multiply" else [node]


def _entry(index, ev: Evaluator, shape: tuple) -> str:
    letters = {axis: letter for letter, (axis, _) in ev.letters.items()}
    said = [(letters.get(axis), n + 1) for axis, n in enumerate(index) if shape[axis] > 1]
    if not said:
        return ""
    return f"entry ({', '.join(str(n) for _, n in said)}): "


def _short(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


# ---- a function's formulas ------------------------------------------------------------------------------------------------------


def symbols(one: Function) -> dict[str, dict]:
    """The glossary's symbols as this module means them; a module outside snippets/ may carry SYMBOLS of its own."""
    project = one.module.project
    known = project.symbols_of(one.module.name)
    if one.module.path.parent != project.snippets and "SYMBOLS" in one.module.defined:
        known |= ast.literal_eval(one.module.defined["SYMBOLS"].value)
    return known


def examine(one: Function, call=None, draws: int = DRAWS) -> set[str]:
    """Every chain of a function on every draw: the ways in which it was checked. Raises Mismatch, Wrong, with `formula` set."""
    scope = Scope(one)
    scope.tied = [expression(e["is"]) for n in one.lefts if "is" in (e := symbols(one).get(n, {}))]
    ranges = {n: e["range"] for n, e in symbols(one).items() if "range" in e}
    call = call or code(one)
    ways: set[str] = set()
    calculus = any(
        n.kind == "derivative" or n.kind == "call" and n.parts[2]
        for s in one.statements
        for side in s.sides
        for n in walk(side)
    ) or any("is" in symbols(one).get(name, {}) for name in one.lefts)
    for seed in range(draws):
        for derive in (False, True) if calculus else (False,):
            at, trial = one.formulas[0], None
            try:
                with np.errstate(all="ignore"):
                    trial = Trial(one, scope, ranges, seed, derive, call)
                    for at in one.formulas:
                        for chain in at.statements:
                            ways |= trial.check(chain)
            except (ArithmeticError, ValueError, IndexError, KeyError, TypeError) as found:
                error = (
                    found
                    if isinstance(found, (Mismatch, Wrong))
                    else Wrong(f"cannot be computed: {found}")
                )
                error.formula, error.seed = at, seed
                error.sizes = trial.draw.sizes if trial else {}
                raise error from None
    return ways


def check(project, name: str, shown_at: list[str] = ()) -> Report:
    """The report of a snippet's formulas. name: forward.weighted_sum; shown_at: the pages that show it. Raises Fault."""
    home, _, wanted = name.partition(".")
    one = function(module(project, home), wanted)
    return checked(one, shown_at)


def checked(one: Function, shown_at: list[str] = ()) -> Report:
    declared(one)
    try:
        with _eager():
            ways = examine(one)
    except (Mismatch, Wrong) as error:
        raise _fault(one, error, shown_at) from None
    return _report(one, ways)


@contextlib.contextmanager
def _eager():
    """MLX compiles nothing in this process: into a folder that all share, where a build that is killed leaves half of it."""
    mx.disable_compile()
    try:
        yield
    finally:
        if not os.environ.get("MLX_DISABLE_COMPILE"):
            mx.enable_compile()


def declared(one: Function) -> None:
    """A plain left name is the glossary's for this function: a formula for another quantity must not pass on its value."""
    project = one.module.project
    for chain in one.statements:
        left = chain.sides[0]
        if left.kind == "symbol" and any(n == left for side in chain.sides[1:] for n in walk(side)):
            raise Fault(
                f"{one.module.where}:{one.formulas[0].line}",
                f"{one.name}: `{one.left(chain)}` is defined by itself",
                "mend the right side",
            )
        if (
            left.kind == "call"
            and (other := Scope(one).named_function(left.parts[0], left.parts[2], one, one))
            and other[0].name != one.name
        ):
            raise Fault(
                f"{one.module.where}:{one.formulas[0].line}",
                f"{one.name}: the left side defines `{left.parts[0]}{chr(39) * left.parts[2]}`, "
                f"which {other[0].name} defines",
                "mend the left side; a function is defined once",
            )
    if one.module.path.parent != project.snippets:
        return
    known = symbols(one)
    for name in one.lefts:
        if any(s.sides[0].kind == "symbol" for s in one.statements if one.left(s) == name):
            entries = any(
                s.sides[0].parts[2] for s in one.statements if one.left(s) == name
            )  # x̃_{nj} is an entry of X̃
            entry = known.get(name) or entries and known.get(name[:1].upper() + name[1:]) or {}
            by = entry.get("by", [])
            if one.name not in ([by] if isinstance(by, str) else by):
                raise Fault(
                    f"{one.module.where}:{one.formulas[0].line}",
                    f"{one.name}: the left side names `{name}`, which docs/glossary.yml "
                    f"{'does not know' if not entry else 'says is computed by ' + (str(by) if by else 'nothing')}",
                    f"mend the left side, or add `by: [{one.name}]` to the symbol `{name}`",
                )


def _fault(one: Function, error, shown_at: list[str]) -> Fault:
    formula = error.formula
    line = formula.line
    if getattr(error, "node", None) is not None and error.node.span != (0, 0):
        line += formula.tex[: error.node.span[0]].count("\n")
    from literate.formula.mutate import guess

    hint = (
        None
        if "the code" in str(error) and ("raised" in str(error) or "running" in str(error))
        else guess(one, formula)
    )
    sizes = ", ".join(f"{k} = {v}" for k, v in error.sizes.items())
    where = f"; shown in {', '.join(shown_at)}" if shown_at else ""
    return Fault(
        f"{one.module.where}:{line}",
        f"{one.name}: `{' '.join(formula.tex.split())}`: {error} (seed {error.seed}"
        f"{'; ' + sizes if sizes else ''}){where}",
        hint or "mend the formula, or the code under it",
    )


def _report(one: Function, ways: set[str]) -> Report:
    ranges = {n: e["range"] for n, e in symbols(one).items() if "range" in e}
    draw = Draw(Scope(one), ranges, 0)
    inputs = []
    for name, shape in one.parameters.items():
        value = draw.value(name, shape) if shape else None
        inputs.append(
            (
                name,
                " × ".join(map(str, np.shape(value))) if isinstance(value, np.ndarray) else "",
                ranges.get(name, "real"),
            )
        )
    return Report(
        DRAWS,
        RELATIVE,
        ABSOLUTE,
        0,
        tuple(inputs),
        tuple(w for w in ("return", "autodiff", "difference", "shape") if w in ways),
        dict(draw.sizes),
    )
