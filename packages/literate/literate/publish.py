"""What makes a built site fit to be published: shut to other origins, open at its old addresses, readable offline.

Each page gets a Content-Security-Policy that allows the site's own files and, by hash, the inline scripts that Material
needs before the first paint. A page that would ask another origin is a fault: the policy would block it for every reader.
"""

import base64
import hashlib
import html
import json
import re
from pathlib import Path

from mkdocs.utils import get_relative_url

from literate import snippets as program
from literate.text import read_pages
from literate.errors import Fault, Faults
from literate.provenance import commit
from literate.files import write_whole

WORKER = "sw.js"
THEME = Path(__file__).with_name("theme")
POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
)
_CHARSET = '<meta charset="utf-8">'
_FIRST = re.compile(rf'{_CHARSET}(?:\s*<link rel="preload"[^>]*>)?')
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", re.S)
_FETCHES = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object|image|use|track|input)\b[^>]*?\s(?:src|srcset|href|data|poster)"
    r"=[\"']?((?:https?:)?//[^\"'\s>]+)|<link\b(?=[^>]*rel=[\"']?(?:stylesheet|icon|preload|modulepreload|manifest|preconnect"
    r"|dns-prefetch)\b)[^>]*?\shref=[\"']?((?:https?:)?//[^\"'\s>]+)",
    re.I,
)
_STYLE_FETCHES = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s;]+)", re.I)


def finish(project, site: Path, *names: str) -> None:
    """Make the built site ready in place; or of it only these files, which were built anew. Raises Faults."""
    paths = [site / name for name in names] or sorted(
        path for path in site.rglob("*") if path.is_file()
    )
    if faults := _foreign(project, site, paths):
        raise Faults(faults)
    sections = _sections(project)
    for path in paths:
        name = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            write_whole(
                path,
                _with_head(_with_moved(project, path.read_text("utf-8"), name, sections), name),
            )
        elif name == WORKER:
            write_whole(
                path,
                path.read_text("utf-8").replace(
                    "COMMIT", commit(project)["commit"] + "+" * commit(project)["modified"]
                ),
            )
    if not names:
        _lead_on(project, site, redirects(project))


# ---- shut -----------------------------------------------------------------------------------------------------------------


def _foreign(project, site: Path, paths: list[Path]) -> list[Fault]:
    """Every file asked of another origin, named where it was written."""
    faults = []
    for path in paths:
        pattern = {".html": _FETCHES, ".css": _STYLE_FETCHES, ".svg": _FETCHES}.get(path.suffix)
        for match in pattern.finditer(path.read_text("utf-8")) if pattern else ():
            address = next(filter(None, match.groups()))
            faults.append(
                Fault(
                    _written(project, address) or path.relative_to(site).as_posix(),
                    f"`{address}` is asked of another origin",
                    "put the file into literate/theme/assets/, or beside the page: no request leaves the site",
                )
            )
    return list({str(fault): fault for fault in faults}.values())


def _written(project, address: str) -> str | None:
    """The file and line of the book that names an address."""
    for path in sorted([*THEME.rglob("*"), *project.docs.rglob("*.md")]):
        if path.suffix in (".html", ".css", ".svg", ".md", ".js"):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if address in line:
                    return f"{project.place(path)}:{number}"
    return None


