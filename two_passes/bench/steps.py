"""One training step in each framework. Their programs (training.py) run at once and take turns."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from ctypes.util import find_library

from two_passes.bench import training
from two_passes.bench.processes import peers

TURNS = 15


def _ways() -> dict[str, tuple[str, dict[str, str]]]:
    """Program → its Python and its environment.

    On Linux one has OpenBLAS in place of the wheel's BLAS: `OPENBLAS=path`, or the system's.
    """
    ways = {way: (sys.executable, {}) for way in ("mlx_eager", "mlx_compiled", "numpy")}
    blas = os.environ.get("OPENBLAS") or find_library("openblas")
    if sys.platform == "linux" and blas:
        ways["mlx_openblas"] = sys.executable, {"LD_PRELOAD": blas}
    if python := peers():
        ways |= {way: (str(python), {}) for way in ("torch_one", "torch_all", "jax")}
    return ways


def _start(way: str, python: str, environment: dict[str, str]) -> subprocess.Popen:
    command, pipe, env = [python, training.__file__, way], subprocess.PIPE, os.environ | environment
    return subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, env=env)


def _ask(process: subprocess.Popen, line: str) -> str:
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline()


def measure(figures, _) -> None:
    with ExitStack() as running:
        processes = {way: _start(way, *how) for way, how in _ways().items()}
        for way, process in processes.items():
            running.callback(process.wait)
            running.callback(process.kill)
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"{way} does not start: see the lines above")
        samples = {(name, way): [] for name in training.SIZES for way in processes}
        for _ in range(TURNS):
            for name, way in samples:
                samples[name, way].append(1e6 * float(_ask(processes[way], name)))
        losses = {way: json.loads(_ask(process, "end")) for way, process in processes.items()}
    for (name, way), times in samples.items():
        ours, theirs = losses["numpy"][name], losses[way][name]
        if abs(theirs - ours) > 0.05:
            raise ArithmeticError(f"{name}: {way} ends at loss {theirs}, NumPy at {ours}")
        figures.add(f"{name}_{way}", times, "µs", of=min)
    for name, way in samples:
        if way != "mlx_compiled":
            figures.ratio(f"{name}_{way}_ratio", f"{name}_{way}", f"{name}_mlx_compiled")
