"""Ten bugs that raise nothing: each as a program that fails, and beside it the one that does not."""

import math
from collections.abc import Callable
from functools import partial

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from jaxtyping import Float
from mlx.utils import tree_flatten

from snippets.backward import backward, loss
from snippets.network import W1, W2, b1, b2, x, y
from snippets.training import waiting
from snippets.update import sgd_step

# --8<-- [start:ring]
X = mx.random.uniform(-1, 1, (64, 2), key=mx.random.key(0))           # (64, 2)
Y = ((X**2).sum(axis=1, keepdims=True) < 0.6).astype(mx.float32)  # (64, 1)
# --8<-- [end:ring]


def network() -> nn.Sequential:
    """Two inputs, eight hidden neurons, one output; always from the same start.

    >>> print(network()(X).shape)
    (64, 1)
    """
    mx.random.seed(1)
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))


def loss_fn(
    model: nn.Module, X: Float[mx.array, "N 2"], Y: Float[mx.array, "N 1"]
) -> Float[mx.array, ""]:
    """Mean squared error.

    >>> print(loss_fn(network(), X, Y).ndim)
    0
    """
    return ((model(X) - Y) ** 2).mean()


def train(model: nn.Module, loss_fn: Callable, steps: int = 60, rate: float = 0.03) -> list:
    """The loss at every step of Adam, on all 64 points.

    >>> curve = train(network(), loss_fn)
    >>> print(len(curve), curve[-1] < curve[0])
    60 True
    """
    adam, curve = optim.Adam(rate), []
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    for step in range(steps):
        loss, grads = loss_and_grad(model, X, Y)
        adam.update(model, grads)
        mx.eval(model.parameters(), loss)
        curve.append(loss.item())
    return curve


# ---- checks


def first_loss(K: int) -> float:
    r"""The loss of a model that knows nothing yet, and gives each of K classes the same probability.

    $$
    L = -\log\left( \frac{1}{K} \right) = \log(K)
    $$

    >>> K = 10
    >>> L = first_loss(K)
    >>> print(f"{L:.6f} {first_loss(2):.6f}")
    2.302585 0.693147
    """
    return math.log(K)


def kept(
    L_before: Float[mx.array, ""], L_after: Float[mx.array, ""], g: Float[mx.array, "n"], eta: float
) -> tuple[Float[mx.array, ""], Float[mx.array, ""]]:
    r"""How much a small step of gradient descent should bring the loss down, and what share of that it did.

    $$
    d = \eta \sum_{i=1}^{n} g_i^2
    $$

    $$
    r = \frac{L_\text{before} - L_\text{after}}{d}
    $$

    >>> before, eta = [W1, b1, W2, b2], 0.01
    >>> grads = backward(x, y, *before)
    >>> after = [sgd_step(w, g, eta) for w, g in zip(before, grads)]
    >>> g = mx.concatenate([g.flatten() for g in grads])
    >>> L_before, L_after = loss(x, y, *before), loss(x, y, *after)
    >>> d, r = kept(L_before, L_after, g, eta)
    >>> print(f"{d.item():.6f} {r.item():.3f}")
    0.011690 0.996
    """
    d = eta * (g**2).sum()
    return d, (L_before - L_after) / d


def wide_loss(
    y_hat: Float[mx.array, "N"], y: Float[mx.array, "N"]
) -> Float[mx.array, ""]:
    r"""Squared error of every prediction with every label, which is what shapes (N,) and (N, 1) give.

    $$
    \begin{aligned}
    L &= \frac{1}{N^2} \sum_{n=1}^{N} \sum_{k=1}^{N} (\hat{y}_n - y_k)^2 \\
      &= \frac{1}{N} \sum_{n=1}^{N} (\hat{y}_n - \bar{y})^2 + \frac{1}{N} \sum_{k=1}^{N} (y_k - \bar{y})^2
    \end{aligned}
    $$

    >>> y_hat, y = mx.array([0.9, 0.2]), mx.array([1.0, 0.0])
    >>> L = wide_loss(y_hat, y)
    >>> right = ((y_hat - y) ** 2).mean()
    >>> print(f"all pairs {L.item():.3f}, right {right.item():.3f}")
    all pairs 0.375, right 0.025
    """
    pairs = y_hat - y[:, None]  # (N,) - (N, 1) → (N, N)
    return (pairs**2).mean()


