"""Make the theme's fonts and KaTeX's style sheet again.

The results are committed; run this only to change them. It needs fonttools, brotli and two unpacked
npm packages:

    python make_assets.py --mono path/to/jetbrains-mono --katex path/to/katex
"""

import argparse
import re
import shutil
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"

# What code, outputs and figures use: Latin-1, Greek, ŷ, subscripts, arrows, operators.
# The font has no ∇ and no ⁽ ⁾.
MONO = [
    *range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x391, 0x3CA),
    *range(0x2080, 0x208A), *range(0x2190, 0x2194),
    *map(ord, "ŷ⁰⁴⁵⁶⁷⁸⁹⁻∂∑−√≈≠≤≥∞⊙⊤′″…–—‘’“”•✓✕▸"),
]  # fmt: skip

# The families that chapters use; script, fraktur, sans and typewriter letters are left out, with
# their rules.
KATEX = {
    "AMS-Regular", "Caligraphic-Regular", "Main-Regular", "Main-Bold", "Main-Italic", "Math-Italic",
    "Size1-Regular", "Size2-Regular", "Size3-Regular", "Size4-Regular",
}  # fmt: skip

# What formulas use: ASCII, Greek, the signs of the grammar and their neighbours, what tall brackets
# and roots are made of.
# A test holds the built pages to it.
MATHS = [
    *range(0x20, 0x7F), 0xA0, *range(0x391, 0x3CA), *range(0x239B, 0x23B4), *range(0x2308, 0x230C),
    *map(ord, "¬¯±·×÷ˆˉ˙˜ϑϕϖϱϵ\u200b\u20d7…′←→↑↓↦⇒⇔∀∂∃∅∇∈∉∏∑−∗∘√∝∞∣∥∩∪∫∼≈≠≡≤≥≪≫⊂⊆⊕⊗⊙⊤⊥⋅⋆⋮⋯⋱⎰⎱⟨⟩ℓ⟶"),
]  # fmt: skip


def cut(source: Path, path: Path, characters: list[int]) -> set[int]:
    """A font with these characters only, hints dropped. Returns those that it has."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=[], hinting=False)
    options.desubroutinize = options.notdef_outline = True
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font["head"].modified = font["head"].created  # the same bytes every time
    path.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(path), options)
    print(path.name, path.stat().st_size, "bytes")
    return set(font.getBestCmap() or ())


def mono(package: Path) -> None:
    """JetBrains Mono NL in two weights, subset to what we set. Its licence is the OFL."""
    for name, weight in (("Regular", 400), ("Bold", 700)):
        source = package / f"fonts/webfonts/JetBrainsMonoNL-{name}.woff2"
        has = cut(source, ASSETS / f"fonts/jetbrains-mono-nl-{weight}.woff2", MONO)
        print("not in the font:", "".join(chr(u) for u in MONO if u not in has) or "nothing")


def katex(package: Path) -> None:
    """KaTeX's style sheet (MIT): woff2 only, the families above, cut to what formulas use."""
    home = ASSETS / "katex"
    rules = re.findall(r"[^{}]+\{[^{}]*\}", (package / "dist/katex.min.css").read_text())
    families = {name.split("-")[0] for name in KATEX}
    kept = []
    for rule in rules:
        if rule.startswith("@font-face"):
            (name,) = re.findall(r"KaTeX_([\w-]+)\.woff2", rule)
            if name not in KATEX:
                continue
            font = f"fonts/KaTeX_{name}.woff2"
            cut(package / "dist" / font, home / font, MATHS)
            rule = re.sub(r"(src:url\([^)]*\) format\(\"woff2\"\))[^;}]*", r"\1", rule)
        elif (family := re.search(r"font-family:KaTeX_(\w+)", rule)) and family[1] not in families:
            continue
        elif "reset-size" in rule:  # formulas have their sizes themselves: literate/katex.js
            continue
        kept.append(rule)
    (home / "katex.css").write_text("\n".join(kept) + "\n")
    shutil.copyfile(package / "LICENSE", home / "LICENSE")
    size = sum(f.stat().st_size for f in home.rglob("*") if f.is_file())
    print("katex.css", len(kept), "of", len(rules), "rules;", size, "bytes in all")


if __name__ == "__main__":
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    for make in (mono, katex):
        parser.add_argument(f"--{make.__name__}", type=Path)
    given = parser.parse_args()
    for make in (mono, katex):
        if package := getattr(given, make.__name__):
            make(package)
