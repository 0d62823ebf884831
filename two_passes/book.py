"""What `extensions:` of mkdocs.yml loads: each module registers what it holds."""

from two_passes import home, live_lab, measured  # noqa: F401
from two_passes.figures import gradients, network  # noqa: F401
from two_passes.figures import measured as measured_figures  # noqa: F401