def gradient_size(loss_fn: Callable, model: nn.Module) -> float:
    """Norm of all gradients of a model together: the first number to look at.

    >>> print(f"{gradient_size(loss_fn, network()):.2f}")
    1.89
    """
    grads = nn.value_and_grad(model, loss_fn)(model, X, Y)[1]
    return math.sqrt(sum((g**2).sum().item() for _, g in tree_flatten(grads)))


def share_kept(loss_fn: Callable, model: nn.Module, eta: float = 0.01) -> float:
    """What share of the promised fall one small step of gradient descent brings. Leaves the model moved.

    >>> print(f"{share_kept(loss_fn, network()):.2f}")
    0.97
    """
    L_before, grads = nn.value_and_grad(model, loss_fn)(model, X, Y)
    optim.SGD(eta).update(model, grads)
    g = mx.concatenate([g.flatten() for _, g in tree_flatten(grads)])
    return kept(L_before, loss_fn(model, X, Y), g, eta)[1].item()


def count(model: nn.Module) -> int:
    """How many numbers of a model will be trained.

    >>> print(count(network()))
    33
    """
    return sum(w.size for _, w in tree_flatten(model.trainable_parameters()))


# ---- 1. A NumPy number on the left


def squares(model: nn.Module) -> Float[mx.array, ""]:
    """Sum of the squares of all weights and biases.

    >>> print(squares(nn.Linear(2, 1)).ndim)
    0
    """
    return sum((w**2).sum() for _, w in tree_flatten(model.parameters()))


def numpy_left():
    """A penalty on large weights, times a NumPy number that stands on the left.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> lam = np.logspace(-3, -1, 3)[2]
    >>> def penalized(model, X, Y):
    ...     return loss_fn(model, X, Y) + lam * squares(model)
    >>> model, free = network(), network()
    >>> curve, free_curve = train(model, penalized), train(free, loss_fn)
    >>> print(f"squares {squares(model).item():.1f}, free {squares(free).item():.1f}")
    squares 48.6, free 48.6
    >>> print(type(lam * squares(model)))
    <class 'numpy.float64'>
    >>> print(f"share {share_kept(penalized, model):.1f}")
    share -0.1
    """


def numpy_right():
    """A Python number: the penalty has a gradient, and the weights get smaller.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> lam = np.logspace(-3, -1, 3)[2].item()
    >>> def penalized(model, X, Y):
    ...     return loss_fn(model, X, Y) + lam * squares(model)
    >>> model, free = network(), network()
    >>> curve, free_curve = train(model, penalized), train(free, loss_fn)
    >>> print(f"squares {squares(model).item():.1f}, free {squares(free).item():.1f}")
    squares 0.1, free 48.6
    >>> print(type(lam * squares(model)))
    <class 'mlx.core.array'>
    >>> print(f"share {share_kept(penalized, model):.1f}")
    share 1.0
    """


# ---- 2. A compiled loss that closes over its batch


def closed_over():
    """A compiled loss that takes nothing: model and batch are closed over, and every gradient is 0.

    >>> model = network()
    >>> compiled = mx.compile(lambda: loss_fn(model, X, Y))
    >>> curve = train(model, lambda model, X, Y: compiled())
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}")
    loss 0.652 → 0.652
    >>> print("gradient", gradient_size(lambda model, X, Y: compiled(), model))
    gradient 0.0
    """


def not_compiled():
    """The loss as it is; what is compiled is the whole step, or nothing.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> model = network()
    >>> curve = train(model, loss_fn)
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}")
    loss 0.652 → 0.074
    >>> print(f"gradient {gradient_size(loss_fn, network()):.2f}")
    gradient 1.89
    """


# ---- 3. A cast to integers


def cast_to_labels():
    """Predictions cast to the type of the labels, which are whole numbers.

    >>> labels = Y.astype(mx.int32)
    >>> def cast_loss(model, X, Y):
    ...     y_hat = model(X).astype(labels.dtype)
    ...     return ((y_hat - labels) ** 2).mean()
    >>> model = network()
    >>> curve = train(model, cast_loss)
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}")
    loss 0.406 → 0.406
    >>> print("gradient", gradient_size(cast_loss, model))
    gradient 0.0
    >>> print(model(X).astype(labels.dtype).dtype)
    mlx.core.int32
    """


