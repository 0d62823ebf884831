"""Compare two built sites: `python tests/same_site.py BEFORE AFTER`.

The exit status is 1 where they differ.

A change of the code alone must leave every page as it was. HTML, notebooks, programs, JSON and SVG
are compared, after what must differ from commit to commit is replaced: commit marks and dates,
hashes of scripts, and the paths of files that a change has moved. Scripts and style sheets are held
by the tests in the browser.
"""

import difflib
import json
import re
import sys
from pathlib import Path

COMPARED = {".html", ".ipynb", ".py", ".json", ".svg", ".xml"}
# Where a file stands now → where it stood, in the words of a page. Extend it with each move.
MOVED = {
    "packages/mathdoctest/mathdoctest/grammar.lark": "literate/formula/grammar.lark",
    "packages/literate/literate/": "literate/",
    "packages/": "literate/",
}
MASKS = [
    (re.compile(r"'sha256-[^']+'"), "'sha256'"),
    (re.compile(r"\b[0-9a-f]{7}\b(?=（|\(|<|\+|&| \(|\n|$)"), "COMMIT"),
    (re.compile(r"(?<=blob/)[0-9a-f]{7}"), "COMMIT"),
    (re.compile(r"(?<=%40\+)[0-9a-f]{7}"), "COMMIT"),
    (re.compile(r"COMMIT(（有未提交的修改）| \(modified\)|\+)"), "COMMIT"),
    (re.compile(r"\d{4}-\d\d-\d\d(?=</time>|\"|</lastmod>)"), "DATE"),
]


def normalised(path: Path) -> str:
    text = path.read_text("utf-8")
    for now, before in MOVED.items():
        text = text.replace(now, before)
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return text


def files(site: Path) -> dict[str, Path]:
    return {
        path.relative_to(site).as_posix(): path
        for path in sorted(site.rglob("*"))
        if path.suffix in COMPARED and path.is_file()
    }


def lines(path: Path, text: str) -> list[str]:
    if path.suffix == ".json":
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    return (
        re.sub(r"(?<=>)(?=<)", "\n", text).splitlines()
        if path.suffix == ".html"
        else text.splitlines()
    )


def differences(before: Path, after: Path) -> list[str]:
    """An entry for each file that is missing, new or different: the first lines that differ."""
    old, new = files(before), files(after)
    out = [f"only in {before}: {name}" for name in old.keys() - new.keys()]
    out += [f"only in {after}: {name}" for name in new.keys() - old.keys()]
    for name in sorted(old.keys() & new.keys()):
        texts = [normalised(each[name]) for each in (old, new)]
        if texts[0] != texts[1]:
            parts = [lines(old[name], text) for text in texts]
            diff = [d for d in difflib.unified_diff(*parts, n=0, lineterm="") if d[:1] in "+-"]
            out.append("\n".join([f"different: {name}", *(f"    {d[:200]}" for d in diff[2:10])]))
    return out


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = differences(*map(Path, sys.argv[1:]))
    print("\n".join(found) if found else "the same")
    sys.exit(bool(found))
