"""Make the theme's binary assets again: fonts, KaTeX's styles, icon, social cards.

Their results are committed; run this only to change them. It needs fonttools, brotli, pillow and playwright with a
Chromium, and two unpacked npm packages:

    python literate/theme/make_assets.py --mono path/to/jetbrains-mono --katex path/to/katex [--chromium path]
"""

import argparse
import io
import re
import shutil
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"

# What our code, outputs and figures use: Latin-1, Greek, ŷ, subscripts, arrows, operators. It has no ∇ and no ⁽ ⁾.
MONO = [
    *range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x391, 0x3CA), *range(0x2080, 0x208A), *range(0x2190, 0x2194),
    *map(ord, "ŷ⁰⁴⁵⁶⁷⁸⁹⁻∂∑−√≈≠≤≥∞⊙⊤′″…–—‘’“”•✓✕▸"),
]  # fmt: skip

# The families that chapters set; script, fraktur, sans and typewriter letters are left out, and so are their rules.
KATEX = {
    "AMS-Regular", "Caligraphic-Regular", "Main-Regular", "Main-Bold", "Main-Italic", "Math-Italic",
    "Size1-Regular", "Size2-Regular", "Size3-Regular", "Size4-Regular",
}  # fmt: skip

# What formulas set: ASCII, Greek, the signs of the grammar and their neighbours, what tall brackets and roots are made of.
# A test holds the built pages to it.
MATHS = [
    *range(0x20, 0x7F), 0xA0, *range(0x391, 0x3CA), *range(0x239B, 0x23B4), *range(0x2308, 0x230C),
    *map(ord, "¬¯±·×÷ˆ˙˜ϑϕϖϱϵ\u200b\u20d7…′←→↑↓↦⇒⇔∀∂∃∅∇∈∉∏∑−∗∘√∝∞∣∥∩∪∫∼≈≠≡≤≥≪≫⊂⊆⊕⊗⊙⊤⊥⋅⋆⋮⋯⋱⎰⎱⟨⟩ℓ⟶"),
]  # fmt: skip

# The two lanes, as in partials/marks.html, for where no style sheet reaches.
LANES = """<g fill="none" stroke="{fwd}" stroke-width="3"><path d="M2 7h27"/><path d="M27.5 1.5v11L37.5 7z" fill="{fwd}" stroke="none"/></g>
<g fill="none" stroke="{bwd}" stroke-width="2.75"><path d="M3 18h34" stroke-dasharray="5 3"/><path d="M9 12.5 2.5 18 9 23.5"/></g>"""
INKS = {"fwd": "#0b57a4", "bwd": "#ad3a00"}
HEADLINES = {"zh-TW": ("一個網路，", "走兩趟。"), "en": ("One network,", "two passes.")}
PROMISES = {"zh-TW": "你讀到的每一條公式，就是你執行的那段程式；兩者都驗證過。",
            "en": "Every formula you read is the code you run, and both are checked."}  # fmt: skip


def cut(source: Path, path: Path, characters: list[int]) -> set[int]:
    """A font with these characters only, hints dropped. Returns those that it has."""
    from fontTools import subset

    options = subset.Options(
        flavor="woff2", layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True
    )
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
        has = cut(
            package / f"fonts/webfonts/JetBrainsMonoNL-{name}.woff2",
            ASSETS / f"fonts/jetbrains-mono-nl-{weight}.woff2",
            MONO,
        )
        print("not in the font:", "".join(chr(u) for u in MONO if u not in has) or "nothing")


def katex(package: Path) -> None:
    """KaTeX's style sheet with woff2 only, and only for the families above, each cut to what formulas set. Its licence is MIT."""
    home = ASSETS / "katex"
    (home / "fonts").mkdir(parents=True, exist_ok=True)
    rules = re.findall(r"[^{}]+\{[^{}]*\}", (package / "dist/katex.min.css").read_text())
    families = {name.split("-")[0] for name in KATEX}
    kept = []
    for rule in rules:
        if rule.startswith("@font-face"):
            name = re.search(r"KaTeX_([\w-]+)\.woff2", rule)[1]
            if name not in KATEX:
                continue
            cut(
                package / f"dist/fonts/KaTeX_{name}.woff2",
                home / f"fonts/KaTeX_{name}.woff2",
                MATHS,
            )
            rule = re.sub(r"(src:url\([^)]*\) format\(\"woff2\"\))[^;}]*", r"\1", rule)
        elif (family := re.search(r"font-family:KaTeX_(\w+)", rule)) and family[1] not in families:
            continue
        kept.append(rule)
    (home / "katex.css").write_text("\n".join(kept) + "\n")
    shutil.copyfile(package / "LICENSE", home / "LICENSE")
    size = sum(f.stat().st_size for f in home.rglob("*") if f.is_file())
    print("katex.css", len(kept), "of", len(rules), "rules;", size, "bytes in all")


def icon() -> None:
    """The logo for a tab: it follows the system's scheme, since no style sheet of ours reaches it."""
    (
        ASSETS / "favicon.svg"
    ).write_text("""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke-width="4">
<style>.f{color:#0b57a4}.b{color:#ad3a00}@media(prefers-color-scheme:dark){.f{color:#82b8f7}.b{color:#ff9f6e}}</style>
<g class="f" stroke="currentColor"><path d="M1 10h22"/><path d="M21 3v14l10-7z" fill="currentColor" stroke="none"/></g>
<g class="b" stroke="currentColor"><path d="M31 23H5" stroke-dasharray="7 4"/><path d="m11 16-7 7 7 7"/></g>
</svg>
""")


def cards(chromium: str | None) -> None:
    """One PNG per language for links shared elsewhere: headline, lanes, promise."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for language, (one, two) in HEADLINES.items():
            page.set_content(f"""<html lang="{language}"><style>
                body {{ margin: 0; padding: 72px; color: #14181b; background: #fff; font-family: "Noto Sans TC", "Noto Sans CJK TC", "Noto Sans", sans-serif }}
                header {{ display: flex; align-items: center; gap: 20px; font-size: 34px; font-weight: 700 }}
                header span {{ font-weight: 400; border-left: 2px solid #d5dbd9; padding-left: 20px; color: #434c51 }}
                h1 {{ font-size: 128px; line-height: 1.16; margin: 42px 0 30px; letter-spacing: -.01em }}
                p {{ font-size: 33px; margin: 30px 0 0; color: #434c51 }}
                </style><header><svg width="76" height="48" viewBox="0 0 38 24">{LANES.format(**INKS)}</svg>Two Passes <span>前向與反向</span></header>
                <h1>{one}<br>{two}</h1>
                <svg width="1056" height="28" fill="none" stroke-width="4"><g stroke="#0b57a4"><path d="M0 8h1040"/><path d="M1036 0v16l20-8z" fill="#0b57a4" stroke="none"/></g>
                <g stroke="#ad3a00"><path d="M4 21h1052" stroke-dasharray="10 7"/><path d="M14 13 3 21l11 8"/></g></svg>
                <p>{PROMISES[language]}</p></html>""")
            picture = (
                Image.open(io.BytesIO(page.screenshot()))
                .convert("RGB")
                .quantize(24, dither=Image.Dither.NONE)
            )
            path = ASSETS / f"card-{language}.png"
            picture.save(path, optimize=True)
            print(path.name, path.stat().st_size, "bytes")
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mono", type=Path)
    parser.add_argument("--katex", type=Path)
    parser.add_argument("--chromium")
    given = parser.parse_args()
    if given.mono:
        mono(given.mono)
    if given.katex:
        katex(given.katex)
    icon()
    cards(given.chromium)