def labels_cast():
    """The labels cast to the type of the predictions.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> labels = Y.astype(mx.int32)
    >>> def cast_loss(model, X, Y):
    ...     y_hat = model(X)
    ...     return ((y_hat - labels.astype(y_hat.dtype)) ** 2).mean()
    >>> model = network()
    >>> curve = train(model, cast_loss)
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}")
    loss 0.652 → 0.074
    >>> print(f"gradient {gradient_size(cast_loss, network()):.2f}")
    gradient 1.89
    """


# ---- 4. A schedule that starts at 0


def warm_up_again():
    """A new optimizer in every epoch: its warm-up begins at 0 each time, and an epoch here is one step.

    >>> model, curve = network(), []
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> for epoch in range(60):
    ...     adam = optim.Adam(optim.linear_schedule(0, 0.03, 10))
    ...     loss, grads = loss_and_grad(model, X, Y)
    ...     adam.update(model, grads)
    ...     curve.append(loss.item())
    >>> print(f"loss {curve[0]:.3f} → {curve[1]:.3f} → {curve[-1]:.3f}")
    loss 0.652 → 0.652 → 0.652
    >>> print(f"gradient {gradient_size(loss_fn, model):.2f}")
    gradient 1.89
    >>> print("rate", adam.learning_rate.item())
    rate 0.0
    """


def warm_up_once():
    """One optimizer, made before the loop, whose warm-up begins above 0.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> model, curve = network(), []
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> adam = optim.Adam(optim.linear_schedule(0.003, 0.03, 10))
    >>> for epoch in range(60):
    ...     loss, grads = loss_and_grad(model, X, Y)
    ...     adam.update(model, grads)
    ...     curve.append(loss.item())
    >>> print(f"loss {curve[0]:.3f} → {curve[1]:.3f} → {curve[-1]:.3f}")
    loss 0.652 → 0.584 → 0.084
    """


# ---- 5. A tuple of layers


class Stack(nn.Module):
    """Layers with tanh behind each, and a last layer on top.

    >>> print(Stack([nn.Linear(2, 8)])(X).shape)
    (64, 1)
    """

    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        self.last = nn.Linear(8, 1)

    def __call__(self, X: Float[mx.array, "N 2"]) -> Float[mx.array, "N 1"]:
        for layer in self.layers:
            X = mx.tanh(layer(X))
        return self.last(X)


def tuple_of_layers():
    """Layers kept in a tuple: MLX does not find their parameters.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> mx.random.seed(1)
    >>> model = Stack((nn.Linear(2, 8), nn.Linear(8, 8)))
    >>> curve = train(model, loss_fn)
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}")
    loss 0.272 → 0.193
    >>> print(count(model), sorted(model.parameters()))
    9 ['last']
    """


def list_of_layers():
    """The same layers in a list.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> mx.random.seed(1)
    >>> model = Stack([nn.Linear(2, 8), nn.Linear(8, 8)])
    >>> curve = train(model, loss_fn)
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}")
    loss 0.272 → 0.047
    >>> print(count(model), sorted(model.parameters()))
    105 ['last', 'layers']
    """


# ---- 6. Labels of shape (N, 1)


def wide_labels():
    """Predictions of shape (N,), labels of shape (N, 1): their difference has N × N entries.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> def wide(model, X, Y):
    ...     y_hat = model(X)[:, 0]
    ...     return ((y_hat - Y) ** 2).mean()
    >>> model = network()
    >>> curve = train(model, wide)
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}, variance {mx.var(Y).item():.3f}")
    loss 0.617 → 0.241, variance 0.241
    >>> y_hat = model(X)[:, 0]
    >>> print((y_hat - Y).shape, f"spread {mx.std(y_hat).item():.2f}")
    (64, 64) spread 0.01
    """


