"""Print the packages of the peers' environment: the extra `bench` of pyproject.toml."""

import tomllib
from pathlib import Path

if __name__ == "__main__":
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    print("\n".join(settings["project"]["optional-dependencies"]["bench"]))
