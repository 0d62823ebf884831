"""One hundred seeds: how often two points are learned, and why not always."""

import math
from collections.abc import Sequence

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Bool, Float
from mlx.utils import tree_flatten, tree_map

from snippets.forward import SimpleNN, sigmoid
from snippets.training import inputs, loss_fn, mean_loss, targets


def initial_parameters(network: type[nn.Module], seeds: Sequence[int]) -> dict:
    """Parameters of one network per seed, stacked along a new first axis.

    >>> params = initial_parameters(SimpleNN, range(100))
    >>> print(params["fc1"]["weight"].shape)
    (100, 2, 2)
    >>> print(params["fc2"]["bias"].shape)
    (100, 1)
    """
    drawn = []
    for seed in seeds:
        mx.random.seed(seed)
        drawn.append(network().parameters())
    return tree_map(lambda *arrays: mx.stack(arrays), *drawn)


def train_many(
    network: type[nn.Module],
    seeds: Sequence[int],
    learning_rate: float,
    epochs: int = 1000,
) -> tuple[dict, Float[mx.array, "checkpoints networks"]]:
    """Train one network per seed, all in one program.

    Returns the parameters after the last epoch, and the losses of all the
    networks before the first epoch and after each one.

    >>> params, history = train_many(SimpleNN, range(3), 0.001, epochs=5)
    >>> print(history.shape)
    (6, 3)
    >>> print(f"{history[0, 0].item():.4f}")
    0.6807
    """
    model = network()

    def network_loss(params):
        model.update(params)
        return loss_fn(model, inputs, targets)

    def total_loss(params):
        losses = mx.vmap(network_loss)(params)  # (networks,)
        return losses.sum(), losses

    loss_and_grad = mx.value_and_grad(total_loss)
    optimizer = optim.Adam(learning_rate=learning_rate)
    params = initial_parameters(network, seeds)
    history = []
    for epoch in range(epochs):
        (_, losses), grads = loss_and_grad(params)
        params = optimizer.apply_gradients(grads, params)
        mx.eval(params, optimizer.state, losses)
        history.append(losses)
    history.append(total_loss(params)[1])
    return params, mx.stack(history)


def alive(params: dict) -> Bool[mx.array, "networks"]:
    """Whether a network has a hidden unit above 0 on at least one point.

    >>> params = initial_parameters(SimpleNN, range(100))
    >>> dead = mx.sum(~alive(params)).item()
    >>> print(dead)
    28
    >>> params = initial_parameters(SimpleNN, range(1000))
    >>> dead_of_1000 = mx.sum(~alive(params)).item()
    >>> print(dead_of_1000)
    242
    """
    W1 = params["fc1"]["weight"]  # (networks, 2, 2)
    b1 = params["fc1"]["bias"]    # (networks, 2)
    z1 = inputs @ W1.swapaxes(1, 2) + b1[:, None]
    return mx.any(z1 > 0, axis=(1, 2))


def histogram(values: Float[mx.array, "N"], edges: list[float]) -> list[int]:
    """How many of the values fall into each bin; a bin has its lower edge.

    >>> values = mx.array([0.05, 0.10, 0.15, 0.30])
    >>> print(histogram(values, [0.0, 0.1, 0.2, 0.3, 0.4]))
    [1, 2, 0, 1]
    """
    return [
        mx.sum((a <= values) & (values < b)).item()
        for a, b in zip(edges, edges[1:])
    ]


def hundred_seeds():
    """100 networks at two learning rates: how many learn, how many stick.

    Tolerance: 0.05, counts 2 (on another device a network or two may fall the other way)

    >>> rates = [0.001, 0.01]
    >>> mark = math.log(2)
    >>> edges = [k / 20 for k in range(16)]
    >>> dead, stuck, low, median, counts = [], [], [], [], {}
    >>> for rate in rates:
    ...     params, history = train_many(SimpleNN, range(100), rate)
    ...     loss = history[-1]  # (100,)
    ...     dead.append(mx.sum(~alive(params)).item())
    ...     stuck.append(mx.sum(mx.abs(loss - mark) < 0.001).item())
    ...     low.append(mx.sum(loss < 0.1).item())
    ...     median.append(mx.median(loss).item())
    ...     counts[f"η = {rate}"] = histogram(loss, edges)
    ...     print(f"learning rate {rate}")
    ...     print(f"  stuck at ln 2: {stuck[-1]}, dead: {dead[-1]}")
    ...     print(f"  below 0.1: {low[-1]}, median: {median[-1]:.4f}")
    learning rate 0.001
      stuck at ln 2: 35, dead: 35
      below 0.1: 0, median: 0.3766
    learning rate 0.01
      stuck at ln 2: 40, dead: 40
      below 0.1: 60, median: 0.0029
    """


