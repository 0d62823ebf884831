"""Review: which section of a page was last read side by side with which of its translation.

`docs/agreed.yml` has a digest of each section in every language, from the time when somebody read
them side by side (`make agree`). A section that has changed since is reported until that is done
again; the doubts of the checks are shown for such sections alone. Each entry of the glossary, of
the book's words and of its symbols is a section too.
"""

import hashlib
from dataclasses import replace
from itertools import product, zip_longest
from typing import NamedTuple

import yaml

from literate import Doubt, Fault, checks, terms
from literate.kept import Kept
from literate.project import Project
from literate.text import Page, headings, read_pages

TOP = "top"  # what is before the first heading, with the front matter
_NOTE = (
    "# What of each section was last read side by side in both languages: a hash of its text, first"
    " in {}.\n# Written by `make agree`; a section that has changed since is named by `make check`"
    " and stops `make build`.\n"
)


class Version(NamedTuple):
    """A section in one language: its file, first line and digest."""

    place: str
    line: int
    digest: str


Sections = dict[tuple[str, str], list[Version]]  # page or file of words, section → in each language
Recorded = dict[str, dict[str, str]]


def sections(project: Project, pages: list[Page]) -> Sections:
    """pages: of one language after the other."""
    found: Sections = {}

    def add(group: str, name: str, place: str, line: int, text: str) -> None:
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        found.setdefault((group, name), []).append(Version(place, line, digest))

    for page in pages:
        starts = [(1, TOP), *((h.line, h.id) for h in headings(page) if h.level == 2 and h.id)]
        ends = [line - 1 for line, _ in starts[1:]] + [len(page.lines)]
        for (line, name), end in zip(starts, ends, strict=True):
            text = "\n".join(map(str.rstrip, page.lines[line - 1 : end])).strip()
            add(page.slug, name, page.place, line, text)
    for path, language in product(terms.glossaries(project), project.languages):
        for name, (line, text) in terms.entries(project, path, language).items():
            add(path.name, name, project.place(path), line, text)
    return found


def recorded(project: Project) -> Recorded:
    found = project.read_yaml(project.reviewed, "reviewed")
    return {slug: dict(names) for slug, names in found.items()}  # the caller's own, to change


class Review:
    """The pages as they are, beside what is recorded. Raises Faults where the languages differ.

    pages: of one language after the other. doubts: those of the stages before the last.
    kept: see `checks.run`.
    open: the sections that are not recorded as they are, each with its doubts.
    """

    def __init__(
        self, project: Project, pages: list[Page], doubts: list[Doubt], kept: Kept | None = None
    ):
        self.project = project
        by_place = {page.where: page for page in pages}
        self.doubts = doubts + checks.run(project, by_place, range(4, 5), kept)
        self.now, self.known = sections(project, pages), recorded(project)
        moved = [key for key in self.now if any(self.moved(*key))]
        self.open: dict[tuple[str, str], list[Doubt]] = {key: [] for key in moved}
        for doubt in self.doubts:
            if (key := self._section(doubt)) in self.open:
                cure = f"{doubt.cure}; if it is right, `make agree PAGE={'#'.join(key)}`"
                self.open[key].append(replace(doubt, cure=cure))

    def moved(self, slug: str, name: str) -> list[bool]:
        """Whether each language of a section is not as it is recorded; all, where nothing is."""
        digests = [version.digest for version in self.now[slug, name]]
        before = self.known.get(slug, {}).get(name, "").split()
        return [digest != old for digest, old in zip_longest(digests, before)][: len(digests)]

    def stale(self, slug: str, name: str) -> Fault:
        """What to do about a section that is not recorded as it is."""
        versions = zip(self.project.languages, self.now[slug, name], strict=True)
        places = [(language, f"{v.place}:{v.line}") for language, v in versions]
        is_entry = len({v.place for v in self.now[slug, name]}) == 1  # all stand in one file
        said = f"the {'entry' if is_entry else 'section'} `{name}`"
        if all(moved := self.moved(slug, name)):
            what = f"{said} is new or changed" + " in every language" * (not is_entry)
            others = ", ".join(place for _, place in places[1:])
            read = "its meanings in all languages" if is_entry else f"it beside {others}"
            return Fault(places[0][1], what, f"read {read}, then `make agree PAGE={slug}`")
        waiting = [f"{one} ({p})" for (one, p), m in zip(places, moved, strict=True) if not m]
        what = f"{said} has changed, and {', '.join(waiting)} has not followed"
        cure = f"change it there too; if that is not needed, `make agree PAGE={slug}#{name}`"
        return Fault(places[moved.index(True)][1], what, cure)

    def _section(self, doubt: Doubt) -> tuple[str, str]:
        """The section that a doubt is in: the last that begins above it."""
        file, _, line = doubt.place.rpartition(":")
        every = ((version, key) for key, versions in self.now.items() for version in versions)
        starts = [(v.line, key) for v, key in every if v.place == file and v.line <= int(line)]
        return max(starts, default=(0, ("", "")))[1]


def whole(project: Project) -> Review:
    """The book as its files are. Raises Fault, Faults."""
    pages = read_pages(project)
    return Review(project, pages, checks.run(project, {page.where: page for page in pages}))


def look(review: Review) -> tuple[list[Fault], list[Doubt]]:
    """The sections to review, and the doubts about them; of one language all doubts."""
    if len(review.project.languages) < 2:
        return [], review.doubts
    doubts = [doubt for found in review.open.values() for doubt in found]
    return [review.stale(*key) for key in review.open], doubts


def agree(project: Project, asked: str | None = None) -> tuple[list[str], list[Fault | Doubt]]:
    """Record that the languages say the same, of all there is, of one page (`chapters/mean`,
    `glossary.yml`) or of one section (`chapters/mean#the-formula`).

    What only one language has changed, or has a doubt, is recorded only if its section is named.
    Returns the sections recorded, and what is left. Raises Fault, Faults.
    """
    if len(project.languages) < 2:
        at = project.place(project.config_file)
        raise Fault(at, "the book has one language", "there is nothing to compare")
    slug, _, section = (asked or "").partition("#")
    review = whole(project)
    _known(review, slug, section)
    taken: list[str] = []
    left: list[Fault | Doubt] = []
    for (one, name), doubts in review.open.items():
        if slug not in ("", one) or section not in ("", name):
            continue
        waiting = [] if all(review.moved(one, name)) else [review.stale(one, name)]
        if (waiting or doubts) and not section:
            left += waiting or doubts
        else:
            digests = (version.digest for version in review.now[one, name])
            review.known.setdefault(one, {})[name] = " ".join(digests)
            taken.append(f"{one}#{name}")
    kept: Recorded = {}
    for one, name in review.now:
        if name in review.known.get(one, {}):
            kept.setdefault(one, {})[name] = review.known[one][name]
    note = _NOTE.format(", then in ".join(project.languages))
    project.reviewed.write_text(note + yaml.safe_dump(kept, sort_keys=False, width=200), "utf-8")
    return taken, left


def _known(review: Review, slug: str, section: str) -> None:
    """Raise a Fault if there is no such page or section."""
    at, slugs = f"PAGE={slug}#{section}".rstrip("#"), dict.fromkeys(one for one, _ in review.now)
    if slug and slug not in slugs:
        raise Fault(at, "there is no such page", f"pages: {', '.join(slugs)}")
    if section and (slug, section) not in review.now:
        names = ", ".join(name for one, name in review.now if one == slug)
        raise Fault(at, f"there is no section `{section}`", f"sections: {names}")
