"""How long the book's formulas take to be checked, beside an earlier commit's checker.

Both check the functions that both trees have, and take turns function by function, each time in new
processes, so that nothing is kept from the turn before. Times are of the processor.
"""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

from two_passes.bench import checker
from two_passes.bench.earlier import unpacked
from two_passes.bench.processes import ROOT

TURNS = 5
ALONE = "forward.weighted_sum"  # what is checked by the command alone
WAYS = ("then", "now")


def measure(figures, folder: Path) -> None:
    trees = {"then": unpacked(folder / "then"), "now": ROOT}
    _formulas(figures, trees)
    _command(figures, trees, folder)


# ---- each formula


def _formulas(figures, trees: dict[str, Path]) -> None:
    """The median formula and the sum of all. A function's formulas share its time."""
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    counts: dict[tuple[str, str], int] = {}
    for _ in range(TURNS):
        with contextlib.ExitStack() as running:
            processes = {way: _start(way, trees[way]) for way in WAYS}
            for process in processes.values():
                running.callback(process.wait)
                running.callback(process.kill)
            names = [json.loads(process.stdout.readline()) for process in processes.values()]
            for name in sorted(set(names[0]) & set(names[1])):
                for way, process in processes.items():
                    found = _ask(process, name)
                    if found["fault"]:
                        print(f"{way}: {name}: {found['fault'].splitlines()[0]}")
                        continue
                    seconds[way, name].append(found["seconds"])
                    counts[way, name] = found["formulas"]
    both = [name for way, name in seconds if way == "now" and ("then", name) in seconds]
    for way in WAYS:
        took = {name: median(seconds[way, name]) for name in both}
        each = [took[n] / counts[way, n] for n in both for _ in range(counts[way, n])]
        figures.add(f"formula_{way}", [1000 * s for s in each], "ms")
    figures.ratio("formula_ratio", "formula_now", "formula_then")
    for way in WAYS:
        turns = zip(*(seconds[way, name] for name in both), strict=True)
        figures.add(f"formulas_{way}", list(map(sum, turns)), "s")
    figures.ratio("formulas_ratio", "formulas_now", "formulas_then")


def _start(way: str, tree: Path) -> subprocess.Popen:
    command, pipe = [sys.executable, checker.__file__, way], subprocess.PIPE
    return subprocess.Popen(command, cwd=tree, text=True, stdin=pipe, stdout=pipe)


def _ask(process: subprocess.Popen, name: str) -> dict:
    process.stdin.write(name + "\n")
    process.stdin.flush()
    if not (line := process.stdout.readline()):
        raise RuntimeError(
            f"the checker ended at {name} with {process.wait()}: see the lines above"
        )
    return json.loads(line)


# ---- one function, by the command


def _command(figures, trees: dict[str, Path], folder: Path) -> None:
    """One function in a new process: with nothing kept, then again with what the first one kept.

    The earlier commit keeps the verdict, and checks nothing again; this one the parser's tables.
    """
    home, _, name = ALONE.partition(".")
    file = trees["now"] / "snippets" / f"{home}.py"
    commands = {
        "then": ["-m", "literate", "check", ALONE],
        "now": ["-m", "mathdoctest", "check", f"{file}::{name}"],
    }
    took = defaultdict(list)
    for turn in range(TURNS + 1):
        for kept in (trees["then"] / ".cache", folder / "kept"):
            shutil.rmtree(kept, ignore_errors=True)
        for when in ("alone", "again"):
            for way, command in commands.items():
                seconds = _timed(command, trees[way], folder / "kept")
                if turn:  # the first turn reads the files from the disk
                    took[f"{when}_{way}"].append(seconds)
    for when in ("alone", "again"):
        for way in WAYS:
            figures.add(f"{when}_{way}", took[f"{when}_{way}"], "s")
        figures.ratio(f"{when}_ratio", f"{when}_now", f"{when}_then")


def _timed(command: list[str], cwd: Path, cache: Path) -> float:
    """Seconds of the processor that a command takes, with what it starts."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    before = _processor()
    command = [sys.executable, *command]
    subprocess.run(command, cwd=cwd, env=environment, check=True, stdout=subprocess.DEVNULL)
    return _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
