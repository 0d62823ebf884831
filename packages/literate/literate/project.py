"""One book: where its files are and what its `mkdocs.yml` says of it. Handed down to whatever needs it."""

import functools
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml
from markdown.extensions.toc import slugify_unicode
from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig

from literate import files, schema
from literate.errors import Fault
from literate.katex import Katex

THEME = Path(__file__).with_name("theme")


class Options(base.Config):
    """What `plugins: - literate:` of mkdocs.yml takes."""

    languages = c.ListOfItems(c.Type(str), default=["en"])
    snippets = c.Type(str, default="snippets")
    numbered = c.ListOfItems(c.Type(str), default=[])
    templates = c.DictOfItems(c.Type(str), default={})
    commands = c.ListOfItems(c.Type(str), default=[])
    extensions = c.ListOfItems(c.Type(str), default=[])
    words = c.Optional(c.Type(str))
    glossary = c.Type(str, default="docs/glossary.yml")
    redirects = c.Type(str, default="docs/redirects.yml")
    reviewed = c.Type(str, default="docs/agreed.yml")


class Words(dict):
    """The words of the theme in one language; one that is missing is reported."""

    place = ""

    def __missing__(self, key: str):
        raise Fault(self.place, f"the word `{key}` is missing", "put it back, in every language")


class Project:
    """root: the folder of mkdocs.yml; cache: what runs, checks and drawings leave for the next build."""

    def __init__(
        self, config_file: Path, docs: Path, options: Options, nav: list, name: str, description: str
    ):
        self.config_file, self.docs, self.nav = config_file, docs, nav
        self.name, self.description = name, description  # where the words have none in a language
        self.key = slugify_unicode(name, "-")  # of what a reader's device keeps of this book
        self.root = config_file.parent
        self.options = options
        self.snippets = self.root / options.snippets
        self.package = options.snippets
        self.cache = Path(os.environ.get("LITERATE_CACHE", self.root / ".cache" / "literate"))
        self.glossary, self.redirects, self.reviewed = (
            self.root / getattr(options, name) for name in ("glossary", "redirects", "reviewed")
        )
        first, *others = options.languages
        # language → what the addresses of its pages begin with
        self.languages: dict[str, str] = {first: ""} | {code: f"{code}/" for code in others}
        self.numbered = tuple(options.numbered)
        self.templates = dict(options.templates)
        self.commands = tuple(options.commands)
        self.katex = Katex(self.cache)
        self.theme_folders: list[str] = []  # where its templates may be, before the engine's

    @classmethod
    def of(cls, config: MkDocsConfig) -> "Project":
        """The book that a MkDocs configuration describes; its extensions are loaded."""
        options = config.plugins["literate"].config
        made = cls(
            Path(config.config_file_path).resolve(),
            Path(config.docs_dir).resolve(),
            options,
            config.nav,
            config.site_name,
            config.site_description or "",
        )
        made.theme_folders = [*config.theme.dirs]
        if str(made.root) not in sys.path:  # its snippets and extensions are modules there
            sys.path.insert(0, str(made.root))
        for name in options.extensions:
            importlib.import_module(name)
        return made

    @functools.cached_property
    def first(self) -> str:
        """The language whose pages are at the root of the site."""
        return next(iter(self.languages))

    @functools.cached_property
    def parts(self) -> dict[str, list[str]]:
        """Part of the book → its pages, as the navigation lists them."""
        return {k: v for item in self.nav or () if isinstance(item, dict) for k, v in item.items()}

    @functools.cached_property
    def order(self) -> list[str]:
        """The numbered chapters in reading order."""
        return [slug for part in self.numbered for slug in self.parts.get(part, [])]

    def page_folder(self, language: str) -> Path:
        """Where the pages of a language are; with one language that is the docs folder itself."""
        return self.docs / language if len(self.languages) > 1 else self.docs

    @functools.cached_property
    def code(self) -> list[Path]:
        """Folders of code that draws pages: the engine's, and those of the book's extensions."""
        modules = [sys.modules[name] for name in self.options.extensions]
        return [Path(__file__).parent, *(Path(m.__file__).parent for m in modules)]

    # ---- files

    def place(self, path: Path) -> str:
        """How a message names a file: from the root of the book."""
        return files.place(path, self.root)

    def read(self, path: Path) -> str:
        return files.read(path, self.root)

    def read_yaml(self, path: Path, shape: str) -> dict:
        """One of the book's own files of facts; an optional one that is absent is empty. shape: see `schema`. Raises Fault."""
        return _yaml(path, self.root, shape, path.stat().st_mtime_ns) if path.is_file() else {}

    # ---- words and symbols

    @functools.cached_property
    def words_file(self) -> Path:
        """The book's own words; the file may be absent."""
        return self.root / (self.options.words or "words.yml")

    @property
    def own_words(self) -> dict[str, dict]:
        """Language → the book's own words in it."""
        own = self.read_yaml(self.words_file, "WORDS")
        return {language: own.get(language, {}) for language in self.languages}

    @property
    def words(self) -> dict[str, Words]:
        """Language → all words of the interface in it: the engine's, in English if it has none in the language, and the book's."""
        engine, out = _words_of_the_engine(), {}
        for language, own in self.own_words.items():
            foreign = {"language_name": language, "locale": language.replace("-", "_")}
            site = {"site_name": self.name, "site_description": self.description}
            out[language] = Words(site | engine.get(language, engine["en"] | foreign) | own)
            out[language].place = self.place(self.words_file)
        return out

    @property
    def terms(self) -> dict[str, dict]:
        return self.read_yaml(self.glossary, "GLOSSARY").get("terms", {})

    @property
    def banned(self) -> dict[str, dict]:
        """Word that the book does not use → what it uses."""
        return self.read_yaml(self.glossary, "GLOSSARY").get("mainland", {})

    @property
    def symbols(self) -> dict[str, dict]:
        """Code name → its TeX and what it means in each language."""
        return self.read_yaml(self.glossary, "GLOSSARY").get("symbols", {})

    def symbols_of(self, module: str) -> Mapping[str, dict]:
        """The symbols as one module of snippets means them: a scoped `module.name` before the plain name."""
        plain = {n: e for n, e in self.symbols.items() if "." not in n}
        scoped = {
            n.removeprefix(f"{module}."): e
            for n, e in self.symbols.items()
            if n.startswith(f"{module}.")
        }
        return plain | scoped


@functools.cache
def _words_of_the_engine() -> dict[str, dict]:
    return yaml.safe_load((THEME / "words.yml").read_text("utf-8"))


@functools.lru_cache(maxsize=16)
def _yaml(path: Path, root: Path, shape: str, stamp: int) -> dict:
    text, at = files.read(path, root), files.place(path, root)
    value = files.read_yaml(text, at) or {}
    schema.check(value, shape, text, at)
    return value
