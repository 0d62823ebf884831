"""`make bench`: what the book promises of speed, measured in one run and kept in one file.

command.py    the command, and what the figures were taken on
figures.py    rows of figures, and the most that the book promises
books.py      the book with more or fewer chapters, and the same pages for its peers
building.py   builds and live edits
reading.py    a page in a browser: bytes, shifts, first paint
steps.py      one training step in MLX, NumPy, PyTorch and JAX; its programs are in training.py
processes.py  programs that are run and timed, also in the peers' environment
data/         settings of the peers, and what is asked of a browser

A figure is the median of repeats that take turns, so that other work of the machine slows all of
them alike, and a ratio is of two figures of one run. A training step is too short for that: on a
busy machine one turn in two may be interrupted, so its figure is the fastest turn. Peers are in an
environment of their own; without it their rows are left out.
"""
<<<<<<< HEAD
=======

import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "snippets" / "data" / "performance.json"
PEERS = (
    ROOT / ".cache" / "bench"
)  # made by `make bench PEERS=1` from the extra `bench` of pyproject.toml


def peers() -> Path | None:
    """The Python of the peers' environment, where there is one."""
    python = PEERS / "bin" / "python"
    return python if python.is_file() else None


def machine() -> dict:
    """What the figures were taken on; load: what else it did at the beginning, in busy processors."""
    name = platform.processor()
    if platform.system() == "Linux":
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
        name = found[1] if found else platform.machine()
    elif platform.system() == "Darwin":
        name = subprocess.run(
            ["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True
        ).stdout.strip()
    from literate.commands import project_here
    from literate.runs import record

    return {
        "processor": name,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        **record(project_here()),
    }


class Figures:
    """The rows of the table, in order: key → {value, unit, limit, all}."""

    def __init__(self):
        self.rows: dict[str, dict] = {}

    def add(
        self,
        key: str,
        samples: list[float],
        unit: str,
        limit: float | None = None,
        of=statistics.median,
    ) -> float:
        """A row, told as soon as it is there. limit: what the book promises at most; of: what stands for the samples."""
        value = of(samples)
        self.rows[key] = {
            "value": value,
            "unit": unit,
            "limit": limit,
            "low": min(samples),
            "high": max(samples),
            "n": len(samples),
        }
        told = (
            "" if limit is None else f"   at most {limit:g}{'' if value <= limit else '   MISSED'}"
        )
        print(
            f"{key:28} {value:10.3f} {unit:5} ({min(samples):.3f} to {max(samples):.3f}, {len(samples)}){told}",
            flush=True,
        )
        return value

    def ratio(self, key: str, one: str, other: str, limit: float | None = None) -> None:
        """One row over another, where both are there."""
        if one in self.rows and other in self.rows:
            self.add(key, [self.rows[one]["value"] / self.rows[other]["value"]], "×", limit)


def main(only: list[str]) -> int:
    """Measure all, or the named groups (building, reading, training), and keep what came out beside what was there."""
    from two_passes.bench import building, reading, training

    groups = {
        "training": training.measure,
        "reading": reading.measure,
        "building": building.measure,
    }
    if wrong := set(only) - set(groups):
        print(
            f"no such group: {', '.join(sorted(wrong))}; there are {', '.join(groups)}",
            file=sys.stderr,
        )
        return 2
    if not peers():
        print(
            "No peers here: PyTorch, JAX, Sphinx and Zensical are left out. `make bench PEERS=1` installs them first, below .cache/ (about 6 GB)."
        )
    kept = json.loads(RECORD.read_text("utf-8"))["groups"] if RECORD.is_file() else {}
    for name in only or groups:
        figures = Figures()
        where = machine()
        groups[name](figures)
        kept[name] = {
            "date": datetime.date.today().isoformat(),
            "machine": where,
            "rows": figures.rows,
        }
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps({"groups": kept}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {RECORD.relative_to(ROOT)}")
    return 0
>>>>>>> main
