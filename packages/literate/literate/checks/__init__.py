"""Checks of the pages, a file for each subject; each registers its functions."""
