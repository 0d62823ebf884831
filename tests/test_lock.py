"""`make lock` says which packages it has changed. It needs an index, so a `uv` stands in for it."""

import re
import shutil
import subprocess
import sys

from conftest import ROOT

from two_passes import lock

BEFORE = """\
appnope==1.0.0 ; sys_platform == 'darwin' \\
    --hash=sha256:685d
mlx==0.32.4 ; sys_platform == 'darwin' \\
    --hash=sha256:aaaa
mlx[cpu]==0.32.4 ; sys_platform == 'linux' \\
    --hash=sha256:bbbb
numpy==2.3.0 ; python_full_version < '3.12' \\
    --hash=sha256:cccc
numpy==2.4.0 ; python_full_version >= '3.12' \\
    --hash=sha256:dddd
pip==26.0 \\
    --hash=sha256:eeee
"""
AFTER = (
    BEFORE.replace("0.32.4", "0.33.0")
    .replace("numpy==2.4.0", "numpy==2.4.1")
    .replace("pip==26.0", "wheel==0.46.1")
    .replace("685d", "ffff")  # the same version with another file of it
)


def test_each_package_that_has_changed_is_named_with_both_versions():
    assert lock.changes(BEFORE, AFTER) == [
        "mlx 0.32.4 → 0.33.0",
        "numpy 2.3.0, 2.4.0 → 2.3.0, 2.4.1",
        "pip 26.0 → (gone)",
        "wheel (new) → 0.46.1",
    ]
    assert lock.changes(BEFORE, BEFORE) == []


def test_the_lock_files_are_read_whole():
    """Every line that locks a package is read, and no other."""
    for name in ("requirements.txt", "requirements-build.txt"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        locked = [re.split(r"\[|==", line)[0] for line in lines if line[:1].isalnum()]
        assert [*dict.fromkeys(locked)] == [*lock.versions("\n".join(lines))] != [], name


# In place of the environment's Python: the environment that it makes has a `uv` without an index
PYTHON = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec {python} "$@"
mkdir -p "$3/bin" && cp {uv} "$3/bin/uv" && printf '#!/bin/sh\n' > "$3/bin/python"
chmod +x "$3/bin/python" "$3/bin/uv"
"""
UV = """#!/bin/sh
for word; do last=$word; done
case "$*" in *--output-file*) cp {after} "$last";; esac
"""


def test_make_lock_tells_it(tmp_path):
    """The whole recipe, with a `uv` that always finds the same packages."""
    for name in ("Makefile", "pyproject.toml", "two_passes/lock.py", "packages/literate"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "after.txt").write_text(AFTER)
    (tmp_path / "requirements.txt").write_text(BEFORE)
    (tmp_path / "uv").write_text(UV.format(after=tmp_path / "after.txt"))
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    python = tmp_path / "venv" / "bin" / "python"
    python.write_text(PYTHON.format(python=sys.executable, uv=tmp_path / "uv"))
    python.chmod(0o755)
    make = ["make", "lock", f"VENV={tmp_path / 'venv'}"]
    done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = "\n    ".join(["requirements.txt:", *lock.changes(BEFORE, AFTER)])
    assert told in done.stdout and "requirements-build.txt:\n    appnope (new) →" in done.stdout
    assert (tmp_path / "requirements.txt").read_text() == AFTER
    done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.count("nothing has changed") == 2, done.stdout
