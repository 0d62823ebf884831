"""Print what the peers' environment holds: the extra `bench` of pyproject.toml, a package a line."""

import tomllib
from pathlib import Path

if __name__ == "__main__":
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    print("\n".join(settings["project"]["optional-dependencies"]["bench"]))
