"""What the engine loads for this book (`extensions:` in mkdocs.yml): each module registers its own."""

from two_passes import figures, home, live_lab, measured  # noqa: F401
