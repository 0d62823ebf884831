"""One fault planted at a time, in a copy of the book: the command must go red for that reason, and say where and what to do.

A sample, drawn anew for each commit, is part of `make test`; all of them are run by `make test ALL=1` and `pytest -m plants`.
"""

import os
import re
import uuid

import pytest

pytestmark = pytest.mark.plants

FORWARD = "snippets/forward.py"
ZH, EN = "docs/zh-TW/core/forward.md", "docs/en/core/forward.md"

CODE = "return W @ x + b"
LAB, CELLS = "docs/en/labs/breast-cancer.md", "snippets/lab_breast_cancer.py"
AT = r"snippets/forward\.py:\d+: forward\.weighted_sum|snippets/forward\.py:\d+"
BOTH = (ZH, EN)

# what is planted → (the file, or both languages' files; what stands there; what is put in its place; what must be said)
RUNS = {
    "raises": (FORWARD, "return W @ x + b", "raise RuntimeError('planted')", r"snippets/forward\.py:\d+: .*the code raised `RuntimeError: planted"),
    "not Python": (FORWARD, "return W @ x + b", "return W @ x +", r"snippets/forward\.py:\d+: not Python"),
    "hangs": (FORWARD, "return W @ x + b", "while True: pass", r"snippets/forward\.py:\d+: .*still running after 5 s"),
    "an error that is none": ("snippets/layers.py", "ValueError: [addmm]", "ValueError: [other]", r"snippets/layers\.py:\d+: .*expected `ValueError: \[other\]"),
    "another output": ("snippets/start.py", "array(9, dtype", "array(8, dtype", r"snippets/start\.py:\d+: start\.first_program: line 1 of the output: expected `array\(8.*got `array\(9"),
    "exits the process": (FORWARD, CODE, "import os; os._exit(3)", r"snippets/forward\.py:\d+: the process left with code 3"),
    "leaves early": (FORWARD, CODE, "raise SystemExit(0)", r"snippets/forward\.py:\d+: .*raised `SystemExit"),
    "is killed": (FORWARD, CODE, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", r"snippets/forward\.py:\d+: the process was killed by signal 9"),
    "floods its output": (FORWARD, CODE, "print('x' * 10**8)", r"snippets/forward\.py:\d+: printed [\d,]{7,} bytes to stdout; a page shows at most 100,000"),
    "floods without end": (FORWARD, CODE, "import sys\n    while True: sys.stderr.write('x' * 10**6)", r"snippets/forward\.py:\d+: printed [\d,]{7,} bytes to stderr"),
    "writes outside its folder": (FORWARD, CODE, "open('../planted.txt', 'w').write('x')", r"snippets/forward\.py:\d+: writes outside its own folder: \.\./planted\.txt at `open"),
    "writes outside and says nothing": (FORWARD, CODE, "import os\n    try: os.mkdir('../planted')\n    except OSError: pass\n    return W @ x + b", r"snippets/forward\.py:\d+: writes outside its own folder: \.\./planted at `try: os\.mkdir"),
    "writes outside through MLX": (FORWARD, CODE, "mx.save('../planted.npy', x)\n    return W @ x + b", r"snippets/forward\.py:\d+: writes outside its own folder: \.\./planted\.npy at `mx\.save"),
    "moves a file out": (FORWARD, CODE, "import os; open('a', 'w').close(); os.rename('a', '../planted')", r"snippets/forward\.py:\d+: writes outside its own folder"),
    "writes outside and ends": (FORWARD, CODE, "import os\n    try: os.mkdir('../planted')\n    finally: os._exit(0)", r"snippets/forward\.py:\d+: writes outside its own folder: \.\./planted at"),
    "removes a folder outside": (FORWARD, CODE, "import shutil; shutil.rmtree('../planted', ignore_errors=True)\n    return W @ x + b", r"snippets/forward\.py:\d+: writes outside its own folder: \.\./planted at `import shutil"),
    "writes outside through a database": (FORWARD, CODE, "import sqlite3; sqlite3.connect('../planted.db')\n    return W @ x + b", r"snippets/forward\.py:\d+: writes outside its own folder: \.\./planted\.db at"),
    "reads what a reader does not have": (FORWARD, CODE, "import os; open(os.path.expanduser('~/.planted'))\n    return W @ x + b", r"snippets/forward\.py:\d+: reads a file that a reader does not have: .*\.planted at `import os; open"),
    "reads a file of the book": (FORWARD, CODE, "import sys, pathlib; pathlib.Path(next(a for a in sys.orig_argv if a.endswith('worker.py'))).with_name('book.py').read_text()\n    return W @ x + b", r"snippets/forward\.py:\d+: reads a file that a reader does not have: .*book\.py"),
    "starts a process": (FORWARD, CODE, "import os; os.system('touch ../planted')\n    return W @ x + b", r"snippets/forward\.py:\d+: starts a process, which nothing would watch at `import os; os\.system"),
    "asks the network": (FORWARD, CODE, "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')", r"snippets/forward\.py:\d+: asks the network"),
    "imports what is not locked": (FORWARD, CODE, "import torch\n    return torch.tensor(0)", r"snippets/forward\.py:\d+: .* imports `torch`, which is not among the locked packages"),
    "reads a file of the book through MLX": (FORWARD, CODE, "import sys; mx.load(next(a for a in sys.orig_argv if a.endswith('worker.py')).replace('worker.py', 'planted.npy'))\n    return W @ x + b", r"snippets/forward\.py:\d+: reads a file that a reader does not have: .*planted\.npy"),
    "starts a process past subprocess": (FORWARD, CODE, "import multiprocessing; multiprocessing.get_context('spawn').Semaphore(1)\n    return W @ x + b", r"snippets/forward\.py:\d+: starts a process, which nothing would watch"),
    "a random number that nothing seeds": ("snippets/start.py", ">>> square = lambda", ">>> lucky = mx.random.uniform().item()\n    >>> square = lambda", r"snippets/start\.py:\d+: start\.first_program: run twice, it gives two results"),
    "an order that is none": ("snippets/start.py", ">>> square = lambda", ">>> order = list(set('abcdefgh'))\n    >>> square = lambda", r"snippets/start\.py:\d+: start\.first_program: run twice, it gives two results"),
    "another small number": ("snippets/activations.py", "10 array(3.61459e-07", "10 array(3.71459e-07", r"snippets/activations\.py:\d+: .*expected `10 array\(3\.71459e-07.*got `10 array\(3\.61459e-07"),
    "a function defined twice": ("snippets/metrics.py", "\n\ndef recall(", "\n\ndef recall(TP, FN):\n    return 7.0\n\n\ndef recall(", r"snippets/metrics\.py:\d+: `recall` is defined twice, at line \d+ too"),
    "a statement at the top level": (FORWARD, "\n\ndef activation(", "\nprint('planted')\n\n\ndef activation(", r"snippets/forward\.py:\d+: a statement at the top level"),
    "a tolerance without its reason": (FORWARD, "    >>> z1 = weighted_sum(W1, x, b1)\n    >>> print(z1)", "    Tolerance: 1e-3\n\n    >>> z1 = weighted_sum(W1, x, b1)\n    >>> print(z1)", r"snippets/forward\.py:\d+: a tolerance without its reason"),
}
FORMULAS = {
    "another number": (FORWARD, "return W @ x + b", "return W @ x - b", r"snippets/forward\.py:\d+: forward\.weighted_sum: .*what the code returns is .*, the right side is "),
    "bad TeX in a snippet": (FORWARD, r"\sum_{j=1}^{n}", r"\sum_{j=1}^{n", r"snippets/forward\.py:\d+: forward\.weighted_sum: .*outside the grammar"),
    "an index of a formula": (FORWARD, "w_{ij} x_j + b_i", "w_{ij} x_i + b_i", r"snippets/forward\.py:\d+: forward\.weighted_sum: `z_i.*seed 0.*docs/en/core/layers\.md:\d+[\s\S]*with `j` in place of `i` it would hold"),
    "a sign of a formula": ("snippets/backward.py", "\\hat{y} - y\n    $$", "\\hat{y} + y\n    $$", r"snippets/backward\.py:\d+: backward\.output_error: .*entry \(\d\).*[\s\S]*with `-` in place of `\+`"),
    "a hat": ("snippets/loss.py", r"\log(\hat{y})", r"\log(y)", r"snippets/loss\.py:\d+: loss\.binary_cross_entropy"),
    "a transpose": ("snippets/backward.py", r"(W^{(2)})^\top \delta", r"W^{(2)} \delta", r"snippets/backward\.py:\d+: backward\.hidden_error: .*a product of"),
    "a bound": (FORWARD, r"\sum_{j=1}^{n}", r"\sum_{j=2}^{n}", r"snippets/forward\.py:\d+: forward\.weighted_sum"),
    "a range that is not whole": (FORWARD, r"l = 1, \dots, D", r"l = 2, \dots, D", r"snippets/forward\.py:\d+: .*it also holds for l = 1"),
    "a formula for another quantity": (FORWARD, r"    z_i = \sum", r"    q_i = \sum", r"snippets/forward\.py:\d+: .*the left side names `q`"),
    "a formula that no page shows": ("snippets/start.py", '"""The square of 3 and its slope.\n', 'r"""The square of 3 and its slope.\n\n    $$\n    L = 1\n    $$\n', r"snippets/start\.py:\d+: start\.first_program"),
    "a formula on one line": ("snippets/metrics.py", "    $$\n    \\text{recall} = \\frac{\\text{TP}}{\\text{TP} + \\text{FN}}\n    $$", "    $$ \\text{recall} = \\frac{\\text{FN}}{\\text{TP} + \\text{FN}} $$", r"snippets/metrics\.py:\d+: `metrics\.recall`: a `\$\$` that opens or closes no formula"),
    "a formula without its end": ("snippets/metrics.py", "{\\text{TP} + \\text{FN}}\n    $$\n", "{\\text{TP} + \\text{FN}}\n", r"snippets/metrics\.py:\d+: `metrics\.recall`: a `\$\$` that opens or closes no formula"),
    "a formula of a class": (FORWARD, '    """The same network in MLX, for a batch of inputs, one per row.\n', '    r"""The same network in MLX, for a batch of inputs, one per row.\n\n    $$\n    L = 1\n    $$\n', r"snippets/forward\.py:\d+: `forward\.SimpleNN`: a formula of a class"),
    "a function that is cut off far out": (FORWARD, "return mx.maximum(z, 0)", "return mx.clip(z, 0, 12)", r"snippets/forward\.py:\d+: forward\.relu: .*what the code returns is 12"),
    "an unbound index": (FORWARD, r"\sum_{j=1}^{n} w_{ij} x_j", r"w_{ij} x_j", r"snippets/forward\.py:\d+: forward\.weighted_sum: .*`?j`?"),
    "an unbound symbol": (FORWARD, r"w_{ij} x_j + b_i", r"w_{ij} x_j + c_i", r"snippets/forward\.py:\d+: forward\.weighted_sum: .*`c`"),
    "outside the grammar": (FORWARD, r"z_i = \sum", r"z_i = \oint \sum", r"snippets/forward\.py:\d+: forward\.weighted_sum: .*outside the grammar"),
    "shown in one language only": (EN, "/// snippet | forward.forward\n    title: The forward pass of the 2-2-1 network\n///\n", "", r"docs/en/core/forward\.md:\d+: directive .*but docs/zh-TW/core/forward\.md:\d+ has `snippet \| forward\.forward"),
}
PAGES = {
    "no such snippet": (EN, "/// snippet | forward.propagate", "/// snippet | forward.propagade", r"docs/en/core/forward\.md:\d+: .*propagade"),
    "unknown directive": (EN, "/// snippet | forward.propagate", "/// snipet | forward.propagate", r"docs/en/core/forward\.md:\d+: unknown directive `/// snipet`"),
    "a directive without its title": (EN, "    title: ", "    titel: ", r"docs/en/core/forward\.md:\d+: .*lacks `title:`"),
    "a directive in one language only": (EN, "/// snippet | forward.propagate\n", "/// snippet | forward.forward\n", r"docs/en/core/forward\.md:\d+: directive"),
    "a heading id on one side": (EN, "{#", "{#other-", r"docs/en/core/forward\.md:\d+: heading"),
    "a section named as a snippet": (BOTH, "\n## ", "\n## x {#propagate}\n\nx\n\n## ", r"docs/en/core/forward\.md:\d+: `propagate` stands twice on this page"),
    "a heading without id": (ZH, "## ", "## 新的一節\n\n新的。\n\n## ", r"docs/zh-TW/core/forward\.md:\d+: .*(no English id|heading)"),
    "no such value": (EN, "{{trace.forward_pass.", "{{trace.forward_pass.q", r"docs/en/core/forward\.md:\d+: "),
    "a typed number": (EN, "\n## ", "\nIt is 0.389361.\n\n## ", r"docs/en/core/forward\.md:\d+: the number 0\.389361 is typed"),
    "a typed number as code": (BOTH, "\n## ", "\n`0.389361`\n\n## ", r"docs/en/core/forward\.md:\d+: the number `0\.389361` is typed"),
    "a typed formula": (ZH, "\n## ", "\n$$\na = b\n$$\n\n## ", r"docs/zh-TW/core/forward\.md:\d+: a display formula typed in a page"),
    "bad TeX in a page": (ZH, "\n## ", "\n$\\frac{1}$\n\n## ", r"docs/zh-TW/core/forward\.md:\d+: .*outside the grammar"),
    "a symbol that no formula declares": (EN, "\n## ", "\nHere $q_i$ is.\n\n## ", r"docs/en/core/forward\.md:\d+: .*the symbol `q` is declared by no formula"),
    "an inline equation": (EN, "\n## ", "\nHere $z_i = x_j + b_i$.\n\n## ", r"docs/en/core/forward\.md:\d+: .*repeats no formula of this page"),
    "an option that is no YAML": (EN, "    title: ", "    title: [", r"docs/en/core/forward\.md:\d+: the options of"),
    "an answer outside an exercise": (EN, "\n## ", "\n/// answer\nHere.\n///\n\n## ", r"docs/en/core/forward\.md:\d+: `/// answer` outside an exercise"),
    "two hints in one exercise": (EN, "\n//// hint", "\n//// hint\nFirst.\n////\n\n//// hint", r"docs/en/core/forward\.md:\d+: `//// hint` twice in an exercise"),
    "a link to no page": (BOTH, "\n## ", "\n[x](gone.md)\n\n## ", r"docs/en/core/forward\.md:\d+: the link `gone\.md` leads nowhere"),
    "a link to no section": (BOTH, "\n## ", "\n[x](loss.md#gone)\n\n## ", r"docs/en/core/forward\.md:\d+: the link `loss\.md#gone` leads nowhere"),
    "a link to no section here": (BOTH, "\n## ", "\n[x](#gone)\n\n## ", r"docs/en/core/forward\.md:\d+: the link `#gone` leads nowhere"),
    "a link of a lab to no section": (("docs/zh-TW/labs/breast-cancer.md", LAB), "training-loop.md#diagnosisnn", "training-loop.md#gone", r"docs/en/labs/breast-cancer\.md:\d+: the link `\.\./core/training-loop\.md#gone` leads nowhere"),
    "a link of a lab to no section of it": (("docs/zh-TW/labs/breast-cancer.md", LAB), "\n## ", "\n[x](#gone)\n\n## ", r"docs/en/labs/breast-cancer\.md:\d+: the link `#gone` leads nowhere"),
    "a link to no section of a lab": (("docs/zh-TW/index.md", "docs/en/index.md"), "\n## ", "\n[x](labs/breast-cancer.md#gone)\n\n## ", r"docs/en/index\.md:\d+: the link `labs/breast-cancer\.md#gone` leads nowhere"),
    "a link of a lab": (("docs/zh-TW/labs/breast-cancer.md", LAB), "\n## ", "\n[x](gone.md)\n\n## ", r"docs/(en|zh-TW)/labs/breast-cancer\.md:\d+: the link `gone\.md` leads nowhere"),
    "no such image": (BOTH, "\n## ", "\n![a curve](gone.png)\n\n## ", r"docs/en/core/forward\.md:\d+: the link `gone\.png` leads nowhere"),
    "an image without words": (BOTH, "\n## ", "\n![](../index.md)\n\n## ", r"docs/en/core/forward\.md:\d+: the image `\.\./index\.md` has no words"),
    "a figure without words": (BOTH, "    alt: ", "    alt:  # ", r"docs/en/core/forward\.md:\d+: `/// figure` lacks `alt:`"),
    "a script from elsewhere": (BOTH, "\n## ", "\n<script src=\"https://example.com/a.js\"></script>\n\n## ", r"docs/en/core/forward\.md:\d+: `<script` in a page, which nothing checks"),
    "an image from elsewhere": (BOTH, "\n## ", "\n![a curve](https://example.com/a.png)\n\n## ", r"docs/en/core/forward\.md:\d+: `https://example\.com/a\.png` is fetched from another origin"),
    "an inline handler": (BOTH, "\n## ", "\n<b onclick=\"alert(1)\">x</b>\n\n## ", r"docs/en/core/forward\.md:\d+: `<b` in a page"),
    "an inline handler of Markdown": (BOTH, "\n## ", "\n**x**{onclick=alert(1)}\n\n## ", r"docs/en/core/forward\.md:\d+: `\{onclick=` in a page"),
    "a style that fetches": (BOTH, "\n## ", "\n**x**{style=\"background:url(//example.com/a.png)\"}\n\n## ", r"docs/en/core/forward\.md:\d+: `\{style=` in a page"),
    "an image whose address stands apart": (BOTH, "\n## ", "\n![a curve][c]\n\n[c]: https://example.com/a.png\n\n## ", r"docs/en/core/forward\.md:\d+: the address of `\[c\]` stands apart from its link"),
    "a comment that hides what follows": (BOTH, "\n## ", "\n<!-- later\n\n## ", r"docs/en/core/forward\.md:\d+: `<!--` in a page"),
    "an option with a colon": (EN, "    title: Layer by layer", "    title: Layers: one by one", r"docs/en/core/forward\.md:\d+: the options of .* are not YAML"),
    "an option with a comment sign": (EN, "    title: Layer by layer", "    title: Layer # by layer", r"docs/en/core/forward\.md:\d+: `title: Layer # by layer` reads as `Layer`\n +→ quote it"),
    "an option that is a number": (EN, "    title: Layer by layer", "    title: 2.50", r"docs/en/core/forward\.md:\d+: `title: 2\.50` reads as `2\.5`"),
    "an option without a value": (EN, "    title: Layer by layer", "    title:", r"docs/en/core/forward\.md:\d+: `/// snippet` lacks `title:`"),
    "an unknown option": (EN, "    title: Layer by layer", "    title: Layer by layer\n    colour: red", r"docs/en/core/forward\.md:\d+: `/// snippet` knows no option `colour`"),
    "a directive that is not closed": (BOTH, "/// snippet | forward.forward\n", "/// snippet | forward.forward\n    title: One\n\n/// snippet | forward.forward\n", r"docs/(en|zh-TW)/core/forward\.md:\d+: "),
    "a fence of tildes": (BOTH, "\n## ", "\n~~~python\n1 / 0\n~~~\n\n## ", r"docs/en/core/forward\.md:\d+: the fence `~~~python` would not be run"),
    "a fence by another name": (BOTH, "\n## ", "\n```py\n1 / 0\n```\n\n## ", r"docs/en/core/forward\.md:\d+: the fence ````py` would not be run"),
    "a fence with options": (BOTH, "\n## ", "\n```python hl_lines=\"1\"\n1 / 0\n```\n\n## ", r"docs/en/core/forward\.md:\d+: the fence `.*` would not be run"),
    "a fence without a language": (BOTH, "\n## ", "\n```\n1 / 0\n```\n\n## ", r"docs/en/core/forward\.md:\d+: the fence `.*` would not be run"),
    "a fence that is kept from running": (BOTH, "\n## ", "\n<!--pytest.mark.skip-->\n```python\n1 / 0\n```\n\n## ", r"docs/en/core/forward\.md:\d+: `<!--` in a page"),
    "front matter that is no YAML": (EN, "title: Forward propagation", "title: Forward: propagation", r"docs/en/core/forward\.md:2: not YAML"),
    "front matter without a title": (EN, "title: Forward propagation\n", "", r"docs/en/core/forward\.md:1: the front matter lacks `title:`"),
    "a glossary that is no YAML": ("docs/glossary.yml", "    en: forward propagation", "    en: forward: propagation", r"docs/glossary\.yml:\d+: not YAML"),
    "a word of the theme in one language": ("two_passes/theme/strings.yml", "  solution: Show the solution\n", "", r"two_passes/theme/strings\.yml:\d+: `solution` is not said in en"),
    "a word of the Mainland": (ZH, "這一章走第一趟", "這一章用默認值走第一趟", r"core/forward\.md:\d+: 「默認」 is a word of the Mainland\n +→ write 「預設」"),
    "a Simplified character": (ZH, "這一章走第一趟", "这一章走第一趟", r"core/forward\.md:\d+: Simplified: 这"),
    "half-width punctuation": (ZH, "零件你都認識了：", "零件你都認識了:", r"core/forward\.md:\d+: half-width punctuation in 「了:」\n +→ write 「了：」"),
    "a term called by two names": (ZH, "這一章走第一趟", "順向傳播走第一趟", r"core/forward\.md:\d+: 「順向傳播」 for 「前向傳播」: it was named at docs/zh-TW/core/forward\.md:\d+ already"),
    "an alias without its introduction": (ZH, "（又稱順向傳播）", "（順向傳播）", r"「順向傳播」 for 「前向傳播」: it stands without （又稱…）"),
    "a title too": (ZH, "    title: 逐層計算", "    title: 逐層運行", r"core/forward\.md:\d+: 「運行」"),
    "a word of the theme": ("two_passes/theme/strings.yml", "solution: 看解答", "solution: 查看文件", r"strings\.yml:\d+: 「文件」"),
    "an entry without a language": ("docs/glossary.yml", "    zh-TW: 計算圖\n", "", r"docs/glossary\.yml:\d+: `computation-graph` has no word in zh-TW"),
    "an entry without a meaning": ("docs/glossary.yml", "      en: A computation drawn", "      # A computation drawn", r"docs/glossary\.yml:\d+: `computation-graph` has no meaning in en"),
    "a chapter that there is not": ("docs/glossary.yml", "    chapter: core/loss\n", "    chapter: core/lost\n", r"docs/glossary\.yml:\d+: `loss-function`: there is no chapter `core/lost`"),
    "a level that is none": (EN, "    level: 1", "    level: 4", r"directive|level"),
    "digits that give another result": ("snippets/trace.py", ">>> L = binary_cross_entropy(y_hat, y)[0]\n    >>> dL_dy_hat", ">>> L = 2 * binary_cross_entropy(y_hat, y)[0]\n    >>> dL_dy_hat", r"snippets/trace\.py|worked out it is"),
    "a line for what is not there": (ZH, "    formula: 3\n    at: {entry: 1}", "    formula: 3\n    at: {entry: 7}", r"core/forward\.md"),
}
GLOSSARY, STRINGS = "docs/glossary.yml", "two_passes/theme/strings.yml"
START, LOOP = "docs/zh-TW/start.md", "docs/zh-TW/core/training-loop.md"
# What a translator may break, in the language that the other is not compared with by a machine
TRANSLATIONS = {
    "a paragraph that is not translated": (BOTH, "\n## ", "\nNobody has translated this one\n\n## ", r"zh-TW/core/forward\.md:\d+: `Nobody has translated this one` is not translated"),
    "a heading that is not translated": (ZH, "## 從左到右走一趟", "## From left to right", r"zh-TW/core/forward\.md:\d+: `From left to right` is not translated"),
    "an image's words that are not translated": (ZH, "    alt: 2-2-1 網路的前向傳播。兩個", "    alt: The network as a graph # ", r"zh-TW/core/forward\.md:\d+: .*`The network as a graph`"),
    "an image's words that are empty": (ZH, "    alt: 2-2-1 網路的前向傳播。", "    alt: \"\"  # ", r"zh-TW/core/forward\.md:\d+: `/// figure` lacks `alt:`"),
    "a title that is empty": (ZH, "title: 前向傳播", 'title: ""', r"zh-TW/core/forward\.md:1: the front matter lacks `title:`"),
    "minutes that are words": (BOTH, "minutes: 25", "minutes: many", r"core/forward\.md:6: `minutes: many` is not a whole number"),
    "a page to build on that there is not": (BOTH, "builds_on: [core/layers", "builds_on: [core/layer", r"core/forward\.md:5: `builds_on` names `core/layer`, which is no page"),
    "Chinese in English": (BOTH, "\n## ", "\n這裡。\n\n## ", r"en/core/forward\.md:\d+: `這裡。` in the English text"),
    "a symbol in place of another": (ZH, "Sigmoid 在 $z$ 是 0 時", "Sigmoid 在 $x_1$ 是 0 時", r"zh-TW/core/forward\.md:\d+: formula `x_1` is not in docs/en/core/forward\.md:\d+, or not as often"),
    "code in place of other code": (ZH, "`model.parameters()` 傳回", "`model.parameter()` 傳回", r"zh-TW/core/forward\.md:\d+: code `model\.parameter\(\)` is not in docs/en"),
    "figures turned round": (START, "Debian 12、", "Debian 21、", r"zh-TW/start\.md:25: figure `21` is not in docs/en/start\.md"),
    "a decimal of the front matter": (ZH, "outcome: 用手算出", "outcome: 用 0.38 算出", r"zh-TW/core/forward\.md:\d+: figure `0\.38` is not in"),
    "a row of a table that is lost": (START, "| Linux，用 NVIDIA GPU | 同上，再加支援 CUDA 13 的驅動程式 | `pip install \"mlx[cuda13]\" numpy` |\n", "", r"start\.md:\d+: (row of a table|code) "),
    "a cell of a table that is lost": (START, "| 同上，再加支援 CUDA 13 的驅動程式 ", "", r"zh-TW/start\.md:26: a row of 2 cells in a table of 3"),
    "an item of a list that is lost": (START, "- Windows 請用 WSL，照 Linux 的方法裝。\n", "", r"start\.md.*: item of a list"),
    "an item that is none": (START, "- Windows", "-Windows", r"zh-TW/start\.md:30: this list begins right below a line of text"),
    "a paragraph that is lost": (ZH, "這一章走第一趟。零件你都認識了：一層的加權和，再激活。一層算完換下一層，到輸出層為止。\n", "", r"forward\.md:9: paragraphs `\d in #left-to-right`, but docs/zh-TW"),
    "a hint that is empty": (ZH, "先算 $z^{(1)}_1$。它是負的，ReLU 會怎麼做？\n", "", r"forward\.md:\d+: paragraphs `\d in #exercises`"),
    "emphasis that is not closed": (BOTH, "\n## ", "\nx **y\n\n## ", r"core/forward\.md:\d+: `x \*\*y` stayed text"),
    "code that is not closed": (BOTH, "\n## ", "\nx `y\n\n## ", r"core/forward\.md:\d+: `x `y` stayed text"),
    "a formula that is not closed": (BOTH, "\n## ", "\nx $y\n\n## ", r"core/forward\.md:\d+: `x \$y` stayed text"),
    "a number with a full-width colon": (BOTH, "{{trace.forward_pass.y_hat[0]:", "{{trace.forward_pass.y_hat[0]：", r"core/forward\.md:\d+: .*(stayed text|in the English text)"),
    "a footnote that there is not": (BOTH, "\n## ", "\nx[^1].\n\n## ", r"core/forward\.md:\d+: `x\[\^1\]\.` stayed text"),
    "two branches that were not merged": (BOTH, "\n## ", "\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> theirs\n\n## ", r"core/forward\.md:\d+: `<<<<<<<`: two branches that were not merged"),
    "a quotation that is not closed": (ZH, "這一章走第一趟", "這一章走「第一趟", r"zh-TW/core/forward\.md:17: 1 `「` and 0 `」` in one paragraph"),
    "two sections by one name": (BOTH, "{#the-network}", "{#left-to-right}", r"en/core/forward\.md:\d+: the id `left-to-right` is that of line 9 too"),
    "text that is turned around": (ZH, "這一章走第一趟", "這一章\u202e走第一趟", r"zh-TW/core/forward\.md:17: a character that nobody sees: U\+202E RIGHT-TO-LEFT OVERRIDE"),
    "code that is turned around": (FORWARD, "return W @ x + b  #", "return W @ x + b  # \u202e", r"snippets/forward\.py:\d+: a character that nobody sees: U\+202E"),
    "an answer that is no number": (BOTH, "    answer: z2[0]", "    answer: a1", r"core/forward\.md:\d+: the answer `a1` is \[.*\], not one number"),
    "decimals that are none": (BOTH, "    decimals: 2", "    decimals: two", r"core/forward\.md:\d+: `decimals: two`"),
    "Chinese on the English side of the glossary": (GLOSSARY, "      en: Moving every parameter", "      en: 移動 every parameter", r"glossary\.yml:\d+: `移動` in the English text"),
    "English on the Chinese side of the theme's words": (STRINGS, "  solution: 看解答", "  solution: Show me the solution", r"strings\.yml:\d+: `Show me the solution` is not translated"),
    "a letter that only looks like ours": (EN, "This chapter", "This сhapter", r"en/core/forward\.md:\d+: `с` only looks like a letter of ours: U\+0441 CYRILLIC"),
    "a section two deeper than the one it stands in": (BOTH, "\n## ", "\n#### x {#deep}\n\n## ", r"core/forward\.md:\d+: a heading of 4 `#` below one of"),
    "a row of a table that lacks a cell": (BOTH, "\n## ", "\n| x | y |\n|---|---|\n| x |\n\n## ", r"core/forward\.md:\d+: a row of 1 cells in a table of 2"),
    "a blank after a word of the glossary": (GLOSSARY, "    zh-TW: 動量\n", "    zh-TW: '動量 '\n", r"glossary\.yml:\d+: `momentum`: a blank before or after"),
    "a blank that is none": (ZH, "這一章走第一趟", "這一章\u200b走第一趟", r"zh-TW/core/forward\.md:17: a character that nobody sees: U\+200B ZERO WIDTH SPACE"),
    "a symbol's bad TeX": (GLOSSARY, "tex: '\\epsilon'", "tex: '\\epsilo{'", r"glossary\.yml:\d+: the symbol `epsilon`: bad TeX: "),
    "a word of the theme that drops its number": (STRINGS, "  chapter_of: 第 {n} 章", "  chapter_of: 這一章", r"strings\.yml:\d+: `chapter_of` takes nothing in zh-TW, but \{n\} in en"),
    "a word of the theme that is no text": (STRINGS, "solution: 看解答", "solution: 12", r"strings\.yml:\d+: `solution` is not said in zh-TW"),
    "a key that stands twice": (STRINGS, "  solution: 看解答", "  solution: 看解答\n  solution: 解答", r"strings\.yml:\d+: not YAML: `solution` stands twice"),
    "a symbol without a language": (GLOSSARY, "en: 'input', zh-TW: 輸入}", "en: 'input'}", r"glossary\.yml:\d+: the symbol `x` has no meaning in zh-TW"),
    "a symbol that is not translated": (GLOSSARY, "en: 'input', zh-TW: 輸入}", "en: 'input', zh-TW: what goes in}", r"glossary\.yml:\d+: `what goes in` is not translated"),
    "a term in Simplified characters": (GLOSSARY, "    zh-TW: 計算圖", "    zh-TW: 计算图", r"glossary\.yml:\d+: Simplified: "),
    "a term of the Mainland": (GLOSSARY, "    zh-TW: 計算圖", "    zh-TW: 默認圖", r"glossary\.yml:\d+: 「默認」 is a word of the Mainland"),
    "a term that the pages do not use": (GLOSSARY, "    zh-TW: 學習率\n", "    zh-TW: 學習速率\n", r"glossary\.yml:\d+: no page in zh-TW says `學習速率`, though in en \d+ say `learning rate`"),
    "a group without a language": (GLOSSARY, "{en: The two passes, zh-TW: 兩趟}", "{en: The two passes}", r"glossary\.yml:\d+: `forward-propagation` has no group in zh-TW"),
}
_RUN_CELL = "# --8<-- [start:load]\n"
LABS = {name: (CELLS, _RUN_CELL, f"{_RUN_CELL}{code}\n", rf"snippets/lab_breast_cancer\.py:{line}: {says}") for name, (code, line, says) in {
    "raises": ("x = 1\nraise KeyError('planted')", 9, "the cell raised `KeyError: 'planted'`"),
    "hangs": ("while True: pass", 8, "the cell is still running after 5 s"),
    "exits the process": ("import os; os._exit(3)", 8, "the cell ended the kernel"),
    "is killed": ("import os; os.kill(os.getpid(), 9)", 8, "the cell ended the kernel"),
    "floods its output": ("print('x' * 10**8)", 8, r"the cell printed [\d,]{11,} characters; a page shows at most 100,000"),
    "writes outside its folder": ("open('../planted.txt', 'w')", 8, r"the cell writes outside its own folder: \.\./planted\.txt at `open\("),
    "writes outside and says nothing": ("import os\ntry: os.mkdir('../planted')\nexcept OSError: pass", 9, r"the cell writes outside its own folder: \.\./planted at `try: os\.mkdir"),
    "writes outside through MLX": ("import mlx.core as mx\nmx.save('../planted.npy', mx.array(1))", 9, r"the cell writes outside its own folder: \.\./planted\.npy"),
    "reads what a reader does not have": ("import os\nopen(os.path.expanduser('~/.planted'))", 9, r"the cell reads a file that a reader does not have: .*\.planted at `open"),
    "writes outside in a function": ("def planted():\n    open('../planted.txt', 'w')\n\n\nplanted()", 9, r"the cell writes outside its own folder"),
    "asks the network": ("import socket; socket.create_connection(('127.0.0.1', 9))", 8, "the cell asks the network"),
    "starts a process": ("get_ipython().system('touch ../planted')", 8, "the cell starts a process, which nothing would watch"),
    "imports what is not locked": ("import torch", 8, "the cell imports `torch`, which is not among the locked packages"),
}.items()}
NEXT = "\n## "  # before the second heading of a page
# Marks of Markdown, or of another Markdown, that a reader would see as they were typed → how the message names them
MARKS = {f"{name} in both languages": (BOTH, NEXT, f"\n{typed}\n\n## ", rf"core/forward\.md:\d+: .*{says}") for name, (typed, says) in {
    "a number with one brace": ("x {trace.forward_pass.L:.6f}", "`x \\{trace.* stayed text"),
    "a table right below a line": ("x\n| x |\n|---|\n| x |", "this table begins right below a line of text"),
    "a table without its rule": ("| x |\n| y |", "a table without a rule below its head"),
    "a list right below a line": ("x\n- x\n- y", "this list begins right below a line of text"),
    "a paragraph that is code by its blanks": ("    x", "a line that four blanks make into code"),
    "an admonition": ("!!! note", "`!!! note` stayed text"),
    "an alert": ("> [!NOTE]\n> x", "stayed text"),
    "a container": (":::", "`:::` stayed text"),
    "an emoji by its name": ("x :smile:", "stayed text"),
    "marked words": ("x ==y==", "stayed text"),
    "a wiki link": ("[[loss]]", "stayed text"),
    "a template's brace": ("{% if x %}", "stayed text"),
    "an emoji": ("x 🎉", "stayed text"),
    "words struck through": ("x ~~y~~", "stayed text"),
    "a box to tick": ("- [ ] x", "stayed text"),
    "full-width emphasis": ("x ＊＊y＊＊", "(stayed text|in the English text)"),
    "a lone star": ("x * y", "stayed text"),
    "a backslash at the end of a line": ("x\\", "stayed text"),
    "an entity": ("x&nbsp;y", "`&nbsp;` is HTML"),
    "what is not finished": ("TODO x", "`TODO`: what is not finished"),
    "a link to one language's page": ("[x](../../en/core/loss.md)", "a link to the page in one language"),
    "an address with one slash": ("[x](https:/example.com)", "is no address"),
    "a number without its format": ("{{trace.forward_pass.L}}", "would print"),
    "a list in place of a number": ("{{trace.forward_pass.z1:.3f}}", "would print"),
    "a number in code type": ("`{{trace.forward_pass.L:.6f}}`", "a number in code stays as it is typed"),
    "a link without words": ("[](loss.md)", "has no words, or no address"),
    "a link without an address": ("[x]()", "has no words, or no address"),
    "a link with a title": ("[x](loss.md \"y\")", "has no words, or no address"),
    "a link to a file of facts": ("[x](../../glossary.yml)", "has no words, or no address"),
    "a heading without its blank": ("##x {#hh}", "`##x .* stays text"),
    "a second title": ("# x {#hh}", "a second title in the page"),
    "an id in the middle of a sentence": ("**x**{#the-network}", "gives an id or a class to what is no heading"),
    "a section with nothing in it": ("## x {#hh}", "nothing stands in this section"),
    "maths in TeX's own brackets": ("\\(z\\)", "is no mark here"),
    "a typed bullet": ("• x", "stays text"),
    "a parenthesis that is not closed": ("x (y", "1 `\\(` and 0 `\\)`"),
    "a directive without its mark": ("snippet | forward.propagate\n    title: x\n///", "`///` closes nothing"),
}.items()}
# What one language says otherwise than the other, where a machine can tell
OTHERWISE = {
    "a small figure": (ZH, "叫做第 0 層", "叫做第 9 層", r"zh-TW/core/forward\.md:\d+: figure `9` is not in docs/en/core/forward\.md:\d+, or not as often"),
    "a number in words": (LOOP, "先看一百個，再看一千個", "先看一百個，再看兩千個", r"zh-TW/core/training-loop\.md:\d+: figure `2000` \(“兩千”\) is not in docs/en/core/training-loop\.md:\d+"),
    "a number in words, in English": ("docs/en/core/activations.md", "each of a hundred steps", "each of ninety steps", r"en/core/activations\.md:\d+: figure `90` \(“ninety”\) is not in docs/zh-TW"),
    "a name in place of another": (LOOP, "[SGD](update.md#the-update)", "[Adam](update.md#the-update)", r"zh-TW/core/training-loop\.md:\d+: name `Adam` is not in docs/en"),
    "a name with a figure": ("docs/zh-TW/core/activations.md", "因為 GPT 和", "因為 GPT-2 和", r"zh-TW/core/activations\.md:\d+: name `GPT-2` is not in docs/en"),
    "another unit": (START, "glibc 2.35 以上", "glibc 2.35 ms 以上", r"zh-TW/start\.md:\d+: figure `2\.35 ms` is not in docs/en/start\.md"),
    "two cells exchanged": (START, "| `pip install mlx numpy` |\n| Linux，用 CPU | glibc 2.35 以上，例如 Debian 12、Ubuntu 22.04 | `pip install \"mlx[cpu]\" numpy` |", "| `pip install \"mlx[cpu]\" numpy` |\n| Linux，用 CPU | glibc 2.35 以上，例如 Debian 12、Ubuntu 22.04 | `pip install mlx numpy` |", r"zh-TW/start\.md:24: code `pip install \"mlx\[cpu\]\" numpy` is not in docs/en/start\.md:24"),
    "a link in place of another": (ZH, "那是[下一章](loss.md)的事", "那是[下一章](backward.md)的事", r"zh-TW/core/forward\.md:24: link `backward\.md` is not in docs/en/core/forward\.md:24"),
    "a figure of the glossary": (GLOSSARY, "不讓除數變成 0", "不讓除數變成 7", r"glossary\.yml:\d+: `symbols\.epsilon`: figure `7` is said in zh-TW alone"),
    "a figure of the theme's words": (STRINGS, "例如 0.25", "例如 0.52", r"strings\.yml:\d+: `not_a_number`: figure `0\.52` is said in zh-TW alone"),
    "two drawn numbers exchanged": ("docs/zh-TW/core/update.md", "損失從 {{update.after_sgd.L_before:.6f}} 降到 {{update.after_sgd.L_after:.6f}}", "損失從 {{update.after_sgd.L_after:.6f}} 降到 {{update.after_sgd.L_before:.6f}}", r"zh-TW/core/update\.md:\d+: number `\{\{update\.after_sgd\.L_after:\.6f\}\}` .*in another order"),
    "two links exchanged": (ZH, "[下一章](loss.md)來量；該怪哪個參數，是[反向傳播](backward.md)", "[下一章](backward.md)來量；該怪哪個參數，是[反向傳播](loss.md)", r"zh-TW/core/forward\.md:\d+: link `backward\.md` .*in another order"),
    "a function in place of another": ("docs/zh-TW/core/activations.md", "**tanh** 像 Sigmoid", "**sinh** 像 Sigmoid", r"zh-TW/core/activations\.md:\d+: name `sinh` is not in docs/en"),
    "a power": ("docs/zh-TW/index.md", "x²", "x³", r"zh-TW/index\.md:\d+: sign `³` is not in docs/en/index\.md"),
    "a unit of another size": ("docs/zh-TW/performance.md", "10 Mb/s", "10 MB/s", r"name `MB` is not in docs/en/performance\.md"),
    "a sentence twice": (ZH, "一層算完換下一層，到輸出層為止。", "一層算完換下一層，到輸出層為止。一層算完換下一層，到輸出層為止。", r"zh-TW/core/forward\.md:17: says the same twice"),
    "a paragraph that stops short": (ZH, "到輸出層為止。\n", "到輸出層為止，\n", r"zh-TW/core/forward\.md:17: a paragraph that ends in `，`"),
    "quotation marks that end an attribute": (STRINGS, '  right: ', '  right: A "full" answer ', r"strings\.yml:\d+: `\"` in strings\.yml, which is plain text"),
    "a range that there is not": (GLOSSARY, "range: positive}", "range: more than 0}", r"glossary\.yml:\d+: `symbols → .*"),
    "decimals in words": (EN, "Give two decimals.", "Give three decimals.", r"core/forward\.md:\d+: "),
    "another sign": (START, "macOS 14", "macOS −14", r"figure `−14` is not in docs/en/start\.md"),
    "the sizes of a network": (ZH, "2-2-1 網路的前向傳播", "2-1-2 網路的前向傳播", r"zh-TW/core/forward\.md:\d+: figure `2−1−2` is not in"),
    "a card's title that is not translated": (ZH, "    title: 逐層計算", "    title: Layer computation", r"zh-TW/core/forward\.md:\d+: `Layer computation` is not translated"),
    "English beside Chinese": (ZH, "這一章走第一趟", "這一章 walks through the network once 走第一趟", r"zh-TW/core/forward\.md:17: `walks through the network once` is not translated"),
    "a Japanese character": (ZH, "這一章走第一趟", "這一章関走第一趟", r"core/forward\.md:17: Simplified: 関"),
    "letters that stick to Chinese": (ZH, "這一章走第一趟", "這一章走ReLU的第一趟", r"core/forward\.md:17: no blank in 「走R」"),
    "a formula that sticks to Chinese": (ZH, "Sigmoid 在 $z$ 是 0 時", "Sigmoid 在$z$ 是 0 時", r"core/forward\.md:\d+: no blank in 「在\$」"),
    "a word twice": (EN, "This chapter", "This this chapter", r"en/core/forward\.md:\d+: `This this`"),
    "a full stop twice": (ZH, "到輸出層為止。", "到輸出層為止。。", r"core/forward\.md:\d+: `。。`"),
    "another script": (ZH, "這一章走第一趟", "這一章かな走第一趟", r"core/forward\.md:17: `かな`"),
    "half-width after a name": (ZH, "這一章走第一趟", "這一章用 ReLU, 再走第一趟", r"core/forward\.md:17: half-width punctuation"),
    "another fraction": (ZH, "這一章走第一趟", "這一章的 3/4 走第一趟", r"figure `3/4` is not in docs/en/core/forward\.md"),
    "Chinese on the English side of the theme's words": (STRINGS, "  solution: Show the solution", "  solution: 解答 the solution", r"strings\.yml:\d+: `解答` in the English text"),
    "two terms by one word": (GLOSSARY, "    zh-TW: 動量\n", "    zh-TW: 學習率\n", r"glossary\.yml:\d+: `學習率` is a word of `momentum` too"),
    "HTML in the glossary": (GLOSSARY, "      en: Moving every parameter", "      en: <b>Moving every parameter", r"glossary\.yml:\d+: `<b` in glossary\.yml, which is plain text"),
    "a symbol of a function that there is not": (GLOSSARY, "by: [forward.weighted_sum,", "by: [forward.weighted_sums,", r"glossary\.yml:\d+: the symbol `z`: there is no function `forward\.weighted_sums`"),
    "a first term without a group": (GLOSSARY, "    group: {en: The two passes, zh-TW: 兩趟}\n", "", r"glossary\.yml:\d+: the first term begins no group"),
    "English quotation marks in Chinese": (ZH, "這一章走第一趟", "這一章走“第一趟”", r"core/forward\.md:17: half-width punctuation in 「“」"),
    "a half-width comma after a formula": (ZH, "Sigmoid 在 $z$ 是 0 時", "Sigmoid 在 $z$, 是 0 時", r"core/forward\.md:\d+: half-width punctuation"),
}
# Values of another shape: told, with the line, before anything leans on them
SHAPES = {
    "a choice of indices that is a number": (BOTH, "    at: {entry: 1}", "    at: 1", r"core/forward\.md:\d+: `at: 1` of `/// worked`\n +→ write `at: \{i: 1\}`"),
    "names that are a word": (BOTH, "    with: {z: z2, sigmoid: y_hat}", "    with: z", r"core/forward\.md:\d+: `with: z` of `/// worked`"),
    "a formula that is a word": (BOTH, "    formula: 3", "    formula: two", r"core/forward\.md:\d+: `formula: two` of `/// worked`"),
    "a glossary that is a list": (GLOSSARY, "\nterms:\n", "\nterms: []\nmore:\n", r"glossary\.yml:\d+: `.*`: "),
    "a key of the glossary that is mistyped": (GLOSSARY, "    chapter: core/loss\n", "    chaptre: core/loss\n", r"glossary\.yml:\d+: `terms → loss-function`: Additional properties .*'chaptre'"),
    "an exception that is plain text": (GLOSSARY, "but: [信息量]", "but: 信息量", r"glossary\.yml:\d+: `mainland → 信息 → but`: .*is not of type 'array'"),
    "a meaning that is a list": (GLOSSARY, "      en: Moving every parameter", "      en: [x]\n      fr: Moving every parameter", r"glossary\.yml:\d+: `terms → .*"),
    "words of the theme that are a list": (STRINGS, "\nen:\n", "\nen: []\nmore:\n", r"strings\.yml:\d+: `"),
    "an old address that leads to a number": ("docs/redirects.yml", "core/backward#the-loss: core/loss", "core/backward#the-loss: 7", r"redirects\.yml:\d+: `core/backward#the-loss`: 7 is not of type"),
    "an old address that leads to no section": ("docs/redirects.yml", "core/backward#the-loss: core/loss", "core/backward#the-loss: core/loss#gone", r"redirects\.yml:\d+: `core/loss#gone` is no section"),
    "an old address that is still a section": ("docs/redirects.yml", "core/backward#the-loss:", "core/forward#the-network:", r"redirects\.yml:\d+: `core/forward#the-network` is still a section"),
    "a record that is no hash": ("docs/agreed.yml", "core/forward:\n  top: ", "core/forward:\n  top: x ", r"agreed\.yml:\d+: `core/forward → top`: "),
    "measurements that are no JSON": ("snippets/data/performance.json", '"groups": {', '"groups": {,', r"snippets/data/performance\.json:2: not JSON"),
    "a measurement that is a word": ("snippets/data/performance.json", '"limit": 200', '"limit": "200"', r"snippets/data/performance\.json:\d+: `groups → reading → rows → bytes_zh → limit`: '200' is not of type"),
    "a template that there is not": ("docs/en/index.md", "template: home.html", "template: hom.html", r"en/index\.md:\d+: the template of this page is not `hom\.html`"),
    "a date that is none": (BOTH, "minutes: 25", "minutes: 2026-13-45", r"core/forward\.md: not YAML: month must be"),
    "a title that is a list": (BOTH, "    title: ", "    title: [x] # ", r"core/forward\.md:\d+: `title: \['x'\]` of `/// snippet`"),
    "a level that is true": (BOTH, "    level: 1", "    level: true", r"core/forward\.md:\d+: `level: True` of an exercise"),
    "a side that there is not": (BOTH, "    formula: 3", "    formula: 3\n    side: 9", r"core/forward\.md:\d+: .*there is no side 9"),
    "a class worked in digits": (BOTH, "/// worked | forward.sigmoid", "/// worked | forward.SimpleNN", r"core/forward\.md:\d+: .*is no function with a formula"),
    "a key that is a list": (GLOSSARY, "\nterms:\n", "\nterms:\n  ? [a, b]\n  : x\n", r"glossary\.yml.*: not YAML"),
    "front matter that nobody reads": (BOTH, "minutes: 25", "minutes: 25\nlevel: 2", r"core/forward\.md:7: the front matter knows no `level:`"),
    "no minutes": (BOTH, "minutes: 25", "minutes: -25", r"core/forward\.md:6: `minutes: -25`"),
    "a page that builds on itself": (BOTH, "builds_on: [core/layers", "builds_on: [core/forward", r"core/forward\.md:5: `builds_on` names `core/forward`, which a reader comes to later"),
    "a page twice in the navigation": ("mkdocs.yml", "      - core/layers\n", "      - core/layers\n      - core/layers\n", r"mkdocs\.yml:\d+: nav: `core/layers` stands twice"),
    "a page with a title in the navigation": ("mkdocs.yml", "      - core/layers\n", "      - Layers: core/layers\n", r"mkdocs\.yml:\d+: nav: "),
    "a part without a title": ("mkdocs.yml", "  - frontier:", "  - beyond:", r"mkdocs\.yml:\d+: nav: the part `beyond` has no pages, or no title"),
    "no navigation": ("mkdocs.yml", "\nnav:\n", "\nnaw:\n", r"naw[\s\S]*mkdocs\.yml: Aborted with 1 configuration warning"),
    "a tab in the configuration": ("mkdocs.yml", "  - index\n", "\t- index\n", r"mkdocs\.yml:\d+: a character that nobody sees: U\+0009"),
    "labs that are not run": ("mkdocs.yml", "execute: true", "execute: false", r"mkdocs\.yml: `plugins\.mkdocs-jupyter\.execute` is False\n +→ it must be True"),
    "labs that may fail": ("mkdocs.yml", "allow_errors: false", "allow_errors: true", r"mkdocs\.yml: `plugins\.mkdocs-jupyter\.allow_errors` is True"),
    "broken anchors that nobody is told of": ("mkdocs.yml", "    anchors: warn\n", "", r"mkdocs\.yml: `validation\.links\.anchors` is 20\n +→ it must be `warn`"),
    "headings without their link": ("mkdocs.yml", "permalink: true", "permalink: false", r"mkdocs\.yml: `mdx_configs\.toc\.permalink` is False"),
    "records that become pages": ("mkdocs.yml", "exclude_docs: |\n  *.yml\n", "", r"mkdocs\.yml: `exclude_docs:` lets"),
    "an extension that is gone": ("mkdocs.yml", "  - footnotes\n", "", r"mkdocs\.yml: `footnotes` is not among `markdown_extensions:`"),
    "a script of the configuration": ("mkdocs.yml", "\nplugins:", "\nextra_javascript: [https://example.com/a.js]\nplugins:", r"mkdocs\.yml: `extra_javascript` is"),
    "a plugin that is gone": ("mkdocs.yml", "  - literate\n", "", r"mkdocs\.yml: the plugin `literate`"),
    "branches that were not merged, in the glossary": (GLOSSARY, "    zh-TW: 動量\n", "<<<<<<< HEAD\n    zh-TW: 動量\n=======\n", r"glossary\.yml:\d+: `<<<<<<<`: two branches"),
    "branches that were not merged, in a snippet": (FORWARD, CODE, f"{CODE}\n<<<<<<< HEAD", r"snippets/forward\.py:\d+: `<<<<<<<`: two branches"),
    "Chinese in a program": (FORWARD, CODE, f"{CODE}  # 加權和", r"snippets/forward\.py:\d+: `加權和` in a program"),
    "a program that is not finished": (FORWARD, CODE, f"{CODE}  # TODO", r"snippets/forward\.py:\d+: `TODO` in a program"),
    "a tolerance that lets all pass": ("snippets/training.py", "    Tolerance: 1e-3 (", "    Tolerance: 1 (", r"snippets/training\.py:\d+: a tolerance of 1, which would let"),
    "a radical in place of a character": (ZH, "這一章走第一趟", "這一章⾛第一趟", r"core/forward\.md:17: `⾛` only looks like"),
    "a Greek letter in a word": (EN, "This chapter", "This chαpter", r"en/core/forward\.md:\d+: `α` only looks like a letter of ours: U\+03B1"),
    "an exercise twice": (BOTH, "/// exercise | solutions_forward.half_and_half", "/// exercise | solutions_forward.swapped_input", r"core/forward\.md:\d+: the exercise `solutions_forward\.swapped_input` stands twice on this page"),
}
PLANTS = RUNS | FORMULAS | PAGES | TRANSLATIONS | MARKS | OTHERWISE | SHAPES | {f"a cell that {name}": plant for name, plant in LABS.items()}


@pytest.mark.parametrize("name", PLANTS)
def test_check_goes_red_and_says_where(name, copy):
    paths, old, new, says = PLANTS[name]
    for path in (paths,) if isinstance(paths, str) else paths:
        copy.replace(path, old, new)
    told(copy.run("check", LITERATE_TIME_LIMIT="5"), says)


def told(done, says: str) -> None:
    """Red, for this reason, with what to do, and without the entrails of the engine."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(says, done.stderr), done.stderr
    assert "→" in done.stderr and 'literate/__main__.py", line' not in done.stderr and len(done.stderr) < 20_000, done.stderr[-3000:]


# ---- files that are no text --------------------------------------------------------------------------------------------


def _rewrite(change):
    def plant(path):
        path.write_bytes(change(path.read_bytes()))
    return plant


def _link_out(path):
    outside = path.parents[4] / "outside.md"
    path.rename(outside)
    path.symlink_to(outside)


FILES = {
    "a byte order mark": (EN, _rewrite(lambda raw: b"\xef\xbb\xbf" + raw), r"docs/en/core/forward\.md:1: a byte order mark"),
    "a byte order mark in a snippet": (FORWARD, _rewrite(lambda raw: b"\xef\xbb\xbf" + raw), r"snippets/forward\.py:1: a byte order mark"),
    "carriage returns": (EN, _rewrite(lambda raw: raw.replace(b"\n", b"\r\n")), r"docs/en/core/forward\.md:1: a carriage return"),
    "carriage returns in the glossary": ("docs/glossary.yml", _rewrite(lambda raw: raw.replace(b"\n", b"\r\n")), r"docs/glossary\.yml:1: a carriage return"),
    "a NUL": (EN, _rewrite(lambda raw: raw.replace(b"\n## ", b"\n\0## ", 1)), r"docs/en/core/forward\.md:\d+: a NUL character"),
    "a NUL in a snippet": (FORWARD, _rewrite(lambda raw: raw.replace(b"return W", b"return \0W", 1)), r"snippets/forward\.py:\d+: a NUL character"),
    "another encoding": (ZH, _rewrite(lambda raw: raw.decode().encode("big5", "replace")), r"docs/zh-TW/core/forward\.md:\d+: not UTF-8: the byte 0x"),
    "a chapter of 5 MB": (EN, _rewrite(lambda raw: raw + b"word " * 10**6), r"docs/en/core/forward\.md: 5,\d{3},\d{3} bytes; the most is"),
    "a link out of the tree": (EN, _link_out, r"docs/en/core/forward\.md: a link out of the tree"),
    "a snippet that is a link out of the tree": (FORWARD, lambda path: (path.rename(path.parents[2] / "out.py"), path.symlink_to(path.parents[2] / "out.py")), r"snippets/forward\.py: a link out of the tree"),
    "a glossary that is gone": (GLOSSARY, lambda path: path.unlink(), r"docs/glossary\.yml: this file is missing"),
    "a word of the theme that is gone": (STRINGS, _rewrite(lambda raw: re.sub(rb"(?m)^  permalink: .*\n", b"", raw)), r"two_passes/theme/strings\.yml: there is no word `permalink`"),
    "a configuration that is gone": ("mkdocs.yml", lambda path: path.unlink(), r"mkdocs\.yml: this file is missing"),
    "a folder named as a page": (EN, lambda path: (path.unlink(), path.mkdir()), r"docs/en/core/forward\.md: a folder, not a file"),
    "a link to itself": (EN, lambda path: (path.unlink(), path.symlink_to(path)), r"docs/en/core/forward\.md: a link out of the tree"),
    "an empty picture": (EN, lambda path: path.with_name("a.png").touch(), r"docs/en/core/a\.png: neither a page nor a picture"),
    "a page's backup": (EN, lambda path: path.with_name("forward.md~").write_text("x"), r"docs/en/core/forward\.md~: neither a page nor a picture"),
    "a file for no page": (EN, lambda path: path.with_name("paper.pdf").write_text("x"), r"docs/en/core/paper\.pdf: neither a page nor a picture"),
    "a page outside the languages": (EN, lambda path: (path.parents[2] / "notes.md").write_text("x"), r"docs/notes\.md: neither a page nor a picture"),
    "a language that there is not": (EN, lambda path: ((path.parents[2] / "ja").mkdir(), (path.parents[2] / "ja/index.md").write_text("x")), r"docs/ja/index\.md: neither a page nor a picture"),
    "a folder that is a link out of the tree": (EN, lambda path: (path.parent / "more").symlink_to(path.parents[4], True), r"docs/en/core/more: a link out of the tree"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_plain_text_is_named(name, copy):
    path, plant, says = FILES[name]
    plant(copy.folder / path)
    told(copy.run("check"), says)


# ---- what only the finished pages show ------------------------------------------------------------------------------------

SITES = {
    "a script from elsewhere": ("packages/literate/literate/theme/main.html", '<script type="module"', '<script src="https://example.com/a.js"></script>\n  <script type="module"', r"packages/literate/literate/theme/main\.html:\d+: `https://example\.com/a\.js` is asked of another origin"),
    "a font from elsewhere": ("packages/literate/literate/theme/assets/tp.css", "src: url(", "src: url(https://example.com/a.woff2), url(", r"packages/literate/literate/theme/assets/tp\.css:\d+: `https://example\.com/a\.woff2` is asked of another origin"),
    "a style from elsewhere": ("packages/literate/literate/theme/partials/assets.html", "<link ", '<link rel="stylesheet" href="//example.com/a.css">\n<link ', r"packages/literate/literate/theme/partials/assets\.html:\d+: `//example\.com/a\.css` is asked of another origin"),
    "an image from elsewhere": ("packages/literate/literate/theme/partials/footer.html", "<footer", '<img alt="x" src="https://example.com/a.png"><footer', r"packages/literate/literate/theme/partials/footer\.html:\d+: `https://example\.com/a\.png`"),
    "a cell that raises": (CELLS, "# --8<-- [end:", "raise KeyError('planted')\n# --8<-- [end:", r"snippets/lab_breast_cancer\.py:\d+: the cell raised `KeyError"),
}


@pytest.mark.parametrize("name", SITES)
def test_build_goes_red_and_leaves_the_last_good_site(name, copy):
    path, old, new, says = SITES[name]
    good = copy.folder / "site"
    good.mkdir()
    (good / "index.html").write_text("the last good one")
    copy.replace(path, old, new)
    done = copy.run("build")
    told(done, says)
    assert "site/ is left as it was" in done.stderr
    assert [p.name for p in good.iterdir()] == ["index.html"] and not list(copy.folder.glob(".site-*"))


def test_a_missing_translation_names_the_file(copy):
    (copy.folder / "docs/en/core/backward.md").unlink()
    done = copy.run("check")
    assert done.returncode == 1 and "docs/en/core/backward.md: this page is missing" in done.stderr


def test_a_page_outside_the_navigation_is_named(copy):
    (copy.folder / "docs/en/core/lost.md").write_text("---\ntitle: Lost\n---\n")
    done = copy.run("check")
    assert done.returncode == 1 and "docs/en/core/lost.md: this page is not in the navigation" in done.stderr


def test_a_failed_build_leaves_the_last_good_site(copy):
    good = copy.folder / "site"
    good.mkdir()
    (good / "index.html").write_text("the last good one")
    copy.replace(FORWARD, "return W @ x + b", "return W @ x - b")
    done = copy.run("build")
    assert done.returncode == 1 and "snippets/forward.py:" in done.stderr and "site/ is left as it was" in done.stderr
    assert [p.name for p in good.iterdir()] == ["index.html"]
    assert not list(copy.folder.glob(".site-*"))


def test_progress_is_told(copy):
    copy.replace(FORWARD, "return W @ x + b  # ", f"return W @ x + b  # {uuid.uuid4()} ")  # a text that no run has seen
    done = copy.run("check")
    assert done.returncode == 0, done.stderr
    assert re.search(r"running [1-9]\d* snippets, \d+ cached", done.stdout)
    assert re.fullmatch(r"\d+ snippets\nchecked \d+ pages: all good\n", copy.run("check").stdout)
