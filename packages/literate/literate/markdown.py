"""The Python-Markdown extension: what is on a page.

Directives (`/// snippet | statistics.mean`), roles (`{{statistics.sample.means[0]:.6f}}`),
inline maths drawn by KaTeX, Chinese lines joined without a space, and headings with explicit ids.
"""

import html
import json
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from typing import Any, ClassVar

from markdown import Markdown, inlinepatterns, postprocessors, treeprocessors
from markdown.util import AtomicString
from pymdownx.arithmatex import ArithmatexExtension
from pymdownx.blocks import BlocksExtension, block

from literate import Fault, katex, registry
from literate.book import Book
from literate.directives.drawing import Drawing
from literate.text import ROLE

HAN = r"\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f「」『』（），。；：、？！"
# A line break between two Chinese characters, with emphasis marks or a link's end between them
_WRAP = re.compile(rf"([{HAN}][*_]*(?:\]\([^)\s]*\))?)\n(?=[*_]*\[?[*_]*[{HAN}])")
# … or beside full-width punctuation, which brings its own space
_BESIDE = re.compile(r"([，。；：、！？」』）])\n|\n(?=[「『（，。；：、！？])")


class _Directive(block.Block):  # type: ignore[misc]
    """A directive of a page, drawn by the function that is registered; its prose is Markdown."""

    NAME: ClassVar[str]
    ARGUMENT = None

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div")

    def on_end(self, element: etree.Element) -> None:
        inside = {c.attrib.pop("data-inside"): c for c in element if c.get("data-inside")}
        prose = [child for child in element if child not in inside.values()]
        options = {name: value for name, value in self.options.items() if value != ""}
        book = self.config["book"]
        drawing = Drawing(book, self.NAME, self.argument or "", options, prose, inside)
        drawing.fill(element, self.md.htmlStash.store)
        if registry.DIRECTIVES[self.NAME].inside:
            element.set("data-inside", self.NAME)


class _OfBook:
    """A processor that draws from the book."""

    def __init__(self, book: Book, *rest: Any):
        super().__init__(*rest)
        self.book = book


class _Role(_OfBook, inlinepatterns.InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]
        number = etree.Element("span", {"class": "tp-num"})
        number.text = self.book.role(m)
        return number, m.start(0), m.end(0)


class _JoinChinese(_OfBook, treeprocessors.Treeprocessor):
    """A wrapped Chinese line is one sentence: no space where the source breaks it."""

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.text and element.tag not in ("pre", "code"):
                joined = _WRAP.sub(r"\1", _BESIDE.sub(r"\1", element.text))
                element.text = type(element.text)(joined)


class _Maths(_OfBook, treeprocessors.Treeprocessor):
    """Inline maths becomes KaTeX; a display formula may only come from a snippet."""

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.get("class") == "arithmatex":
                self._draw(element)

    def _draw(self, element: etree.Element) -> None:
        page, tex = self.book.page, "".join(element.itertext())
        source = tex.removeprefix("\\(").removesuffix("\\)")
        if element.tag == "div" or source == tex:
            at, what = tex.strip("\\[]\n ").splitlines()[0], "a display formula typed in a page"
            cure = "put it between `$$` in the docstring of the snippet that computes it, "
            raise Fault(page.at(at), what, cure + "and name the snippet here")
        if wrong := self.book.declared.fault(source):
            raise Fault(page.at(source), f"`${source}$`: {wrong[0]}", wrong[1])
        try:
            marked = self.book.declared.marked(source)
            shown = self.book.project.katex.within(marked, source)
        except katex.BadTeX as error:
            raise Fault(page.at(source), f"bad TeX: {error}", "fix the formula") from None
        del element[:]
        element.tag, element.attrib = "tp-math", {}
        element.text = self.md.htmlStash.store(shown)


class _Headings(_OfBook, treeprocessors.Treeprocessor):
    """Every heading has an id, the same in both languages; the empty corner of a table is none.

    Wide tables may scroll.
    """

    def run(self, root: etree.Element) -> None:
        for head in root.iter("th"):
            if not (head.text or "").strip() and not len(head):
                head.tag = "td"
        for heading in (e for e in root.iter() if re.fullmatch("h[1-6]", e.tag)):
            if not re.fullmatch(r"[a-z][a-z0-9-]*", heading.get("id", "")):
                text = "".join(heading.itertext()).strip()
                what = f"the heading “{text}” has no English id"
                raise Fault(self.book.page.at(text), what, "write `## … {#short-english-name}`")
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table" and parent.get("class") != "tp-scroll":
                    box = etree.Element("div", {"class": "tp-scroll", "tabindex": "0"})
                    box.append(child)
                    box.tail, child.tail = child.tail, None
                    parent[place] = box


class _Terms(_OfBook, treeprocessors.Treeprocessor):
    """A term is explained where a page uses it first: a link with a description."""

    SKIP = {*"a code pre h1 h2 h3 h4 h5 h6 tp-math summary th button label figcaption".split()}
    INSIDE = {"p", "li", "td", "strong", "em"}

    def run(self, root: etree.Element) -> None:
        if self.book.explained:
            self._walk(root)

    def _walk(self, element: etree.Element) -> None:
        skipped = element.tag in self.SKIP or element.get("class") == "arithmatex"
        if skipped or element.get("role") == "heading":
            return
        self._explain(element, None)
        for child in list(element):
            self._walk(child)
            self._explain(element, child)

    def _explain(self, parent: etree.Element, before: etree.Element | None) -> None:
        """In the text that begins an element, or follows a child of it."""
        text = (parent.text if before is None else before.tail) or ""
        if isinstance(text, AtomicString) or parent.tag not in self.INSIDE:
            return
        if not (found := self.book.explained.first(text)):
            return
        start, end, key = found
        link = etree.Element("a", self.book.explained.link(key))
        link.text, link.tail = text[start:end], text[end:]
        if before is None:
            parent.text = text[:start]
            parent.insert(0, link)
        else:
            before.tail = text[:start]
            parent.insert(list(parent).index(before) + 1, link)
        self._explain(parent, link)


