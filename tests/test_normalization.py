"""What full/normalization says of the three layers, held against the installed MLX."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
import pytest
from mlx.utils import tree_flatten

from snippets.backward import central_difference
from snippets.batch_norm import batch_norm, batch_norm_backward, batch_norm_eval, running_statistics
from snippets.layer_norm import layer_norm, layer_norm_backward
from snippets.normalization import standardized, standardized_slopes
from snippets.rms_norm import rms_norm, rms_norm_backward

EPSILON = 1e-5
RNG = np.random.default_rng(0)
SHAPES = [(5, 3), (3, 7), (2, 4)]


def drawn(shape):
    """Batch, scale, shift, and the slopes that come back."""
    _, n = shape
    return (
        RNG.normal(1, 2, shape),
        RNG.normal(0, 1, n),
        RNG.normal(0, 1, n),
        RNG.normal(0, 1, shape),
    )


def exact(name, X, gamma, beta):
    """The same in NumPy's float64."""
    axis = 0 if name == "BatchNorm" else 1
    mu = 0 if name == "RMSNorm" else X.mean(axis, keepdims=True)
    v = ((X - mu) ** 2).mean(axis, keepdims=True)
    return gamma * (X - mu) / np.sqrt(v + EPSILON) + (0 if name == "RMSNorm" else beta)


