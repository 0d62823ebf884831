"""What each directive draws: the formula card, the pitfall, the exercise, the figure.

Each function is called with the drawing to fill, the directive's argument and options, the author's prose, and by name
what stands inside it: the hint and the answer of an exercise.
"""

import functools
import html
import math
import os
import re
import xml.etree.ElementTree as etree

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from literate import book as books
from literate import formula as formulary
from literate import katex, terms
from literate.book import Book
from literate.errors import Fault
from literate.figures import FIGURES
from literate.formula.evaluate import Wrong
from literate.formula.columns import Line
from literate.snippets import Snippet
from literate.provenance import commit
from literate.runs import Run

_SECTION = re.compile(r"^#+ .*\{#([\w-]+)\}[ \t]*$", re.M)


# ---- panes: a label above a formula, a code, an output ------------------------------------------------------------------


def _pane(kind: str, label: str, body: str, more: str = "") -> str:
    return f'<div class="tp-pane tp-pane--{kind}"><p class="tp-label">{label}</p>{more}{body}</div>'


def formulas(project, snippet: Snippet, t: dict) -> str:
    try:
        shown = "".join(
            project.katex.displayed(formulary.tagged(f, snippet)) for f in snippet.formulas
        )
    except katex.BadTeX as error:
        raise Fault(
            snippet.place, f"{snippet.name}: bad TeX: {error}", "mend the formula in the docstring"
        ) from None
    return _pane("formula", t["formula"], shown)


@functools.lru_cache(maxsize=None)
def coloured(code: str) -> str:
    return highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")


def code(snippet: Snippet, t: dict) -> str:
    return code_pane(snippet.displayed, snippet.program, t, formulary.names(snippet))


_NAME = re.compile(r'<span class="n">(\w+)</span>')


def linked(coloured: str, names: frozenset[str]) -> str:
    """The names that are symbols of the formula, marked as such: what is pointed at here lights up there."""
    return _NAME.sub(
        lambda m: (
            f'<span class="n" data-symbol="{formulary.stem(m[1])}">{m[1]}</span>'
            if m[1] in names
            else m[0]
        ),
        coloured,
    )


def code_pane(displayed: str, whole: str, t: dict, names: frozenset[str] = frozenset()) -> str:
    """Code as shown, with a button that copies the whole program that it is part of. names: those that are symbols."""
    copy = (
        f'<button class="tp-copy" type="button" title="{t["copy_title"]}" '
        f'data-copy="{html.escape(whole)}">{t["copy"]}</button>'
    )
    body = f'<pre class="tp-code" tabindex="0"><code class="highlight">{linked(coloured(displayed), names)}</code></pre>'
    return _pane("code", t["code"], body, copy)


def printed(run: Run) -> str:
    """What the run printed, then the error that ended it."""
    return "\n".join(part for part in (run.output.rstrip("\n"), run.error) if part)


def output(run: Run, t: dict, wrong: bool = False) -> str:
    if not printed(run):
        return ""
    kind = "output tp-pane--wrong" if wrong else "output"
    return _pane(
        kind,
        t["output"],
        f'<pre tabindex="0"><code>{html.escape(printed(run), quote=False)}</code></pre>',
    )


