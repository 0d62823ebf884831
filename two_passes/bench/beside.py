"""A build after an edit, a check and a build with nothing kept, beside those of an earlier commit.

The same after the edit is measured at three times the chapters, and beside what Zensical takes to
build all of the same pages. All take turns; each tree keeps its own runs and drawings.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from two_passes.bench import books, earlier
from two_passes.bench.processes import LITERATE, agree, peers, weighed

TURNS = 5
COLD = 3  # turns of the builds with nothing kept
TIMES = 3  # as many chapters
EDITED = {
    "docs/zh-TW/core/layers.md": "這是第 {} 句還沒有人讀過的話。",
    "docs/en/core/layers.md": "Nobody has read sentence {} yet.",
}


def measure(figures, folder: Path) -> None:
    folder.mkdir()
    count = len(books.chapters())
    trees = {
        "then": earlier.unpacked(folder / "then"),
        "now": books.of_size(folder / "now", count),
        "three": books.of_size(folder / "three", TIMES * count),
    }
    ways = {"then": earlier.literate(), "now": LITERATE, "three": LITERATE}
    seconds, memory = defaultdict(list), defaultdict(list)

    def run(key: str, command: str, way: str, cache: Path) -> None:
        took, most = weighed(*ways[way], command, cwd=trees[way], cache=cache)
        seconds[f"{key}_{way}"].append(took)
        memory[f"memory_{way}"].append(most)

    _edits(trees, ways, folder, run)
    zensical = _zensical(folder, trees["now"] / "site")
    seconds["zensical_whole"] = [zensical() for _ in range(TURNS)] if zensical else []
    for _ in range(COLD):
        for way in ("then", "now"):
            shutil.rmtree(folder / "nothing", ignore_errors=True)
            run("cold", "build", way, folder / "nothing")
    for key, samples in seconds.items():
        if samples:
            figures.add(key, samples, "s")
    for key, samples in memory.items():
        figures.add(key, samples, "MiB", max)
    for key in ("edit", "check", "cold"):
        figures.ratio(f"{key}_ratio", f"{key}_now", f"{key}_then")
    figures.ratio("edit_zensical_ratio", "edit_now", "zensical_whole")
    for key in ("edit", "check"):
        figures.ratio(f"{key}_three_ratio", f"{key}_three", f"{key}_now")
    figures.ratio("memory_ratio", "memory_three", "memory_then")


def _edits(trees: dict[str, Path], ways: dict, folder: Path, run: Callable) -> None:
    """One sentence more in both languages, built; then a check in which nothing is new."""
    for turn in range(TURNS + 1):
        for way, tree in trees.items():
            cache = folder / f"cache-{way}"
            for name, sentence in EDITED.items():
                text = (tree / name).read_text("utf-8")
                sentence = sentence.format(turn)
                (tree / name).write_text(text.replace("\n## ", f"\n{sentence}\n\n## ", 1), "utf-8")
            agree(tree, cache, ways[way])
            if turn:  # the first turn fills the caches
                run("edit", "build", way, cache)
                weighed(*ways[way], "check", cwd=tree, cache=cache)
                run("check", "check", way, cache)
            else:
                weighed(*ways[way], "build", cwd=tree, cache=cache)


def _zensical(folder: Path, site: Path) -> Callable[[], float] | None:
    """What builds all of the same pages; None if it is not installed."""
    if not (python := peers()):
        return None
    place = books.for_peer(folder / "zensical-edit", "mkdocs", site)

    def build() -> float:
        shutil.rmtree(place / "out", ignore_errors=True)
        command = python.with_name("zensical"), "build", "-f", "mkdocs.yml"
        return weighed(*command, cwd=place)[0]

    build()
    return build
