"""`python -m literate new my-book`: a small book that builds at once, to begin one's own from."""

import shutil
from pathlib import Path

from literate.errors import Fault

STARTER = Path(__file__).with_name("starter")  # the files of the book; its name is filled in


def make(folder: Path) -> int:
    """Copy the starter into a new or empty folder. Raises Fault."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Fault(str(folder), "exists and is not empty", "name a folder that is new or empty")
    name = folder.resolve().name.replace("-", " ").replace("_", " ").capitalize()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(STARTER, folder, dirs_exist_ok=True, ignore=ignored)
    (folder / "gitignore").rename(folder / ".gitignore")  # as such it would hide files here
    for path in [folder / "mkdocs.yml", folder / "README.md", folder / "docs" / "index.md"]:
        path.write_text(path.read_text("utf-8").replace("BOOK_NAME", name), "utf-8")
    print(f"made {folder}/. Begin:\n    cd {folder}\n    python -m literate serve")
    return 0