class _Marks(_OfBook, postprocessors.Postprocessor):
    """Marks that stayed text: a directive, emphasis that is not closed, a role with a typing error.

    What may be prose, such as `$5` or `~5 s`, is a doubt of `checks.lines`.
    """

    NO_PROSE = re.compile(r"<(pre|code|script|style|svg|tp-math)\b.*?</\1>|<[^>]+>", re.S)
    MARKS = re.compile(
        r"(?<![\s\d\0])\*|\*(?![\s\d*])|__\w|\w__|`|\$(?=[A-Za-z\\{(|])|\{\{|\{\w+[.:][^}\s]*\}"
        r"|\]\(|\[\^|\[!\w|\{#|(?<![\w:]):[a-z_]+:(?!\w)|==\w[^=\n]*==|\[\[[A-Za-z]|\{%|\[TOC\]"
        r"|~~\S|\w~\w+~|\^\w+\^|[\U0001f300-\U0001faff]|[＊＄｀]|\\(?=\n|\0|$)"
    )

    def run(self, text: str) -> str:
        if left := re.search(r"<(?:p|li|td|dd)>\s*(/{3,}[^<\n]*)", text):
            found = left[1].strip()
            cure = "leave an empty line before and after the options; close it with as many slashes"
            raise Fault(self.book.page.at(found), f"`{found}` stayed text", cure)
        prose = self.NO_PROSE.sub(lambda found: "\0" * len(found[0]), text)
        if left := self.MARKS.search(prose):
            before = re.split(r"[\0\n]", prose[: left.start()])[-1][-12:]
            around = html.unescape(before + re.split(r"[\0\n]", prose[left.start() :])[0][:24])
            cure = "close what is open; write marks in half-width, without spaces in them"
            raise Fault(self.book.page.at(around), f"`{around}` stayed text", cure)
        return text


class _Programs(postprocessors.Postprocessor):
    """What the copy buttons of a page copy, without saying it twice: js/copy.js puts it together.

    A program is blocks of code with one or two empty lines between them. Those that no card shows
    are data of the page; each button has the numbers of its own, of the data, then of the cards.
    """

    COPIED = re.compile(r'data-copy="([^"]+)"')
    SHOWN = re.compile(r'</button><pre class="tp-code"[^>]*>(.*?)</pre>', re.S)

    def run(self, text: str) -> str:
        shown = [_without_tags(code) for code in self.SHOWN.findall(text)]
        shown = [block for code in shown for _, block in _blocks(code)]
        programs = [list(_blocks(html.unescape(each))) for each in self.COPIED.findall(text)]
        used = dict.fromkeys(block for program in programs for _, block in program)
        hidden = [block for block in used if block not in shown]
        blocks, numbered = [*hidden, *shown], iter(programs)

        def numbers(found: re.Match[str]) -> str:
            written = (f"{apart}{blocks.index(block)}" for apart, block in next(numbered))
            return f'data-copy="{" ".join(written)}"'

        text = self.COPIED.sub(numbers, text)
        data = json.dumps(hidden, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
        data = f'\n<script type="application/json" id="tp-programs">{data}</script>'
        return text + data if programs else text


def _without_tags(code: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", code))


def _blocks(code: str) -> Iterator[tuple[str, str]]:
    """The blocks of code between empty lines; "+" before one that has two above it."""
    for part in code.removesuffix("\n").split("\n\n"):
        yield "+" * part.startswith("\n"), part.removeprefix("\n")


class Literate(BlocksExtension):  # type: ignore[misc]
    def __init__(self, **kwargs: Any):
        self.config = {"book": [(), "what the pages draw from"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        if not (book := self.getConfig("book")):  # MkDocs only tries whether the extension loads
            return
        super().extendMarkdown(md)
        ArithmatexExtension(generic=True, smart_dollar=True).extendMarkdown(md)
        md.inlinePatterns.register(_Role(book, ROLE.pattern, md), "literate-role", 185)
        kinds: dict[type[Any], float] = {_JoinChinese: 25, _Terms: 8.5, _Maths: 7, _Headings: 6}
        for kind, priority in kinds.items():
            md.treeprocessors.register(kind(book, md), f"literate{kind.__name__}", priority)
        md.postprocessors.register(_Marks(book, md), "literate-marks", 0)
        md.postprocessors.register(_Programs(md), "literate-programs", -1)

    def extendMarkdownBlocks(self, md: Markdown, manager: Any) -> None:
        for name, kind in registry.DIRECTIVES.items():
            options = {option: ["", block.type_any] for option in (*kind.required, *kind.optional)}
            directive = type(name, (_Directive,), {"NAME": name, "OPTIONS": options})
            manager.register(directive, self.getConfigs())


def makeExtension(**kwargs: Any) -> Literate:
    return Literate(**kwargs)
