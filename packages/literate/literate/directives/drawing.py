"""One directive while it is drawn: what its author wrote, the element that it becomes."""

import xml.etree.ElementTree as etree
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from literate import Fault, katex, registry
from literate.book import Book, SnippetRun
from literate.directives.parts import environment
from literate.formulas import tagged
from literate.project import Project
from literate.text import Page

# An option that is the name of a snippet
SNIPPET = {"type": "string", "minLength": 1, "description": "`module.function`"}


@dataclass
class Drawing:
    """What a directive's function gets, and returns the markup of.

    options: those that are given. prose: the paragraphs inside; inside: directive → its element.
    The markup is one element, well-formed: `<prose/>` is where the paragraphs go, `<hint/>` where
    that directive goes; text is inline Markdown, but for what `raw` keeps as it is.
    """

    book: Book
    name: str
    argument: str
    options: Mapping[str, Any]
    prose: list[etree.Element]
    inside: Mapping[str, etree.Element]
    kept: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.book.page

    @property
    def project(self) -> Project:
        return self.book.project

    @property
    def words(self) -> Mapping[str, Any]:
        return self.book.words

    def snippet(self, name: str = "") -> SnippetRun:
        """The snippet that the argument names, or another, with its run. Raises Fault."""
        return self.book.snippet(name or self.argument)

    def formulas(self) -> Markup:
        """The displayed formulas of the snippet, their symbols marked. Raises Fault."""
        snippet, _ = self.snippet()
        marked = [tagged(tex, snippet) for tex in snippet.formulas]
        try:
            drawn = map(self.project.katex.displayed, marked, snippet.formulas)
            return Markup("".join(drawn))
        except katex.BadTeX as error:
            what = f"{snippet.name}: bad TeX: {error}"
            raise Fault(snippet.place, what, "fix the formula in the docstring") from None

    def fault(self, what: str, cure: str, at: str = "") -> Fault:
        """A fault on the first line that holds `at`, else on the line of the directive."""
        return Fault(self.page.at(at or f"{self.name} | {self.argument}"), what, cure)

    def number(self, kind: str) -> str:
        """The next number of a card or figure: within its chapter, if the page is one."""
        chapter, count = self.project.number(self.page.slug), self.book.count(kind)
        return f"{chapter}.{count}" if chapter else str(count)

    def raw(self, caller: Callable[[], str]) -> Markup:
        """`{% call raw() %}…{% endcall %}` in a template: HTML that goes on the page as it is."""
        self.kept.append(caller().strip())
        return Markup(f'<raw n="{len(self.kept) - 1}"/>')

    def render(self, **values: Any) -> str:
        """The markup that the directive's template makes of these values and of its own."""
        templates = environment(*self.project.theme_folders)
        own = {"argument": self.argument, "options": self.options, "has_prose": bool(self.prose)}
        own |= {"words": self.words, "languages": self.book.languages, "raw": self.raw}
        template = templates.get_template(f"directives/{self.name}.html")
        return template.render(own, inline=self.project.katex.inline, **values)

    def fill(self, element: etree.Element, stash: Callable[[str], str]) -> None:
        """Draw the directive into an element of the page. stash: keeps HTML, returns its mark."""
        try:
            root = etree.fromstring(registry.DIRECTIVES[self.name].draw(self))
        except etree.ParseError as error:
            what = f"the markup of `/// {self.name}` is not well-formed: {error}"
            raise self.fault(what, "close each element, and escape `&` and `<`") from None
        holes = {"prose": self.prose} | {name: [made] for name, made in self.inside.items()}
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag in holes:
                    place = list(parent).index(child)
                    parent[place : place + 1] = holes[child.tag]
                elif child.tag == "raw":  # block HTML that is kept replaces a lone <p>
                    child.tag, child.text = "p", stash(self.kept[int(child.attrib.pop("n"))])
        element.tag, element.text, element.attrib = root.tag, root.text, dict(root.attrib)
        element[:] = root
