"""The live lab's arithmetic is MLX's.

Random states, ties at kinks, what overflows; links and the program to copy.
"""

import gzip
import json
import math
import re

import mlx.core as mx
import numpy as np
import pytest
from conftest import PROJECT
from literate import runs as runner
from live_lab_reference import ACTIVATIONS, OPTIMIZERS, random_states, trained

pytestmark = pytest.mark.browser
UPDATES = 20
# MLX in float32 against the lab's doubles after some twenty updates; CPU, Metal and CUDA each round
# in their own way
CLOSE = 1e-5
STATES = 100  # for each learning rate: 300 for each activation and optimizer
RATES = {
    "SGD": (0.05, 0.5, 1.0),
    "momentum": (0.02, 0.05, 0.2),
    "Adam": (0.001, 0.01, 0.1),
    "Adam, uncorrected": (0.001, 0.01, 0.03),
}


@pytest.fixture(scope="module")
def lab(browser, address):
    """A page that holds the lab's modules as `core`, `data` and `program`."""
    page = browser.new_context().new_page()
    page.goto(address + "en/")
    page.evaluate(
        """async root => {
        window.core = {
            ...await import(root + "assets/lab/simulation.js"),
            ...await import(root + "assets/lab/setup.js"),
        };
        window.data = (await import(root + "assets/lab/program.js")).default;
        window.program = new core.Program(data);
    }""",
        address,
    )
    yield page
    page.context.close()


def setups(p: dict, examples: list, **more) -> list[dict]:
    """One setup of the lab for each state."""
    count = len(p["W1"])
    out = []
    for n in range(count):
        start = {}
        for name, array in p.items():
            for at in np.ndindex(array.shape[1:]):
                start[name.lower() + "_" + "".join(str(i + 1) for i in at)] = array[(n, *at)].item()
        out.append(
            {
                "start": start,
                "examples": [[*x[n].tolist(), *y[n].tolist()] for x, y in examples],
                "both": len(examples) > 1,
                **more,
            }
        )
    return out


# As one text: Playwright would check and copy each of the many thousand numbers by itself
SHOWN = """([setups, updates]) => JSON.stringify(setups.map(setup => {
    const run = new core.Simulation(program, {...core.defaults(data), ...setup});
    const passes = data.lines.length, out = [];
    for (let n = 0; n <= updates; n++) {
        run.seek(n * run.length + passes);
        out.push(Object.fromEntries([...run.quantities()].map(
            ([k, v]) => [k, Number.isFinite(v) ? v : String(v)])));
    }
    return out;
}))"""


def compared(lab, p, examples, activation, optimizer, eta, updates=UPDATES):
    """The largest difference of any shown number, as a share of what is allowed, and where."""
    shown = json.loads(
        lab.evaluate(
            SHOWN,
            [setups(p, examples, activation=activation, optimizer=optimizer, eta=eta), updates],
        )
    )
    worst = (0.0, "")
    for n, expected in enumerate(trained(p, examples, activation, optimizer, eta, updates)):
        for symbol, values in expected.items():
            got = np.array(
                [
                    float(one[n][symbol].replace("Infinity", "inf"))
                    if isinstance(one[n][symbol], str)
                    else one[n][symbol]
                    for one in shown
                ]
            )
            with np.errstate(invalid="ignore"):
                off = np.abs(got - values) / (CLOSE * np.maximum(1, np.abs(values)))
            off = np.where(
                (got == values) | np.isnan(got) & np.isnan(values),
                0,
                np.nan_to_num(off, nan=np.inf),
            )
            state = int(off.argmax())
            worst = max(
                worst,
                (
                    float(off[state]),
                    f"{symbol} of state {state} after {n} updates: "
                    f"{got[state]!r}, MLX {values[state]!r}",
                ),
            )
        assert set(shown[0][n]) - set(expected) == set() or n == 0, set(shown[0][n]) - set(expected)
    return worst


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_number_is_mlx_s(lab, activation, optimizer):
    for k, eta in enumerate(RATES[optimizer]):
        p, examples = random_states(STATES, seed=len(activation) * 10 + k)
        worst, where = compared(lab, p, examples, activation, optimizer, eta)
        assert worst <= 1, f"{activation}, {optimizer}, learning rate {eta}: {where}"


