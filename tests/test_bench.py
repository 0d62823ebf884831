"""`make bench` measures what it says.

The generated books are sound, the programs compute the same. No timing is asserted.
"""

import json
import subprocess

import numpy as np
import pytest
from conftest import PROJECT
from literate import schema
from packaging.requirements import Requirement

from two_passes.bench import books, checker, checking, command, earlier, peers, training
from two_passes.bench.command import RECORD
from two_passes.bench.figures import Figures
from two_passes.bench.processes import LITERATE, agree, timed
from two_passes.figures.measured import measured, steps
from two_passes.measured import SHAPE


@pytest.mark.parametrize("chapters", [5, 22])
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
    assert f"`{earlier.BEFORE}`" in text and f"`{checking.ALONE}`" in text


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


WHERE = {"processor": "Chip", "cores": 8, "platform": "Linux", "load": 0.5}
ROW = {"unit": "µs", "limit": None, "low": 1.0, "high": 1.0, "n": 1}


def group(date: str, machine: dict = WHERE, **values: float) -> dict:
    rows = {key: ROW | {"value": value} for key, value in values.items()}
    return {"date": date, "machine": machine, "rows": rows}


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A file of an earlier run with peers, and a `training` that measures without them."""
    record = tmp_path / "performance.json"
    before = group("2026-01-02", two_numpy=1.0, two_jax=2.0, two_jax_ratio=3.0)
    record.write_text(json.dumps({"groups": {"training": before, "reading": before}}), "utf-8")
    monkeypatch.setattr(command, "RECORD", record)
    monkeypatch.setattr(command.processes, "ROOT", tmp_path)
    monkeypatch.setattr(command, "machine", lambda: WHERE | {"load": 9.0})

    def measure(figures, folder):
        figures.add("two_numpy", [7.0], "µs")

    monkeypatch.setattr(command, "GROUPS", {"training": measure})
    return record


def test_one_group_writes_nothing_unless_asked(recorded, capsys):
    before = recorded.read_bytes()
    command.bench(["training"])
    said = capsys.readouterr().out
    assert recorded.read_bytes() == before and "two_numpy" in said
    assert "performance.json is left as it was\n    → SAVE=1 with" in said


@pytest.mark.parametrize("names, save", [(["training"], True), ([], False)])
def test_what_could_not_be_measured_keeps_its_rows_and_their_date(recorded, names, save):
    command.bench(names, save)
    groups = json.loads(recorded.read_text("utf-8"))["groups"]
    assert groups["reading"]["date"] == "2026-01-02", "a group that was not measured stays"
    rows = groups["training"]["rows"]
    assert list(rows) == ["two_numpy", "two_jax", "two_jax_ratio"]
    assert rows["two_numpy"]["value"] == 7 and "date" not in rows["two_numpy"]
    for key, value in (("two_jax", 2), ("two_jax_ratio", 3)):
        assert rows[key]["value"] == value and rows[key]["date"] == "2026-01-02"
    schema.check({"groups": groups}, SHAPE, recorded.read_text("utf-8"), recorded.name)
    command.bench(names, save)
    again = json.loads(recorded.read_text("utf-8"))["groups"]["training"]["rows"]
    assert again["two_jax"]["date"] == "2026-01-02", "the date of its run, not of the last one"


def test_rows_of_another_machine_are_not_kept(recorded, monkeypatch):
    monkeypatch.setattr(command, "machine", lambda: WHERE | {"processor": "Other"})
    command.bench(["training"], save=True)
    groups = json.loads(recorded.read_text("utf-8"))["groups"]
    assert list(groups["training"]["rows"]) == ["two_numpy"]


def test_the_tables_show_the_date_of_a_row_that_was_kept():
    rows = group("", two_numpy=1.0, diagnosis_numpy=1.0, digits_numpy=1.0)["rows"]
    kept = {key.replace("numpy", "jax"): {**row, "date": "2026-01-02"} for key, row in rows.items()}
    said = PROJECT.words["en"]
    assert f"{said['bench_jax']} (2026-01-02)</th>" in steps({"rows": rows | kept}, said)
    assert f"{said['bench_numpy']}</th>" in steps({"rows": rows | kept}, said)
    table = measured({"rows": {"warm": kept["two_jax"], "cold": rows["two_numpy"]}}, said)
    assert f"{said['bench_warm']} (2026-01-02)</th>" in table
    assert f"{said['bench_cold']}</th>" in table


@pytest.mark.parametrize(
    "given, wanted",
    [([], ""), (["ONLY=training"], " training"), (["ONLY=training", "SAVE=1"], " training --save")],
)
def test_make_hands_on_what_it_was_given(given, wanted):
    asked = ["make", "-n", "bench", *given]
    said = subprocess.run(asked, cwd=PROJECT.root, capture_output=True, text=True).stdout
    assert f"two_passes bench{wanted}\n" in said
