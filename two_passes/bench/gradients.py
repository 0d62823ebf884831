"""What a gradient costs: the time of forward and backward over that of forward alone, and the
memory and time of a deep network with and without checkpoints.
"""

import time
from collections.abc import Callable

import mlx.core as mx

TURNS = 9
LEAST = 0.02  # seconds of a turn
LAYERS, BATCH = 8, 64
WIDTHS = {"narrow": 16, "middle": 128, "wide": 512}
DEEP, TALL, SLIM = 32, 1024, 64  # layers, examples and width of the deep network
BLOCKS = (1, 4, 16)  # layers from one checkpoint to the next
Parameters = list[tuple[mx.array, mx.array]]


def network(width: int, layers: int) -> Parameters:
    mx.random.seed(0)
    weights = [mx.random.normal((width, width)) / width**0.5 for _ in range(layers)]
    parameters = [(W, mx.zeros(width)) for W in weights]
    mx.eval(parameters)
    return parameters


def block(X: mx.array, parameters: Parameters) -> mx.array:
    for W, b in parameters:
        X = mx.tanh(X @ W.T + b)
    return X


def loss(parameters: Parameters, X: mx.array) -> mx.array:
    return mx.square(block(X, parameters)).mean()


def checkpointed(every: int) -> Callable[[Parameters, mx.array], mx.array]:
    """The same loss; of every so many layers only what goes in is kept."""

    def of(parameters: Parameters, X: mx.array) -> mx.array:
        for start in range(0, len(parameters), every):
            X = mx.checkpoint(block)(X, parameters[start : start + every])
        return mx.square(X).mean()

    return of


def _seconds(run: Callable, *given: object) -> float:
    """Of one run, in a turn of as many as fill it."""
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < LEAST or not count:
        mx.eval(run(*given))
        count += 1
    return took / count


def _peak(run: Callable, *given: object) -> float:
    """The most memory that a run has beside what it was given, in MiB."""
    mx.clear_cache()
    before = mx.get_active_memory()
    mx.reset_peak_memory()
    mx.eval(run(*given))
    return (mx.get_peak_memory() - before) / 2**20


def _turns(figures, runs: dict[str, tuple], unit: str, times: float) -> None:
    for run, *given in runs.values():
        mx.eval(run(*given))  # what is made once is made now
    samples: dict[str, list[float]] = {key: [] for key in runs}
    for _ in range(TURNS):
        for key, (run, *given) in runs.items():
            samples[key].append(times * _seconds(run, *given))
    for key, found in samples.items():
        figures.add(key, found, unit)


def measure(figures, _) -> None:
    for name, width in WIDTHS.items():
        parameters, X = network(width, LAYERS), mx.ones((BATCH, width))
        both = mx.value_and_grad(loss)
        runs = {
            f"{name}_forward_eager": loss, f"{name}_both_eager": both,
            f"{name}_forward_compiled": mx.compile(loss),
            f"{name}_both_compiled": mx.compile(both),
        }  # fmt: skip
        _turns(figures, {key: (run, parameters, X) for key, run in runs.items()}, "µs", 1e6)
        for way in ("eager", "compiled"):
            keys = (f"{name}_{part}_{way}" for part in ("ratio", "both", "forward"))
            figures.ratio(*keys)
    parameters, X = network(SLIM, DEEP), mx.ones((TALL, SLIM))
    ways = {"whole": loss} | {f"every_{n}": checkpointed(n) for n in BLOCKS}
    gradients = {name: mx.value_and_grad(of) for name, of in ways.items()}
    runs = {f"{name}_time": (run, parameters, X) for name, run in gradients.items()}
    _turns(figures, runs, "ms", 1e3)
    for name, run in gradients.items():
        figures.add(f"{name}_memory", [_peak(run, parameters, X) for _ in range(3)], "MiB")
        if name != "whole":
            for kind in ("time", "memory"):
                figures.ratio(f"{name}_{kind}_ratio", f"{name}_{kind}", f"whole_{kind}")
