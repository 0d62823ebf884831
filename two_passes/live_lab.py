"""The live lab: its page, and the modules that the build writes for its scripts."""

import ast
import json
import re
from html import unescape

from literate import symbols
from literate.book import Book
from literate.project import Project
from literate.registry import own_page
from mathdoctest.resolve import stem
from mathdoctest.symbols import scoped

from two_passes.figures.network import PARAMETERS, held, numbered
from two_passes.program import ACTIVATIONS, Program

PASSES, RUN, STARTS = "live_lab.two_passes", "live_lab.run", "live_lab.starts"
NETWORK = "trace.both_passes"
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
# Name in the program → its step, what it keeps of each parameter, its constants
OPTIMIZERS = {
    "SGD": ("update.sgd_step", (), {}),
    "momentum": ("live_lab.momentum_step", ("v",), {"mu": 0.9}),
    "Adam": ("update.adam_step", ("m", "v"), ADAM),
    "Adam, uncorrected": ("update.adam_uncorrected", ("m", "v"), ADAM),
}
# What the judge of the exercises finds, by the names of its words
JUDGED = ("right", "not_yet", "other_sign", "few_decimals", "not_a_number")
OTHERS = tuple("x_1 x_2 y z1_1 z1_2 a1_1 a1_2 z2_1 y_hat L delta2_1 delta1_1 delta1_2".split())


def tex_of(symbol: str) -> str:
    r"""`w1_12` → w^{(1)}_{12}, `y_hat` → \hat{y}, `x_1` → x_1."""
    if symbol.startswith("dL_d"):
        return rf"\frac{{\partial L}}{{\partial {tex_of(symbol[4:])}}}"
    if match := re.fullmatch(r"(w|b|z|a|delta)(\d)_(\d+)", symbol):
        letter, layer, place = match.groups()
        return letter.replace("delta", r"\delta") + f"^{{({layer})}}_{{{place}}}"
    return {"y_hat": r"\hat{y}", "eta": r"\eta"}.get(symbol, symbol)


def setups(html: str) -> list[str]:
    """The fragments of links that set the lab up, as assets/lab/setup.js reads them."""
    return [unescape(found) for found in re.findall(r'href="#([^"]*=[^"]*)"', html)]


def _parameters(book: Book) -> dict[str, float]:
    """Weights and biases of the book's network."""
    return numbered(book.runs[NETWORK].values, PARAMETERS)


def page(book: Book) -> dict:
    """What the template draws before the script takes over: the network, and every symbol."""
    given, inline = _parameters(book), book.project.katex.inline
    return {
        "network": held(book.runs[NETWORK].values),
        "parameters": list(given),
        "others": OTHERS,
        "optimizers": list(OPTIMIZERS),
        "words": book.words["lab"],
        "tex": {symbol: inline(tex_of(symbol)) for symbol in (*given, *OTHERS, "eta")},
    }


def values(book: Book) -> dict:
    """All that the lab computes with and shows, except its words."""
    program, given, whole = Program(book), _parameters(book), book.snippets[RUN].program
    starts = book.runs[STARTS].values
    drawn = (*given, *OTHERS, "eta", *(f"dL_d{name}" for name in given))
    return {
        "lines": program.passes(PASSES),
        "code": program.code(PASSES),
        "optimizers": {key: program.optimizer(*one) for key, one in OPTIMIZERS.items()},
        "activations": ACTIVATIONS,
        "functions": program.functions(PASSES),
        "calls": _calls(whole),
        "parameters": list(given),
        "start": given,
        "examples": [[*x, *y] for x, y in zip(*starts["examples"], strict=True)],
        "seeds": [numbered(each, PARAMETERS) for each in starts["weights"].values()],
        "dead": starts["dead"],
        "program": whole,
        "symbols": {symbol: program.tex(tex_of(symbol)) for symbol in drawn},
        "tex": program.drawn(),
    }


def _calls(program: str) -> dict[str, dict[str, str]]:
    """The dicts `activations` and `optimizers` of the program: key → its value's code."""
    found = {}
    for node in ast.walk(ast.parse(program)):
        match node:
            case ast.Assign([ast.Name("activations" | "optimizers" as name)], ast.Dict(keys, made)):
                found[name] = {k.value: ast.unparse(v) for k, v in zip(keys, made, strict=True)}
    return found


def words(project: Project, language: str) -> dict[str, dict]:
    """What the lab says: its own words, and what each symbol means."""
    said, meanings = project.words[language], {}
    for function in (*(step for step, _, _ in OPTIMIZERS.values()), PASSES):
        home, _, inner = function.partition(".")
        for name, entry in scoped(symbols.table(project, home), inner).items():
            meanings[stem(name)] = entry[language]
    judged = {word: said[word] for word in JUDGED}
    return {"lab": said["lab"] | {"comma": said["comma"], "judged": judged}, "meanings": meanings}


def modules(book: Book) -> dict[str, str]:
    """Path on the site → text of the modules that the build writes beside the lab's own."""
    project, made = book.project, {"program": values(book)}
    made |= {f"words-{language}": words(project, language) for language in project.languages}
    return {f"assets/lab/{name}.js": _module(value) for name, value in made.items()}


def _module(value: dict) -> str:
    return f"export default {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"


_USED = (PASSES, RUN, STARTS, NETWORK, *(step for step, _, _ in OPTIMIZERS.values()))
own_page("frontier/live-lab", snippets=_USED, context=page, files=modules, anchors=setups)
