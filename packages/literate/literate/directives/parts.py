"""What directives share: the environment of their templates, code in colours, names of a page."""

import functools
import html
import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup
from mathdoctest.resolve import stem
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES, Name

from literate import formulas, runs, snippets
from literate.project import Project

# Pygments' classes that parts.css draws unlike the rest of the code: others would be bytes
DRAWN = {"k", "kn", "kd", "kc", "kr", "ow", "c", "c1", "ch", "cm", "cs"}


class _Joined(Extension):
    """Lines of a template are joined: without a space before `<` and `{`, else with one."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\n\s*", " ", re.sub(r"\n\s*(?=[<{]|$)", "", source))


@functools.cache
def environment(*folders: str) -> Environment:
    """Templates of directives, `directives/NAME.html`: those of the first folder that has it."""
    rules: dict[str, Any] = {"autoescape": True, "finalize": _escaped, "undefined": StrictUndefined}
    made = Environment(loader=FileSystemLoader(folders), extensions=[_Joined], **rules)
    made.filters |= {"output": printed, "text": _text, "raised": raised}
    made.globals |= {"code": code, "stem": stem}
    return made


def _escaped(value: Any) -> Any:
    """As `html.escape` writes it, in an attribute or as text."""
    return value if hasattr(value, "__html__") else Markup(html.escape(str(value)))


def _text(value: str) -> Markup:
    """Text that is not in an attribute: its quotes stay as they are."""
    return Markup(html.escape(value, quote=False))


def raised(text: str) -> Markup:
    """`e^{2}` with a raised 2."""
    return Markup(re.sub(r"\^\{([^}]*)\}", r"<sup>\1</sup>", html.escape(text, quote=False)))


# ---- code and its output


@functools.cache
def coloured(code: str, symbols: frozenset[str] = frozenset()) -> str:
    """Python with its keywords and comments marked, and the names that are symbols of the formula:
    what is pointed at here lights up there.
    """
    tokens = PythonLexer().get_tokens(code)
    return "".join(_token(kind, text, symbols) for kind, text in tokens).rstrip("\n")


def _token(kind: Any, text: str, symbols: frozenset[str]) -> str:
    written, css = html.escape(text), STANDARD_TYPES.get(kind)
    if kind is Name and text in symbols:
        return f'<span data-symbol="{stem(text)}">{written}</span>'
    return f'<span class="{css}">{written}</span>' if css in DRAWN else written


def code(snippet: snippets.Snippet) -> Markup:
    """The code of a snippet as a page displays it."""
    return Markup(coloured(snippet.displayed, formulas.names(snippet)))


def code_pane(project: Project, language: str, displayed: str, whole: str) -> str:
    """Code with a button that copies the program that it is part of."""
    parts: Any = environment(*project.theme_folders).get_template("directives/parts.html").module
    return str(parts.code_pane(Markup(coloured(displayed)), whole, project.words[language]))


def printed(run: runs.Run) -> str:
    """What the run printed, then the error that ended it."""
    return "\n".join(part for part in (run.output.rstrip("\n"), run.error) if part)
