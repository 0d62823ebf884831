"""Handwritten digits: a network of 64, 128 and 10 trained with every gradient by hand, then with nn."""

import math

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from jaxtyping import Float, Integer

from snippets.activations import relu_slope
from snippets.backward import agree, central_difference
from snippets.digit_schedules import X, data, y
from snippets.forward import relu
from snippets.iris import confusion_table
from snippets.update import sgd_step

# --8<-- [start:split]
order = mx.random.permutation(1797, key=mx.random.key(0))
seen, held_out = order[:1400], order[1400:]
X_seen, X_held = X[seen], X[held_out]  # (1400, 64), (397, 64)
y_seen, y_held = y[seen], y[held_out]  # (1400,), (397,)
Y_seen = mx.eye(10)[y_seen]            # (1400, 10)
# --8<-- [end:split]


def ten_pictures():
    """The first picture of each digit in the file.

    >>> first = [y.tolist().index(digit) for digit in range(10)]
    >>> pictures = X[mx.array(first)]  # (10, 64)
    >>> names = list(range(10))
    >>> print((X[0].reshape(8, 8) * 16).astype(mx.int32))
    array([[0, 0, 5, ..., 1, 0, 0],
           [0, 0, 13, ..., 15, 5, 0],
           [0, 3, 15, ..., 11, 8, 0],
           ...,
           [0, 4, 11, ..., 12, 7, 0],
           [0, 2, 14, ..., 12, 0, 0],
           [0, 0, 6, ..., 0, 0, 0]], dtype=int32)
    """


def parameter_count(n0: int, n1: int, n2: int) -> int:
    r"""How many numbers two layers learn: for each neuron a weight from each input and a bias.

    $$
    N_p = n_1 (n_0 + 1) + n_2 (n_1 + 1)
    $$

    >>> n0, n1, n2 = 64, 128, 10
    >>> N_p = parameter_count(n0, n1, n2)
    >>> print(N_p)
    9610
    """
    return n1 * (n0 + 1) + n2 * (n1 + 1)


