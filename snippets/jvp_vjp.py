"""Jacobian–vector and vector–Jacobian products: one table, used along its columns or along its rows."""

from collections.abc import Callable

import mlx.core as mx
import numpy as np
from jaxtyping import Float

from snippets.backward import (
    agree, central_difference, hidden_error, loss, output_error,
)
from snippets.forward import forward, relu, sigmoid
from snippets.network import W1, W2, b1, b2, x, y


def layer(
    W: Float[mx.array, "m n"], x: Float[mx.array, "n"], b: Float[mx.array, "m"]
) -> Float[mx.array, "m"]:
    r"""Activations of one layer with the sigmoid.

    $$
    a_i = \operatorname{sigmoid}\left( \sum_{j=1}^{n} w_{ij} x_j + b_i \right)
    $$

    >>> a = layer(W1, x, b1)
    >>> print(a)
    array([0.593873, 0.636453], dtype=float32)
    """
    return sigmoid(W @ x + b)  # (m, n) @ (n,) + (m,) → (m,)


def jacobian(
    W: Float[mx.array, "m n"], x: Float[mx.array, "n"], b: Float[mx.array, "m"]
) -> Float[mx.array, "m n"]:
    r"""The Jacobian of a layer with the sigmoid: a row for each output, a column for each input.

    $$
    J_{ij} = \frac{\partial a_i}{\partial x_j} = a_i (1 - a_i) w_{ij}
    $$

    >>> J = jacobian(W1, x, b1)
    >>> print(J)
    array([[0.144713, -0.265307],
           [0.231381, 0.185105]], dtype=float32)
    """
    a = layer(W, x, b)
    return (a * (1 - a))[:, None] * W  # (m, 1) * (m, n) → (m, n)


def push(
    W: Float[mx.array, "m n"],
    x: Float[mx.array, "n"],
    b: Float[mx.array, "m"],
    u: Float[mx.array, "n"],
) -> Float[mx.array, "m"]:
    r"""JVP of a layer: how all outputs move when the inputs move along u.

    $$
    r_i = \sum_{j=1}^{n} \frac{\partial a_i}{\partial x_j} u_j = a_i (1 - a_i) \sum_{j=1}^{n} w_{ij} u_j
    $$

    >>> u = mx.array([1.0, 2.0])
    >>> r = push(W1, x, b1, u)
    >>> outputs, moved = mx.jvp(lambda x: layer(W1, x, b1), [x], [u])
    >>> print(r)
    array([-0.385901, 0.60159], dtype=float32)
    >>> print(moved[0])
    array([-0.385901, 0.60159], dtype=float32)
    """
    a = layer(W, x, b)
    return a * (1 - a) * (W @ u)  # (m, n) @ (n,) → (m,)


def pull(
    W: Float[mx.array, "m n"],
    x: Float[mx.array, "n"],
    b: Float[mx.array, "m"],
    v: Float[mx.array, "m"],
) -> Float[mx.array, "n"]:
    r"""VJP of a layer: the slopes of a weighted sum of the outputs, with weights v, along all inputs.

    $$
    s_j = \sum_{i=1}^{m} v_i \frac{\partial a_i}{\partial x_j} = \sum_{i=1}^{m} v_i a_i (1 - a_i) w_{ij}
    $$

    >>> v = mx.array([3.0, -1.0])
    >>> s = pull(W1, x, b1, v)
    >>> outputs, slopes = mx.vjp(lambda x: layer(W1, x, b1), [x], [v])
    >>> print(s)
    array([0.202757, -0.981024], dtype=float32)
    >>> print(slopes[0])
    array([0.202757, -0.981024], dtype=float32)
    """
    a = layer(W, x, b)
    return W.T @ (v * a * (1 - a))  # (n, m) @ (m,) → (n,)


def dot_test(
    J: Float[mx.array, "m n"], u: Float[mx.array, "n"], v: Float[mx.array, "m"]
) -> Float[mx.array, ""]:
    r"""One number, reached from either side.

    $$
    c = v^\top (J u) = (J^\top v)^\top u
    $$

    >>> J = jacobian(W1, x, b1)
    >>> c = dot_test(J, mx.array([1.0, 2.0]), mx.array([3.0, -1.0]))
    >>> print(c)
    array(-1.75929, dtype=float32)
    """
    return v @ (J @ u)