def travel():
    """How far the parameters of 100 networks move in 1000 epochs.

    Tolerance: 0.01 (1000 steps in float32; each device rounds differently)

    >>> start = initial_parameters(SimpleNN, range(100))
    >>> end, history = train_many(SimpleNN, range(100), 0.001)
    >>> moved = tree_map(lambda a, b: mx.abs(a - b).max(), start, end)
    >>> farthest = max(value.item() for _, value in tree_flatten(moved))
    >>> print(f"{farthest:.2f}")
    2.79
    """


def carried_on():
    """How far seed 7 still moves, in learning rates, after no hidden neuron is above 0 any more.

    Tolerance: 0.01 (1000 steps in float32; each device rounds differently)

    >>> mx.random.seed(7)
    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> dies_at = None
    >>> for epoch in range(1000):
    ...     if dies_at is None and not mx.any(model.fc1(inputs) > 0):
    ...         dies_at, there = epoch, model.fc1.weight
    ...     loss, grads = loss_and_grad(model, inputs, targets)
    ...     optimizer.update(model, grads)
    ...     mx.eval(model.parameters(), optimizer.state)
    >>> rates = (mx.abs(model.fc1.weight - there).max() / 0.001).item()
    >>> print(dies_at, f"{rates:.1f}")
    9 57.7
    """


def dead_network():
    """Gradients of a network that is dead at the start.

    >>> mx.random.seed(2)
    >>> model = SimpleNN()
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> loss, grads = loss_and_grad(model, inputs, targets)
    >>> z1 = model.fc1(inputs)
    >>> print(z1 > 0)
    array([[False, False],
           [False, False]], dtype=bool)
    >>> print(grads["fc1"]["weight"])
    array([[0, 0],
           [0, 0]], dtype=float32)
    >>> print(grads["fc1"]["bias"])
    array([0, 0], dtype=float32)
    >>> print(grads["fc2"]["weight"])
    array([[0, 0]], dtype=float32)
    >>> print(grads["fc2"]["bias"])
    array([-0.0812865], dtype=float32)
    """


def batch_prediction(
    A1: Float[mx.array, "N hidden"],
    w2: Float[mx.array, "hidden"],
    b2: Float[mx.array, ""],
) -> tuple[Float[mx.array, "N"], Float[mx.array, "N"]]:
    r"""What the hidden layer sends for each example of a batch, and the predictions.

    $$
    u_n = \sum_{i=1}^{\text{hidden}} w^{(2)}_i a^{(1)}_{ni}
    $$

    $$
    \hat{y}_n = \operatorname{sigmoid}(u_n + b^{(2)})
    $$

    >>> dead, w2 = mx.zeros((2, 2)), mx.array([0.9, -0.7])
    >>> u, y_hat = batch_prediction(dead, w2, mx.array(0.0))
    >>> print(u, y_hat)
    array([0, 0], dtype=float32) array([0.5, 0.5], dtype=float32)
    """
    u = A1 @ w2                # (N, hidden) @ (hidden,) → (N,)
    return u, sigmoid(u + b2)  # (N,) + () → (N,)


def output_bias_gradient(
    y_hat: Float[mx.array, "N"], y: Float[mx.array, "N"]
) -> Float[mx.array, ""]:
    r"""Gradient of the mean loss with respect to the output bias.

    $$
    \frac{\partial L}{\partial b^{(2)}}
      = \frac{1}{N} \sum_{n=1}^{N} \left( \hat{y}_n - y_n \right)
    $$

    >>> y = mx.array([1.0, 0.0])
    >>> print(output_bias_gradient(mx.array([0.4, 0.4]), y))
    array(-0.1, dtype=float32)
    >>> print(output_bias_gradient(mx.array([0.5, 0.5]), y))
    array(0, dtype=float32)
    """
    return (y_hat - y).mean()


def three_fates():
    """Three seeds: one learns, one dies on the way, one is dead at the start.

    Tolerance: 1e-3 (1000 steps in float32; each device rounds differently)

    >>> seeds = [0, 7, 2]
    >>> before = initial_parameters(SimpleNN, seeds)
    >>> params, history = train_many(SimpleNN, seeds, 0.001)
    >>> print(alive(before))
    array([True, True, False], dtype=bool)
    >>> print(alive(params))
    array([True, False, False], dtype=bool)
    >>> epochs = list(range(0, 1001, 10))
    >>> curves = {
    ...     f"seed {seed}": history[::10, k].tolist()
    ...     for k, seed in enumerate(seeds)
    ... }
    >>> reference = math.log(2)
    >>> last = history[-1]
    >>> print([f"{L:.4f}" for L in last.tolist()])
    ['0.2817', '0.6931', '0.6931']
    """
