"""The example, a book of NumPy, in an environment without MLX."""

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from running import STATISTICS, copied, environment


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """A Python with every installed package but MLX."""
    folder = tmp_path_factory.mktemp("packages")
    for kind in ("purelib", "platlib"):
        for path in Path(sysconfig.get_path(kind)).iterdir():
            if not path.name.startswith("mlx") and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    site = next((folder / "venv").glob("lib/python*/site-packages"))
    (site / "packages.pth").write_text(f"{folder}\n")
    return folder / "venv" / "bin" / "python"


def test_it_is_built_and_the_foot_names_python_and_platform_alone(python, tmp_path):
    book = copied(STATISTICS, tmp_path / "book")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = environment() | {"LITERATE_CACHE": str(tmp_path / "cache")}
        command = [python, *arguments]
        return subprocess.run(command, cwd=book.folder, env=env, capture_output=True, text=True)

    assert run("-c", "import mlx.core").returncode
    done = run("-m", "literate", "build")
    assert done.returncode == 0 and "built site/" in done.stdout, done.stdout + done.stderr
    page = next((book.folder / "site").rglob("mean*/index.html")).read_text("utf-8")
    assert re.search(r"Python 3\.\d+", page) and "MLX" not in page
    assert "tp-card__ok" in page, "its formulas are checked"