def two_layers(
    J1: Float[mx.array, "hidden n"],
    J2: Float[mx.array, "m hidden"],
    u: Float[mx.array, "n"],
    v: Float[mx.array, "m"],
) -> tuple[Float[mx.array, "m n"], Float[mx.array, "m"], Float[mx.array, "n"]]:
    r"""Jacobian, JVP and VJP of two layers, one behind the other.

    $$
    J = J^{(2)} J^{(1)}
    $$

    $$
    r = J u = J^{(2)} (J^{(1)} u)
    $$

    $$
    s = J^\top v = (J^{(1)})^\top ((J^{(2)})^\top v)
    $$

    >>> J1, J2 = jacobian(W1, x, b1), jacobian(W2, layer(W1, x, b1), b2)
    >>> J, r, s = two_layers(J1, J2, mx.array([1.0, 2.0]), mx.array([1.0]))
    >>> both = lambda x: layer(W2, layer(W1, x, b1), b2)
    >>> print(J)
    array([[-0.00774249, -0.0898956]], dtype=float32)
    >>> print(r, s)
    array([-0.187534], dtype=float32) array([-0.00774249, -0.0898956], dtype=float32)
    >>> moved = mx.jvp(both, [x], [mx.array([1.0, 2.0])])[1][0]
    >>> slopes = mx.vjp(both, [x], [mx.array([1.0])])[1][0]
    >>> print(mx.allclose(r, moved), mx.allclose(s, slopes))
    array(True, dtype=bool) array(True, dtype=bool)
    """
    J = J2 @ J1             # (m, hidden) @ (hidden, n) → (m, n)
    r = J2 @ (J1 @ u)       # (n,) → (hidden,) → (m,)
    s = J1.T @ (J2.T @ v)   # (m,) → (hidden,) → (n,)
    return J, r, s


def grad_is_a_vjp():
    """The gradient of the book's loss along its hidden biases: `mx.grad`, then a VJP with a cotangent of 1, then of 2.

    >>> along_b1 = lambda b1: loss(x, y, W1, b1, W2, b2)
    >>> print(mx.grad(along_b1)(b1))
    array([-0.549575, 0.427447], dtype=float32)
    >>> for v in (1.0, 2.0):
    ...     outputs, slopes = mx.vjp(along_b1, [b1], [mx.array(v)])
    ...     print(slopes[0])
    array([-0.549575, 0.427447], dtype=float32)
    array([-1.09915, 0.854895], dtype=float32)
    """


def one_step_back():
    """The error that goes back through the output's weighted sum and ReLU: a VJP whose cotangent is the output error.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> delta2 = output_error(y_hat, y)
    >>> from_z1 = lambda z1: W2 @ relu(z1) + b2
    >>> outputs, slopes = mx.vjp(from_z1, [z1], [delta2])
    >>> print(slopes[0])
    array([-0.549575, 0.427447], dtype=float32)
    >>> print(hidden_error(W2, delta2, z1))
    array([-0.549575, 0.427447], dtype=float32)
    """


def by_columns(
    f: Callable[[mx.array], mx.array], x: Float[mx.array, "n"]
) -> Float[mx.array, "m n"]:
    """The Jacobian of f at x, a column for each input: one JVP after another.

    >>> print(by_columns(lambda x: layer(W1, x, b1), x))
    array([[0.144713, -0.265307],
           [0.231381, 0.185105]], dtype=float32)
    """
    columns = [mx.jvp(f, [x], [e])[1][0] for e in mx.eye(x.size)]
    return mx.stack(columns, axis=1)  # n times (m,) → (m, n)


