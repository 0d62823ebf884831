"""The book's own command: `python -m two_passes bench`."""

import argparse

from two_passes.bench.command import GROUPS, bench

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m two_passes", description=__doc__)
    told = "measure builds, live edits, pages and training; writes one data file"
    parser.add_argument("command", choices=["bench"], help=told)
    parser.add_argument("groups", nargs="*", choices=GROUPS, help="only these; without one, all")
    bench(parser.parse_args().groups)
