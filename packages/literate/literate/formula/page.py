"""Formulas on a page: symbols tagged with their names in code, and inline maths held to what the page declares."""

import ast
import functools
import hashlib
import importlib.metadata
import json
import re
from dataclasses import asdict
from pathlib import Path

from literate import runs as runner
from literate.errors import Fault
from literate.files import write_whole
from literate.formula import tree
from literate.formula.check import Report, check
from literate.formula.evaluate import Wrong
from literate.formula.scope import Function, function
from literate.formula.tree import Node, NotInGrammar, walk
from literate.snippets import Snippet, module

# Inline, these may stand without a declaration: the letters of indices, and what every reader knows
INDICES = frozenset("ijklntk")
CONSTANTS = frozenset({"e", "pi"})
WORDS = (r"\log", r"\odot", r"\ln 2")  # signs that a sentence may name


def of(snippet: Snippet) -> Function:
    home, _, name = snippet.name.partition(".")
    return _of(home, name, module(snippet.module.project, home))


@functools.lru_cache(maxsize=512)
def _of(home: str, name: str, made) -> Function:
    return function(made, name)


# ---- checked, and not twice for the same text -------------------------------------------------------------------------------


_checked: dict[tuple, Report | Fault] = {}


def report(snippet: Snippet, shown_at: list[str] = ()) -> Report | None:
    """What was checked of the snippet's formulas; None where it has none. Raises Fault where they do not hold."""
    if not snippet.formulas:
        return None
    project = snippet.module.project
    key = (snippet.name, state(project, snippet.path.stem))
    if key not in _checked:
        if len(_checked) > 2000:
            _checked.clear()
        try:
            place = _place(snippet)  # before the check: a file may be saved while it runs
            if (kept := _kept(place)) is None:
                if faults := runner.attempt(project, [snippet]):
                    raise faults[0]
                kept = check(project, snippet.name, shown_at)
                write_whole(place, json.dumps(asdict(kept)))
            _checked[key] = kept
        except Fault as fault:
            _checked[key] = fault
    found = _checked[key]
    if isinstance(found, Fault):
        raise found
    return found


def state(project, home: str) -> tuple:
    """What a verdict depends on: the glossary, the module and those that it imports from, all as they are now."""
    return tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in _leans_on(project, home))


def _leans_on(project, home: str) -> list[Path]:
    todo, seen = [home], set()
    while todo:
        if (one := todo.pop()) not in seen:
            seen.add(one)
            todo += [source for _, source in module(project, one).imported.values() if source]
    return [project.glossary, *(project.snippets / f"{n}.py" for n in sorted(seen))]


# ---- … nor by the next process: what held is kept under the hash of all that the verdict depends on ---------------------------


@functools.lru_cache(maxsize=1)
def _checker() -> str:
    """This engine, and the versions of what it computes with."""
    files = sorted([*Path(__file__).parent.glob("*.*"), *Path(__file__).parents[1].glob("*.py")])
    versions = [importlib.metadata.version(name) for name in ("mlx", "numpy", "lark")]
    return hashlib.sha256(
        b"\0".join([p.read_bytes() for p in files] + [v.encode() for v in versions])
    ).hexdigest()


def _place(snippet: Snippet) -> Path:
    project, name = snippet.module.project, snippet.name
    _, *modules = _leans_on(project, name.partition(".")[0])
    parts = [
        _checker(),
        name,
        json.dumps(project.symbols, sort_keys=True, ensure_ascii=False),
        *(p.read_text("utf-8") for p in modules),
    ]
    made_by = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return project.cache / "formulas" / f"{made_by}.json"


