"""The book's own command: `python -m two_passes bench`."""

import argparse

from two_passes.bench.command import GROUPS, bench


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m two_passes", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    told = "measure builds, live edits, pages and training; writes one data file"
    names = commands.add_parser("bench", help=told)
    names.add_argument("groups", nargs="*", help=f"only these: {', '.join(GROUPS)}")
    return bench(parser.parse_args().groups)


if __name__ == "__main__":
    raise SystemExit(main())
