"""What makes a built site fit to be published: closed to other origins, open at its old addresses,
readable offline.

Each page gets a Content-Security-Policy that allows the site's own files and, by hash, the inline
scripts that Material needs before the first paint. A page that would ask another origin is a fault:
the policy would block it for every reader.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.utils import get_relative_url

from literate import search, settings, snippets
from literate.errors import Fault, raise_all
from literate.files import write_whole
from literate.project import THEME, Project
from literate.scripts import WORKER
from literate.text import Page, line_of

POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
)
_CHARSET = '<meta charset="utf-8">'
_FIRST = re.compile(rf'{_CHARSET}(?:\s*<link rel="preload"[^>]*>)?')
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", re.S)
# What Material's search says; the search finds it in the script (theme/assets/js/search.js)
_TRANSLATIONS = re.compile(r'(?<="translations": )\{[^{}]*\}')
# Space of the templates; that of code, and of TeX that is copied, is kept
_SPACE = re.compile(r"(<(pre|code|script|annotation)\b.*?</\2>)|\n\s+", re.S)
_FETCHES = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object|image|use|track|input)\b[^>]*?
        \s(?:src|srcset|href|data|poster)=["']?((?:https?:)?//[^"'\s>]+)
      | <link\b(?=[^>]*rel=["']?
            (?:stylesheet|icon|preload|modulepreload|manifest|preconnect|dns-prefetch)\b)
        [^>]*?\shref=["']?((?:https?:)?//[^"'\s>]+)""",
    re.I | re.X,
)
_STYLE_FETCHES = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s;]+)", re.I)
_READ = {".html": _FETCHES, ".css": _STYLE_FETCHES, ".svg": _FETCHES}


def page(project: Project, text: str, address: str) -> str:
    """The text of a page with its policy. Raises Faults if it would ask another origin."""
    raise_all(foreign(project, address, text))
    text = _SPACE.sub(lambda found: found[1] or "\n", text)
    text = _TRANSLATIONS.sub("{}", text, count=1)
    if not _FIRST.search(text):
        cure = "put it first in the head of the template"
        raise Fault(address, f"missing `{_CHARSET}`, after which the policy comes", cure)
    hashes = dict.fromkeys(map(allowed, _INLINE.findall(text)))
    policy = POLICY.format(hashes="".join(f" {one}" for one in hashes))
    head = f'\n  <meta http-equiv="Content-Security-Policy" content="{policy}">'
    if address != "404.html":  # shown at any address, so it knows no way to the worker
        head += f'\n  <meta name="service-worker" content="{get_relative_url(WORKER, address)}">'
    return _FIRST.sub(lambda first: first[0] + head, text, count=1)


def allowed(script: str) -> str:
    """How a policy allows one inline script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def live(text: str) -> str:
    """A page of the live site: its policy allows the script that the server adds last, and it has
    no worker to keep it.
    """
    script = allowed(_INLINE.findall(text)[-1])
    text = text.replace("script-src 'self'", f"script-src 'self' {script}", 1)
    return re.sub(r'\n *<meta name="service-worker"[^>]*>', "", text, count=1)


BOOK = "book.json"  # at the root of each language
OFFLINE = "offline.html"  # what a reader sees of a page that is not kept
_SAID = ("progress", "done", "again", "missing")
_NOT_READ = (WORKER, "404.html", "robots.txt", "sitemap.xml*", "*/LICENSE", "*/OFL.txt")


def list_files(project: Project, site: Path) -> None:
    """For each language the addresses, from the root of the site, of all files of its book, with
    their sizes: what a reader keeps by one button (theme/assets/js/offline.js).
    """
    roots = project.languages.values()
    paths = (path for path in site.rglob("*") if path.is_file())
    sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in paths}
    for language, root in project.languages.items():
        others = tuple(each for each in roots if each and each != root)
        mine = {
            re.sub(r"(^|/)index\.html$", r"\1", name): size
            for name, size in sorted(sizes.items())
            if not any(fnmatch(name, each) for each in _NOT_READ)
            and not name.startswith(others)
            and (name.startswith(root) or name.startswith("assets/") or name == OFFLINE)
        }
        words = {each: project.words[language][f"keep_{each}"] for each in _SAID}
        text = {"words": words, "files": mine}
        written = json.dumps(text, ensure_ascii=False, separators=(",", ":"))
        write_whole(site / root / BOOK, written)


def name_build(site: Path) -> None:
    """Complete the service worker, which keeps the pages of one build: named by all its files, also
    where there is no commit or not all is committed.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        if path != site / WORKER:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(site).as_posix()}\n{len(content)}\n".encode())
            digest.update(content)
    text = (site / WORKER).read_text("utf-8")
    write_whole(site / WORKER, text.replace("BUILD", digest.hexdigest()[:16]))


# ---- what Material brings and no page asks for ------------------------------------------------

_MATERIAL = ("assets/javascripts/*", "assets/stylesheets/*", "assets/images/*")
_ASKED_FOR = ("assets/javascripts/bundle.*.js", search.WORKER)


def unused(config: MkDocsConfig, file: File) -> bool:
    """Whether a file is one that Material brings and no page asks for: source maps, its sheets, the
    stemmers of other languages.
    """
    own = (config.theme.custom_dir, str(THEME), config.docs_dir)
    if file.src_dir in own or not _is(file, _MATERIAL):
        return False
    return not _is(file, _ASKED_FOR) and file.src_uri not in search.stemmers(config)


