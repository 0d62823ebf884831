#!/usr/bin/env bash
# Python-Markdown: an option whose default is None turns every value into a bool.
#
# An extension declares its options with defaults. A good guess is that None means "not set", and that a list or an
# object that is handed over arrives as it is, as it does where the default is "", [] or (). Seen with Markdown 3.11.3:
# `Extension.setConfig` takes a default of None for a sign that the option is true or false, and stores bool(value):
# the list ["a"] arrives as True, and [] as False, without a word. With a default of () the list arrives.
#
# It matters to whoever hands an object to an extension through MkDocs' `mdx_configs`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "markdown==3.11.3"
"$folder/env/bin/python" - <<'PY'
import markdown
from markdown.extensions import Extension

seen = {}


def taken(default, value):
    class Given(Extension):
        def __init__(self, **options):
            self.config = {"items": [default, "what the extension is given"]}
            super().__init__(**options)

        def extendMarkdown(self, md):
            seen["items"] = self.getConfig("items")

    markdown.Markdown(extensions=[Given(items=value)])
    return seen["items"]


results = [taken(None, ["a"]), taken(None, []), taken((), ["a"])]
print("Markdown", markdown.__version__, results)
assert results == [True, False, ["a"]], "this has changed"
PY
