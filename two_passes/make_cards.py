"""Make the pictures for links to the site: card.html with the words of cards.json, in a browser.

The results are committed; run this only to change them. It needs pillow:

    python -m two_passes.make_cards
"""

import io
import json
from pathlib import Path

from jinja2 import Template
from PIL import Image

from two_passes.bench.reading import chromium

HERE = Path(__file__).parent


if __name__ == "__main__":
    template = Template((HERE / "card.html").read_text("utf-8"))
    texts = json.loads((HERE / "cards.json").read_text("utf-8"))
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for language, words in texts.items():
            page.set_content(template.render(language=language, **words))
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture = picture.quantize(24, dither=Image.Dither.NONE)
            picture.save(HERE / "theme" / "assets" / f"card-{language}.png", optimize=True)
