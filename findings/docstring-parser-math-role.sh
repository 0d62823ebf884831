#!/usr/bin/env bash
# docstring_parser: a line that begins with :math: makes a Google or NumPy docstring lose its parameters.
#
# :math:`…` inside a sentence is how formulas are written in docstrings for Sphinx, and where a sentence wraps decides which
# word begins a line. Seen with docstring_parser 0.18.0 and the style it finds by itself (AUTO, the default): each such line
# counts as an entry of the reST style; when they are as many as the style's own, reST wins: params is empty, and Args is
# text. No error. One word earlier in the line, or a style that is named, and the parameters are there. griffe is not misled.
#
# It matters to whoever builds an API page, a command line or a tool's schema from documented functions with formulas.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "docstring-parser==0.18.0"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import docstring_parser
from docstring_parser import DocstringStyle

google = '''Cross-entropy of logits: the slope is the share less the target,{a}
:math:`p - y`, and adds up to zero.

Args:
    z: the logits, one for each class.
'''
numpy_style = '''Cross-entropy of logits: the slope is the share less the target,{a}
:math:`p - y`, and adds up to zero.

Parameters
----------
z : array
    The logits, one for each class.
'''
print("docstring_parser", importlib.metadata.version("docstring-parser"))
print("a wrapped line that begins with :math: turns a docstring into one without parameters")
seen = []
for text, style in ((google, DocstringStyle.GOOGLE), (numpy_style, DocstringStyle.NUMPYDOC)):
    wrapped = text.format(a="")
    for given, asked in ((wrapped, DocstringStyle.AUTO), (wrapped.replace(",\n:math:", ",\nthat is :math:"), DocstringStyle.AUTO), (wrapped, style)):
        read = docstring_parser.parse(given, asked)
        seen.append([each.arg_name for each in read.params])
        print(f"{asked.name:8} {'line begins with :math:' if given is wrapped else 'a word before :math:   '} read as {read.style.name:8} parameters {seen[-1]}")
assert seen == [[], ["z"], ["z"]] * 2, "this has changed"
PY
