"""What a gradient costs: operations counted, layers run again, memory kept."""

import io
import re

import mlx.core as mx
from jaxtyping import Float


def layer_products(N: int, n_in: int, n_out: int) -> tuple[int, int]:
    r"""Multiplications of one layer for a batch: forward, then backward.

    $$
    c_{\text{fwd}} = N n_{\text{in}} n_{\text{out}}
    $$

    $$
    c_{\text{bwd}} = N n_{\text{in}} n_{\text{out}} + N n_{\text{in}} n_{\text{out}}
    $$

    >>> N, n_in, n_out = 426, 30, 8
    >>> c_fwd, c_bwd = layer_products(N, n_in, n_out)
    >>> print(c_fwd, c_bwd)
    102240 204480
    """
    for_Z = N * n_in * n_out   # X @ W.T
    for_dW = N * n_in * n_out  # Δ.T @ X
    for_dX = N * n_in * n_out  # Δ @ W
    return for_Z, for_dW + for_dX


def network_ratio(c: Float[mx.array, "D"]) -> Float[mx.array, ""]:
    r"""Multiplications of forward and backward over those of forward; nothing goes back to the input.

    $$
    r = 1 + \frac{2 \sum_{l=1}^{D} c_l - c_1}{\sum_{l=1}^{D} c_l}
    $$

    >>> c = mx.array([4.0, 2.0])  # 2-2-1, one example
    >>> r = network_ratio(c)
    >>> print(r)
    array(2.33333, dtype=float32)
    """
    return 1 + (2 * c.sum() - c[0]) / c.sum()


def by_depth():
    """The ratio of a network with layers of one size, by how many there are.

    >>> at = list(range(1, 17))
    >>> ratios = [network_ratio(mx.ones(D)).item() for D in at]
    >>> curves, start, letters, reference = {"r": ratios}, 3, ["D", "r"], 3.0
    >>> print([f"{r:.2f}" for r in ratios[:4]], f"{ratios[-1]:.2f}")
    ['2.00', '2.50', '2.67', '2.75'] 2.94
    """


def deep_loss(parameters, X):
    """Mean square of what comes out of layers with tanh.

    >>> print(deep_loss([(mx.array([[0.5]]), mx.array([0.0]))], mx.array([[1.0]])))
    array(0.213552, dtype=float32)
    """
    for W, b in parameters:
        X = mx.tanh(X @ W.T + b)
    return mx.square(X).mean()


def matrix_products(*outputs):
    """How many matrix products stand in the graph of some arrays.

    >>> A = mx.ones((2, 2))
    >>> print(matrix_products(A @ A + A))
    1
    """
    file = io.StringIO()
    mx.export_to_dot(file, *outputs)
    return len(re.findall("AddMM|Matmul", file.getvalue()))


def in_the_graph():
    """Matrix products in MLX's graph: of the loss, with its gradients, and with the input's too.

    >>> X = mx.ones((4, 3))
    >>> parameters = [(mx.full((3, 3), 0.5), mx.zeros(3)) for _ in range(5)]
    >>> mx.eval(parameters)
    >>> forward = matrix_products(deep_loss(parameters, X))
    >>> L, grads = mx.value_and_grad(deep_loss)(parameters, X)
    >>> both = matrix_products(L, *(g for pair in grads for g in pair))
    >>> L, (grads, dL_dX) = mx.value_and_grad(deep_loss, argnums=(0, 1))(parameters, X)
    >>> input_too = matrix_products(L, dL_dX, *(g for pair in grads for g in pair))
    >>> print(forward, both, input_too)
    5 14 15
    """


def most_operations(p: int, s: int) -> tuple[int, int]:
    r"""Operations of a computation of products and sums, and the most with its gradient.

    $$
    f = p + s
    $$

    $$
    g = 5 p + 3 s
    $$

    $$
    5 p + 3 s \le 5 f
    $$

    >>> p, s = 6, 6  # the weighted sums of 2-2-1
    >>> f, g = most_operations(p, s)
    >>> print(f, g)
    12 48
    """
    return p + s, 5 * p + 3 * s


def two_ways():
    """Losses that central differences need, and what one backward pass costs, in forward passes.

    >>> for width in (2, 32, 512):
    ...     P = 2 * width * (width + 1)  # weights and biases of two layers
    ...     r = network_ratio(mx.array([1.0, 1.0]) * width**2)
    ...     print(f"{P:6} parameters: {2 * P:7} against {r.item():.1f}")
        12 parameters:      24 against 2.5
      2112 parameters:    4224 against 2.5
    525312 parameters: 1050624 against 2.5
    """


