"""Checks that the formula in a docstring is what the function computes."""

from mathdoctest.api import Mismatch, Report, check, read

__version__ = "0.1.0"
__all__ = ["Mismatch", "Report", "check", "read"]
