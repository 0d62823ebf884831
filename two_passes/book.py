"""What the engine loads for this book (`extensions:` in mkdocs.yml): each module registers its own."""

from two_passes import home, live_lab, measured  # noqa: F401
from two_passes.figures import gradients, network  # noqa: F401
from two_passes.figures import measured as measured_figures  # noqa: F401
