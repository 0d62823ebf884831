"""KaTeX at build time: LaTeX to HTML with MathML inside, by the vendored script in an embedded JavaScript engine."""

import functools
import hashlib
import json
from pathlib import Path

from literate.runs import CACHE, write_whole

SCRIPT = Path(__file__).parent / "vendor" / "katex" / "katex.min.js"


class BadTeX(ValueError):
    """KaTeX cannot read the formula; the message says where."""


@functools.lru_cache(maxsize=1)
def _context():
    import quickjs

    context = quickjs.Context()
    context.eval(SCRIPT.read_text("utf-8"))
    context.eval("""
        function render(tex, display, mathml) {
            try {
                return JSON.stringify({html: katex.renderToString(tex, {displayMode: display, output: mathml ? "htmlAndMathml" : "html",
                    throwOnError: true, trust: c => c.command === "\\\\htmlData",
                    strict: code => code === "htmlExtension" ? "ignore" : "error"})});
            } catch (error) { return JSON.stringify({error: error.message}); }
        }""")
    return context.get("render")


@functools.lru_cache(maxsize=1)
def _version() -> str:
    return hashlib.sha256(SCRIPT.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:16]


@functools.lru_cache(maxsize=None)
def render(tex: str, display: bool = False, mathml: bool = True) -> str:
    """KaTeX's HTML of a formula. mathml: for those who listen, where nothing beside it says the same. Raises BadTeX."""
    key = hashlib.sha256(f"{_version()}\0{display}\0{mathml}\0{tex}".encode()).hexdigest()
    path = CACHE / "katex" / f"{key}.json"
    try:
        return json.loads(path.read_text("utf-8"))["html"]
    except (OSError, ValueError):  # not there, or not whole: draw it again
        answer = _context()(tex, display, mathml)
    if error := json.loads(answer).get("error"):
        raise BadTeX(error.removeprefix("KaTeX parse error: "))
    write_whole(path, answer)
    return json.loads(answer)["html"]


def inline(tex: str) -> str:
    """A symbol or short formula within a line, in an element that search leaves out."""
    return f"<tp-math data-search-exclude>{render(tex)}</tp-math>"


def displayed(tex: str) -> str:
    """A formula on a line of its own; it scrolls within itself where it is wider than the page."""
    return f'<div class="tp-formula" tabindex="0"><tp-math class="tp-math--display" data-search-exclude>{render(tex, True)}</tp-math></div>'