def by_rows(
    f: Callable[[mx.array], mx.array], x: Float[mx.array, "n"], m: int
) -> Float[mx.array, "m n"]:
    """The Jacobian of f at x, a row for each of its m outputs: one VJP after another.

    >>> print(by_rows(lambda x: layer(W1, x, b1), x, 2))
    array([[0.144713, -0.265307],
           [0.231381, 0.185105]], dtype=float32)
    """
    rows = [mx.vjp(f, [x], [e])[1][0] for e in mx.eye(m)]
    return mx.stack(rows)  # m times (n,) → (m, n)


def passes():
    """How often a wide, a tall and a square function are passed through for their whole Jacobian: counted.

    >>> def f(x):
    ...     passed.append(x.shape)
    ...     return mx.tanh(W @ x)
    >>> mx.random.seed(0)
    >>> print("inputs  outputs  by columns  by rows  equal")
    inputs  outputs  by columns  by rows  equal
    >>> for n, m in ((60, 1), (60, 3), (3, 60), (20, 20)):
    ...     W, start = mx.random.normal((m, n)) / 8, mx.random.normal((n,))
    ...     passed = []
    ...     columns = by_columns(f, start)
    ...     forward_mode, passed = len(passed), []
    ...     rows = by_rows(f, start, m)
    ...     reverse_mode = len(passed)
    ...     equal = mx.allclose(columns, rows, atol=1e-6).item()
    ...     print(f"{n:6} {m:8} {forward_mode:11} {reverse_mode:8}  {equal}")
        60        1          60        1  True
        60        3          60        3  True
         3       60           3       60  True
        20       20          20       20  True
    """


def passes_drawn():
    """Passes for the whole Jacobian of a function with 8 outputs and 1 to 24 inputs, counted.

    >>> def f(x):
    ...     passed.append(x.shape)
    ...     return mx.tanh(W @ x)
    >>> at, start, letters = list(range(1, 25)), 20, ["n", "N"]
    >>> curves = {"JVP": [], "VJP": []}
    >>> for n in at:
    ...     W, passed = mx.ones((8, n)), []
    ...     J = by_columns(f, mx.zeros(n))
    ...     curves["JVP"].append(len(passed))
    ...     passed = []
    ...     J = by_rows(f, mx.zeros(n), 8)
    ...     curves["VJP"].append(len(passed))
    >>> print(curves["JVP"][start - 1], curves["VJP"][start - 1])
    20 8
    """


def with_vmap():
    """Both ways once more, all basis vectors at once: `mx.vmap` adds an axis, and f is passed through once.

    >>> def f(x):
    ...     passed.append(x.shape)
    ...     return layer(W1, x, b1)
    >>> jvp_of = lambda u: mx.jvp(f, [x], [u])[1][0]
    >>> vjp_of = lambda v: mx.vjp(f, [x], [v])[1][0]
    >>> passed = []
    >>> columns = mx.vmap(jvp_of, out_axes=1)(mx.eye(2))  # n = 2
    >>> rows = mx.vmap(vjp_of)(mx.eye(2))                 # m = 2
    >>> print(columns)
    array([[0.144713, -0.265307],
           [0.231381, 0.185105]], dtype=float32)
    >>> print(rows)
    array([[0.144713, -0.265307],
           [0.231381, 0.185105]], dtype=float32)
    >>> print(len(passed))
    2
    """


def two_products():
    """The Jacobian of the hidden layer with the sigmoid, and both its products.

    >>> a, J = layer(W1, x, b1), jacobian(W1, x, b1)
    >>> u, v = mx.array([1.0, 2.0]), mx.array([3.0, -1.0])
    >>> r, s = push(W1, x, b1, u), pull(W1, x, b1, v)
    >>> print(J @ u, r)
    array([-0.385901, 0.60159], dtype=float32) array([-0.385901, 0.60159], dtype=float32)
    >>> print(v @ J, s)
    array([0.202757, -0.981024], dtype=float32) array([0.202757, -0.981024], dtype=float32)
    """


def inverse(X: Float[mx.array, "n n"]) -> Float[mx.array, "n n"]:
    r"""The inverse of a matrix.

    $$
    M = X^{-1}
    $$

    $$
    M X = \mathbf{I}_n
    $$

    >>> X = mx.array([[4.0, 1.0], [2.0, 3.0]])
    >>> M = inverse(X)
    >>> print(M)
    array([[0.3, -0.1],
           [-0.2, 0.4]], dtype=float32)
    """
    return mx.linalg.inv(X, stream=mx.cpu)


