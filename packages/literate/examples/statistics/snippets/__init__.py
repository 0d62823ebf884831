"""The functions of the book. Each formula is between $$ in the docstring of the function that computes it."""
