"""KaTeX when a page is built: LaTeX to HTML with MathML, by the vendored script in QuickJS."""

import functools
import html
import json
import re
from collections.abc import Callable
from pathlib import Path

from literate.files import digest, kept, write_whole

SCRIPT = Path(__file__).parent / "vendor" / "katex" / "katex.min.js"
RENDER = Path(__file__).with_suffix(".js").read_text("utf-8")
SHEET = Path(__file__).parent / "theme" / "assets" / "katex" / "katex.css"

_ANNOTATION = '<annotation encoding="application/x-tex">'
_DRAWN = json.dumps(sorted(set(re.findall(r"\.([a-z][\w-]*)", SHEET.read_text("utf-8")))))
VERSION = digest(SCRIPT.read_text("utf-8"), RENDER, _DRAWN)


class BadTeX(ValueError):
    """KaTeX cannot read the formula; the message says where."""


@functools.cache
def _script() -> Callable[[str, bool, bool], str]:
    import quickjs  # only where a formula is not in the cache

    context = quickjs.Context()
    context.eval(SCRIPT.read_text("utf-8"))
    context.eval(f"const DRAWN = new Set({_DRAWN});\n{RENDER}")
    render: Callable[[str, bool, bool], str] = context.get("render")
    return render


class Katex:
    """Draws formulas and keeps what it drew in a folder of the cache."""

    def __init__(self, cache: Path):
        self.folder = cache / "katex"
        self.render = functools.cache(self._render)

    def _render(self, tex: str, display: bool = False, mathml: bool = True) -> str:
        """KaTeX's HTML of a formula. Raises BadTeX.

        mathml: for screen readers, where nothing beside the formula says the same.
        """
        path = self.folder / f"{digest(VERSION, str(display), str(mathml), tex)}.json"
        if (drawn := kept(path)) is None:
            answer = _script()(tex, display, mathml)
            if "error" in (drawn := json.loads(answer)):
                raise BadTeX(drawn["error"].removeprefix("KaTeX parse error: "))
            write_whole(path, answer)
        return str(drawn["html"])

    def inline(self, tex: str) -> str:
        """A symbol or short formula within a line."""
        return f"<tp-math>{self.render(tex)}</tp-math>"

    def within(self, tex: str, written: str) -> str:
        """A formula within a sentence. written: see displayed."""
        return _saying(self.render(tex), written)

    def displayed(self, tex: str, written: str | None = None) -> str:
        """A formula on a line of its own, which scrolls where it is wider than the page.

        written: as its author wrote it, without the marks that are put into it: what is copied.
        """
        drawn = self.render(tex, True)
        if written is not None:
            drawn = _saying(drawn, written)
        return (
            '<div class="tp-formula" tabindex="0">'
            '<tp-math class="tp-math--display">'
            f"{drawn}</tp-math></div>"
        )


def _saying(drawn: str, written: str) -> str:
    said = f"{_ANNOTATION}{html.escape(written, quote=False)}</annotation>"
    return re.sub(rf"{_ANNOTATION}.*?</annotation>", lambda _: said, drawn, flags=re.S)