def test_ties_at_kinks(lab):
    """A weighted sum of exactly 0: ReLU's slope there is 0, in the lab as in MLX."""
    zero = {
        "W1": [[[1.0, -1.0], [0.5, 0.25]]],
        "b1": [[0.0, -0.5]],
        "W2": [[[1.0, -1.0]]],
        "b2": [[0.25]],
    }
    p = {name: mx.array(value) for name, value in zero.items()}
    examples = [(mx.array([[0.5, 0.5]]), mx.array([[1.0]]))]
    for activation in ACTIVATIONS:
        for optimizer in OPTIMIZERS:
            worst, where = compared(lab, p, examples, activation, optimizer, 0.5)
            assert worst <= 1, f"{activation}, {optimizer}: {where}"
    shown = json.loads(lab.evaluate(SHOWN, [setups(p, examples, activation="ReLU"), 0]))[0][0]
    assert shown["z1_1"] == 0 and shown["delta1_1"] == 0 and shown["delta2_1"] != 0


@pytest.mark.parametrize("weight", [1e9, -1e9, 3e38, math.inf, math.nan, 100.0, -100.0])
def test_what_overflows_overflows_as_in_mlx(lab, weight):
    p, examples = random_states(40, seed=5)
    p = {name: mx.array(np.array(array)) for name, array in p.items()}
    p["W1"][:20, 0, 0] = weight
    p["W2"][20:, 0, 1] = weight
    for activation in ACTIVATIONS:
        worst, where = compared(lab, p, examples, activation, "SGD", 0.5, updates=3)
        assert worst <= 1, f"{activation}: {where}"


def test_back_is_where_one_came_from(lab):
    """Every position of a run, reached from behind, is what it was on the way there."""
    assert lab.evaluate("""() => Object.keys(data.optimizers).every(optimizer => {
        const run = new core.Simulation(
            program, {...core.defaults(data), optimizer, both: true, steps: 0});
        const here = () => JSON.stringify([...run.quantities()]) + run.losses.join();
        const seen = [];
        for (let n = 0; n < 150 * run.length; n += 7) { run.seek(n); seen.push([n, here()]); }
        return seen.reverse().every(([n, was]) => { run.seek(n); return here() === was; });
    })""")


def test_a_link_tells_the_whole_state(lab):
    """Any setup, written as a fragment and read again, is the same setup.

    What is not a number stays as it usually is.
    """
    p, examples = random_states(30, seed=9)
    made = [
        one
        | {
            "activation": a,
            "optimizer": o,
            "eta": eta,
            "steps": 17 * k,
            "both": k % 2 == 0,
            "first": k % 3 % 2,
        }
        for k, (one, a, o, eta) in enumerate(
            zip(
                setups(p, examples),
                [*ACTIVATIONS] * 10,
                [*OPTIMIZERS] * 8,
                [0.5, 0.013, 2.0] * 10,
                strict=False,
            )
        )
    ]
    assert lab.evaluate(
        """made => made.every(setup => {
        const whole = {...core.defaults(data), ...setup};
        const again = core.fromHash("#" + core.toHash(whole, data), data);
        const a = new core.Simulation(program, whole), b = new core.Simulation(program, again);
        return JSON.stringify([...a.quantities()]) === JSON.stringify([...b.quantities()])
            && a.losses.join() === b.losses.join();
    })""",
        made,
    )
    assert lab.evaluate("() => core.toHash(core.defaults(data), data)") == ""
    none = "#eta=1e&w=a,b,c,d,e,f,g,h,i&n=-3&act=none&A=,,&seed=length"
    assert lab.evaluate(
        """none => JSON.stringify(core.fromHash(none, data))
            === JSON.stringify(core.defaults(data))""",
        none,
    )
    assert lab.evaluate("() => core.fromHash('#the-program', data)") is None


