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

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGES = ("packages/mathdoctest", "packages/literate", ".")  # each leans on those before it
LOCKS = ("requirements-build.txt", "requirements.txt")
OLDEST, BEYOND = (3, 11, 5), (3, 15)
FAILED = "Setting up stopped at {}: the lines above say why. The next make will do it anew."


class Stop(Exception):
    """One line for the reader, and what the process returns."""

    def __init__(self, line, code=2):
        super().__init__(line)
        self.code = code


def problem(python_version, system, machine, libc, mac_version):
    """What keeps this machine from running MLX and this book, as one line; else None."""
    if system not in ("Darwin", "Linux"):
        return (
            f"Two Passes runs on macOS and Linux, not on {system}: "
            "on Windows use WSL and run make there."
        )
    if system == "Darwin":
        if machine != "arm64":
            return (
                f"MLX needs a Mac with Apple silicon and this Python is {machine}: "
                "take a Python for arm64, or on an Intel Mac a Linux machine."
            )
        if numbers(mac_version) < (14,):
            return (
                f"MLX needs macOS 14 or newer and this is {mac_version}: "
                "update macOS, then run make again."
            )
    else:
        if machine not in ("x86_64", "aarch64"):
            return f"MLX has no Linux build for {machine}: use a machine with x86_64 or aarch64."
        if libc[0] != "glibc":
            return (
                "MLX needs Linux with glibc 2.35 or newer and this has another C library: "
                "use Debian 12 or Ubuntu 22.04."
            )
        if numbers(libc[1]) < (2, 35):
            return (
                f"MLX needs glibc 2.35 or newer and this is {libc[1]}: "
                "use Debian 12, Ubuntu 22.04 or newer."
            )
    if not OLDEST <= tuple(python_version) < BEYOND:
        found = ".".join(map(str, python_version))
        return (
            f"Two Passes needs Python 3.11.5 to 3.14 and found {found}: "
            "install one, then run make again."
        )
    return None


def numbers(version):
    return tuple(int(part) for part in version.split(".")[:2])


def here():
    """This machine, as `problem` wants it."""
    libc = ("", "")
    if "CS_GNU_LIBC_VERSION" in getattr(os, "confstr_names", {}):
        try:  # platform.libc_ver of old Pythons takes 2.9 for newer than 2.36
            libc = tuple((os.confstr("CS_GNU_LIBC_VERSION") or " ").split(" ", 1))
        except (OSError, ValueError):
            pass  # musl knows the name and not the value
    return sys.version_info[:3], platform.system(), platform.machine(), libc, platform.mac_ver()[0]


def missing_tool():
    """A tool that is not installed, as one line; else None."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            package = "python{}.{}-venv".format(*sys.version_info[:2])
            return (
                f"This Python has no {module}: install it (on Debian and Ubuntu: {package}), "
                "then run make again."
            )
    if shutil.which("git") is None:
        return "git is missing: install it, then run make again."
    return None


def fingerprint():
    """A hash of all that decides what stands in the environment."""
    import tomllib

    digest = hashlib.sha256(ROOT.encode())
    for name in LOCKS:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    for folder in PACKAGES:
        with open(os.path.join(ROOT, folder, "pyproject.toml"), "rb") as file:
            digest.update(json.dumps(tomllib.load(file)["project"], sort_keys=True).encode())
    return digest.hexdigest()


def prepare(venv):
    """Make `venv` as the requirement files say, unless it already is.

    A stamp inside tells the state. It is written first as "unfinished", so that
    an interrupted set-up is done anew and never taken for a whole one.
    """
    import fcntl

    stamp = os.path.join(venv, "two-passes.stamp")
    with open(os.path.join(ROOT, LOCKS[-1])) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits here for the first
        wanted, state = fingerprint(), None
        if os.path.exists(stamp):
            with open(stamp) as file:
                state = file.read()
        if state == wanted and os.path.exists(os.path.join(venv, "bin", "python")):
            return
        empty = os.path.isdir(venv) and not os.listdir(venv)
        if state is None and os.path.exists(venv) and not empty:
            raise Stop(
                f"{venv} is there and was not made by make: "
                "remove it, or name another place with VENV=path."
            )
        os.makedirs(venv, exist_ok=True)
        write(stamp, "unfinished")
        for entry in os.scandir(venv):
            if entry.path != stamp:
                remove = shutil.rmtree if entry.is_dir(follow_symlinks=False) else os.unlink
                remove(entry.path)
        install(venv)
        write(stamp, wanted)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def install(venv):
    """Fill an empty environment, in three steps."""
    venv = os.path.abspath(venv)
    python = os.path.join(venv, "bin", "python")
    say(f"Setting up {venv} with Python {platform.python_version()}: once, about 850 MB.")
    say("1/3 environment")
    if subprocess.call([sys.executable, "-m", "venv", venv]):
        raise Stop(FAILED.format("the environment"), 1)
    # jieba comes as source only, so what builds it comes first, by hash like the rest
    say("2/3 packages")
    pip(python, "--require-hashes", "-r", LOCKS[0])
    pip(python, "--require-hashes", "--no-build-isolation", "--use-pep517", "-r", LOCKS[1])
    say("3/3 the engine")
    editable = [word for folder in PACKAGES for word in ("--editable", folder)]
    pip(python, "--no-deps", "--no-build-isolation", *editable)


def pip(python, *options):
    """Run pip. Its lines are not shown but, in a terminal, counted; if it fails, the last are."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "install"] + list(options)
    said = []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    ) as running:
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


def say(line):
    print(line, flush=True)


def main(arguments):
    try:
        line = problem(*here()) or missing_tool()
        if line:
            raise Stop(line)
        prepare(arguments[0] if arguments else ".venv")
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except OSError as error:  # no room, no permission
        print(f"Setting up stopped: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSetting up was interrupted. The next make will do it anew.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
