"""Programs that check this book's formulas: `python checker.py then` and `python checker.py now`.

checking.py starts one in each tree; it answers on standard output. `then` is the checker of an
earlier commit, in a folder with that commit's files; `now` is the one of this tree.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

Check = Callable[[str], int]  # name of a function → how many formulas were checked


def then() -> tuple[list[str], Check]:
    from literate import program
    from literate.formula import check as checker
    from literate.formula import scope, tree

    names = []
    for path in sorted(program.SNIPPETS.glob("*.py")):
        home = program.module(path.stem)
        for name, node in home.defined.items():
            if hasattr(node, "args") and "$$" in (checker.ast.get_docstring(node) or ""):
                names.append(f"{path.stem}.{name}")

    def ready(name: str) -> scope.Function:
        home, _, inner = name.partition(".")
        return scope.function(program.module(home), inner)

    tree.parser()
    for name in names:
        checker.code(ready(name))
        checker.symbols(ready(name))
    tree._tree.cache_clear()  # what the names were read with: each side reads its own formulas
    scope._function_of.cache_clear()

    def check(name: str) -> int:
        one = ready(name)
        checker.checked(one)
        return len(one.formulas)

    return names, check


def now() -> tuple[list[str], Check]:
    import mathdoctest
    from literate import symbols
    from literate.project import Project
    from mathdoctest import execute, functions, reader, source, verdicts

    project = Project.find(Path.cwd())
    places = {}
    for path in sorted(project.snippets.glob("*.py")):
        for name in verdicts.documented(path):
            places[f"{path.stem}.{name}"] = path, name
    reader.parser()
    tables = {path: symbols.table(project, path.stem) for path, _ in places.values()}
    for path, name in places.values():
        execute.load(path, name)

    def check(name: str) -> int:
        path, inner = places[name]
        one = functions.function(source.module(path), inner)
        mathdoctest.check(one, tables[path])
        return len(one.formulas)

    return list(places), check


def main() -> None:
    """Say which functions there are; then, for each that is asked for, what its check took."""
    names, check = {"then": then, "now": now}[sys.argv[1]]()
    print(json.dumps(names), flush=True)
    for line in sys.stdin:
        began = time.process_time()
        try:
            count, fault = check(line.strip()), None
        except Exception as error:
            count, fault = 0, str(error)
        took = time.process_time() - began
        print(json.dumps({"seconds": took, "formulas": count, "fault": fault}), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())  # `literate` of the tree in which it runs
    main()
