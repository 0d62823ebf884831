"""`make bench`: what the book promises of speed, measured in one run and kept in one file.

command.py    the command, and what the figures were taken on
figures.py    rows of figures, and the most that the book promises
books.py      the book with more or fewer chapters, and the same pages for its peers
building.py   builds and live edits
beside.py     builds and checks after an edit, beside those of an earlier commit
earlier.py    the earlier commit
reading.py    a page in a browser: bytes, shifts, first paint
checking.py   the checks of formulas, beside the earlier commit; its programs are in checker.py
steps.py      one training step in MLX, NumPy, PyTorch and JAX; its programs are in training.py
gradients.py  forward and backward over forward alone; memory with and without checkpoints
engines.py    the book's engine beside one of single numbers, and beside MLX's own
processes.py  programs that are run and timed, also in the peers' environment
data/         settings of the peers, and what is asked of a browser

A figure is the median of repeats that take turns, so that other work of the machine slows all of
them alike, and a ratio is of two figures of one run. A training step is too short for that: on a
busy machine one turn in two may be interrupted, so its figure is the fastest turn. Peers are in an
environment of their own; without it their rows are those of the last run on the same machine.
"""
