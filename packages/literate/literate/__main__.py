"""The commands behind `make`: `python -m literate check | build | serve | agree | try-mlx | bench`."""

import argparse
import os
import sys
import traceback
from pathlib import Path

from literate.errors import Fault, Faults


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m literate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check", help="the fast gate for authors: formulas, snippets, pages, links; writes no page"
    )
    check.add_argument(
        "name",
        nargs="?",
        help="only the formulas of one chapter (core/forward) or snippet (forward.weighted_sum)",
    )
    commands.add_parser(
        "build", help="the strict site in site/; on any fault the last good one stays"
    )
    serve = commands.add_parser("serve", help="the live site on 127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    agree = commands.add_parser(
        "agree", help="record that both languages of a page say the same now"
    )
    agree.add_argument(
        "name",
        nargs="?",
        help="one page (core/forward) or section (core/forward#the-network); without it all",
    )
    tried = commands.add_parser("try-mlx", help="what another MLX would change, page by page")
    tried.add_argument("version", nargs="?", help="0.31.2; without it the newest")
    tried.add_argument(
        "--inside", metavar="FILE", help=argparse.SUPPRESS
    )  # in the tried environment: what came, for the other to read
    bench = commands.add_parser(
        "bench", help="measure builds, live edits, pages and training; writes one data file"
    )
    bench.add_argument("groups", nargs="*", help="only these: building, reading, training")
    given = parser.parse_args(argv)
    os.environ.setdefault(
        "NO_MKDOCS_2_WARNING", "1"
    )  # Material's notice about MkDocs 2: we pin 1.6.1
    from literate import commands as run

    try:
        return {
            "check": lambda: run.check(given.name),
            "build": run.build,
            "serve": lambda: run.serve(given.port),
            "agree": lambda: run.agree(given.name),
            "try-mlx": lambda: run.try_mlx(given.version, given.inside),
            "bench": lambda: run.bench(given.groups),
        }[given.command]()
    except (Fault, Faults) as fault:
        print(f"\n{fault}", file=sys.stderr)
        return 1
    except Exception as error:  # not foreseen: the engine should have said where and what
        kept = Path(".cache") / "traceback.txt"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(traceback.format_exc(), "utf-8")
        print(
            f"\n{type(error).__name__}: {error}\n    → a fault of the engine, which should have named the place; undo what you changed last,"
            f" and report it with {kept}",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
