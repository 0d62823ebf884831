"""`make bench` measures what it says.

The generated books are sound, the programs compute the same. No timing is asserted.
"""

import json

import numpy as np
import pytest
from conftest import PROJECT
from packaging.requirements import Requirement

from two_passes.bench import books, checker, checking, peers, training
from two_passes.bench.command import RECORD
from two_passes.bench.figures import Figures
from two_passes.bench.processes import LITERATE, agree, timed


@pytest.mark.parametrize("chapters", [5, 13])
def test_a_generated_book_is_a_sound_one(tmp_path, chapters):
    book = books.of_size(tmp_path / "book", chapters)
    assert len(list((book / "docs/en/core").glob("*.md"))) == chapters
    agree(book, PROJECT.cache)
    timed(*LITERATE, "check", cwd=book, cache=PROJECT.cache)  # raises if it fails


@pytest.mark.parametrize("name", training.SIZES)
def test_the_programs_of_each_framework_here_compute_the_same(name):
    losses = {}
    for way in ("numpy", "mlx_eager", "mlx_compiled"):
        step, array = training.WAYS[way](name)
        losses[way] = [
            float(step(array(x), array(y)))
            for x, y in training.batches(name, *training.data(name), 20)
        ]
    assert losses["numpy"][-1] < losses["numpy"][0]
    for way in ("mlx_eager", "mlx_compiled"):
        # 20 steps in float32 of MLX's device against NumPy's on the CPU: a wrong gradient is off
        # by far more
        np.testing.assert_allclose(losses[way], losses["numpy"], rtol=1e-3, err_msg=way)


def test_the_checker_is_asked_for_each_function_of_the_book():
    names, check = checker.now()
    assert "forward.weighted_sum" in names
    assert check("forward.weighted_sum") == 1


def test_each_package_of_the_peers_has_one_version():
    for package in map(Requirement, peers.packages()):
        (pin,) = package.specifier
        assert pin.operator == "==" and package.url is None, package


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_the_page_names_the_commit_that_the_checker_is_held_against(language):
    text = (PROJECT.root / "docs" / language / "performance.md").read_text("utf-8")
    assert f"`{checking.BEFORE}`" in text and f"`{checking.ALONE}`" in text


def test_a_ratio_is_of_two_figures_of_one_run(capsys):
    figures = Figures({"ours": 1.5, "ratio": 1.0})
    figures.add("ours", [3.0, 1.0, 2.0], "s")
    figures.ratio("absent", "ours", "theirs")
    figures.add("theirs", [4.0, 4.0, 5.0], "s")
    figures.ratio("ratio", "ours", "theirs")
    assert {key: row["value"] for key, row in figures.rows.items()} == {
        "ours": 2.0,
        "theirs": 4.0,
        "ratio": 0.5,
    }
    assert "MISSED" in capsys.readouterr().out.splitlines()[0]


def test_the_published_run_names_its_machine_and_no_path():
    text = RECORD.read_text("utf-8")
    for group in json.loads(text)["groups"].values():
        assert (
            group["date"]
            and {"processor", "cores", "load", "mlx", "device", "platform", "python"}
            <= set(group["machine"])
            and group["rows"]
        )
    assert "/" not in "".join(
        str(v) for g in json.loads(text)["groups"].values() for v in g["machine"].values()
    )