def _is(file: File, patterns: Iterable[str]) -> bool:
    return any(fnmatch(file.src_uri, pattern) for pattern in patterns)


# ---- the address of the site ------------------------------------------------------------------


def robots(address: str) -> str:
    """What tells search engines where the map of the site is."""
    return f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n"


_NEEDED = {
    "site_url": "no canonical links, no sitemap.xml, no picture where a page is shared",
    "repo_url": "no link to the source, none to report a mistake",
}


def unset(config: MkDocsConfig) -> list[str]:
    """What the site lacks because an address is not set. (A book may have no repository: it is
    missed where mkdocs.yml takes it from a variable.)
    """
    file, out = Path(config.config_file_path), []
    for key, lacks in _NEEDED.items():
        name = settings.variable(file, key)
        if not config[key] and (name or key == "site_url"):
            out.append(f"warning: {name or key} is not set: {lacks}")
    return out


# ---- other origins ----------------------------------------------------------------------------


def foreign_files(project: Project, files: Files) -> list[Fault]:
    """Every request to another origin in the site's style sheets and pictures."""
    read = [file for file in files if PurePosixPath(file.src_uri).suffix in _READ]
    return [fault for f in read for fault in foreign(project, f.src_uri, f.content_string)]


def foreign(project: Project, name: str, text: str) -> list[Fault]:
    """Every request to another origin in a file of the site, each with the place that names it."""
    found = _READ[PurePosixPath(name).suffix].finditer(text)
    addresses = dict.fromkeys(next(filter(None, match.groups())) for match in found)
    what = "`{}` is asked of another origin"
    cure = "put the file into the theme's assets, or beside the page: no request leaves the site"
    return [Fault(_written(project, a) or name, what.format(a), cure) for a in addresses]


def _written(project: Project, address: str) -> str | None:
    """The file and line of the book that names an address."""
    for path in sorted([*THEME.rglob("*"), *project.docs.rglob("*")]):
        if path.suffix in (".html", ".css", ".svg", ".md", ".js"):
            if number := line_of(address, path.read_text("utf-8")):
                return f"{project.place(path)}:{number}"
    return None


# ---- old addresses ----------------------------------------------------------------------------


def redirects(project: Project, pages: Collection[Page]) -> dict[str, str]:
    """Old address → new one, as slugs with or without a section. Raises Faults."""
    moved = project.read_yaml(project.redirects, "redirects")
    lines = project.read(project.redirects).splitlines() if moved else []
    slugs = {page.slug for page in pages}
    sections = {f"{page.slug}#{name}" for page in pages for name in _sections(page)}
    faults = []
    for old, new in moved.items():
        if wrong := _wrong(old, new, slugs, sections):
            line = next((n for n, s in enumerate(lines, 1) if s.strip('"').startswith(old)), 1)
            faults.append(Fault(f"{project.place(project.redirects)}:{line}", *wrong))
    raise_all(faults)
    return moved


def _sections(page: Page) -> list[str]:
    """The ids that a page has: those of its headings and of its cards."""
    cards = [d for d in page.directives if d.name in ("snippet", "pitfall", "formula")]
    ids = re.findall(r"\{#([\w-]+)\}", page.text)
    return ids + [snippets.slug(card.argument) for card in cards]


def _wrong(old: str, new: str, slugs: set[str], sections: set[str]) -> tuple[str, str] | None:
    if new.split("#")[0] not in slugs:
        return f"`{new}` is no page", "name the page where it is now"
    if "#" not in old and old in slugs:
        return f"`{old}` is still a page", "remove one of them"
    if old in sections:
        cure = "give the section another id, or remove this line"
        return f"`{old}` is still a section, which nobody would see", cure
    if "#" in new and new not in sections:
        return f"`{new}` is no section", "name the section where it is now"
    return None


def moved_pages(project: Project, moved: dict[str, str]) -> dict[str, str]:
    """Name → text of a page at each address that a page has left."""
    out, form = {}, (THEME / "moved.html").read_text("utf-8")
    for old, new in moved.items():
        for language, prefix in project.languages.items() if "#" not in old else ():
            name, to = f"{prefix}{old}/index.html", html.escape(_url(new, old))
            text = form.format(language=language, said=project.words[language]["moved"], to=to)
            out[name] = page(project, text, name)
    return out


def with_moved_sections(text: str, slug: str, moved: dict[str, str]) -> str:
    """A page with the list of sections that moved from it, for its script to follow."""
    here = f"{slug}#"
    known = {o.removeprefix(here): _url(n, slug) for o, n in moved.items() if o.startswith(here)}
    if not known:
        return text
    data = json.dumps(known, sort_keys=True)
    script = f'<script type="application/json" id="tp-moved">{data}</script>'
    return text.replace("</body>", f"{script}</body>")


def _url(address: str, page: str) -> str:
    """A page's address from another page: `chapters/variance#why` from chapters/mean is
    `../variance/#why`.
    """
    slug, mark, section = address.partition("#")
    return get_relative_url(f"{slug}/", f"{page}/") + mark + section