def kept_bytes(N: int, n: int, D: int) -> int:
    r"""Bytes that D layers of n neurons keep of N examples, two arrays in float32 for each layer.

    $$
    M = 4 \cdot 2 N n D
    $$

    >>> N, n, D = 1024, 64, 32
    >>> M = kept_bytes(N, n, D)
    >>> print(M, M / 2**20)  # MiB
    16777216 16.0
    """
    return 4 * 2 * N * n * D


def kept_with_checkpoints(N: int, n: int, D: int, k: int) -> float:
    r"""The same with a checkpoint at every k-th layer: their inputs, and one block run again.

    $$
    M_k = 4 N n \left(\frac{D}{k} + 2 k\right)
    $$

    >>> N, n, D, k = 1024, 64, 32, 4
    >>> M_k = kept_with_checkpoints(N, n, D, k)
    >>> print(M_k / 2**20)  # MiB
    4.0
    """
    return 4 * N * n * (D / k + 2 * k)


def by_block():
    """What is kept, in MiB, by how many layers there are from one checkpoint to the next.

    >>> at, start, letters = [1, 2, 4, 8, 16, 32], 4, ["k", "M"]
    >>> curves = {"M": [kept_with_checkpoints(1024, 64, 32, k) / 2**20 for k in at]}
    >>> reference = kept_bytes(1024, 64, 32) / 2**20
    >>> print(curves["M"], reference)
    [8.5, 5.0, 4.0, 5.0, 8.5, 16.25] 16.0
    """


def run_again():
    """How often a layer runs for one gradient: without a checkpoint, then with one.

    >>> calls = []
    >>> def layer(x):
    ...     calls.append("forward")
    ...     return mx.tanh(x)
    >>> x = mx.array([0.5, 1.0])
    >>> for each in (layer, mx.checkpoint(layer)):
    ...     calls.clear()
    ...     dL_dx = mx.grad(lambda x: each(x).sum())(x)
    ...     print(dL_dx, len(calls))
    array([0.786448, 0.419974], dtype=float32) 1
    array([0.786448, 0.419974], dtype=float32) 2
    """


def captured_weight():
    """A checkpoint around a layer that takes its weight from outside: no gradient, no error.

    >>> w, x = mx.array([2.0, 3.0]), mx.array([0.5, 0.1])
    >>> def loss(w):
    ...     layer = mx.checkpoint(lambda x: mx.tanh(w * x))
    ...     return layer(x).sum()
    >>> print(mx.grad(loss)(w))
    array([0, 0], dtype=float32)
    """


def given_weight():
    """The same with the weight among what the layer is given.

    >>> w, x = mx.array([2.0, 3.0]), mx.array([0.5, 0.1])
    >>> def loss(w):
    ...     layer = mx.checkpoint(lambda x, w: mx.tanh(w * x))
    ...     return layer(x, w).sum()
    >>> print(mx.grad(loss)(w))
    array([0.209987, 0.0915137], dtype=float32)
    """


def random_inside():
    """Dropout inside a checkpoint: what went forward, and the slopes that came back.

    >>> mx.random.seed(1)
    >>> def dropout(x):
    ...     keep = mx.random.bernoulli(0.5, x.shape)
    ...     return mx.where(keep, 2 * x, 0)
    >>> def loss(x):
    ...     out = mx.checkpoint(dropout)(x)
    ...     return out.sum(), out
    >>> (L, out), dL_dx = mx.value_and_grad(loss)(mx.ones(6))
    >>> print(out)
    array([0, 2, 0, 0, 0, 2], dtype=float32)
    >>> print(dL_dx)
    array([2, 0, 2, 0, 0, 0], dtype=float32)
    """


def random_outside():
    """The mask drawn outside and given to the layer.

    >>> mx.random.seed(1)
    >>> def dropout(x, keep):
    ...     return mx.where(keep, 2 * x, 0)
    >>> def loss(x):
    ...     keep = mx.random.bernoulli(0.5, x.shape)
    ...     out = mx.checkpoint(dropout)(x, keep)
    ...     return out.sum(), out
    >>> (L, out), dL_dx = mx.value_and_grad(loss)(mx.ones(6))
    >>> print(out)
    array([0, 2, 0, 0, 0, 2], dtype=float32)
    >>> print(dL_dx)
    array([0, 2, 0, 0, 0, 2], dtype=float32)
    """
