"""Run commands of the engine one after the other in one process.

Each line of the input is a command, the words of it as a JSON list. Each line of the output is what
came of it: its status, and what it printed to each of the two streams.
"""

import contextlib
import io
import json
import sys

from literate import cli
from mkdocs.config.defaults import MkDocsConfig


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # what else is printed is no answer
    for line in sys.stdin:
        MkDocsConfig.plugins.plugin_cache.clear()  # else a plugin is as the command before left it
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cli.main(json.loads(line))
        print(json.dumps([status, out.getvalue(), err.getvalue()]), file=answers, flush=True)


if __name__ == "__main__":
    main()
