"""One book: where its files are and what its `mkdocs.yml` says. Handed down in place of globals."""

import functools
import importlib
import sys
from pathlib import Path
from typing import Any

from markdown.extensions.toc import slugify_unicode
from mathdoctest import source
from mathdoctest.errors import SourceError
from mkdocs.config import base, load_config
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError

from literate import Fault, files, katex, schema, unchanged

THEME = Path(__file__).with_name("theme")
CONFIG = "mkdocs.yml"
SAID = ("site_name", "site_description", "copyright")  # settings of MkDocs that readers see


class Languages(base.BaseConfigOption[dict[str, dict[str, str]]]):
    """Language → what MkDocs' settings that readers see are in it, where they differ.

    Written as `[en]`, or as `[zh-TW: {site_name: 統計}, en]`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.default = ["en"]

    def run_validation(self, value: object) -> dict[str, dict[str, str]]:
        if not isinstance(value, list):
            raise base.ValidationError(f"got {value!r}, not a list: write `[en]`")
        found: dict[str, dict[str, str]] = {}
        for item in value:
            code, said = next(iter(item.items())) if isinstance(item, dict) else (item, {})
            if not isinstance(code, str) or code in found:
                raise base.ValidationError(f"got {item!r}: write each language once, as `en`")
            for key, words in said.items() if isinstance(said, dict) else [(said, None)]:
                if key not in SAID or not isinstance(words, str):
                    what = f"`{code}` has {key!r}: {words!r}"
                    raise base.ValidationError(f"{what}; it takes, as text, {', '.join(SAID)}")
            found[code] = said
        return found


class Options(base.Config):  # type: ignore[no-untyped-call]
    """What `plugins: - literate:` of mkdocs.yml takes."""

    languages = Languages()
    snippets = c.Type(str, default="snippets")
    numbered = c.ListOfItems(c.Type(str), default=[])
    templates = c.DictOfItems(c.Type(str), default={})
    commands = c.ListOfItems(c.Type(str), default=[])
    extensions = c.ListOfItems(c.Type(str), default=[])
    words = c.Optional(c.Type(str))
    glossary = c.Type(str, default="docs/glossary.yml")
    redirects = c.Type(str, default="docs/redirects.yml")
    reviewed = c.Type(str, default="docs/agreed.yml")


class Words(dict[str, Any]):
    """The words of the interface in one language. Raises Fault for a word that is missing."""

    def __init__(self, place: str, words: dict[str, Any]):
        super().__init__(words)
        self.place = place

    def __missing__(self, key: str) -> Any:
        raise Fault(self.place, f"the word `{key}` is missing", "add it, in every language")


class Project:
    """A book.

    root: the folder of mkdocs.yml. docs, snippets: folders of pages and of code.
    package: the name by which snippets import each other.
    cache: what runs, checks and drawings leave for the next build.
    languages: language → what the addresses of its pages begin with; the first one's is empty.
    said: language → the settings that readers see, as they are in it.
    key: distinguishes what a reader's device stores of this book from that of another.
    """

    def __init__(self, config: MkDocsConfig, options: Options):
        self.config_file = Path(config.config_file_path or CONFIG).resolve()
        self.docs = Path(config.docs_dir).resolve()
        site = {key: config[key] or "" for key in SAID}
        self.said = {code: site | own for code, own in options.languages.items()}
        self.repository = (config.repo_url or "").rstrip("/")
        self.key = slugify_unicode(config.site_name, "-")
        self.extra_css = [self.docs / name for name in config.extra_css]
        self.nav: list[Any] = config.nav or []
        self.root = self.config_file.parent
        self.options = options
        self.package = options.snippets
        self.snippets = self.root / options.snippets
        self.cache = unchanged.cache(self.root)
        self.glossary = self.root / options.glossary
        self.redirects = self.root / options.redirects
        self.reviewed = self.root / options.reviewed
        self.languages = {code: f"{code}/" if n else "" for n, code in enumerate(options.languages)}
        self.theme_folders = [*config.theme.dirs, str(THEME)]  # where its templates may be
        theme = [config.theme.custom_dir] if config.theme.custom_dir else []
        self.also_watched = [Path(path).resolve() for path in (*config.watch, *theme)]
        self.katex = katex.Katex(self.cache)
        if not self.languages:
            raise self._fault("languages", "no language", "write `languages: [en]`")
        if not self.snippets.is_dir():
            what = f"the folder of snippets `{self.package}/` is missing"
            raise self._fault("snippets", what, "make it, or name another as `snippets:`")

    @classmethod
    def of(cls, config: MkDocsConfig) -> "Project":
        """The book that a MkDocs configuration describes, its extensions loaded. Raises Fault."""
        if "literate" not in config.plugins:
            raise Fault(CONFIG, "the plugin `literate` is not among `plugins:`", "add it")
        options: Any = config.plugins["literate"].config
        made = cls(config, options)
        if str(made.root) not in sys.path:  # snippets and extensions are modules below it
            sys.path.insert(0, str(made.root))
        for name in options.extensions:
            try:
                importlib.import_module(name)
            except ImportError as error:
                what = f"the extension `{name}` cannot be imported: {error}"
                cure = f"name a module that can be imported from the folder of {CONFIG}"
                raise made._fault(name, what, cure) from None
        return made

    @classmethod
    def find(cls, folder: Path | None = None) -> "Project":
        """The book of the nearest mkdocs.yml, from a folder (default: the current one) upwards.

        Raises Fault.
        """
        path = nearest_config(folder or Path.cwd())
        files.read(path, path.parent)
        try:
            return cls.of(load_config(str(path)))
        except (Abort, ConfigurationError) as error:
            what = " ".join(str(error).split()) or "MkDocs cannot read it"
            raise Fault(CONFIG, what, f"fix it; `git diff {CONFIG}` shows what changed") from None

    def _fault(self, key: str, what: str, cure: str) -> Fault:
        """A fault of mkdocs.yml, at the first line that has the key."""
        at, text = self.place(self.config_file), self.config_file.read_text("utf-8")
        return Fault(files.at_offset(at, text, text.find(key)) if key in text else at, what, cure)

    # ---- pages

    @functools.cached_property
    def first(self) -> str:
        """The language whose pages are at the root of the site."""
        return next(iter(self.languages))

    @functools.cached_property
    def parts(self) -> dict[str, list[str]]:
        """Part of the book → its pages, as the navigation lists them."""
        return {k: v for item in self.nav if isinstance(item, dict) for k, v in item.items()}

    @functools.cached_property
    def order(self) -> list[str]:
        """The numbered chapters in reading order."""
        return [slug for part in self.options.numbered for slug in self.parts.get(part, [])]

    def number(self, slug: str) -> int | None:
        """The number of a page, if it is a chapter."""
        return self.order.index(slug) + 1 if slug in self.order else None

    @functools.cached_property
    def slugs(self) -> list[str]:
        """Every page that the navigation lists, in order."""
        parts = ([*item.values()] if isinstance(item, dict) else [[item]] for item in self.nav)
        return [slug for part in parts for pages in part for slug in pages]

    def page_folder(self, language: str) -> Path:
        """The folder of a language's pages, `docs/en/`; if there is one language, it may be the
        folder of all documents, `docs/`.
        """
        own = self.docs / language
        return own if len(self.languages) > 1 or own.is_dir() else self.docs

    @property
    def drafts(self) -> dict[str, list[Path]]:
        """Slugs that the navigation does not list → their files. They are not on the site."""
        found: dict[str, list[Path]] = {}
        for folder in map(self.page_folder, self.languages):
            for path in sorted(folder.rglob("*.md")):
                slug = path.relative_to(folder).with_suffix("").as_posix()
                if slug not in self.slugs:
                    found.setdefault(slug, []).append(path)
        return found

    def list_drafts(self) -> None:
        """Add the drafts that every language has to the navigation, as the last part."""
        whole = [slug for slug, paths in self.drafts.items() if len(paths) == len(self.languages)]
        self.nav = [*self.nav, *([{"drafts": whole}] if whole else [])]
        self.__dict__.pop("slugs", None)

    # ---- files

    def place(self, path: Path) -> str:
        """A file as messages name it: from the root of the book."""
        return files.place(path, self.root)

    def read(self, path: Path) -> str:
        """A file's text. Raises Fault."""
        return files.read(path, self.root)

    def read_yaml(self, path: Path, shape: str) -> dict[str, Any]:
        """A file of facts; one that is absent is empty. shape: its schema. Raises Fault."""
        try:
            return _yaml(path, self.root, shape, source.stamp(path))
        except SourceError:  # it is absent
            return {}

    @functools.cached_property
    def code(self) -> list[Path]:
        """Folders of code that draws pages: the engine's, the checker's, and those of the book's
        extensions.
        """
        names = ("literate", "mathdoctest", *self.options.extensions)
        files_of = (importlib.import_module(name).__file__ for name in names)
        return list(dict.fromkeys(Path(file).parent for file in files_of if file))

    @functools.cached_property
    def watched(self) -> list[Path]:
        """Folders of all that pages are made from."""
        return list(dict.fromkeys([self.docs, self.snippets, *self.code, *self.also_watched]))

    # ---- words

    @functools.cached_property
    def words_file(self) -> Path:
        """The book's own words; it may be absent."""
        return self.root / (self.options.words or "words.yml")

    @property
    def own_words(self) -> dict[str, dict[str, Any]]:
        """Language → the book's own words in it."""
        own = self.read_yaml(self.words_file, "words")
        return {language: own.get(language, {}) for language in self.languages}

    @property
    def words(self) -> dict[str, Words]:
        """Language → all words of the interface: the engine's, replaced by the book's own.

        The engine speaks English in a language that it does not know.
        """
        engine = self.read_yaml(THEME / "words.yml", "words")
        out = {}
        for language, own in self.own_words.items():
            foreign = {"language_name": language, "locale": language.replace("-", "_")}
            said = engine.get(language) or (engine["en"] | foreign if engine else {})
            every = said | own | self.said[language]
            out[language] = Words(self.place(self.words_file), every)
        return out

    @property
    def _facts(self) -> dict[str, Any]:
        return self.read_yaml(self.glossary, "glossary")

    @property
    def terms(self) -> dict[str, dict[str, Any]]:
        """Key of a term → its word and its meaning in each language."""
        return dict(self._facts.get("terms", {}))

    @property
    def banned(self) -> dict[str, dict[str, Any]]:
        """Word that the book does not use → the one it uses."""
        return dict(self._facts.get("mainland", {}))

    @property
    def allowed(self) -> list[str]:
        """Words that raise no doubt, though OpenCC would write them otherwise."""
        return list(self._facts.get("allowed", []))

    @property
    def opposites(self) -> list[list[dict[str, str]]]:
        """Pairs of opposites; of each side, a pattern of the words that say it in a language."""
        return list(self._facts.get("opposites", []))


def nearest_config(folder: Path) -> Path:
    """The nearest mkdocs.yml, from a folder upwards. Raises Fault."""
    for each in (folder, *folder.parents):
        if (each / CONFIG).is_file():
            return each / CONFIG
    raise Fault(CONFIG, "no such file here or above", "run it in the folder of a book")


@functools.lru_cache(maxsize=256)
def _yaml(path: Path, root: Path, shape: str, _: source.Stamp) -> dict[str, Any]:
    text, at = files.read(path, root), files.place(path, root)
    value = files.read_yaml(text, at)
    schema.check({} if value is None else value, shape, text, at)
    return value or {}
