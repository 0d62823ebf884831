"""The log of MkDocs and of the engine as the terminal shows it: progress as it comes, each fault
once.
"""

import logging
import re
import sys
from pathlib import Path

from literate.errors import Fault

_LINK = re.compile(
    r"Doc file '([^']+)' contains (?:an? [a-z ]*)?link (?:to )?'([^']*)',? ?(?:but )?(.*)", re.S
)


class Messages(logging.Handler):
    """wrong: the warnings and errors so far, which make a strict build fail. said: what was told
    beside them.
    """

    def __init__(self, docs: Path):
        super().__init__(logging.INFO)
        self.docs = docs
        self.wrong: list[str] = []
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage().strip()
        if record.levelno >= logging.WARNING:
            wrong = _link_fault(message, self.docs) or f"{record.levelname.lower()}: {message}"
            self.wrong.append(wrong)
            print(wrong, file=sys.stderr, flush=True)
        elif record.name == "mkdocs.plugins.literate":
            self.said.append(message)
            print(message, flush=True)


def listen(docs: Path) -> Messages:
    """Show what is logged from now on, and nothing twice."""
    messages, logger = Messages(docs), logging.getLogger("mkdocs")
    logger.setLevel(logging.INFO)
    logger.handlers[:] = [messages]
    return messages


def _link_fault(message: str, docs: Path) -> str | None:
    """MkDocs' warning about a link of a page in our form, with the line; None for any other
    warning.
    """
    if not (found := _LINK.match(message)):
        return None
    # a lab is written as Markdown
    path, link, why = (group.replace(".ipynb", ".md") for group in found.groups())
    page = docs / path
    lines = page.read_text("utf-8").splitlines() if page.is_file() else []
    line = next((f":{n}" for n, text in enumerate(lines, 1) if f"({link}" in text), "")
    cure = "name a page as `other.md`, a section as `other.md#its-id`"
    return str(Fault(f"docs/{path}{line}", f"the link `{link}` leads nowhere: {why}", cure))
