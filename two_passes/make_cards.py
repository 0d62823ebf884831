"""Make the pictures for links to the site again: card.html, as a browser draws it.

The results are committed; run this only to change them. It needs pillow:

    python -m two_passes.make_cards
"""

import io
from pathlib import Path

from jinja2 import Template
from PIL import Image

from two_passes.bench.reading import chromium

HERE = Path(__file__).parent
TEXTS = {
    "zh-TW": (
        ["一個網路，", "走兩趟。"],
        "你讀到的每一條公式，就是你執行的那段程式；兩者都驗證過。",
    ),
    "en": (
        ["One network,", "two passes."],
        "Every formula you read is the code you run, and both are checked.",
    ),
}


def main() -> None:
    template = Template((HERE / "card.html").read_text("utf-8"))
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for language, (headline, promise) in TEXTS.items():
            page.set_content(template.render(language=language, headline=headline, promise=promise))
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture = picture.quantize(24, dither=Image.Dither.NONE)
            picture.save(HERE / "theme" / "assets" / f"card-{language}.png", optimize=True)


if __name__ == "__main__":
    main()