def inverse_jvp(
    X: Float[mx.array, "n n"], U: Float[mx.array, "n n"]
) -> Float[mx.array, "n n"]:
    r"""JVP of the inverse: how it moves when the matrix moves along U.

    $$
    p_{ij} = \sum_{k=1}^{n} \sum_{l=1}^{n} \frac{\partial m_{ij}}{\partial x_{kl}} u_{kl}
    $$

    $$
    P X + M U = 0
    $$

    $$
    P = -M U M
    $$

    >>> X = mx.array([[4.0, 1.0], [2.0, 3.0]])
    >>> U = mx.array([[1.0, 0.0], [0.0, 0.0]])
    >>> P = inverse_jvp(X, U)
    >>> print(P)
    array([[-0.09, 0.03],
           [0.06, -0.02]], dtype=float32)
    """
    M = inverse(X)
    return -M @ U @ M


def inverse_vjp(
    X: Float[mx.array, "n n"], V: Float[mx.array, "n n"]
) -> Float[mx.array, "n n"]:
    r"""VJP of the inverse: slopes of its entries, weighted by V and added up, along the matrix.

    $$
    q_{kl} = \sum_{i=1}^{n} \sum_{j=1}^{n} v_{ij} \frac{\partial m_{ij}}{\partial x_{kl}} = -\sum_{i=1}^{n} \sum_{j=1}^{n} v_{ij} m_{ik} m_{lj}
    $$

    $$
    Q = -M^\top V M^\top
    $$

    >>> X = mx.array([[4.0, 1.0], [2.0, 3.0]])
    >>> V = mx.array([[1.0, 0.0], [0.0, 0.0]])
    >>> Q = inverse_vjp(X, V)
    >>> print(Q)
    array([[-0.09, 0.06],
           [0.03, -0.02]], dtype=float32)
    """
    M = inverse(X)
    return -M.T @ V @ M.T


def by_entries(X: Float[mx.array, "2 2"]) -> Float[mx.array, "2 2"]:
    r"""The inverse of a matrix of two rows and two columns, by its entries: MLX can differentiate this.

    $$
    M = \frac{1}{x_{11} x_{22} - x_{12} x_{21}} \begin{bmatrix} x_{22} & -x_{12} \\ -x_{21} & x_{11} \end{bmatrix}
    $$

    >>> X = mx.array([[4.0, 1.0], [2.0, 3.0]])
    >>> M = by_entries(X)
    >>> print(M)
    array([[0.3, -0.1],
           [-0.2, 0.4]], dtype=float32)
    """
    turned = mx.stack([X[1, 1], -X[0, 1], -X[1, 0], X[0, 0]]).reshape(2, 2)
    return turned / (X[0, 0] * X[1, 1] - X[0, 1] * X[1, 0])


def hand_written():
    """`inverse` with a gradient of its own, in three ways, with a cotangent that is not 1.

    >>> invert = mx.custom_function(inverse)
    >>> @invert.vjp
    ... def back(X, V, M):
    ...     return -M.T @ V @ M.T
    >>> X, V = mx.array([[4.0, 1.0], [2.0, 3.0]]), mx.array([[1.0, -2.0], [0.5, 3.0]])
    >>> by_hand = mx.grad(lambda X: (V * invert(X)).sum())(X)
    >>> mx_grad = mx.grad(lambda X: (V * by_entries(X)).sum())(X)
    >>> weighed = lambda X: (np.array(V) * np.linalg.inv(X)).sum()
    >>> finite_difference = central_difference(weighed, np.array(X, np.float64))
    >>> print(by_hand)
    array([[-0.18, 0.52],
           [0.11, -0.54]], dtype=float32)
    >>> print(agree(by_hand, mx_grad, finite_difference))
    True
    """


