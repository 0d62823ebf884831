"""Residual connections: a branch that is added, the slope of 1 that passes it by, and fifty blocks."""

import math

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float

from snippets.activations import relu_slope
from snippets.forward import relu
from snippets.initialization import all_signs, typical_size
from snippets.iris import irises
from snippets.network import W1, b1, x

V = mx.array([[0.9, -0.7], [0.5, 0.4]])  # (2, 2)


def block(
    x: Float[mx.array, "n"],
    W: Float[mx.array, "K n"],
    b: Float[mx.array, "K"],
    V: Float[mx.array, "n K"],
) -> tuple[Float[mx.array, "K"], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""A residual block: weighted sums, what the branch says, and the input plus that.

    $$
    z = W x + b
    $$

    $$
    f = V \operatorname{ReLU}(z)
    $$

    $$
    y = x + f
    $$

    >>> z, f, y = block(x, W1, b1, V)
    >>> print(z)
    array([0.38, 0.56], dtype=float32)
    >>> print(f)
    array([-0.05, 0.414], dtype=float32)
    >>> print(y)
    array([0.45, 0.614], dtype=float32)
    """
    z = W @ x + b    # (K, n) @ (n,) + (K,) → (K,)
    f = V @ relu(z)  # (n, K) @ (K,) → (n,)
    return z, f, x + f


def block_jacobian(
    x: Float[mx.array, "n"],
    W: Float[mx.array, "K n"],
    b: Float[mx.array, "K"],
    V: Float[mx.array, "n K"],
) -> Float[mx.array, "n n"]:
    r"""Slope of each output of a block along each input: 1 on the diagonal, plus the branch's slopes.

    $$
    J_{kj} = \frac{\partial y_k}{\partial x_j} = [k = j] + \sum_{i=1}^{K} v_{ki} \operatorname{ReLU}'(z_i) w_{ij}
    $$

    >>> J = block_jacobian(x, W1, b1, V)
    >>> print(J)
    array([[0.84, -1.55],
           [0.7, 0.77]], dtype=float32)
    """
    z, f, y = block(x, W, b, V)
    return mx.eye(x.size) + V @ (relu_slope(z)[:, None] * W)  # (n, K) @ (K, n) → (n, n)


def block_back(
    x: Float[mx.array, "n"],
    W: Float[mx.array, "K n"],
    b: Float[mx.array, "K"],
    V: Float[mx.array, "n K"],
    r: Float[mx.array, "n"],
) -> tuple[Float[mx.array, "K"], Float[mx.array, "n"]]:
    r"""The way back through a block: from the slopes along its output to those along z, then along its input.

    $$
    \delta_i = \sum_{k=1}^{n} r_k \frac{\partial y_k}{\partial z_i} = \operatorname{ReLU}'(z_i) \sum_{k=1}^{n} v_{ki} r_k
    $$

    $$
    s_j = \sum_{k=1}^{n} r_k \frac{\partial y_k}{\partial x_j} = r_j + \sum_{i=1}^{K} w_{ij} \delta_i
    $$

    >>> r = mx.array([1.0, -2.0])
    >>> delta, s = block_back(x, W1, b1, V, r)
    >>> print(delta)
    array([-0.1, -1.5], dtype=float32)
    >>> print(s)
    array([-0.56, -3.09], dtype=float32)
    >>> by_mlx = mx.vjp(lambda x: block(x, W1, b1, V)[2], [x], [r])[1][0]
    >>> print(by_mlx)
    array([-0.56, -3.09], dtype=float32)
    """
    z, f, y = block(x, W, b, V)
    delta = relu_slope(z) * (V.T @ r)  # (K,) * ((K, n) @ (n,)) → (K,)
    return delta, r + W.T @ delta      # (n,) + (n, K) @ (K,) → (n,)


def many_blocks(w: float, m: int) -> tuple[float, float]:
    r"""Slope through m layers of one neuron with the weight w: without and with the input added.

    $$
    p = w^m
    $$

    $$
    P = (1 + w)^m
    $$

    >>> w, m = 0.1, 5
    >>> p, P = many_blocks(w, m)
    >>> print(f"{p:.6f} {P:.6f}")
    0.000010 1.610510
    >>> for weight in (-0.1, 0.01, 0.1, 1.0):
    ...     plain, residual = many_blocks(weight, 50)
    ...     print(f"{weight:5}  {abs(plain):.0e}  {residual:.2e}")
     -0.1  1e-50  5.15e-03
     0.01  1e-100  1.64e+00
      0.1  1e-50  1.17e+02
      1.0  1e+00  1.13e+15
    """
    return w**m, (1 + w) ** m


def paths(u: float, v: float, w: float) -> float:
    r"""Slope through three blocks of one neuron each: as a product, and as a sum over all paths.

    $$
    \begin{aligned}
    s &= (1 + u)(1 + v)(1 + w) \\
      &= 1 + u + v + w + u v + u w + v w + u v w
    \end{aligned}
    $$

    >>> u, v, w = 0.5, -0.2, 0.1
    >>> s = paths(u, v, w)
    >>> print(f"{s:.2f}")
    1.32
    """
    return (1 + u) * (1 + v) * (1 + w)


def stack(
    x: Float[mx.array, "n"], W: list[Float[mx.array, "n n"]], V: list[Float[mx.array, "n n"]]
) -> tuple[list[Float[mx.array, "n"]], list[Float[mx.array, "n"]]]:
    r"""Blocks one after the other, without biases: what each block returns, and what each branch says.

    $$
    h^{(0)} = x
    $$

    $$
    g^{(l)} = V^{(l)} \operatorname{ReLU}(W^{(l)} h^{(l-1)}) \quad l = 1, \dots, D
    $$

    $$
    h^{(l)} = h^{(l-1)} + g^{(l)} \quad l = 1, \dots, D
    $$

    $$
    h^{(D)} = x + \sum_{l=1}^{D} g^{(l)}
    $$

    >>> W, V_two = [W1, mx.array([[0.4, 0.3], [-0.2, 0.5]])], [V, V.T]
    >>> h, g = stack(x, W, V_two)
    >>> print(h[2])
    array([0.40068, 0.45936], dtype=float32)
    """
    h, g = [x], []
    for W_l, V_l in zip(W, V):
        g.append(V_l @ relu(W_l @ h[-1]))
        h.append(h[-1] + g[-1])
    return h, g


def added_square(
    x: Float[mx.array, ""], a: Float[mx.array, "n"], s: float
) -> Float[mx.array, ""]:
    r"""Mean square of x plus a weighted sum, over all choices of sign of the n weights.

    Every weight is s or −s; there are 2ⁿ choices.

    $$
    q = x^2 + s^2 \sum_{j=1}^{n} a_j^2
    $$

    >>> x, a, s = mx.array(0.5), mx.array([0.4, 0.6]), 1.0
    >>> q = added_square(x, a, s)
    >>> print(f"{q.item():.6f}")
    0.770000
    """
    signs = mx.array(all_signs(len(a)))  # (2ⁿ, n)
    y = x + s * signs @ a                # (2ⁿ,)
    return (y**2).mean()


def compounded(u: float, c: float, m: int) -> float:
    r"""Mean square after m blocks, each of which adds c times what it was given.

    $$
    h = u (1 + c)^m
    $$

    >>> u, c, m, limit = 1.0, 0.02, 50, math.e
    >>> h = compounded(u, c, m)
    >>> print(f"{h:.4f}")
    2.6916
    >>> for k in (1, 10, 50, 1000):
    ...     print(f"{k:4}  {compounded(u, 1 / k, k):.4f}  {compounded(u, 1.0, k):.1e}")
       1  2.0000  2.0e+00
      10  2.5937  1.0e+03
      50  2.6916  1.1e+15
    1000  2.7169  1.1e+301
    """
    return u * (1 + c) ** m


def out_and_back(
    x: Float[mx.array, "N n"], weights: list, delta: Float[mx.array, "N n"], skip: int
) -> tuple[list, list, list]:
    """Values going out; slopes along them coming back; gradients of each W. With skip 0 nothing is added.

    `weights` has a pair W, V for each block; `delta` is the slope of a loss along the last values.

    >>> mx.random.seed(0)
    >>> weights = [(mx.random.normal((4, 4)), mx.random.normal((4, 4))) for l in range(3)]
    >>> x, delta = mx.random.normal((5, 4)), mx.random.normal((5, 4))
    >>> h, back, dL_dW = out_and_back(x, weights, delta, skip=1)
    >>> last = lambda x: out_and_back(x, weights, delta, skip=1)[0][-1]
    >>> mx_grad = mx.vjp(last, [x], [delta])[1][0]
    >>> print(mx.allclose(back[0], mx_grad, rtol=1e-4))
    array(True, dtype=bool)
    """
    h = [x]
    for W, V in weights:
        h.append(skip * h[-1] + relu(h[-1] @ W.T) @ V.T)  # (N, n)
    back, dL_dW = [delta], []
    for (W, V), h_l in zip(weights[::-1], h[-2::-1]):
        dL_dz = (back[0] @ V) * relu_slope(h_l @ W.T)      # (N, n)
        dL_dW.insert(0, dL_dz.T @ h_l)                     # (n, N) @ (N, n) → (n, n)
        back.insert(0, skip * back[0] + dL_dz @ W)         # (N, n)
    return h, back, dL_dW


def drawn_blocks(n: int, layers: int, v: float, v_out: float) -> list:
    """Random pairs W, V for so many blocks, with variances v and v_out; from seed 1.

    >>> print(len(drawn_blocks(4, 50, v=1.0, v_out=1.0)))
    50
    """
    mx.random.seed(1)
    draw = lambda variance: math.sqrt(variance) * mx.random.normal((n, n))
    return [(draw(v), draw(v_out)) for l in range(layers)]


def fifty_blocks():
    """Sizes of the gradients of W through fifty blocks: plain from two starts, and with the input added.

    >>> n, layers = 32, 50
    >>> starts = {
    ...     "plain, 1/n": (0, 1 / n, 1 / n),
    ...     "plain, 2/n": (0, 2 / n, 1 / n),
    ...     "residual": (1, 2 / n, 1 / (layers * n)),
    ...     "too loud": (1, 2 / n, 1 / n),
    ... }
    >>> mx.random.seed(0)
    >>> x, delta = mx.random.normal((16, n)), mx.random.normal((16, n))
    >>> curves = {}
    >>> print("             gradient of W(1)    W(50)  h(50)")
                 gradient of W(1)    W(50)  h(50)
    >>> for name, (skip, v, v_out) in starts.items():
    ...     weights = drawn_blocks(n, layers, v, v_out)
    ...     h, back, dL_dW = out_and_back(x, weights, delta, skip)
    ...     curves[name] = [typical_size(g) for g in dL_dW[::7]]
    ...     first, last = curves[name][0], curves[name][-1]
    ...     print(f"{name:12}  {first:15.0e}  {last:7.0e}  {typical_size(h[-1]):5.0e}")
    plain, 1/n              6e-09    5e-09  6e-10
    plain, 2/n              1e-01    1e-01  2e-02
    residual                6e-01    7e-01  2e+00
    too loud                2e+07    2e+07  8e+06
    >>> at, start, letters, scale = list(range(1, layers + 1))[::7], 1, ["l", "g"], "log"
    """


def through_kind(
    kind: str, x: Float[mx.array, "N n"], weights: list
) -> Float[mx.array, "N n"]:
    """What random blocks make of x: plain, residual, or with a norm after the sum or in the branch.

    >>> ones = mx.ones((2, 4))
    >>> print(through_kind("plain", ones, []).shape)
    (2, 4)
    """
    norm = nn.LayerNorm(x.shape[1], affine=False)
    h = x
    for W, V in weights:
        if kind == "plain":
            h = relu(h @ W.T) @ V.T
        elif kind == "residual":
            h = h + relu(h @ W.T) @ V.T / math.sqrt(len(weights))
        elif kind == "post-norm":
            h = norm(h + relu(h @ W.T) @ V.T)
        elif kind == "pre-norm":
            h = h + relu(norm(h) @ W.T) @ V.T
    return h


def alike(kind: str, m: int) -> float:
    """Cosine between the slopes that arrive at two inputs close together, through m random blocks; mean of 64 pairs.

    >>> print(f"{alike('residual', 1):.1f}")
    1.0
    """
    n = 32
    weights = drawn_blocks(n, m, 2 / n, 1 / n)
    x, delta = mx.random.normal((64, n)), mx.random.normal((64, n))
    close = x + 0.1 * mx.random.normal((64, n))
    f = lambda x: through_kind(kind, x, weights)
    p, q = [mx.vjp(f, [a], [delta])[1][0] for a in (x, close)]
    sizes = mx.linalg.norm(p, axis=1) * mx.linalg.norm(q, axis=1)
    return ((p * q).sum(axis=1) / sizes).mean().item()


def nearby():
    """How alike the slopes of two inputs close together are, through more and more blocks.

    Tolerance: 0.02 (gates that are almost shut may open on another device)

    >>> at, kinds = [1, 5, 10, 20, 50], ["plain", "residual", "post-norm", "pre-norm"]
    >>> print(" m " + "".join(f"{kind:>11}" for kind in kinds))
     m       plain   residual  post-norm   pre-norm
    >>> curves = {kind: [] for kind in kinds}
    >>> for m in at:
    ...     for kind in kinds:
    ...         curves[kind].append(alike(kind, m))
    ...     print(f"{m:2} " + "".join(f"{curves[kind][-1]:11.2f}" for kind in kinds))
     1        0.97       0.99       0.99       0.99
     5        0.88       0.98       0.92       0.96
    10        0.76       0.98       0.79       0.94
    20        0.48       0.97       0.67       0.91
    50        0.38       0.97       0.45       0.82
    >>> start, letters = 50, ["m", "ρ"]
    """


class ResidualBlock(nn.Module):
    """A residual block of width n in MLX.

    >>> mx.random.seed(0)
    >>> block_of_4 = ResidualBlock(4)
    >>> print(block_of_4(mx.zeros((3, 4))).shape)
    (3, 4)
    """

    def __init__(self, n: int):
        super().__init__()
        self.inner = nn.Linear(n, n)
        self.outer = nn.Linear(n, n)

    def __call__(self, x: Float[mx.array, "N n"]) -> Float[mx.array, "N n"]:
        return x + self.outer(nn.relu(self.inner(x)))


class Plain(ResidualBlock):
    """The same layers, with nothing added.

    >>> mx.random.seed(0)
    >>> print(Plain(4)(mx.zeros((3, 4))).shape)
    (3, 4)
    """

    def __call__(self, x: Float[mx.array, "N n"]) -> Float[mx.array, "N n"]:
        return self.outer(nn.relu(self.inner(x)))


def same_as_mlx():
    """A `ResidualBlock` with the weights of the example returns what `block` does.

    >>> module = ResidualBlock(2)
    >>> module.inner.weight, module.inner.bias = W1, b1
    >>> module.outer.weight, module.outer.bias = V, mx.zeros(2)
    >>> print(module(x[None]))
    array([[0.45, 0.614]], dtype=float32)
    """


def deep_irises():
    """The irises through twelve blocks of 16 from MLX's own start, thirty steps: plain, and residual.

    Tolerance: 0.05 (thirty steps through 26 layers in float32; each device rounds differently)

    >>> X, X_test, y, y_test = irises()
    >>> def loss_fn(model, X, y):
    ...     return nn.losses.cross_entropy(model(X), y, reduction="mean")
    >>> epochs, curves = list(range(0, 31, 3)), {}
    >>> for name, kind in {"plain": Plain, "residual": ResidualBlock}.items():
    ...     mx.random.seed(0)
    ...     blocks = [kind(16) for l in range(12)]
    ...     model = nn.Sequential(nn.Linear(4, 16), *blocks, nn.Linear(16, 3))
    ...     loss_and_grad = nn.value_and_grad(model, loss_fn)
    ...     sgd = optim.SGD(learning_rate=0.05)
    ...     curves[name] = []
    ...     for step in range(31):
    ...         loss, grads = loss_and_grad(model, X, y)
    ...         sgd.update(model, grads)
    ...         mx.eval(model.parameters(), loss)
    ...         if step in epochs:
    ...             curves[name].append(loss.item())
    ...     print(f"{name:8}  {curves[name][0]:.2f}  {curves[name][-1]:.2f}")
    plain     1.11  1.10
    residual  1.34  0.19
    >>> reference = math.log(3)
    """


def both_ways():
    """The numbers of the example, for the picture: values going out, slopes coming back.

    >>> x = mx.array([0.5, 0.2])
    >>> z, f, y = block(x, W1, b1, V)
    >>> dL_dy = dL_df = mx.array([1.0, -2.0])
    >>> dL_dz, dL_dx = block_back(x, W1, b1, V, dL_dy)
    >>> through_branch = dL_dx - dL_dy
    >>> print(through_branch)
    array([-1.56, -1.09], dtype=float32)
    """


def one_for_all():
    """A branch with one output: its single number is added to every entry, and nothing is raised.

    >>> mx.random.seed(0)
    >>> x, branch = mx.random.normal((5, 4)), nn.Linear(4, 1)
    >>> y = x + branch(x)
    >>> print(y.shape)
    (5, 4)
    >>> added = y - x
    >>> print(mx.allclose(added[:, 0], added[:, 3], atol=1e-6))
    array(True, dtype=bool)
    """


def as_wide_as_x():
    """A branch as wide as its input adds a number of its own to each entry.

    >>> mx.random.seed(0)
    >>> x, branch = mx.random.normal((5, 4)), nn.Linear(4, 4)
    >>> assert branch(x).shape == x.shape
    >>> added = branch(x)
    >>> print(mx.allclose(added[:, 0], added[:, 3], atol=1e-6))
    array(False, dtype=bool)
    """


def only_adds():
    """ReLU last in the branch: nothing is ever taken away, so the mean climbs from block to block.

    >>> mx.random.seed(0)
    >>> h = mx.random.normal((16, 32))
    >>> for l in range(51):
    ...     if l in (0, 10, 50):
    ...         print(f"{l:2}  {h.mean().item():.2g}")
    ...     h = h + relu(nn.Linear(32, 32)(h))
     0  0.015
    10  4.8
    50  5e+04
    """


def adds_and_takes():
    """Weights last: what a branch adds has either sign.

    >>> mx.random.seed(0)
    >>> h = mx.random.normal((16, 32))
    >>> for l in range(51):
    ...     if l in (0, 10, 50):
    ...         print(f"{l:2}  {h.mean().item():6.2f}")
    ...     h = h + nn.Linear(32, 32)(relu(nn.Linear(32, 32)(h)))
     0    0.01
    10    0.11
    50    0.05
    """


def all_loud():
    """Branches as loud as their input: each block doubles the mean square, fifty times.

    >>> n = 32
    >>> mx.random.seed(0)
    >>> h = mx.random.normal((16, n))
    >>> for W, V in drawn_blocks(n, 50, v=2 / n, v_out=1 / n):
    ...     h = h + relu(h @ W.T) @ V.T
    >>> size = typical_size(h)
    >>> print(f"{size:.0e}")
    8e+06
    """


def quiet():
    """Branches that start from V = 0: every block passes on what it was given.

    >>> n = 32
    >>> mx.random.seed(0)
    >>> h = mx.random.normal((16, n))
    >>> before = typical_size(h)
    >>> for W, V in drawn_blocks(n, 50, v=2 / n, v_out=0):
    ...     h = h + relu(h @ W.T) @ V.T
    >>> print(typical_size(h) == before)
    True
    """
