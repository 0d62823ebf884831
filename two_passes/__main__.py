"""The book's own command: `python -m two_passes bench`."""

import argparse

from two_passes.bench.command import GROUPS, bench

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m two_passes", description=__doc__)
    told = "measure builds, live edits, pages and training; of all it writes one data file"
    parser.add_argument("command", choices=["bench"], help=told)
    parser.add_argument("groups", nargs="*", choices=GROUPS, help="only these; without one, all")
    parser.add_argument("--save", action="store_true", help="write the file for some groups too")
    given = parser.parse_args()
    bench(given.groups, given.save)
