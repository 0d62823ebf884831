"""What the engine loads for this book (`extensions:` of mkdocs.yml): what registers itself."""

from two_passes import figures, home, in_lab, live_lab, measured  # noqa: F401
