"""The live lab's arithmetic is MLX's: random states, ties at kinks, what overflows; links and the program to copy."""

import json
import math

import mlx.core as mx
import numpy as np
import pytest

from live_lab_reference import ACTIVATIONS, OPTIMIZERS, random_states, trained
from literate import runner

pytestmark = pytest.mark.browser
UPDATES = 20
STATES = 300
RATES = {"SGD": (0.05, 0.5, 1.0), "momentum": (0.05, 0.2), "Adam": (0.001, 0.01, 0.1), "Adam, uncorrected": (0.001, 0.01, 0.03)}


@pytest.fixture(scope="module")
def lab(browser, address):
    """A page that holds the lab's modules as `core`, `data` and `program`."""
    page = browser.new_context().new_page()
    page.goto(address + "en/")
    page.evaluate("""async root => {
        window.core = await import(root + "assets/lab/core.js");
        window.data = (await import(root + "assets/lab/program.js")).default;
        window.program = new core.Program(data);
    }""", address)
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
        out.append({"start": start, "examples": [[*x[n].tolist(), *y[n].tolist()] for x, y in examples], "both": len(examples) > 1, **more})
    return out


SHOWN = """([setups, updates]) => setups.map(setup => {
    const run = new core.Simulation(program, {...core.defaults(data), ...setup});
    const passes = data.lines.length, out = [];
    for (let n = 0; n <= updates; n++) {
        run.seek(n * run.length + passes);
        out.push(Object.fromEntries([...run.quantities()].map(([k, v]) => [k, Number.isFinite(v) ? v : String(v)])));
    }
    return out;
})"""


def compared(lab, p, examples, activation, optimizer, eta, updates=UPDATES):
    """The largest difference of any shown number, as a share of what is allowed, and where."""
    shown = lab.evaluate(SHOWN, [setups(p, examples, activation=activation, optimizer=optimizer, eta=eta), updates])
    worst = (0.0, "")
    for n, expected in enumerate(trained(p, examples, activation, optimizer, eta, updates)):
        for symbol, values in expected.items():
            got = np.array([float(one[n][symbol].replace("Infinity", "inf")) if isinstance(one[n][symbol], str) else one[n][symbol] for one in shown])
            with np.errstate(invalid="ignore"):
                off = np.abs(got - values) / (1e-5 * np.maximum(1, np.abs(values)))
            off = np.where((got == values) | np.isnan(got) & np.isnan(values), 0, np.nan_to_num(off, nan=np.inf))
            state = int(off.argmax())
            worst = max(worst, (float(off[state]), f"{symbol} of state {state} after {n} updates: {got[state]!r}, MLX {values[state]!r}"))
        assert set(shown[0][n]) - set(expected) == set() or n == 0, set(shown[0][n]) - set(expected)
    return worst


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_number_is_mlx_s(lab, activation, optimizer):
    for k, eta in enumerate(RATES[optimizer]):
        p, examples = random_states(STATES, seed=len(activation) * 10 + k)
        worst, where = compared(lab, p, examples, activation, optimizer, eta)
        assert worst <= 1, f"{activation}, {optimizer}, learning rate {eta}: {where}"