def no_gradient():
    """Functions of MLX, asked for a JVP and a VJP.

    >>> A, b, la, cpu = mx.array([[4.0, 1.0], [1.0, 3.0]]), mx.ones(2), mx.linalg, mx.cpu
    >>> functions = {
    ...     "inv": lambda A: la.inv(A, stream=cpu),
    ...     "pinv": lambda A: la.pinv(A, stream=cpu),
    ...     "solve(A, b), along A": lambda A: la.solve(A, b, stream=cpu),
    ...     "lu": lambda A: la.lu(A, stream=cpu)[1],
    ...     "qr": lambda A: la.qr(A, stream=cpu)[1],
    ...     "cholesky": lambda A: la.cholesky(A, stream=cpu),
    ...     "eigh": lambda A: la.eigh(A, stream=cpu)[0],
    ...     "svd": lambda A: la.svd(A, stream=cpu)[1],
    ...     "norm(A, ord=2)": lambda A: la.norm(A, ord=2, stream=cpu),
    ...     "conv1d": lambda A: mx.conv1d(A[None], mx.ones((1, 2, 2))),
    ...     "cumprod": lambda A: mx.cumprod(A, axis=0),
    ...     "cummax": lambda A: mx.cummax(A, axis=0),
    ...     "at[i].add": lambda A: mx.zeros(2).at[mx.array([0, 0])].add(A[0]),
    ...     "solve(A, b), along b": lambda b: la.solve(A, b, stream=cpu),
    ...     "det": lambda A: la.det(A, stream=cpu),
    ...     "norm(A)": lambda A: la.norm(A, stream=cpu),
    ...     "sort": lambda A: mx.sort(A),
    ... }
    >>> def can(ask):
    ...     try:
    ...         mx.eval(ask())
    ...     except (ValueError, RuntimeError):
    ...         return "no"
    ...     return "yes"
    >>> print(f"{'':22}JVP  VJP")
                          JVP  VJP
    >>> for name, f in functions.items():
    ...     jvp = can(lambda: mx.jvp(f, [A], [A])[1])
    ...     vjp = can(lambda: mx.vjp(f, [A], [f(A)])[1])
    ...     print(f"{name:22}{jvp:4} {vjp}")
    inv                   no   no
    pinv                  no   no
    solve(A, b), along A  no   no
    lu                    no   no
    qr                    no   no
    cholesky              no   no
    eigh                  no   no
    svd                   no   no
    norm(A, ord=2)        no   no
    conv1d                no   yes
    cumprod               no   yes
    cummax                no   yes
    at[i].add             no   yes
    solve(A, b), along b  yes  yes
    det                   yes  yes
    norm(A)               yes  yes
    sort                  yes  yes
    """


def steps_and_casts():
    """Functions whose gradient is there: 0 where they are flat, and two that are wrong.

    >>> functions = {
    ...     "floor": mx.floor,
    ...     "round": mx.round,
    ...     "sign": mx.sign,
    ...     "argmax": lambda x: mx.argmax(mx.stack([x, x + 1])).astype(mx.float32),
    ...     "x > 0": lambda x: (x > 0).astype(mx.float32),
    ...     "stop_gradient": mx.stop_gradient,
    ...     "astype(mx.int32)": lambda x: x.astype(mx.int32).astype(mx.float32),
    ...     "divmod(x, 2)[1]": lambda x: mx.divmod(x, 2)[1],
    ...     "x % 2": lambda x: x % 2,
    ... }
    >>> x, v = mx.array(2.25), mx.array(1.5)
    >>> for name, f in functions.items():
    ...     slope = mx.vjp(f, [x], [v])[1][0].item()
    ...     print(f"{name:18}{slope:g}")
    floor             0
    round             0
    sign              0
    argmax            0
    x > 0             0
    stop_gradient     0
    astype(mx.int32)  1
    divmod(x, 2)[1]   0
    x % 2             1.5
    """


