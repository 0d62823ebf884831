"""The Python-Markdown extension: what stands on a page.

Directives (`/// snippet | forward.weighted_sum`), number roles (`{{trace.forward_pass.z1[0]:.6f}}`), inline maths drawn by
KaTeX, Chinese lines joined without a blank, and headings that must carry an explicit id.
"""

import html
import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.arithmatex import ArithmatexExtension
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block, type_any

from literate import formula, katex
from literate import directives as panes
from literate.book import DIRECTIVES, INSIDE, ROLE, Book
from literate.errors import Fault

HAN = r"\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f「」『』（），。；：、？！"
# A line break between two Chinese characters, with emphasis marks or a link's end between them
_WRAP = re.compile(rf"([{HAN}][*_]*(?:\]\([^)\s]*\))?)\n([*_]*\[?[*_]*[{HAN}])")
# … or beside full-width punctuation, which brings its own space
_BESIDE = re.compile(r"([，。；：、！？」』）])\n|\n(?=[「『（，。；：、！？])")


class _Directive(Block):
    """A directive of a page. What it draws is made in `panes`; its prose stays Markdown."""

    ARGUMENT = None
    OPTIONS = {name: ["", type_any] for must, may, _ in DIRECTIVES.values() for name in must | may}
    book: Book

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div")

    def on_end(self, element: etree.Element) -> None:
        prose = list(element)
        for child in prose:
            element.remove(child)
        inside = {c.attrib.pop("data-inside"): c for c in prose if c.get("data-inside")}
        options = {k: v for k, v in self.options.items() if v != ""}
        getattr(panes, self.NAME)(
            Drawing(self.md, self.book, element),
            self.argument or "",
            options,
            [c for c in prose if c not in inside.values()],
            inside,
        )
        if self.NAME in INSIDE:
            element.set("data-inside", self.NAME)


class Drawing:
    """The element that a directive fills: raw HTML and the author's own paragraphs, in order."""

    def __init__(self, md: Markdown, book: Book, element: etree.Element):
        self.md, self.book, self.element = md, book, element

    def open(self, tag: str, **attributes: str) -> None:
        self.element.tag = tag
        self.element.attrib.clear()
        for name, value in attributes.items():
            self.element.set(name.rstrip("_").replace("_", "-"), value)

    def html(self, text: str, parent: etree.Element | None = None) -> None:
        holder = etree.SubElement(
            self.element if parent is None else parent, "p"
        )  # stashed block HTML replaces a lone <p>
        holder.text = self.md.htmlStash.store(text)

    def inline(
        self, tag: str, text: str, parent: etree.Element | None = None, **attributes: str
    ) -> None:
        """An element whose text is the author's inline Markdown."""
        made = etree.SubElement(self.element if parent is None else parent, tag)
        for name, value in attributes.items():
            made.set(name.rstrip("_").replace("_", "-"), value)
        made.text = text

    def prose(self, children: list[etree.Element], **attributes: str) -> None:
        if children:
            box = etree.SubElement(self.element, "div")
            for name, value in attributes.items():
                box.set(name.rstrip("_"), value)
            box.extend(children)


def _blocks(book: Book) -> BlocksExtension:
    class Blocks(BlocksExtension):
        def extendMarkdownBlocks(self, md, mgr):
            for name in DIRECTIVES:
                mgr.register(
                    type(name, (_Directive,), {"NAME": name, "book": book}), self.getConfigs()
                )

    return Blocks()


class _Role(InlineProcessor):
    def __init__(self, md: Markdown, book: Book):
        super().__init__(ROLE.pattern, md)
        self.book = book

    def handleMatch(self, m, data):
        number = etree.Element("span", {"class": "tp-num"})
        number.text = self.book.role(m)
        return number, m.start(0), m.end(0)


class _JoinChinese(Treeprocessor):
    """A wrapped Chinese line is one sentence: no blank where the source breaks it."""

    def run(self, root):
        for element in root.iter():
            if element.text and element.tag not in ("pre", "code"):
                text = _BESIDE.sub(r"\1", element.text)
                while (joined := _WRAP.sub(r"\1\2", text)) != text:
                    text = joined
                if text != element.text:
                    element.text = type(element.text)(text)


class _Maths(Treeprocessor):
    """Inline maths becomes KaTeX; display maths may only come from a snippet."""

    def __init__(self, md: Markdown, book: Book):
        super().__init__(md)
        self.book, self.of = book, None

    def run(self, root):
        project = self.book.project
        for element in root.iter():
            if element.get("class") != "arithmatex":
                continue
            tex = "".join(element.itertext())
            source = tex.removeprefix("\\(").removesuffix("\\)")
            if element.tag == "div" or source == tex:
                raise Fault(
                    self.book.page.at(tex.strip("\\[]\n ").splitlines()[0]),
                    "a display formula typed in a page",
                    "put it between `$$` in the docstring of the snippet that computes it, and name the snippet here",
                )
            if wrong := self._declared().fault(source):
                raise Fault(self.book.page.at(source), f"`${source}$`: {wrong[0]}", wrong[1])
            try:
                shown = project.katex.render(source)
            except katex.BadTeX as error:
                raise Fault(
                    self.book.page.at(source), f"bad TeX: {error}", "mend the formula"
                ) from None
            for child in list(element):
                element.remove(child)
            element.attrib.clear()
            element.tag = "tp-math"
            element.set("data-search-exclude", "")
            element.text = self.md.htmlStash.store(shown)

    def _declared(self) -> formula.page.Declared:
        """What this page may use inline; made once a page."""
        if self.of is not self.book.page:
            self.of, self.known = self.book.page, formula.declared(self.book.page, self.book)
        return self.known