def by_hand(name, X, gamma, beta, back):
    """Output and slopes of a batch, from the functions of one column or of one row."""
    if name == "BatchNorm":
        down = {"in_axes": (1, 0, 0), "out_axes": 1}
        output = mx.vmap(lambda x, g, b: batch_norm(x, g, b, EPSILON), **down)(X, gamma, beta)
        columns = [
            batch_norm_backward(X[:, j], gamma[j], beta[j], EPSILON, back[:, j])
            for j in range(X.shape[1])
        ]
        dL_dgamma, dL_dbeta, dL_dX = zip(*columns, strict=True)
        return output, [mx.stack(dL_dX, axis=1), mx.stack(dL_dgamma), mx.stack(dL_dbeta)]
    if name == "RMSNorm":
        output = mx.stack([rms_norm(x, gamma, EPSILON)[-1] for x in X])
        rows = [rms_norm_backward(x, gamma, EPSILON, g) for x, g in zip(X, back, strict=True)]
    else:
        output = mx.stack([layer_norm(x, gamma, beta, EPSILON) for x in X])
        rows = [
            layer_norm_backward(x, gamma, beta, EPSILON, g) for x, g in zip(X, back, strict=True)
        ]
    *learned, dL_dX = zip(*rows, strict=True)
    return output, [mx.stack(dL_dX), *(mx.stack(each).sum(axis=0) for each in learned)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm", "RMSNorm"])
def test_forward_and_backward_are_those_of_mlx_in_three_ways(name, shape):
    X, gamma, beta, back = drawn(shape)
    given = [mx.array(a.astype(np.float32)) for a in (X, gamma, beta, back)]
    layer, output = getattr(nn, name)(shape[1]), by_hand(name, *given)[0]

    def mlx(X, gamma, beta):
        layer.weight = gamma
        if "bias" in layer:
            layer.bias = beta
        return layer(X)

    assert np.array(output) == pytest.approx(np.array(mlx(*given[:3])), abs=1e-5)
    count = 2 if name == "RMSNorm" else 3
    autodiff = mx.grad(lambda *p: (given[3] * mlx(*p)).sum(), argnums=tuple(range(count)))
    slopes = by_hand(name, *given)[1]
    for k, (hand, auto) in enumerate(zip(slopes, autodiff(*given[:3]), strict=True)):
        parameters = [X, gamma, beta]

        def loss(w, k=k, parameters=parameters):
            return (back * exact(name, *parameters[:k], w, *parameters[k + 1 :])).sum()

        finite = central_difference(loss, parameters[k])
        assert np.array(hand) == pytest.approx(np.array(auto), abs=3e-5, rel=1e-4)
        assert np.array(hand) == pytest.approx(finite, abs=3e-5, rel=1e-4)


def test_the_slopes_of_the_step_are_its_jacobian():
    x = mx.array([0.6, 1.8, 2.2, 3.4])
    rows = [mx.grad(lambda x, i=i: standardized(x, EPSILON)[3][i])(x) for i in range(4)]
    slopes = standardized_slopes(x, EPSILON)
    assert mx.allclose(slopes, mx.stack(rows), atol=1e-5) and mx.allclose(slopes, slopes.T)


def test_no_standardized_number_is_beyond_the_root_of_all_but_one():
    for n in (2, 4, 9):
        x = mx.array([1e3] + [float(k) for k in range(n - 1)])
        assert mx.abs(standardized(x, EPSILON)[3]).max().item() <= (n - 1) ** 0.5 + 1e-5


# ---- MLX's layers


def test_the_running_variance_divides_by_one_less():
    """Unbiased since 0.32.1; the batch itself is divided by the root of the biased one."""
    X = mx.array([[1.0, 0.0], [2.0, 4.0], [6.0, 8.0]])
    layer = nn.BatchNorm(2)
    mx.eval(layer(X))
    assert np.array(layer.running_mean) == pytest.approx([0.3, 0.4])
    assert np.array(layer.running_var) == pytest.approx([1.6, 2.5], rel=1e-5)
    layer, r, q = nn.BatchNorm(1, momentum=0.3), 0.0, 1.0
    for k in range(4):
        x = X[:, 0] * (k + 1)
        mx.eval(layer(x[:, None]))
        r, q = running_statistics(r, q, x, 0.3)
    assert layer.running_mean.item() == pytest.approx(r.item(), rel=1e-5)
    assert layer.running_var.item() == pytest.approx(q.item(), rel=1e-5)


def test_defaults():
    for layer in (nn.BatchNorm(2), nn.LayerNorm(2), nn.RMSNorm(2)):
        assert layer.eps == EPSILON
    assert nn.BatchNorm(2).momentum == 0.1
    assert "bias" not in nn.RMSNorm(2) and "running_mean" not in nn.LayerNorm(2)


def test_evaluation_is_a_straight_line():
    X, gamma, beta, _ = (mx.array(a.astype(np.float32)) for a in drawn((6, 3)))
    layer = nn.BatchNorm(3)
    layer.weight, layer.bias = gamma, beta
    mx.eval(layer(X))
    layer.eval()
    r, q = layer.running_mean, layer.running_var
    for j in range(3):
        given = (p[j].item() for p in (gamma, beta, r, q))
        assert mx.allclose(layer(X)[:, j], batch_norm_eval(X[:, j], *given, EPSILON), atol=1e-5)
    a = gamma / mx.sqrt(q + EPSILON)
    slope = mx.grad(lambda X: layer(X).sum())(X)
    assert mx.allclose(slope, mx.broadcast_to(a, X.shape), atol=1e-5)
    assert mx.array_equal(layer.running_mean, r)


def test_one_example_raises_in_training_only():
    with pytest.raises(ValueError, match="more than one value per channel"):
        nn.BatchNorm(2)(mx.ones((1, 2)))
    assert nn.BatchNorm(2).eval()(mx.ones((1, 2))).shape == (1, 2)
    for layer in (nn.LayerNorm(2), nn.RMSNorm(2)):
        assert layer(mx.ones((1, 2))).shape == (1, 2)
    assert nn.BatchNorm(2)(mx.ones((1, 3, 3, 2))).shape == (1, 3, 3, 2)  # nine values per channel


def names(model):
    return {name.split(".")[-1] for name, _ in tree_flatten(model.trainable_parameters())}


def test_unfreezing_a_model_frees_the_running_statistics():
    norm = nn.BatchNorm(2)
    norm.freeze()
    norm.unfreeze()
    assert names(norm) == {"weight", "bias"}
    model = nn.Sequential(nn.BatchNorm(2), nn.Linear(2, 1))
    assert names(model) == {"weight", "bias"}
    model.freeze()
    model.unfreeze()
    assert names(model) == {"weight", "bias", "running_mean", "running_var"}
    model.eval()
    before = model.layers[0].running_mean
    _, grads = nn.value_and_grad(model, lambda X: model(X).sum())(mx.array([[1.0, 2.0]]))
    optim.SGD(learning_rate=0.1).update(model, grads)
    assert not mx.array_equal(model.layers[0].running_mean, before)
    model.layers[0].unfreeze()
    assert names(model) == {"weight", "bias"}


def test_freezing_does_not_stop_the_running_statistics():
    norm, X = nn.BatchNorm(1), mx.array([[10.0], [12.0]])
    norm.freeze()
    mx.eval(norm(X))
    assert norm.running_mean.item() == pytest.approx(1.1)
    norm.eval()
    mx.eval(norm(X))
    assert norm.running_mean.item() == pytest.approx(1.1)


def test_float16_breaks_batch_and_group_but_not_layer_and_rms():
    X = mx.array([[300.0, -300.0], [-300.0, 300.0]], dtype=mx.float16)
    assert mx.isinf(mx.var(X, axis=0)).all()
    assert mx.abs(nn.BatchNorm(2)(X)).max().item() == 0
    assert mx.abs(nn.GroupNorm(1, 2)(X)).max().item() == 0
    for layer in (nn.LayerNorm(2), nn.RMSNorm(2)):
        assert mx.allclose(mx.abs(layer(X)).astype(mx.float32), mx.ones((2, 2)), atol=1e-2)
    for dtype in (mx.float32, mx.bfloat16):
        output = nn.BatchNorm(2)(X.astype(dtype)).astype(mx.float32)
        assert mx.allclose(mx.abs(output), mx.ones((2, 2)), atol=1e-2)


def test_checkpoint_moves_the_running_mean_twice():
    norm, X = nn.BatchNorm(1), mx.array([[1.0], [3.0]])
    call = nn.utils.checkpoint(norm)
    mx.eval(nn.value_and_grad(norm, lambda X: call(X).sum())(X), norm.state)
    assert norm.running_mean.item() == pytest.approx(0.38)  # once would be 0.2


def test_a_bias_in_front_does_nothing_and_the_scale_of_weights_neither():
    X, W, back = (mx.random.normal(s, key=mx.random.key(k)) for k, s in enumerate(
        [(6, 3), (2, 3), (6, 2)]))  # fmt: skip
    norm = nn.BatchNorm(2, eps=1e-12)

    def loss(W, b):
        return (back * norm(X @ W.T + b)).sum()

    dL_dW, dL_db = mx.grad(loss, argnums=(0, 1))(W, mx.ones(2))
    assert mx.abs(dL_db).max().item() < 1e-5
    assert mx.abs((W * dL_dW).sum(axis=1)).max().item() < 1e-5
    assert mx.allclose(mx.grad(loss)(10 * W, mx.ones(2)), dL_dW / 10, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_batch_norms_gradients_grow_through_a_deep_plain_network(seed):
    mx.random.seed(seed)
    n, layers = 64, 50
    x, delta = mx.random.normal((16, n)), mx.random.normal((16, n))
    weights = [nn.Linear(n, n).weight for _ in range(layers)]

    def ratio(norm):
        def loss(weights):
            a = x
            for W in weights:
                a = nn.relu(norm(a @ W.T))
            return (delta * a).sum()

        first, *_, last = mx.grad(loss)(weights)
        return (mx.abs(first).mean() / mx.abs(last).mean()).item()

    assert 1e4 < ratio(nn.BatchNorm(n)) < 1e6
    assert 0.05 < ratio(nn.LayerNorm(n)) < 20 and 0.05 < ratio(nn.RMSNorm(n)) < 20