def _kept(place: Path) -> Report | None:
    try:
        held = json.loads(place.read_text("utf-8"))
        return Report(
            **held | {"inputs": tuple(map(tuple, held["inputs"])), "ways": tuple(held["ways"])}
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None  # not there, or not whole: check again


def all_with_formulas(project) -> list[str]:
    """Every function of snippets/ that carries a formula."""
    from literate.snippets import load

    return [
        f"{path.stem}.{name}"
        for path in sorted(project.snippets.glob("*.py"))
        if path.stem != "__init__"
        for name, node in module(project, path.stem).defined.items()
        if hasattr(node, "args") and load(project, f"{path.stem}.{name}").formulas
    ]


def unshown(project, pages: list) -> list[Fault]:
    """A formula that no page shows is a promise to nobody. (That both languages show it is `parity`'s.)"""
    shown = {
        name
        for page in pages
        for d in page.directives
        if d.name in ("snippet", "formula")
        for name in [d.argument]
    }
    return [
        Fault(
            f"{project.package}/{name.split('.')[0]}.py:{of_name(project, name).formulas[0].line}",
            f"no page shows the formula of `{name}`",
            f"name it in a page of each language, `/// snippet | {name}`, or remove it",
        )
        for name in all_with_formulas(project)
        if name not in shown
    ]


def of_name(project, name: str) -> Function:
    home, _, wanted = name.partition(".")
    if not isinstance(module(project, home).defined.get(wanted), ast.FunctionDef):
        raise Wrong(f"`{name}` is no function with a formula")
    return _of(home, wanted, module(project, home))


# ---- symbols tagged -------------------------------------------------------------------------------------------------------


def stem(name: str) -> str:
    """The name that formula, code, table and figure share: `W1` → w1, for its entries are w1_12; `dL_dW1` → dL_dw1."""
    return re.sub(r"(^|_d)([WX])(?=\d|_|$)", lambda m: m[1] + m[2].lower(), name)


def names(snippet: Snippet) -> frozenset[str]:
    """The names in code that are symbols of the snippet's formulas."""
    if not snippet.formulas:
        return frozenset()
    one = of(snippet)
    return frozenset(
        {*one.parameters, *one.lefts}
        | {
            one.full_name(n)
            for c in one.statements
            for s in c.sides
            for n in walk(s)
            if n.kind == "symbol" and _is_name(n)
        }
        | {_code_name(n) for n in one.lefts}
    )


def _code_name(left: str) -> str:
    """dL_dw1 → dL_dW1: the left side names an entry, the code the array."""
    return re.sub(r"_dw(\d)", r"_dW\1", left)


def tagged(tex: str, snippet: Snippet) -> str:
    """The formula with `\\htmlData{symbol=…}{…}` around every symbol and every derivative."""
    one = of(snippet)
    formula = next((f for f in one.formulas if f.tex.split() == tex.split()), None)
    if formula is None:
        return tex
    marks: dict[tuple[int, int], str] = {}
    for chain in formula.statements:
        for side in chain.sides:
            for node in walk(side):
                if node.kind == "symbol" and _is_name(node):
                    marks.setdefault(node.span, stem(one.full_name(node)))
                elif node.kind == "derivative":
                    top, bottoms = node.parts
                    order = len(bottoms) if len(bottoms) > 1 else ""
                    marks.setdefault(
                        node.span,
                        stem(
                            f"d{order}{one.full_name(top)}"
                            + "".join(f"_d{one.full_name(b)}" for b in bottoms)
                        ),
                    )
    return _marked(tree.normal(formula.tex), marks)


def _is_name(node: Node) -> bool:
    name, layer, indices = node.parts
    return bool(layer is not None or indices or name not in INDICES | CONSTANTS)


def _marked(tex: str, marks: dict[tuple[int, int], str]) -> str:
    starts: dict[int, str] = {}
    ends: dict[int, str] = {}
    for (start, end), name in sorted(marks.items(), key=lambda m: (m[0][0], -m[0][1])):
        starts[start] = (
            starts.get(start, "") + rf"{{\htmlData{{symbol={name}}}{{"
        )  # braces: a symbol keeps its spacing
        ends[end] = ends.get(end, "") + "}}"
    out = []
    for at in range(len(tex) + 1):
        out.append(ends.get(at, "") + starts.get(at, "") + tex[at : at + 1])
    return "".join(out)


# ---- inline maths ---------------------------------------------------------------------------------------------------------


class Declared:
    """What a page may use inline: the symbols of the formulas it shows, and of those shown on the pages before it."""

    def __init__(self, project, shown: list[str], before: list[str]):
        self.names: set[str] = set().union(
            *(_declares(project, name) for name in [*shown, *before])
        )
        self.chains = [s for name in shown for s in of_name(project, name).statements]

    def fault(self, tex: str) -> tuple[str, str] | None:
        """(what, cure) where inline maths says more than the page's formulas do."""
        bare = re.sub(r"\\(,|;|!|quad)", " ", tex).strip()
        if bare in WORDS:
            return None
        applied = frozenset({"sigma", "f", *re.findall(r"\\operatorname\s*\{(\w+)\}", bare)})
        relation = re.search(r"[=<>]|\\[lg]eq?(?![a-z])", bare)
        read = (
            (lambda functions: tree.statements(bare, functions)[0])
            if relation
            else (lambda functions: tree.expression(bare, functions))
        )
        try:
            found = read(applied)
        except NotInGrammar:
            try:
                found = read(frozenset())
            except NotInGrammar as error:
                return (
                    f"inline maths outside the grammar: {error}",
                    "write it in the grammar of the formulas, or say it in words",
                )
        return self._equation(found) if relation else self._unknown(found)

    def _unknown(self, node: Node) -> tuple[str, str] | None:
        for n in walk(node):
            if n.kind == "symbol" and n.parts[0] not in INDICES | CONSTANTS and not self._knows(n):
                return (
                    f"the symbol `{n.parts[0]}` is declared by no formula of this page or of the pages before it",
                    "use a symbol of a formula on this page or before it, or show the formula that declares it",
                )
        return None

    def _knows(self, node: Node) -> bool:
        name, layer, _ = node.parts
        number = f"{layer.parts[0]:g}" if layer is not None and layer.kind == "number" else ""
        capital = name[:1].upper() + name[1:]
        digits = "".join(f"{i.parts[0]:g}" for i in node.parts[2] if i.kind == "number")
        return bool({name, capital, name + number, capital + number, name + digits} & self.names)

    def _equation(self, chain) -> tuple[str, str] | None:
        for displayed in self.chains:
            sides = displayed.sides
            if len(chain.sides) == 2 and chain.relations == ("=",) and "=" in displayed.relations:
                if (
                    chain.sides[0] in sides
                    and chain.sides[1] in sides
                    and chain.sides[0] != chain.sides[1]
                ):
                    return None
        return (
            "an inline equation that repeats no formula of this page",
            "write it as the formula of a snippet and show that, or say it in words",
        )


def _declares(project, name: str) -> frozenset[str]:
    home, _, wanted = name.partition(".")
    return _symbols(home, wanted, module(project, home))


@functools.lru_cache(maxsize=512)
def _symbols(home: str, name: str, made) -> frozenset[str]:
    """The symbols that a function's formulas and signature declare."""
    one = _of(home, name, made)
    names = {
        *one.parameters,
        *one.lefts,
        *(axis for s in (*one.parameters.values(), *one.returned) if s for axis in s.axes),
    }
    names |= {
        one.full_name(n)
        for chain in one.statements
        for side in chain.sides
        for n in walk(side)
        if n.kind == "symbol"
    }
    return frozenset(
        names
        | {
            chain.where.last.parts[0]
            for chain in one.statements
            if chain.where and chain.where.last.kind == "symbol"
        }
    )


def declared(page, book) -> Declared:
    """What a page may use, by what it and the pages before it show. A page outside the order comes after all."""

    project = page.project

    def shown(source) -> list[str]:
        return [
            d.argument
            for d in source.directives
            if d.name in ("snippet", "formula") and book.snippets[d.argument].formulas
        ]

    order = book.order
    at = order.index(page.slug) if page.slug in order else len(order)
    before = [
        n
        for other in book.pages
        if other.language == page.language
        and other is not page
        and (other.slug in order[:at] or page.slug not in order)
        for n in shown(other)
    ]
    found = Declared(project, shown(page), before)
    found.names |= {
        v for name, _ in page.snippets() for v in _values(book, name) if v in project.symbols
    }  # drawn in a figure, or set in code
    return found


def _values(book, name: str) -> set[str]:
    return _names_in(book.snippets[name].displayed) | book.runs[name].values.keys()


@functools.lru_cache(maxsize=1024)
def _names_in(code: str) -> frozenset[str]:
    return frozenset(n.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Name))
