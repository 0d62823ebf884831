"""Print the packages of the peers' environment: the extra `bench` of pyproject.toml.

Each has one version: that of the extra, or of requirements.txt for what the book uses as well.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def packages() -> list[str]:
    """Requirements, each with its version. Raises ValueError where one has none."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    locked = (ROOT / "requirements.txt").read_text("utf-8")
    out = []
    for name in settings["project"]["optional-dependencies"]["bench"]:
        own = [name] if "==" in name else []
        found = own or re.findall(rf"^{re.escape(name)}==[^\\\n]*[^\\\s]", locked, re.M)
        if not found:
            raise ValueError(f"{name}: give its version in the extra `bench` of pyproject.toml")
        out += found
    return out


if __name__ == "__main__":
    print("\n".join(packages()))