def symbols(snippet: Snippet, run: Run, book: Book) -> str:
    """The table of a formula's symbols: what each is called in code, its shape, its value in the run, what it means.

    Where a card above on the page computes a symbol, its row leads there.
    """
    project = book.project
    language, t = book.page.language, book.t
    above = book.counts.get("cards", {})
    rows = []
    for name, code_name, shape, entry in _named(project, snippet):
        value = run.values.get(name)
        value = (
            html.escape(books.shown(value))
            if value is not None and books.size(value) <= 4 and not isinstance(value, dict)
            else ""
        )
        shape = "" if shape is None else f"({_axes(shape)})" if shape else t["scalar"]
        other = next(each for each in project.languages if each != language)
        by = entry.get("by", ())
        slug, number = next(
            (above[one] for one in by if one in above and snippet.name not in by), ("", "")
        )
        made = (
            f' <a class="tp-symbols__by" href="#{slug}">{t["see"].format(card=number)}</a>'
            if slug
            else ""
        )
        rows.append(
            f'<tr data-symbol="{formulary.stem(name)}"><td tabindex="0">{project.katex.inline(entry["tex"])}</td><td><code>{code_name}</code></td>'
            f"<td>{shape}</td><td>{value}</td><td>{html.escape(entry[language])}{made}"
            f'<span class="tp-symbols__other" lang="{other}">{html.escape(entry[other])}</span></td></tr>'
        )
    if not rows:
        return ""
    heads = "".join(
        f'<th scope="col">{t[k]}</th>' for k in ("symbol", "code_name", "shape", "value", "meaning")
    )
    return (
        f'<div class="tp-pane tp-pane--symbols" tabindex="0"><table class="tp-symbols" aria-label="{t["symbols"]}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _axes(shape: str) -> str:
    """`out in` → `out, in`; `in` → `in,` as Python writes a tuple of one; any shape → `…`; `_here`, of a layer → `here`."""
    axes = [axis.lstrip("_") for axis in shape.replace("...", "…").split()]
    return ", ".join(axes) + ("," if len(axes) == 1 and axes != ["…"] else "")


def _named(project, snippet: Snippet) -> list[tuple[str, str, str | None, dict]]:
    """(symbol, name in code, shape, glossary's entry) of each parameter, then of what each formula's left side returns."""
    known = project.symbols_of(snippet.path.stem)
    out = []
    for parameter in snippet.signature:
        if parameter.name == "return":
            continue
        if parameter.name not in known:
            raise Fault(
                snippet.place,
                f"{snippet.name}: the symbol `{parameter.name}` is not in docs/glossary.yml",
                f"add `{parameter.name}: {{tex: …, zh-TW: …, en: …}}` under `symbols:`",
            )
        out.append((parameter.name, parameter.name, parameter.shape, known[parameter.name]))
    by_tex = {entry["tex"]: name for name, entry in known.items()}
    returned = [by_tex[tex] for tex in map(_left_side, snippet.formulas) if tex in by_tex]
    shape = next((p.shape for p in snippet.signature if p.name == "return"), None)
    for name in dict.fromkeys(n for n in returned if n not in {row[0] for row in out}):
        out.append((name, "return" if len(snippet.formulas) == 1 else name, shape, known[name]))
    return out


def _left_side(formula: str) -> str:
    """`z_i = …` → `z`: what a formula defines, less the index of an entry."""
    left = re.sub(r"^\\begin\{\w+\}\s*", "", formula).split("=")[0].replace("&", "").strip()
    return left if "\\partial" in left else re.sub(r"_(\{[a-z]+\}|[a-z])$", "", left)


def checked(project, snippet: Snippet, t: dict) -> str:
    """The ✓ of a card; where a formula was checked it opens to say how."""
    ran = t["ran_ok"] if snippet.example else t["ran_only"]
    report = formulary.report(snippet)
    if report is None:
        return f'<div class="tp-card__ok"><span class="tp-ok" aria-hidden="true"></span>{ran}</div>'
    inputs = t["comma"].join(
        f"<code>{name}</code>" + (f" ({shape})" if shape else "")
        for name, shape, _ in report.inputs
    )
    said = [t["check_inputs"].format(draws=report.draws, inputs=inputs)] if inputs else []
    said += [t[f"check_{way}"] for way in report.ways]
    said += [
        t["check_tolerance"].format(
            relative=f"{report.relative:g}", absolute=f"{report.absolute:g}", seed=report.seed
        )
    ]
    if snippet.example:
        said += [t["check_ran"]]
    rows = "".join(f"<li>{line}</li>" for line in said)
    return (
        f'<details class="tp-card__ok tp-check"><summary><span class="tp-ok" aria-hidden="true"></span>{t["formula_ok"]}</summary>'
        f"<ul>{rows}<li>{source(project, snippet)}</li></ul></details>"
    )


def source(project, snippet: Snippet) -> str:
    """A link to the snippet's source where the repository's address is known, else its name."""
    text = f"{snippet.path.name}:{snippet.line}"
    repo = os.environ.get("REPO_URL", "").rstrip("/")
    if not repo:
        return f"<span>{snippet.path.parent.name}/{text}</span>"
    at = f"{repo}/blob/{commit(project)['commit']}/snippets/{snippet.path.name}#L{snippet.line}"
    return f'<a href="{html.escape(at)}">{text}</a>'


# ---- directives -------------------------------------------------------------------------------------------------------------


def _head(drawing, kind: str, slug: str, title: str, number: str) -> etree.Element:
    head = etree.SubElement(drawing.element, "div", {"class": f"tp-{kind}__head"})
    line = etree.SubElement(
        head, "p", {"class": f"tp-{kind}__title", "role": "heading", "aria-level": "3"}
    )
    link = etree.SubElement(line, "a", {"href": f"#{slug}"})
    if number:
        etree.SubElement(link, "span", {"class": f"tp-{kind}__number"}).text = number
        link[-1].tail = " " + title
    else:
        link.text = title
    return head


def _id(drawing, slug: str) -> str:
    page = drawing.book.page
    taken = drawing.book.counts.setdefault("ids", dict.fromkeys(_SECTION.findall(page.text), True))
    if slug in taken:
        raise Fault(
            page.at(slug.replace("-", "_")),
            f"`{slug}` stands twice on this page",
            "show a snippet once a page, and give no section its name",
        )
    taken[slug] = True
    return slug


def _number(drawing, kind: str) -> str:
    count = drawing.book.count(kind)
    chapter = drawing.book.chapter
    return f"{chapter}.{count}" if chapter else str(count)


def snippet(drawing, name, options, prose, inside):
    project = drawing.book.project
    found, run = drawing.book.snippet(name)
    t = drawing.book.t
    slug = _id(drawing, found.slug)
    full = " has-formula" if found.formulas else ""
    drawing.open("section", class_=f"tp-card{full}", id=slug, data_snippet=name)
    number = _number(drawing, "card")
    head = _head(drawing, "card", slug, options["title"], number)
    drawing.html(checked(project, found, t), head)
    parts = [formulas(project, found, t)] if found.formulas else []
    parts.append(code(found, t))
    if found.formulas:
        parts.append(symbols(found, run, drawing.book))
    parts.append(output(run, t))
    drawing.html(f'<div class="tp-card__body">{"".join(parts)}</div>')
    drawing.prose(prose, class_="tp-card__prose")
    drawing.html(f'<div class="tp-card__foot">{source(project, found)}</div>')
    drawing.book.counts["cards"] = drawing.book.counts.get("cards", {}) | {name: (slug, number)}


def pitfall(drawing, name, options, prose, inside):
    found, run = drawing.book.snippet(name)
    t = drawing.book.t
    slug = _id(drawing, found.slug)
    drawing.open("section", class_="tp-pitfall", id=slug)
    kind = (
        t["wrong_raises"].format(error=run.error.split(":")[0]) if run.error else t["wrong_silent"]
    )
    drawing.html(f'<div class="tp-pitfall__kind"><span aria-hidden="true">✕</span> {kind}</div>')
    _head(drawing, "pitfall", slug, options["title"], "")
    drawing.prose(prose, class_="tp-pitfall__prose")
    drawing.html(
        f'<div class="tp-pitfall__panes">{code(found, t)}{output(run, t, wrong=True)}</div>'
    )
    if "cure" in options:
        right, right_run = drawing.book.snippet(options["cure"])
        drawing.html(
            f'<div class="tp-pitfall__cure"><p class="tp-label tp-label--right">{t["right_form"]}</p>'
            f'<div class="tp-pitfall__panes">{code(right, t)}{output(right_run, t)}</div></div>'
        )


_COUNTS = {
    word: n
    for words in ("123456", "one two three four five six".split(), "一二三四五六")
    for n, word in enumerate(words, 1)
}


def exercise(drawing, name, options, prose, inside):
    found, run = drawing.book.snippet(name)
    t = drawing.book.t
    slug = _id(drawing, f"exercise-{drawing.book.count('exercise')}")
    drawing.open("section", class_="tp-exercise", id=slug, data_exercise=name)
    level = options["level"]
    if type(level) is not int or level not in (1, 2, 3):
        raise Fault(
            drawing.book.page.at(f"exercise | {name}"),
            f"`level: {level}` of an exercise",
            "write 1, 2 or 3",
        )
    drawing.html(
        f'<div class="tp-exercise__label">{t["exercise"].format(n=drawing.book.counts["exercise"])} '
        f'<span class="tp-exercise__level"><span aria-hidden="true">{"●" * level}{"○" * (3 - level)}</span> {t[f"level_{level}"]}</span></div>'
    )
    if drawing.book.count(f"exercise:{name}") > 1:
        raise Fault(
            drawing.book.page.at(f"exercise | {name}"),
            f"the exercise `{name}` stands twice on this page",
            "take one out: what a reader has solved is kept by its name",
        )
    for asked in re.finditer(
        rf"({'|'.join(_COUNTS)}) decimal|小數(?:點後|第)?\s*({'|'.join(_COUNTS)})\s*位",
        "".join(text for each in prose for text in each.itertext()),
    ):
        if (
            "answer" in options
            and type(options.get("decimals", 3)) is int
            and _COUNTS[asked[1] or asked[2]] != options.get("decimals", 3)
        ):
            raise Fault(
                drawing.book.page.at(asked[0]),
                f"the text asks for `{asked[0]}`, the field for {options.get('decimals', 3)}",
                "let `decimals:` and the text say the same",
            )
    _head(drawing, "exercise", slug, options["title"], "")
    drawing.prose(prose, class_="tp-exercise__prose")
    if "answer" in options:
        drawing.html(_entry(drawing, name, slug, options, t))
    if "hint" in inside:
        drawing.element.append(inside["hint"])
    solution = etree.SubElement(drawing.element, "details", {"class": "tp-solution"})
    drawing.html(f"<summary>{t['solution']}</summary>", solution)
    if "answer" in inside:
        solution.append(inside["answer"])
    drawing.html(
        f'<div class="tp-solution__panes">{code(found, t)}{output(run, t)}</div>', solution
    )


def _entry(drawing, name: str, slug: str, options: dict, t: dict) -> str:
    match = re.fullmatch(r"(\w+)((?:\[[^\]]+\])*)", str(options["answer"]))
    if not match:
        raise Fault(
            drawing.book.page.at(str(options["answer"])),
            "an answer that is no variable",
            "write `answer: z1[0]`",
        )
    value = drawing.book.value(name, match[1], match[2])
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    decimals = options.get("decimals", 3)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Fault(
            drawing.book.page.at(f"exercise | {name}"),
            f"the answer `{options['answer']}` is {value}, not one number",
            "name one entry: `answer: z1[0]`",
        )
    if isinstance(decimals, bool) or not isinstance(decimals, int) or not 0 <= decimals <= 6:
        raise Fault(
            drawing.book.page.at(f"exercise | {name}"),
            f"`decimals: {decimals}`",
            "write a whole number from 0 to 6",
        )
    asked = t[{0: "your_answer_whole", 1: "your_answer_one"}.get(decimals, "your_answer")]
    return (
        f'<form class="tp-answer" data-answer="{value!r}" data-decimals="{decimals}" data-right="{html.escape(t["right"])}" '
        f'data-wrong="{html.escape(t["not_yet"])}" data-sign="{html.escape(t["other_sign"])}" '
        f'data-short="{html.escape(t["few_decimals"])}" data-unread="{html.escape(t["not_a_number"])}">'
        f'<label for="{slug}-answer">{asked.format(n=decimals)}</label>'
        f'<input id="{slug}-answer" type="text" autocomplete="off">'
        f'<button type="submit">{t["check"]}</button><output role="status" for="{slug}-answer"></output></form>'
    )


def figure(drawing, name, options, prose, inside):
    project = drawing.book.project
    _, run = drawing.book.snippet(options["from"])
    t = drawing.book.t
    if name not in FIGURES:
        raise Fault(
            drawing.book.page.at(f"figure | {name}"),
            f"there is no figure `{name}`",
            f"figures: {', '.join(FIGURES)}",
        )
    slug = _id(drawing, f"figure-{name.replace('_', '-')}-{drawing.book.count('figure:' + name)}")
    live = options.get("live")
    if live not in (None, "forward", "backward", "update") or live and name != "network":
        raise Fault(
            drawing.book.page.at("live:"),
            f"`live: {live}` of a figure `{name}`",
            "a network takes forward, backward or update; no other figure can be held",
        )
    try:
        art = FIGURES[name](run.values, t, project.katex.inline, **({"live": True} if live else {}))
    except ValueError as error:
        raise Fault(
            drawing.book.page.at(f"figure | {name}"),
            f"figure `{name}`: {error}",
            f"let `{options['from']}` assign it",
        ) from None
    drawing.open(
        "figure",
        class_=f"tp-figure tp-figure--{name.replace('_', '-')}",
        id=slug,
        **({"data_live": live} if live else {}),
    )
    role = "" if "<table" in art else f' role="img" aria-label="{html.escape(options["alt"])}"'
    drawing.html(f'<div class="tp-figure__art"{role}>{art}</div>')
    caption = etree.SubElement(drawing.element, "figcaption")
    etree.SubElement(caption, "a", {"class": "tp-figure__number", "href": f"#{slug}"}).text = t[
        "figure"
    ].format(n=_number(drawing, "figure"))
    caption.extend(prose)


def formula(drawing, name, options, prose, inside):
    project = drawing.book.project
    found, _ = drawing.book.snippet(name)
    if not found.formulas:
        raise Fault(
            found.place,
            f"`{name}` has no formula",
            f"write one in its docstring, or show it as `/// snippet | {name}`",
        )
    drawing.open("div", class_="tp-formula-only", id=_id(drawing, found.slug), data_snippet=name)
    drawing.html(
        "".join(project.katex.displayed(formulary.tagged(f, found)) for f in found.formulas)
    )


def worked(drawing, name, options, prose, inside):
    project = drawing.book.project
    _, run = drawing.book.snippet(options["from"])
    drawing.book.snippet(name)
    drawing.open("div", class_="tp-worked")
    for line in work(drawing.book.page, name, run, options):
        drawing.html(_worked_line(project, line))


def work(page, name: str, run: Run, options: dict) -> list[Line]:
    """The lines of a `/// worked`: one for each formula, and each choice of indices in `at:`. Raises Fault."""

    def every(option, default) -> list:
        given = options.get(option, default)
        return given if isinstance(given, list) else [given]

    try:
        return [
            formulary.work(
                formulary.of_name(page.project, name),
                run.values,
                options.get("with") or {},
                at,
                nth,
                int(options.get("side", 0)) - 1,
            )
            for nth in every("formula", 1)
            for at in every("at", {})
        ]
    except Wrong as error:
        raise Fault(
            page.at(f"worked | {name}"),
            f"`{name}` cannot be worked with the values of `{options['from']}`: {error}",
            "the page `contribute` explains its options",
        ) from None


def _worked_line(project, line: Line) -> str:
    """Symbols above their digits, in columns that wrap together; said once, as digits, to those who listen."""
    columns_of: list[list[str]] = [[]]
    signed, whole_until = False, -1
    for k, item in enumerate(line.items):
        sign = item.symbol is None and item.tex == item.digits and not item.tex[0].isalnum()
        if item.tex == "(" and k > whole_until and (end := _closing(line.items, k)) - k <= SHORT:
            whole_until = end
        if item.tex in "=+−×÷" and not signed and k > whole_until:
            columns_of.append(
                []
            )  # a line may break before a sign, but not inside short parentheses
        signed = sign and item.tex != ")"
        mark = f' data-symbol="{item.symbol}"' if item.symbol else ""
        value = f'<span class="tp-worked__value">{item.function}</span>' if item.function else ""
        symbol = item.tex if sign else project.katex.render(item.tex, mathml=False)
        kind = " tp-worked__result" if not k else " tp-worked__sign" if sign else ""
        columns_of[-1].append(
            f'<span class="tp-worked__column{kind}"{mark}><span>{symbol}</span>'
            f'<span class="tp-worked__digits">{_raised(item.digits)}</span>{value}</span>'
        )
    columns = [f"<span>{''.join(term)}</span>" for term in columns_of]
    tall = " has-slope" if any("\\frac" in i.tex for i in line.items) else ""
    deep = " has-value" if any(i.function for i in line.items) else ""
    return (
        f'<div class="tp-worked__line{tall}{deep}"><span class="tp-sr">{_raised(line.spoken)}</span>'
        f'<div aria-hidden="true" data-search-exclude>{"".join(columns)}</div></div>'
    )


SHORT = 8  # columns within parentheses that stay on one line


def _closing(items: list, at: int) -> int:
    """The place of the parenthesis that closes the one at `at`."""
    depth = 0
    for k in range(at, len(items)):
        depth += (items[k].tex == "(") - (items[k].tex == ")")
        if not depth:
            return k
    return len(items)


def _raised(text: str) -> str:
    return re.sub(r"\^\{([^}]*)\}", r"<sup>\1</sup>", text)


def glossary(drawing, which, options, prose, inside):
    """All terms, or all symbols, from docs/glossary.yml."""
    project = drawing.book.project
    book, language = drawing.book, drawing.book.page.language
    if which not in ("terms", "symbols"):
        raise Fault(
            book.page.at(f"glossary | {which}"),
            f"`/// glossary | {which}`",
            "write `terms` or `symbols`",
        )
    drawing.open("div", class_="tp-glossary-box")
    drawing.html(
        terms.table(book, language, book.t)
        if which == "terms"
        else _every_symbol(project, language, book.t)
    )


def _every_symbol(project, language: str, t: dict) -> str:
    other = next(one for one in project.languages if one != language)
    rows = []
    for name, entry in project.symbols.items():
        module, _, bare = name.rpartition(".")
        where = f' <span class="tp-glossary__also">{module}.py</span>' if module else ""
        rows.append(
            f'<tr id="symbol-{name.replace(".", "-")}"><td>{project.katex.inline(entry["tex"])}</td><td><code>{bare}</code>{where}</td>'
            f'<td>{html.escape(entry[language])}<span class="tp-glossary__other" lang="{other}">{html.escape(entry[other])}</span></td></tr>'
        )
    heads = "".join(f'<th scope="col">{t[k]}</th>' for k in ("symbol", "code_name", "meaning"))
    return f'<table class="tp-glossary tp-glossary--symbols"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def cell(drawing, name, options, prose, inside):
    raise Fault(
        drawing.book.page.at(f"cell | {name}"),
        "a notebook cell outside a lab",
        "use `/// snippet` in a chapter",
    )


def hint(drawing, name, options, prose, inside):
    t = drawing.book.t
    drawing.open("details", class_="tp-hint")
    drawing.html(f"<summary>{t['hint']}</summary>")
    drawing.prose(prose)


def answer(drawing, name, options, prose, inside):
    """What a solution says in words, above the code that shows it."""
    drawing.open("div", class_="tp-solution__words")
    drawing.element.extend(prose)
