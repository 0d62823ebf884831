"""MLX's numbers for the live lab, on many states at once.

The program that the lab shows, and MLX's own optimizers.
"""

import mlx.core as mx
import mlx.optimizers as optim
import numpy as np

from snippets.activations import relu_slope, sigmoid_prime
from snippets.forward import relu, sigmoid
from snippets.live_lab import tanh_prime, two_passes

ACTIVATIONS = {
    "ReLU": (relu, relu_slope),
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (mx.tanh, tanh_prime),
}
OPTIMIZERS = {
    "SGD": lambda eta: optim.SGD(learning_rate=eta),
    "momentum": lambda eta: optim.SGD(learning_rate=eta, momentum=0.9),
    "Adam": lambda eta: optim.Adam(learning_rate=eta, bias_correction=True),
    "Adam, uncorrected": lambda eta: optim.Adam(learning_rate=eta),
}
PARAMETERS = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}
NAMES = ("z1", "a1", "z2", "y_hat", "L", "delta2", "dL_db2", "dL_dW2", "delta1", "dL_db1", "dL_dW1")


def entries(name: str, array: np.ndarray) -> dict[str, np.ndarray]:
    """W1 of shape (states, 2, 2) → w1_11, …, each of shape (states,)."""
    stem = name.replace("W", "w")
    if name in ("y", "y_hat", "L"):
        return {stem: array.reshape(len(array))}
    return {
        f"{stem}_" + "".join(str(i + 1) for i in at): array[(slice(None), *at)]
        for at in np.ndindex(array.shape[1:])
    }


def passes(p: dict, x: mx.array, y: mx.array, activation: str) -> dict[str, mx.array]:
    sigma, slope = ACTIVATIONS[activation]
    run = mx.vmap(lambda x, y, W1, b1, W2, b2: two_passes(x, y, W1, b1, W2, b2, sigma, slope))
    return dict(zip(NAMES, run(x, y, *p.values()), strict=True))


def trained(
    p: dict, examples: list, activation: str, name_of: str, eta: float, updates: int
) -> list[dict[str, np.ndarray]]:
    """After each of 0 … updates updates, an example at a time: what the network holds.

    Every quantity of both passes, and what the optimizer keeps.
    """
    optimizer, out = OPTIMIZERS[name_of](eta), []
    for n in range(updates + 1):
        x, y = examples[n % len(examples)]
        found = passes(p, x, y, activation)
        shown = {**p, **found, "x": x, "y": y}
        mx.eval(shown)
        row = {
            k: v for name, array in shown.items() for k, v in entries(name, np.array(array)).items()
        }
        # MLX keeps a velocity of plain SGD too, and never uses it
        for name in PARAMETERS if n and name_of != "SGD" else ():
            for kept, array in optimizer.state[name].items():
                row |= {f"{kept}_{k}": v for k, v in entries(name, np.array(array)).items()}
        out.append(row)
        p = optimizer.apply_gradients({name: found[f"dL_d{name}"] for name in PARAMETERS}, p)
    return out


def random_states(count: int, seed: int) -> tuple[dict, list]:
    """Parameters and two examples in the square, of `count` networks."""
    rng = np.random.default_rng(seed)
    p = {
        name: mx.array(rng.uniform(-1.5, 1.5, (count, *shape)), mx.float32)
        for name, shape in PARAMETERS.items()
    }
    examples = [
        (
            mx.array(rng.uniform(0, 1, (count, 2)), mx.float32),
            mx.array(rng.integers(0, 2, (count, 1)), mx.float32),
        )
        for _ in range(2)
    ]
    return p, examples