def equal_shapes():
    """Both of one shape; and a loss of MLX's, which refuses what does not fit.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> def narrow(model, X, Y):
    ...     y_hat = model(X)
    ...     return nn.losses.mse_loss(y_hat, Y)
    >>> model = network()
    >>> curve = train(model, narrow)
    >>> print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}, variance {mx.var(Y).item():.3f}")
    loss 0.652 → 0.074, variance 0.241
    >>> y_hat = model(X)
    >>> print((y_hat - Y).shape, f"spread {mx.std(y_hat).item():.2f}")
    (64, 1) spread 0.38
    """


# ---- 7. act or nn.ReLU()


def hidden_layer(act: nn.Module | None = None) -> nn.Sequential:
    """A network with the activation that was asked for, or so it says.

    >>> print(type(hidden_layer().layers[1]).__name__)
    ReLU
    """
    mx.random.seed(1)
    return nn.Sequential(nn.Linear(2, 8), act or nn.ReLU(), nn.Linear(8, 1))


def act_or_relu():
    """Two runs that should differ: their curves are the same to the last digit.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> with_tanh = train(hidden_layer(nn.Tanh()), loss_fn)
    >>> with_relu = train(hidden_layer(nn.ReLU()), loss_fn)
    >>> print(f"tanh {with_tanh[-1]:.3f}, ReLU {with_relu[-1]:.3f}")
    tanh 0.088, ReLU 0.088
    >>> print(bool(nn.Tanh()), hidden_layer(nn.Tanh()).layers[1])
    False ReLU()
    """


def hidden_layer_asked(act: nn.Module | None = None) -> nn.Sequential:
    """The same, and it asks for None.

    >>> print(type(hidden_layer_asked().layers[1]).__name__)
    ReLU
    """
    mx.random.seed(1)
    act = nn.ReLU() if act is None else act
    return nn.Sequential(nn.Linear(2, 8), act, nn.Linear(8, 1))


def act_is_none():
    """Two runs that differ.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> with_tanh = train(hidden_layer_asked(nn.Tanh()), loss_fn)
    >>> with_relu = train(hidden_layer_asked(nn.ReLU()), loss_fn)
    >>> print(f"tanh {with_tanh[-1]:.3f}, ReLU {with_relu[-1]:.3f}")
    tanh 0.074, ReLU 0.088
    >>> print(hidden_layer_asked(nn.Tanh()).layers[1])
    Tanh()
    """


# ---- 8. Dropout kept by a compiled function


def dropout_stays():
    """A compiled forward pass that was first called in training: eval comes too late for it.

    >>> mx.random.seed(0)
    >>> model = nn.Sequential(nn.Linear(2, 64, bias=False), nn.Dropout(0.5))
    >>> predict = mx.compile(lambda X: model(X))
    >>> training = predict(X)
    >>> model = model.eval()
    >>> zeros = (predict(X) == 0).mean()
    >>> print(f"zeros {zeros.item():.1f}, not compiled {(model(X) == 0).mean().item():.1f}")
    zeros 0.5, not compiled 0.0
    >>> print("the same mask:", mx.allclose(predict(X), training).item())
    the same mask: True
    """


def compiled_after_eval():
    """A function of its own for evaluation, first called after eval.

    >>> mx.random.seed(0)
    >>> model = nn.Sequential(nn.Linear(2, 64, bias=False), nn.Dropout(0.5))
    >>> training = mx.compile(lambda X: model(X))(X)
    >>> model = model.eval()
    >>> predict = mx.compile(lambda X: model(X))
    >>> zeros = (predict(X) == 0).mean()
    >>> print(f"zeros {zeros.item():.1f}, not compiled {(model(X) == 0).mean().item():.1f}")
    zeros 0.0, not compiled 0.0
    """


# ---- 9. Loaded weights that follow their file


def new_path(name: str) -> str:
    """Where a file may be written: in a folder of its own, which goes when Python ends.

    >>> print(new_path("best.safetensors").endswith("best.safetensors"))
    True
    """
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"{folder}/{name}"


def best_follows():
    """The best weights, loaded from a file that is written again before anyone looks at them.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> path, model = new_path("best.safetensors"), network()
    >>> curve = train(model, loss_fn)
    >>> model.save_weights(path)
    >>> best, noted = network().load_weights(path), loss_fn(model, X, Y)
    >>> curve = train(model, loss_fn, rate=1.0)
    >>> model.save_weights(path)
    >>> kept = loss_fn(best, X, Y)
    >>> del path
    >>> print("as noted:", mx.allclose(kept, noted).item())
    as noted: False
    >>> print("as the newest:", mx.allclose(kept, loss_fn(model, X, Y)).item())
    as the newest: True
    """


