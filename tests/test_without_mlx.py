"""A book of NumPy in an environment without MLX: its snippets run and its formulas hold."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import ROOT

CONFIG = """
site_name: Means
theme: {name: material}
plugins: [literate]
"""
MEAN = '''
import numpy as np
from jaxtyping import Float


def mean(x: Float[np.ndarray, "n"]) -> float:
    r"""The mean.

    $$
    m = \\frac{1}{n} \\sum_{i=1}^{n} x_i
    $$

    >>> print(mean(np.array([1.0, 2.0, 6.0])))
    3.0
    """
    return x.sum() / len(x)
'''
ASK = """
import json
from literate import formulas, provenance, runs, snippets
from literate.project import Project

project = Project.find()
snippet = snippets.load(project, "means.mean")
result = runs.run_all(project, [snippet])["means.mean"]
foot, report = provenance.foot(project), formulas.report(snippet)
print(json.dumps({"output": result.output, "foot": [*foot], "ways": report.ways}))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> list[str]:
    """A command that starts Python with every installed package but MLX."""
    folder = tmp_path_factory.mktemp("packages")
    for kind in ("purelib", "platlib"):
        for path in Path(sysconfig.get_path(kind)).iterdir():
            if not path.name.startswith("mlx") and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    site = next((folder / "venv").glob("lib/python*/site-packages"))
    (site / "packages.pth").write_text(f"{folder}\n")
    return [str(folder / "venv" / "bin" / "python"), "-c"]


def test_a_book_of_numpy_needs_no_mlx(python, tmp_path):
    for name, text in {
        "mkdocs.yml": CONFIG,
        "docs/index.md": "# Means\n",
        "docs/glossary.yml": json.dumps({"symbols": {"m": {"tex": "m", "by": ["means.mean"]}}}),
        "snippets/means.py": MEAN,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    packages = os.pathsep.join(str(path) for path in (ROOT / "packages").iterdir())
    env = {**os.environ, "PYTHONPATH": packages, "LITERATE_CACHE": str(tmp_path / "cache")}
    assert subprocess.run([*python, "import mlx"], env=env, capture_output=True).returncode
    done = subprocess.run([*python, ASK], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["output"] == "3.0\n"
    assert said["foot"] == ["platform", "python", "commit", "modified", "date"]
    assert said["ways"] == ["return"]