def forward_digits(
    X: Float[mx.array, "N in"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> tuple[
    Float[mx.array, "N hidden"], Float[mx.array, "N hidden"],
    Float[mx.array, "N K"], Float[mx.array, "N K"],
]:
    r"""Both layers for a batch, in the order Z1, A1, Z2, P.

    $$
    Z^{(1)} = X (W^{(1)})^\top + \mathbf{1}_N (b^{(1)})^\top
    $$

    $$
    A^{(1)} = \operatorname{ReLU}(Z^{(1)})
    $$

    $$
    Z^{(2)} = A^{(1)} (W^{(2)})^\top + \mathbf{1}_N (b^{(2)})^\top
    $$

    $$
    p_{nk} = \frac{e^{z^{(2)}_{nk}}}{\sum_{j=1}^{K} e^{z^{(2)}_{nj}}}
    $$
    """
    Z1 = X @ W1.T + b1   # (N, 64) @ (64, 128) + (128,) → (N, 128)
    A1 = relu(Z1)
    Z2 = A1 @ W2.T + b2  # (N, 128) @ (128, 10) + (10,) → (N, 10)
    return Z1, A1, Z2, mx.softmax(Z2, axis=-1)


def digit_loss(
    X: Float[mx.array, "N in"],
    Y: Float[mx.array, "N K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> Float[mx.array, ""]:
    r"""Mean cross-entropy of a batch.

    $$
    L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} y_{nk} \log(p_{nk})
    $$
    """
    Z1, A1, Z2, P = forward_digits(X, W1, b1, W2, b2)
    return (mx.logsumexp(Z2, axis=-1) - (Y * Z2).sum(axis=-1)).mean()


def backward_digits(
    X: Float[mx.array, "N in"],
    Y: Float[mx.array, "N K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> tuple[
    Float[mx.array, "N K"], Float[mx.array, "N hidden"],
    Float[mx.array, "hidden in"], Float[mx.array, "hidden"],
    Float[mx.array, "K hidden"], Float[mx.array, "K"],
]:
    r"""Errors of both layers, then the slope of the mean loss along W1, b1, W2, b2.

    $$
    \Delta^{(2)} = \frac{1}{N} (P - Y)
    $$

    $$
    \Delta^{(1)} = \Delta^{(2)} W^{(2)} \odot \operatorname{ReLU}'(Z^{(1)})
    $$

    $$
    \frac{\partial L}{\partial W^{(1)}} = (\Delta^{(1)})^\top X
    $$

    $$
    \frac{\partial L}{\partial b^{(1)}} = (\Delta^{(1)})^\top \mathbf{1}_N
    $$

    $$
    \frac{\partial L}{\partial W^{(2)}} = (\Delta^{(2)})^\top A^{(1)}
    $$

    $$
    \frac{\partial L}{\partial b^{(2)}} = (\Delta^{(2)})^\top \mathbf{1}_N
    $$

    >>> X_two = mx.array(data.data[:2] / 16, dtype=mx.float32)
    >>> Y_two = mx.eye(10)[:2]  # a 0 and a 1
    >>> zeros = mx.zeros((128, 64)), mx.zeros(128), mx.zeros((10, 128)), mx.zeros(10)
    >>> Delta2, Delta1, *gradients = backward_digits(X_two, Y_two, *zeros)
    >>> Z1, A1, Z2, P = forward_digits(X_two, *zeros)
    >>> print([g.shape for g in gradients])
    [(128, 64), (128,), (10, 128), (10,)]
    >>> print(Delta2[:, :3])
    array([[-0.45, 0.05, 0.05],
           [0.05, -0.45, 0.05]], dtype=float32)
    """
    Z1, A1, Z2, P = forward_digits(X, W1, b1, W2, b2)
    Delta2 = (P - Y) / len(X)                   # (N, 10)
    Delta1 = Delta2 @ W2 * relu_slope(Z1)       # (N, 10) @ (10, 128) → (N, 128)
    dL_dW1, dL_db1 = Delta1.T @ X, Delta1.sum(axis=0)   # (128, N) @ (N, 64)
    dL_dW2, dL_db2 = Delta2.T @ A1, Delta2.sum(axis=0)  # (10, N) @ (N, 128)
    return Delta2, Delta1, dL_dW1, dL_db1, dL_dW2, dL_db2


def pixel_slopes(
    X: Float[mx.array, "N in"],
    Y: Float[mx.array, "N K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> Float[mx.array, "N in"]:
    r"""Slope of the mean loss along every pixel.

    $$
    \frac{\partial L}{\partial X} = \Delta^{(1)} W^{(1)}
    $$
    """
    return backward_digits(X, Y, W1, b1, W2, b2)[1] @ W1


def he_start(seed: int, hidden: int = 128) -> tuple[
    Float[mx.array, "hidden 64"], Float[mx.array, "hidden"],
    Float[mx.array, "10 hidden"], Float[mx.array, "10"],
]:
    """Random weights by He's rule, and biases of 0.

    >>> W1, b1, W2, b2 = he_start(seed=0)
    >>> print(W1.shape, b1.shape, W2.shape, b2.shape)
    (128, 64) (128,) (10, 128) (10,)
    """
    mx.random.seed(seed)
    W1 = math.sqrt(2 / 64) * mx.random.normal((hidden, 64))
    W2 = math.sqrt(2 / hidden) * mx.random.normal((10, hidden))
    return W1, mx.zeros(hidden), W2, mx.zeros(10)


def three_ways():
    """All 9610 gradients of a batch by hand and by mx.grad; those of a neuron of each layer by finite differences too.

    >>> p = W1, b1, W2, b2 = he_start(seed=0)
    >>> batch = X_seen[:25], Y_seen[:25]
    >>> Delta2, Delta1, *by_hand = backward_digits(*batch, *p)
    >>> mx_grad = mx.grad(digit_loss, argnums=(2, 3, 4, 5))(*batch, *p)
    >>> print([agree(*pair) for pair in zip(by_hand, mx_grad)])
    [True, True, True, True]
    >>> x, labels, w1, w2 = (np.array(a, np.float64) for a in (*batch, W1, W2))
    >>> def loss_at(w1, w2):  # in float64; all biases are 0
    ...     z2 = np.maximum(x @ w1.T, 0) @ w2.T
    ...     return (np.log(np.exp(z2).sum(axis=1)) - (labels * z2).sum(axis=1)).mean()
    >>> along_W1 = central_difference(lambda row: loss_at(np.vstack([row, w1[1:]]), w2), w1[0])
    >>> along_W2 = central_difference(lambda row: loss_at(w1, np.vstack([row, w2[1:]])), w2[0])
    >>> print(agree(by_hand[0][0], along_W1), agree(by_hand[2][0], along_W2))
    True True
    """


def share_right(
    X: Float[mx.array, "N in"],
    y: Integer[mx.array, "N"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> float:
    """Share of the examples whose most probable class is the right one.

    >>> print(share_right(X_held, y_held, *he_start(seed=0)) < 0.5)  # before training
    True
    """
    Z1, A1, Z2, P = forward_digits(X, W1, b1, W2, b2)
    return (P.argmax(axis=-1) == y).mean().item()


def train(seed: int, hidden: int = 128) -> tuple[list[mx.array], list[float], list[float]]:
    """Weights and biases after 15 epochs; after each epoch the loss and the share of held-out digits that are right.

    Tolerance: 0.02 (840 steps in float32; each device rounds differently)

    >>> p, losses, shares = train(seed=0)
    >>> epochs, curves = list(range(1, 16)), {"N = 1400": losses}
    >>> for epoch in (1, 2, 5, 10, 15):
    ...     print(f"{epoch:2}  {losses[epoch - 1]:.2f}  {shares[epoch - 1] >= 0.97}")
     1  0.26  False
     2  0.15  False
     5  0.07  True
    10  0.04  True
    15  0.03  True
    >>> said = forward_digits(X_held, *p)[3].argmax(axis=-1)
    >>> confusion, classes = confusion_table(y_held, said, 10), list("0123456789")
    """
    p, losses, shares = he_start(seed, hidden), [], []
    for epoch in range(15):
        eta = 0.5 * (1 - epoch / 15)              # falls in a straight line
        shuffled = mx.random.permutation(1400)
        for start in range(0, 1400, 25):
            batch = shuffled[start : start + 25]  # 25 of the 1400 numbers
            X_batch, Y_batch = X_seen[batch], Y_seen[batch]
            Delta2, Delta1, *gradients = backward_digits(X_batch, Y_batch, *p)
            p = [sgd_step(w, g, eta) for w, g in zip(p, gradients)]
            mx.eval(p)
        losses.append(digit_loss(X_seen, Y_seen, *p).item())
        shares.append(share_right(X_held, y_held, *p))
    return p, losses, shares


def same_in_nn():
    """Twenty steps by hand and with a model, a loss and an optimizer of MLX, on the same batches.

    >>> p = W1, b1, W2, b2 = he_start(seed=0)
    >>> model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    >>> first, last = model.layers[0], model.layers[2]
    >>> first.weight, first.bias, last.weight, last.bias = p
    >>> def loss_fn(model, X, y):
    ...     return nn.losses.cross_entropy(model(X), y, reduction="mean")
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> optimizer = optim.SGD(learning_rate=0.5)
    >>> for step in range(1, 21):
    ...     batch = mx.random.randint(0, 1400, (25,))
    ...     X_batch, Y_batch, y_batch = X_seen[batch], Y_seen[batch], y_seen[batch]
    ...     L = digit_loss(X_batch, Y_batch, *p)
    ...     Delta2, Delta1, *gradients = backward_digits(X_batch, Y_batch, *p)
    ...     p = [sgd_step(w, g, 0.5) for w, g in zip(p, gradients)]
    ...     L_nn, grads = loss_and_grad(model, X_batch, y_batch)
    ...     optimizer.update(model, grads)
    ...     theirs = first.weight, first.bias, last.weight, last.bias
    ...     same = all(mx.allclose(*pair, atol=1e-5) for pair in zip(p, theirs))
    ...     if step in (1, 2, 5, 10, 20):
    ...         print(f"{step:2}  {L.item():.3f}  {L_nn.item():.3f}  {same}")
     1  2.531  2.531  True
     2  2.474  2.474  True
     5  2.373  2.373  True
    10  1.446  1.446  True
    20  0.558  0.558  True
    """


def hidden_units():
    """For each digit the hidden unit with the largest weight towards it: what training added to its weights.

    >>> W1_start = he_start(seed=0)[0]
    >>> W1, b1, W2, b2 = train(seed=0)[0]
    >>> units = W2.argmax(axis=1)             # (10,)
    >>> added = (W1 - W1_start)[units]        # (10, 64)
    >>> white = (X_seen == 0).all(axis=0)     # (64,)
    >>> print(mx.where(white, mx.abs(W1 - W1_start), 0).max())
    array(0, dtype=float32)
    >>> pictures = mx.concatenate([W1[units], added])
    >>> names = [*range(10), *(f"Δ{digit}" for digit in range(10))]
    """


def bytes_that_wrap():
    """Pixels from 0 to 16 as bytes, times 16: the blackest becomes white.

    >>> pixels = mx.array(data.images[1, 2, 2:6], dtype=mx.uint8)
    >>> print(pixels)
    array([3, 15, 16, 6], dtype=uint8)
    >>> print(16 * pixels)
    array([48, 240, 0, 96], dtype=uint8)
    """


def pixels_as_floats():
    """First float32, then arithmetic.

    >>> pixels = mx.array(data.images[1, 2, 2:6], dtype=mx.float32)
    >>> print(16 * pixels)
    array([48, 240, 256, 96], dtype=float32)
    """


def share_as_loss():
    """The share of wrong answers as the loss: every gradient is 0.

    >>> W1, b1, W2, b2 = he_start(seed=0)
    >>> def wrong_share(W2):
    ...     said = forward_digits(X_seen, W1, b1, W2, b2)[3].argmax(axis=-1)
    ...     return (said != y_seen).astype(mx.float32).mean()
    >>> print(wrong_share(W2) > 0.5, mx.abs(mx.grad(wrong_share)(W2)).max())
    array(True, dtype=bool) array(0, dtype=float32)
    """


def cross_entropy_as_loss():
    """The cross-entropy says along which weights it gets better.

    >>> W1, b1, W2, b2 = he_start(seed=0)
    >>> along_W2 = mx.grad(digit_loss, argnums=4)(X_seen, Y_seen, W1, b1, W2, b2)
    >>> print(mx.abs(along_W2).max() > 0.01)
    array(True, dtype=bool)
    """


def whole_numbers():
    """Rounded to whole numbers inside the function: what comes back is cut off instead of 0.

    >>> slopes = mx.array([1.9, 0.5, 100.25])
    >>> pixels = mx.array([3.2, 7.9, 15.4])
    >>> print(mx.grad(lambda x: (slopes * x.astype(mx.int32)).sum())(pixels))
    array([1, 0, 100], dtype=float32)
    """


def rounded_before():
    """Rounded before, outside of what is differentiated.

    >>> slopes = mx.array([1.9, 0.5, 100.25])
    >>> pixels = mx.floor(mx.array([3.2, 7.9, 15.4]))
    >>> print(mx.grad(lambda x: (slopes * x).sum())(pixels))
    array([1.9, 0.5, 100.25], dtype=float32)
    """


def sum_in_place_of_mean():
    """One epoch with the 1/N left out: how many hidden neurons are open for any picture, and what is right.

    >>> p = he_start(seed=0)
    >>> for start in range(0, 1400, 25):
    ...     batch = X_seen[start : start + 25], Y_seen[start : start + 25]
    ...     Delta2, Delta1, *gradients = backward_digits(*batch, *p)
    ...     p = [sgd_step(w, 25 * g, 0.5) for w, g in zip(p, gradients)]
    ...     mx.eval(p)
    >>> Z1 = forward_digits(X_seen, *p)[0]
    >>> alive = (Z1 > 0).any(axis=0).sum().item()
    >>> print(alive < 20, share_right(X_held, y_held, *p) > 0.2)
    True False
    """


def mean_kept():
    """The same epoch with the mean.

    >>> p = he_start(seed=0)
    >>> for start in range(0, 1400, 25):
    ...     batch = X_seen[start : start + 25], Y_seen[start : start + 25]
    ...     Delta2, Delta1, *gradients = backward_digits(*batch, *p)
    ...     p = [sgd_step(w, g, 0.5) for w, g in zip(p, gradients)]
    ...     mx.eval(p)
    >>> Z1 = forward_digits(X_seen, *p)[0]
    >>> alive = (Z1 > 0).any(axis=0).sum().item()
    >>> print(alive < 20, share_right(X_held, y_held, *p) > 0.2)
    False True
    """
