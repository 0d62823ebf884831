"""A deeper network on handwritten digits, with and without a schedule, with and without clipping."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from sklearn.datasets import load_digits

# --8<-- [start:data]
data = load_digits()
X = mx.array(data.data / 16, dtype=mx.float32)  # (1797, 64)
y = mx.array(data.target)                       # (1797,)
# --8<-- [end:data]


def train(rate, limit: float | None, seed: int = 0) -> tuple[list[float], float]:
    """Losses of 80 updates with momentum, and the held-out accuracy afterwards.

    >>> losses, accuracy = train(0.05, None)
    >>> print(len(losses), accuracy > 0.5)
    80 True
    """
    mx.random.seed(seed)
    order = mx.random.permutation(len(y))
    seen, held_out = order[:1400], order[1400:]
    model = nn.Sequential(
        nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10)
    )
    optimizer = optim.SGD(learning_rate=rate, momentum=0.9)
    loss_and_grad = nn.value_and_grad(
        model, lambda X, y: nn.losses.cross_entropy(model(X), y, reduction="mean")
    )
    losses = []
    for update in range(80):
        batch = seen[mx.random.randint(0, 1400, (64,))]
        loss, grads = loss_and_grad(X[batch], y[batch])
        if limit is not None:
            grads, norm = optim.clip_grad_norm(grads, max_norm=limit)
        optimizer.update(model, grads)
        mx.eval(model.parameters(), optimizer.state)
        losses.append(loss.item())
    right = model(X[held_out]).argmax(axis=1) == y[held_out]
    return losses, right.mean().item()


def four_ways():
    """One highest rate, four ways: are more than 90 % of the held-out digits named right?

    >>> peak = 0.5
    >>> schedule = optim.join_schedules(
    ...     [optim.linear_schedule(0, peak, 16), optim.cosine_decay(peak, 64)], [16]
    ... )
    >>> ways = {
    ...     "neither": (peak, None),
    ...     "schedule": (schedule, None),
    ...     "clipping": (peak, 1.0),
    ...     "both": (schedule, 1.0),
    ... }
    >>> curves = {}
    >>> for name, (rate, limit) in ways.items():
    ...     losses, accuracy = train(rate, limit)
    ...     curves[name] = mx.array(losses).reshape(10, 8).mean(axis=1)
    ...     print(f"{name:8} {accuracy > 0.9}")
    neither  False
    schedule False
    clipping False
    both     True
    >>> epochs = list(range(8, 81, 8))
    """