@pytest.mark.parametrize(
    "setup, updates",
    [
        ({}, 0),
        ({}, 3),
        ({"activation": "tanh", "optimizer": "Adam", "eta": 0.05, "both": True}, 25),
        ({"activation": "sigmoid", "optimizer": "momentum", "both": True, "first": 1}, 10),
        ({"optimizer": "Adam, uncorrected", "eta": 0.01, "first": 1}, 4),
    ],
)
def test_the_copied_program_prints_what_the_screen_shows(lab, setup, updates):
    text, shown = lab.evaluate(
        """([setup, updates]) => {
        const run = new core.Simulation(program, {...core.defaults(data), ...setup});
        run.seek(updates * run.length + data.lines.length);
        return [core.copied(run.setup, data, updates), Object.fromEntries(run.quantities())];
    }""",
        [setup, updates],
    )
    printed = runner.run(PROJECT, text, "the copied program")
    assert printed.error is None, printed.error
    for name, value in printed.values["p"].items():
        for at in np.ndindex(np.shape(value)):
            stem, place = name.lower(), "".join(str(i + 1) for i in at)
            assert math.isclose(
                np.array(value)[at], shown[f"{stem}_{place}"], rel_tol=CLOSE, abs_tol=CLOSE
            )
            assert math.isclose(
                np.array(printed.values["grads"][name])[at],
                shown[f"dL_d{stem}_{place}"],
                rel_tol=CLOSE,
                abs_tol=CLOSE,
            )
    assert math.isclose(printed.values["L"], shown["L"], rel_tol=CLOSE)


def test_random_seeds_are_mlx_s_and_some_are_dead(lab):
    dead = lab.evaluate("""() => [...data.seeds.keys()].filter(n => {
        const setup = {...core.defaults(data), start: data.seeds[n], both: true};
        return new core.Simulation(program, setup).dead().length === 2;
    })""")
    assert dead == lab.evaluate("() => data.dead") and 0 < len(dead) < 8


def test_what_the_page_says_of_its_setups(lab, pages):
    """The claims of `Things to try`, each run."""
    page = next(p for p in pages if p.slug == "frontier/live-lab" and p.language == "en")
    found = {}
    for text, fragment in re.findall(r"\[((?:[^\[\]]|\$[^$]*\$)*)\]\(#([^)]*=[^)]*)\)", page.text):
        found[text] = lab.evaluate(
            """fragment => {
            const setup = core.fromHash(fragment, data), run = new core.Simulation(program, setup);
            const [A, B] = setup.examples.map(example => run.predict(...example.slice(0, 2)));
            const known = ["act", "opt", "eta", "train", "A", "B", "w", "seed", "n"];
            return {
                again: core.toHash(setup, data),
                q: Object.fromEntries(new core.Simulation(program, setup).quantities()),
                dead: run.dead(), losses: run.losses, A, B,
                unknown: [...new URLSearchParams(fragment).keys()]
                    .filter(key => !known.includes(key)),
            };
        }""",
            fragment,
        )
        assert not found[text]["unknown"], fragment
    down, trained_, rate, tanh, born, adam, default, huge, back = found.values()
    zeros = {k for k, v in down["q"].items() if k.startswith(("dL_d", "delta")) and v == 0}
    assert zeros == {"delta1_1", "dL_dw1_11", "dL_dw1_12", "dL_db1_1", "dL_dw2_11"}
    assert trained_["B"] < 0.5 < trained_["A"]
    assert rate["dead"] == [1, 2] and len(rate["losses"]) == 3
    assert (
        tanh["dead"] == []
        and tanh["losses"][-1] < 0.1
        and max(tanh["losses"][200:]) > 1
        and len(tanh["losses"]) == 401
    )
    assert (
        born["dead"] == [1, 2]
        and min(born["losses"]) >= math.log(2) - 1e-6
        and born["losses"][-1] < 0.75
    )
    assert math.isclose(adam["q"]["w1_11"] - 0.6, 0.01, rel_tol=1e-3) and math.isclose(
        default["q"]["w1_11"] - 0.6, 0.0316, rel_tol=1e-2
    )
    assert huge["q"]["w1_11"] is None or math.isinf(huge["q"]["w1_11"])
    assert back["again"] == ""


def test_it_is_light(site):
    """All modules and styles of the lab in one language, compressed as a server sends them."""
    files = [f for name in ("lab", "lib") for f in (site / "assets" / name).iterdir()]
    names = {f.name for f in files}
    assert {"arithmetic.js", "simulation.js", "lab.js", "small.js", "program.js"} <= names
    files = [f for f in files if f.name != "words-zh-TW.js"]
    assert sum(len(gzip.compress(f.read_bytes())) for f in files) <= 60_000
