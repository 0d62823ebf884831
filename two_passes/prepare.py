"""Make the environment that everything runs in: `python two_passes/prepare.py VENV`.

`make` calls this before every command; where the environment is up to date it
returns at once. It uses the standard library only and the syntax of Python 3.6,
so that a Python which is too old can still say so.
"""

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(os.path.abspath(__file__)).parents[1]
PACKAGES = ("packages/mathdoctest", "packages/literate", ".")  # each leans on those before it
LOCKS = ("requirements-build.txt", "requirements.txt")
OLDEST, BEYOND = (3, 11, 5), (3, 15)
FAILED = "Setting up stopped at {}: the lines above say why. The next make will do it anew."


class Stop(Exception):
    """One line for the reader, and what the process returns."""


def problem(python_version, system, machine, libc, mac_version):
    """What keeps this machine from running MLX and this book, as one line; else None.

    The C library comes after Python: an old one may take glibc 2.36 for 2.9.
    """
    if system not in ("Darwin", "Linux"):
        what = f"Two Passes runs on macOS and Linux, not on {system}"
        return f"{what}: on Windows use WSL and run make there."
    if system == "Darwin" and machine != "arm64":
        what = f"MLX needs a Mac with Apple silicon and this Python is {machine}"
        return f"{what}: take a Python for arm64, or on an Intel Mac a Linux machine."
    if system == "Darwin" and numbers(mac_version) < (14,):
        what = f"MLX needs macOS 14 or newer and this is {mac_version}"
        return f"{what}: update macOS, then run make again."
    if system == "Linux" and machine not in ("x86_64", "aarch64"):
        return f"MLX has no Linux build for {machine}: use a machine with x86_64 or aarch64."
    if not OLDEST <= tuple(python_version) < BEYOND:
        what = "Two Passes needs Python 3.11.5 to 3.14 and found {}.{}.{}".format(*python_version)
        return f"{what}: install one, then run make again."
    if system == "Linux" and (libc[0] != "glibc" or numbers(libc[1]) < (2, 35)):
        has = " ".join(libc) if libc[0] == "glibc" else "another C library"
        what = f"MLX needs Linux with glibc 2.35 or newer and this has {has}"
        return f"{what}: use Debian 12, Ubuntu 22.04 or newer."
    return None


def numbers(version):
    return tuple(int(part) for part in version.split(".")[:2])


def here():
    """This machine, as `problem` wants it."""
    libc, mac = platform.libc_ver(), platform.mac_ver()[0]
    return sys.version_info[:3], platform.system(), platform.machine(), libc, mac


def missing_tool():
    """A tool that is not installed, as one line; else None."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            what = "This Python has no {}: install it (on Debian and Ubuntu: python{}.{}-venv)"
            return what.format(module, *sys.version_info) + ", then run make again."
    return None if shutil.which("git") else "git is missing: install it, then run make again."


def fingerprint():
    """A hash of all that decides what stands in the environment."""
    import tomllib

    digest = hashlib.sha256(str(ROOT).encode())
    for name in LOCKS:
        digest.update((ROOT / name).read_bytes())
    for folder in PACKAGES:
        settings = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))
        digest.update(json.dumps(settings["project"], sort_keys=True).encode())
    return digest.hexdigest()


def prepare(venv):
    """Make `venv` as the requirement files say, unless it already is.

    A stamp inside tells the state. It is written first as "unfinished", so that
    an interrupted set-up is done anew and never taken for a whole one.
    """
    import fcntl

    stamp, python = Path(venv, "two-passes.stamp"), Path(venv, "bin", "python")
    with (ROOT / LOCKS[-1]).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits here for the first
        wanted, state = fingerprint(), stamp.read_text() if stamp.exists() else None
        if state == wanted and python.exists():
            return
        empty = os.path.isdir(venv) and not os.listdir(venv)
        if state is None and os.path.exists(venv) and not empty:
            what = f"{venv} is there and was not made by make"
            raise Stop(f"{what}: remove it, or name another place with VENV=path.", 2)
        os.makedirs(venv, exist_ok=True)
        stamp.write_text("unfinished")
        for entry in os.scandir(venv):
            if entry.name != stamp.name:
                remove = shutil.rmtree if entry.is_dir(follow_symlinks=False) else os.unlink
                remove(entry.path)
        install(venv)
        stamp.write_text(wanted)


def install(venv):
    """Fill an empty environment, in three steps."""
    venv = os.path.abspath(venv)
    python = os.path.join(venv, "bin", "python")
    print(f"Setting up {venv} with Python {platform.python_version()}: once, about 850 MB.")
    print("1/3 environment")
    if subprocess.call([sys.executable, "-m", "venv", venv]):
        raise Stop(FAILED.format("the environment"), 1)
    # jieba comes as source only, so what builds it comes first, by hash like the rest
    print("2/3 packages")
    pip(python, "--require-hashes", "-r", LOCKS[0])
    pip(python, "--require-hashes", "--no-build-isolation", "--use-pep517", "-r", LOCKS[1])
    print("3/3 the engine")
    editable = [word for folder in PACKAGES for word in ("--editable", folder)]
    pip(python, "--no-deps", "--no-build-isolation", *editable)


def pip(python, *options):
    """Run pip. Its lines are not shown but, in a terminal, counted; if it fails, the last are."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "install"] + list(options)
    said = []
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "universal_newlines": True}
    with subprocess.Popen(command, cwd=str(ROOT), **streams) as running:
        try:
            for line in running.stdout:
                said.append(line)
                if sys.stdout.isatty():
                    found = sum(word.startswith("Collecting") for word in said)
                    print(f"\r    {found} packages found", end="", flush=True)
        except KeyboardInterrupt:
            running.kill()
            raise
    if sys.stdout.isatty():
        print("\r" + " " * 30, end="\r", flush=True)
    if running.returncode:
        sys.stderr.writelines(said[-12:])
        raise Stop(FAILED.format("packages"), 1)


def main(arguments):
    try:
        line = problem(*here()) or missing_tool()
        if line:
            raise Stop(line, 2)
        prepare(arguments[0] if arguments else ".venv")
    except Stop as stop:
        print(stop.args[0], file=sys.stderr)
        return stop.args[1]
    except OSError as error:  # no room, no permission
        print(f"Setting up stopped: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSetting up was interrupted. The next make will do it anew.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
