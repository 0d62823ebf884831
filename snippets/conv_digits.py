"""A small convolutional network on handwritten digits: its backward by hand, its training, and digits that have moved."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float, Int
from mlx.utils import tree_flatten
from sklearn.datasets import load_digits

from snippets.conv2d import conv2d_backward

# --8<-- [start:pictures]
data = load_digits()
pictures = mx.array(data.images / 16, dtype=mx.float32)[..., None]  # (1797, 8, 8, 1)
y = mx.array(data.target)                                           # (1797,)
# --8<-- [end:pictures]


def small_net(seed: int = 0) -> nn.Sequential:
    """Sixteen 5 × 5 kernels, ReLU, the largest over all places, one layer to ten logits.

    >>> model = small_net()
    >>> print(model(pictures[:5]).shape)
    (5, 10)
    >>> print(sum(p.size for name, p in tree_flatten(model.parameters())))
    586
    """
    mx.random.seed(seed)
    largest = lambda A: A.max(axis=(1, 2))
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=5, padding=1),  # (N, 8, 8, 1) → (N, 6, 6, 16)
        nn.ReLU(),
        largest,                                     # (N, 6, 6, 16) → (N, 16)
        nn.Linear(16, 10),                           # (N, 16) → (N, 10)
    )


def loss_fn(
    model: nn.Module, P: Float[mx.array, "N 8 8 1"], y: Int[mx.array, "N"]
) -> Float[mx.array, ""]:
    """Mean cross-entropy of the model's logits.

    >>> L = loss_fn(small_net(), pictures[:50], y[:50])
    >>> print(2 < L.item() < 3)
    True
    """
    return nn.losses.cross_entropy(model(P), y, reduction="mean")


def backward_net(
    model: nn.Sequential, P: Float[mx.array, "N 8 8 1"], y: Int[mx.array, "N"]
) -> list:
    """Gradients of the small network by hand: kernels and biases, then weights and biases.

    >>> model = small_net()
    >>> by_hand = backward_net(model, pictures[:20], y[:20])
    >>> loss, grads = nn.value_and_grad(model, loss_fn)(model, pictures[:20], y[:20])
    >>> mx_grad = [grad for name, grad in tree_flatten(grads)]
    >>> for hand, grad in zip(by_hand, mx_grad):
    ...     print(hand.shape, mx.allclose(hand, grad, atol=1e-6))
    (16, 5, 5, 1) array(True, dtype=bool)
    (16,) array(True, dtype=bool)
    (10, 16) array(True, dtype=bool)
    (10,) array(True, dtype=bool)
    """
    convolution, last = model.layers[0], model.layers[-1]
    Z = convolution(P)                                 # (N, 6, 6, 16)
    A = nn.relu(Z)
    B = A.max(axis=(1, 2), keepdims=True)              # (N, 1, 1, 16)
    logits = last(B[:, 0, 0])                          # (N, 16) → (N, 10)

    Delta = (mx.softmax(logits, axis=-1) - mx.eye(10)[y]) / len(y)  # (N, 10)
    dL_dV, dL_dc = Delta.T @ B[:, 0, 0], Delta.sum(axis=0)          # (10, 16), (10,)
    dL_dB = Delta @ last.weight                                     # (N, 16)
    shares = (A == B) / (A == B).sum(axis=(1, 2), keepdims=True)    # (N, 6, 6, 16)
    dL_dZ = shares * dL_dB[:, None, None] * (Z > 0)                 # (N, 6, 6, 16)
    around = mx.pad(P, [(0, 0), (1, 1), (1, 1), (0, 0)])            # (N, 10, 10, 1)
    W, b = convolution.weight, convolution.bias
    dL_dW, dL_db, dL_dP = conv2d_backward(dL_dZ, W, b, around)
    return [dL_dW, dL_db, dL_dV, dL_dc]


def moved(
    P: Float[mx.array, "N 8 8 1"], down: int, right: int
) -> Float[mx.array, "N 8 8 1"]:
    """Pictures moved by at most one pixel; what is moved out is lost, what comes in is 0.

    >>> print(moved(mx.ones((1, 8, 8, 1)), 1, 0)[0, :3, 0, 0])
    array([0, 1, 1], dtype=float32)
    """
    around = mx.pad(P, [(0, 0), (1, 1), (1, 1), (0, 0)])  # (N, 10, 10, 1)
    return around[:, 1 - down : 9 - down, 1 - right : 9 - right]


def train():
    """A convolutional network and one layer alone, trained alike: percent right of held-out digits, and of the same moved by one pixel.

    Tolerance: 0.1 (a hundred steps in float32; each device rounds differently)

    >>> mx.random.seed(0)
    >>> order = mx.random.permutation(len(y), key=mx.random.key(0))
    >>> seen, held_out = order[:1400], order[1400:]
    >>> one_layer = nn.Sequential(lambda P: P.flatten(start_axis=1), nn.Linear(64, 10))
    >>> epochs, curves = list(range(0, 121, 10)), {}
    >>> for name, model in {"convolution": small_net(), "one layer": one_layer}.items():
    ...     loss_and_grad = nn.value_and_grad(model, loss_fn)
    ...     adam = optim.Adam(learning_rate=0.03, bias_correction=True)
    ...     curves[name] = []
    ...     for step in range(121):
    ...         batch = seen[mx.random.randint(0, 1400, (64,), key=mx.random.key(step))]
    ...         loss, grads = loss_and_grad(model, pictures[batch], y[batch])
    ...         adam.update(model, grads)
    ...         mx.eval(model.parameters(), adam.state)
    ...         if step in epochs:
    ...             curves[name].append(loss_fn(model, pictures[held_out], y[held_out]).item())
    ...     def percent(P):
    ...         return 100 * (model(P).argmax(axis=1) == y[held_out]).mean().item()
    ...     P = pictures[held_out]
    ...     ways = [moved(P, *way) for way in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    ...     apart = sum(percent(way) for way in ways) / 4
    ...     print(f"{name:12} {percent(P):.0f} %  {apart:.0f} %")
    convolution  95 %  79 %
    one layer    96 %  45 %
    """
