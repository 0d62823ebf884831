"""The functions of the book. Each formula is between $$ in the docstring of its function."""
