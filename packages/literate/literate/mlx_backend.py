"""MLX, where it is installed: version, device, what it compiles, and what it reads and writes.

The worker loads this file by its path, without the package: it uses the standard library alone.
Run as a script, it prints the device on which programs compute, and whether MLX compiles there.
"""

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

VARIABLES = ("LITERATE_DEVICE", "MLX_DISABLE_COMPILE", "MLX_ENABLE_TF32")  # what a run depends on
_DEVICES = {
    "Device(gpu, 0)": "GPU (Metal)" if sys.platform == "darwin" else "GPU (CUDA)",
    "Device(cpu, 0)": "CPU",
}
_READ = ("load", "import_function")
_SAVE = "save savez savez_compressed save_safetensors save_gguf".split()
_EXPORT = "export_function exporter export_to_dot".split()


def facts() -> dict[str, str]:
    """Version, device, and whether it compiles there; empty where MLX is not installed.

    Raises RuntimeError if MLX is installed and does not start.
    """
    try:
        version = importlib.metadata.version("mlx")
    except importlib.metadata.PackageNotFoundError:
        return {}
    command = [sys.executable, "-E", "-P", "-s", "-B", __file__]  # as the worker is started
    asked = subprocess.run(command, capture_output=True, text=True)
    if asked.returncode:
        raise RuntimeError((asked.stderr.strip().splitlines() or ["no message"])[-1])
    device, compiles = asked.stdout.splitlines()
    return {"mlx": version, "device": _DEVICES.get(device, device), "compiles": compiles}


def compiles(mx: Any) -> bool:
    """Whether `mx.compile` compiles: for the CPU of Linux it takes g++, and says nothing without.

    A function that is compiled runs in Python only while MLX notes its operations.
    """
    noted = []

    def one_more(x: Any) -> Any:
        noted.append(x)
        return x + 1

    compiled = mx.compile(one_more)
    calls = 3  # a process notes its first function twice
    for _ in range(calls):
        compiled(mx.array(0.0))
    return len(noted) < calls


# ---- in the process of a program


def watch() -> Any:
    """Audit the files that MLX reads and writes, and compute on the device that is asked for.

    MLX opens files in C++, where Python audits nothing. Gives `mlx.core`; None if it is missing.
    """
    try:
        import mlx.core as mx  # optional
    except ImportError:
        return None
    if os.environ.get("LITERATE_DEVICE") == "cpu":
        mx.set_default_device(mx.cpu)
    for names, mode in ((_READ, "r"), (_SAVE, "w"), (_EXPORT, "w")):
        for name in names:
            if hasattr(mx, name):
                setattr(mx, name, _audited(getattr(mx, name), mode))
    return mx


def _audited(function: Callable[..., Any], mode: str) -> Callable[..., Any]:
    def audited(file: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(file, str | os.PathLike):
            sys.audit("open", file, mode, 0)
        return function(file, *args, **kwargs)

    return audited


# ---- compiled libraries
# MLX compiles into a folder below TMPDIR, each library at its final name, and loads whatever is
# there. In a folder that runs share, a run that is killed would leave half a library to be loaded.


def lend(kept: Path, place: Path) -> None:
    """Link what earlier runs compiled into a run's TMPDIR, where MLX looks for it."""
    for path in [p for p in kept.rglob("*") if p.suffix in (".so", ".ptx")]:
        # CUDA's code (.ptx) is read with the names in it (.txt)
        for file in {path, path.with_suffix(".txt") if path.suffix == ".ptx" else path}:
            link = place / file.relative_to(kept)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file)


def compiled(place: Path) -> list[Path]:
    """What a run compiled into its TMPDIR; names come before the code that needs them."""
    every = [p for p in (place / "mlx").rglob("*") if p.suffix in (".so", ".ptx", ".txt")]
    return sorted((p for p in every if not p.is_symlink()), key=lambda p: p.suffix, reverse=True)


if __name__ == "__main__":
    core = watch()
    print(core.default_device(), "yes" if compiles(core) else "no", sep="\n")