def allowed(script: str) -> str:
    """How a policy allows one inline script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def live(page: str) -> str:
    """A page of the live site: its policy allows the script that the server added last, and it has no worker, which would keep it."""
    script = allowed(_INLINE.findall(page)[-1])
    return re.sub(
        r'\n *<meta name="service-worker"[^>]*>',
        "",
        page.replace("script-src 'self'", f"script-src 'self' {script}", 1),
        count=1,
    )


def _with_head(page: str, address: str) -> str:
    policy = POLICY.format(
        hashes="".join(f" {one}" for one in dict.fromkeys(map(allowed, _INLINE.findall(page))))
    )
    head = f'\n  <meta http-equiv="Content-Security-Policy" content="{policy}">'
    if address != "404.html":  # that one is shown at any address, and knows no way to the worker
        head += f'\n  <meta name="service-worker" content="{get_relative_url(WORKER, address)}">'
    if not _FIRST.search(page):
        raise Fault(
            address,
            f"the page has no `{_CHARSET}`, after which its policy stands",
            "put it first in the head, in literate/theme/",
        )
    return _FIRST.sub(lambda first: first[0] + head, page, count=1)


# ---- old addresses --------------------------------------------------------------------------------------------------------


def redirects(project) -> dict[str, str]:
    """Old address → new one, as slugs with or without a section. Raises Faults."""
    moved = project.read_yaml(project.redirects, "redirects")
    lines = project.read(project.redirects).splitlines()
    pages = read_pages(project)
    slugs = {page.slug for page in pages}
    sections = {
        f"{page.slug}#{name}"
        for page in pages
        for name in (
            *re.findall(r"\{#([\w-]+)\}", page.text),
            *(
                program.slug(d.argument)
                for d in page.directives
                if d.name in ("snippet", "pitfall", "formula")
                and re.fullmatch(r"\w+[.:]\w+", d.argument)
            ),
        )
    }
    faults = []
    for old, new in moved.items():
        at = f"{project.place(project.redirects)}:{next((n for n, line in enumerate(lines, 1) if line.strip(chr(34)).startswith(old)), 1)}"
        if new.split("#")[0] not in slugs:
            faults.append(Fault(at, f"`{new}` is no page", "name the page where it is now"))
        elif "#" not in old and old in slugs:
            faults.append(Fault(at, f"`{old}` is still a page", "remove one of them"))
        elif old in sections:
            faults.append(
                Fault(
                    at,
                    f"`{old}` is still a section, which nobody would see",
                    "give the section another id, or take this line out",
                )
            )
        elif "#" in new and new not in sections:
            faults.append(Fault(at, f"`{new}` is no section", "name the section where it is now"))
    if faults:
        raise Faults(faults)
    return moved


def _lead_on(project, site: Path, moved: dict[str, str]) -> None:
    """A page at each address that a page has left."""
    for old, new in moved.items():
        if "#" not in old:
            for folder in project.languages.values():
                name = f"{folder}{old}/index.html"
                write_whole(site / name, _with_head(_leads_to(_url(new, old), bool(folder)), name))


def _sections(project) -> dict[str, dict[str, str]]:
    """Page → those of its sections that are on another now, each with its address from there."""
    sections: dict[str, dict[str, str]] = {}
    for old, new in project.read_yaml(project.redirects, "redirects").items():
        page, _, section = old.partition("#")
        if section:
            sections.setdefault(page, {})[section] = _url(new, page)
    return sections


def _with_moved(project, page: str, name: str, sections: dict[str, dict[str, str]]) -> str:
    """A page with the list of sections that moved from it, for its script to follow."""
    prefix = next((p for p in project.languages.values() if p and name.startswith(p)), "")
    slug = name.removeprefix(prefix).removesuffix("/index.html")
    if slug not in sections:
        return page
    known = json.dumps(sections[slug], sort_keys=True)
    return page.replace(
        "</body>", f'<script type="application/json" id="tp-moved">{known}</script></body>'
    )


def _url(address: str, page: str) -> str:
    """A page's address from another page: `core/loss#how-wrong` from core/backward is `../loss/#how-wrong`."""
    slug, mark, section = address.partition("#")
    return get_relative_url(f"{slug}/", f"{page}/") + mark + section


def _leads_to(url: str, english: bool) -> str:
    language, said = ("en", "This page has moved") if english else ("zh-TW", "這一頁搬走了")
    to = html.escape(url)
    return (
        f'<!doctype html>\n<html lang="{language}"><head>{_CHARSET}\n  <meta name="robots" content="noindex">\n'
        f'  <meta http-equiv="refresh" content="0; url={to}">\n  <title>{said}</title>\n  <link rel="canonical" href="{to}">\n'
        f'</head><body><p>{said}: <a href="{to}">{to}</a></p></body></html>\n'
    )