def factor_forgotten():
    """Slope of c + ab/2 along a, by JVP and by VJP: in one call, and written out.

    >>> c, a, b = mx.array([[1.0]]), mx.array([[2.0]]), mx.array([[3.0]])
    >>> in_one = lambda a: mx.addmm(c, a, b, alpha=0.5)
    >>> written = lambda a: c + 0.5 * (a @ b)
    >>> one = mx.ones((1, 1))
    >>> for f in (in_one, written):
    ...     forward, back = mx.jvp(f, [a], [one])[1][0], mx.vjp(f, [a], [one])[1][0]
    ...     print(forward.item(), back.item())
    3.0 1.5
    1.5 1.5
    """


def forgotten_cotangent():
    """A backward of one's own that does not multiply by the cotangent: right when alone, wrong inside ten times it.

    >>> square = mx.custom_function(lambda x: x * x)
    >>> @square.vjp
    ... def back(x, v, a):
    ...     return 2 * x
    >>> x = mx.array([1.0, 3.0])
    >>> print(mx.grad(lambda x: square(x).sum())(x))
    array([2, 6], dtype=float32)
    >>> print(mx.grad(lambda x: (10 * square(x)).sum())(x))
    array([2, 6], dtype=float32)
    """


def kept_cotangent():
    """The same, times the cotangent.

    >>> square = mx.custom_function(lambda x: x * x)
    >>> @square.vjp
    ... def back(x, v, a):
    ...     return v * 2 * x
    >>> x = mx.array([1.0, 3.0])
    >>> print(mx.grad(lambda x: square(x).sum())(x))
    array([2, 6], dtype=float32)
    >>> print(mx.grad(lambda x: (10 * square(x)).sum())(x))
    array([20, 60], dtype=float32)
    """


def captured():
    """A backward of one's own around a matrix from outside: no gradient reaches that matrix.

    >>> def total(W):
    ...     times_W = mx.custom_function(lambda x: W @ x)
    ...     @times_W.vjp
    ...     def back(x, v, z):
    ...         return W.T @ v
    ...     return times_W(x).sum()
    >>> print(mx.grad(total)(W1))
    array([[0, 0],
           [0, 0]], dtype=float32)
    """


def handed_in():
    """The matrix as an argument, with a slope of its own.

    >>> product = mx.custom_function(lambda W, x: W @ x)
    >>> @product.vjp
    ... def back(primals, v, z):
    ...     W, x = primals
    ...     return mx.outer(v, x), W.T @ v
    >>> print(mx.grad(lambda W: product(W, x).sum())(W1))
    array([[0.5, 0.2],
           [0.5, 0.2]], dtype=float32)
    """


def wrong_product():
    """A JVP where a VJP was meant: as many outputs as inputs, so nothing is raised.

    >>> f = lambda x: layer(W1, x, b1)
    >>> u, v = mx.array([1.0, 2.0]), mx.array([3.0, -1.0])
    >>> r = mx.jvp(f, [x], [u])[1][0]
    >>> s = mx.jvp(f, [x], [v])[1][0]
    >>> print(s)
    array([0.699445, 0.509038], dtype=float32)
    >>> print(v @ r, s @ u)
    array(-1.75929, dtype=float32) array(1.71752, dtype=float32)
    """


def right_product():
    """The VJP: both ways to the number agree.

    >>> f = lambda x: layer(W1, x, b1)
    >>> u, v = mx.array([1.0, 2.0]), mx.array([3.0, -1.0])
    >>> r = mx.jvp(f, [x], [u])[1][0]
    >>> s = mx.vjp(f, [x], [v])[1][0]
    >>> print(s)
    array([0.202757, -0.981024], dtype=float32)
    >>> print(v @ r, s @ u)
    array(-1.75929, dtype=float32) array(-1.75929, dtype=float32)
    """


def remainder():
    """The slope of the remainder of 5.5 divided by 2, from `mx.divmod`: 0, where it is 1.

    >>> slope = mx.grad(lambda x: mx.divmod(x, 2)[1])(mx.array(5.5))
    >>> print(slope)
    array(0, dtype=float32)
    """


def percent_sign():
    """The same from `%`.

    >>> slope = mx.grad(lambda x: x % 2)(mx.array(5.5))
    >>> print(slope)
    array(1, dtype=float32)
    """
