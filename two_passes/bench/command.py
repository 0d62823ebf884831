"""The command: it measures groups, and saves their figures beside those of earlier runs."""

import datetime
import json
import os
import platform
import re
import subprocess
import tempfile
from pathlib import Path

from literate import provenance

from two_passes.bench import building, checking, engines, gradients, processes, reading, steps
from two_passes.bench.figures import Figures

RECORD = processes.ROOT / "snippets" / "data" / "performance.json"
GROUPS = {
    "training": steps.measure, "reading": reading.measure, "building": building.measure,
    "checking": checking.measure, "gradients": gradients.measure,
    "engines": engines.measure,
}  # fmt: skip
NO_PEERS = """PyTorch, JAX, Sphinx and Zensical are not measured: their environment is missing
    → `make bench PEERS=1` installs them first, below .cache/ (about 6 GB)"""
SAME = ("processor", "cores", "platform")  # what makes two runs those of one machine


def machine() -> dict:
    """What the figures are taken on. load: at the beginning, in busy processors."""
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        name = subprocess.check_output(command, text=True).strip()
    else:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
        name = found[1] if found else platform.machine()
    load = round(os.getloadavg()[0], 1)
    return {"processor": name, "cores": os.cpu_count(), "load": load, **provenance.machine()}


def with_earlier(group: dict, before: dict | None) -> dict:
    """A group with the rows of an earlier run that this one could not measure, such as those of
    peers that are not installed. Each keeps its date. Of another machine none is kept.
    """
    if before is None or any(before["machine"][key] != group["machine"][key] for key in SAME):
        return group
    then = {key: {"date": before["date"], **row} for key, row in before["rows"].items()}
    order = dict.fromkeys([*then, *group["rows"]])
    return group | {"rows": order | then | group["rows"]}


def bench(names: list[str], save: bool = False) -> None:
    """Measure the named groups, or all of them. What all measure is saved, else only if asked."""
    if not processes.peers():
        print(NO_PEERS)
    kept = json.loads(RECORD.read_text("utf-8"))["groups"] if RECORD.is_file() else {}
    for name in names or GROUPS:
        figures, today = Figures(), datetime.date.today().isoformat()
        group = {"date": today, "machine": machine(), "rows": figures.rows}
        with tempfile.TemporaryDirectory(prefix="two-passes-") as folder:
            GROUPS[name](figures, Path(folder))
        kept[name] = with_earlier(group, kept.get(name))
    record = RECORD.relative_to(processes.ROOT)
    if names and not save:
        print(f"{record} is left as it was\n    → SAVE=1 with `make bench` writes these figures")
        return
    RECORD.write_text(json.dumps({"groups": kept}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {record}")