def best_stays():
    """Evaluated as soon as they are loaded, they stay.

    Tolerance: 0.05 (sixty steps in float32; each device rounds differently)

    >>> path, model = new_path("best.safetensors"), network()
    >>> curve = train(model, loss_fn)
    >>> model.save_weights(path)
    >>> best, noted = network().load_weights(path), loss_fn(model, X, Y)
    >>> mx.eval(best.parameters())
    >>> curve = train(model, loss_fn, rate=1.0)
    >>> model.save_weights(path)
    >>> kept = loss_fn(best, X, Y)
    >>> del path
    >>> print("as noted:", mx.allclose(kept, noted).item())
    as noted: True
    """


# ---- 10. Forgotten mx.eval


def lazy_total():
    """The parameters are evaluated at every step, the running total is not: it holds every step's work.

    >>> model, sgd, total = network(), optim.SGD(0.1), mx.array(0.0)
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> for step in range(4):
    ...     loss, grads = loss_and_grad(model, X, Y)
    ...     sgd.update(model, grads)
    ...     mx.eval(model.parameters(), sgd.state)
    ...     total = total + loss
    ...     print(step, waiting(total))
    0 5
    1 10
    2 15
    3 20
    """


def total_evaluated():
    """The total as a Python number.

    >>> model, sgd, total = network(), optim.SGD(0.1), 0.0
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> for step in range(4):
    ...     loss, grads = loss_and_grad(model, X, Y)
    ...     sgd.update(model, grads)
    ...     mx.eval(model.parameters(), sgd.state, loss)
    ...     total += loss.item()
    ...     print(step, waiting(loss))
    0 0
    1 0
    2 0
    3 0
    """


# ---- the curves


def small_and_noisy(steps: int = 60) -> dict:
    """Losses on twelve points, of which some have wrong labels, and on the 52 held out.

    >>> curves = small_and_noisy(2)
    >>> print(sorted(curves), len(curves["held out"]))
    ['held out', 'seen'] 2
    """
    mx.random.seed(2)
    wrong = mx.random.uniform(shape=(12, 1)) < 0.3
    few, labels = X[:12], mx.where(wrong, 1 - Y[:12], Y[:12])
    model = nn.Sequential(
        nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1)
    )
    adam, curves = optim.Adam(0.02), {"seen": [], "held out": []}
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    for step in range(steps):
        held_out = loss_fn(model, X[12:], Y[12:])
        loss, grads = loss_and_grad(model, few, labels)
        adam.update(model, grads)
        mx.eval(model.parameters(), loss, held_out)
        curves["seen"].append(loss.item())
        curves["held out"].append(held_out.item())
    return curves


def six_curves():
    """Six losses to name a cause by; the second curve of a chart, dashed, is the one to compare with.

    >>> def cast(model, X, Y):
    ...     return ((model(X).astype(mx.int32) - Y.astype(mx.int32)) ** 2).mean()
    >>> def wide(model, X, Y):
    ...     return ((model(X)[:, 0] - Y) ** 2).mean()
    >>> right = train(network(), loss_fn)
    >>> stacks = []
    >>> for kind in (tuple, list):
    ...     mx.random.seed(1)
    ...     stacks.append(Stack(kind([nn.Linear(2, 8), nn.Linear(8, 8)])))
    >>> panels = {
    ...     "A": {"bug": train(network(), cast)},
    ...     "B": {"bug": train(network(), wide), "right": right},
    ...     "C": {"bug": train(network(), loss_fn, rate=0.5), "right": right},
    ...     "D": {"bug": train(stacks[0], loss_fn), "right": train(stacks[1], loss_fn)},
    ...     "E": small_and_noisy(),
    ...     "F": {name: train(hidden_layer(act), loss_fn) for name, act in (
    ...         ("tanh", nn.Tanh()), ("relu", nn.ReLU()))},
    ... }
    >>> falls = [name for name, c in panels.items() if list(c.values())[0][-1] < 0.1]
    >>> print(falls)
    ['E', 'F']
    """
