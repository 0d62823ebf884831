"""What the reader in the browser looks up, and the scripts that do."""

import gzip
import json
import os
import re
import subprocess
import sys

from mathdoctest import browser, errors, refusals

TOLD = "import json; from mathdoctest import browser; print(json.dumps(browser.tables()))"
IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";$', re.M)


def told(seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.check_output([sys.executable, "-c", TOLD], env=environment, text=True)


def test_they_are_the_same_each_time_and_small():
    first = told("1")
    assert first == told("2") == json.dumps(browser.tables()) + "\n"
    assert len(gzip.compress(first.encode())) < 16_000
    scripts = [gzip.compress(path.read_bytes()) for path in browser.SCRIPTS.glob("*.js")]
    assert sum(map(len, scripts)) < 64_000


def test_the_scripts_need_nothing_but_one_another():
    scripts = {path.stem: path.read_text("utf-8") for path in browser.SCRIPTS.glob("*.js")}
    assert len(scripts) > 12
    for name, text in scripts.items():
        found = IMPORT.findall(text)
        assert len(found) == len(re.findall(r"\bimport\b", text)), name
        for wanted, home in found:
            for each in wanted.split(", "):
                declared = rf"^export (?:const|class|function\*?) {each}\b"
                assert re.search(declared, scripts[home], re.M), (name, each, home)
                assert len(re.findall(rf"\b{each}\b", text)) > 1, f"{name} does not use {each}"


def test_every_refusal_of_a_script_is_one_of_python():
    every = "".join(path.read_text("utf-8") for path in browser.SCRIPTS.glob("*.js"))
    codes = set(re.findall(r'NotInGrammar\("([a-z ]+)"', every))
    assert codes == refusals.SAID.keys()


def test_a_refusal_says_its_parts():
    error = errors.NotInGrammar("divisor", 3, text="b c")
    assert "`b c` alone" in str(error) and error.parts == {"text": "b c"}


def test_places_are_those_of_the_browser():
    assert browser.read("x = 𝛿?")["at"] == 4
    assert browser.read(r"x = \text{𝛿} ?") == {"code": "outside", "at": 14, "parts": {"seen": "?"}}