class _Tables(Treeprocessor):
    """An empty corner of a table heads nothing."""

    def run(self, root):
        for head in root.iter("th"):
            if not (head.text or "").strip() and not len(head):
                head.tag = "td"


class _Headings(Treeprocessor):
    """Every heading carries an id of its own, the same in both languages; wide tables may scroll."""

    def __init__(self, md: Markdown, book: Book):
        super().__init__(md)
        self.book = book

    def run(self, root):
        for heading in (e for e in root.iter() if re.fullmatch("h[1-6]", e.tag)):
            if not re.fullmatch(r"[a-z][a-z0-9-]*", heading.get("id", "")):
                text = "".join(heading.itertext()).strip()
                raise Fault(
                    self.book.page.at(text),
                    f"the heading “{text}” has no English id",
                    "write `## … {#short-english-name}`",
                )
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table" and parent.get("class") != "tp-scroll":
                    box = etree.Element("div", {"class": "tp-scroll", "tabindex": "0"})
                    parent.remove(child)
                    box.append(child)
                    box.tail, child.tail = child.tail, None
                    parent.insert(place, box)


class _Terms(Treeprocessor):
    """A term of the glossary is explained where a page uses it first: a link whose description shows on hover and focus."""

    SKIP = {
        "a",
        "code",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tp-math",
        "summary",
        "th",
        "button",
        "label",
        "figcaption",
    }

    def __init__(self, md: Markdown, book: Book):
        super().__init__(md)
        self.book = book

    def run(self, root):
        if self.book.explained:
            self._walk(root)

    def _walk(self, element: etree.Element) -> None:
        if (
            element.tag in self.SKIP
            or element.get("class") == "arithmatex"
            or element.get("role") == "heading"
        ):
            return
        if element.tag != "div" or len(element):
            self._explain(element, None)
        for child in list(element):
            self._walk(child)
            if element.tag in ("p", "li", "td", "strong", "em"):
                self._explain(element, child)

    def _explain(self, parent: etree.Element, before: etree.Element | None) -> None:
        """In the text that begins an element, or follows a child of it."""
        text = (parent.text if before is None else before.tail) or ""
        if isinstance(text, AtomicString) or parent.tag not in ("p", "li", "td", "strong", "em"):
            return
        found = self.book.explained.first(text)
        if not found:
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


class _Left(Postprocessor):
    """What was meant as a mark and stayed text is a fault, not prose: a directive, emphasis that is not closed, a role mistyped."""

    NO_PROSE = re.compile(r"<(pre|code|script|style|svg|tp-math)\b.*?</\1>|<[^>]+>", re.S)
    MARKS = re.compile(
        r"\*|__|~~|`|\$|\{\{|\{\w+[.:][^}\s]*\}|\]\(|\[\^|\[!|\[[ xX]\]|\{#|(?:&lt;){3,}|={5,}|(?:&gt;){3,}|!!!|\?\?\?|:::"
        r"|(?<![\w:]):[a-z_]+:(?!\w)|==|\[\[|\]\[|\{%|%%|\^\^|\[TOC\]|(?<!\w)~\w|\w~\w+~|\^\w+\^|[\U0001f300-\U0001faff]|[＊＄｀]|\\(?=\s|\0|$)"
    )

    def __init__(self, md: Markdown, book: Book):
        super().__init__(md)
        self.book = book

    def run(self, text):
        if left := re.search(r"<(?:p|li|td|dd)>\s*(/{3,}[^<\n]*)", text):
            raise Fault(
                self.book.page.at(left[1].strip()),
                f"`{left[1].strip()}` stayed text",
                "leave a blank line before and after the options; close it with as many slashes as it opens with",
            )
        prose = self.NO_PROSE.sub(lambda found: "\0" * len(found[0]), text)
        if left := self.MARKS.search(prose):
            around = (
                re.split(r"[\0\n]", prose[: left.start()])[-1][-12:]
                + re.split(r"[\0\n]", prose[left.start() :])[0][:24]
            )
            raise Fault(
                self.book.page.at(html.unescape(around)),
                f"`{html.unescape(around)}` stayed text",
                "close what is open; write marks in half-width, without blanks in them",
            )
        return text


class Literate(Extension):
    def __init__(self, **kwargs):
        self.config = {"book": [(), "what the pages draw from"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md):
        book = self.getConfig("book")
        if not book:  # MkDocs only tries whether the extension loads
            return
        _blocks(book).extendMarkdown(md)
        ArithmatexExtension(generic=True, smart_dollar=True).extendMarkdown(md)
        md.inlinePatterns.register(_Role(md, book), "literate-role", 185)
        md.treeprocessors.register(_JoinChinese(md), "literate-chinese", 25)
        md.treeprocessors.register(_Tables(md), "literate-table", 24)
        md.treeprocessors.register(_Terms(md, book), "literate-terms", 8.5)
        md.treeprocessors.register(_Maths(md, book), "literate-maths", 7)
        md.treeprocessors.register(_Headings(md, book), "literate-headings", 6)
        md.postprocessors.register(_Left(md, book), "literate-left", 0)


def makeExtension(**kwargs):
    return Literate(**kwargs)
