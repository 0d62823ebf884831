"""The training loop: a mean loss over a batch, its gradients, an update."""

import io
from functools import partial

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float, Num

from snippets.forward import SimpleNN

# --8<-- [start:data]
inputs = mx.array([[0.5, 0.2], [0.7, 0.1]])  # (2, 2)
targets = mx.array([[1], [0]])               # (2, 1)
# --8<-- [end:data]


def mean_loss(
    y_hat: Float[mx.array, "N"], y: Num[mx.array, "N"]
) -> Float[mx.array, ""]:
    r"""Mean binary cross-entropy of N predictions, in nats.

    $$
    L = -\frac{1}{N} \sum_{n=1}^{N} \left( y_n \log(\hat{y}_n)
        + (1 - y_n) \log(1 - \hat{y}_n) \right)
    $$

    >>> y_hat = mx.array([0.8, 0.4])
    >>> y = mx.array([1.0, 0.0])
    >>> L1 = mean_loss(y_hat[:1], y[:1])
    >>> L2 = mean_loss(y_hat[1:], y[1:])
    >>> L = mean_loss(y_hat, y)
    >>> print(L1)
    array(0.223144, dtype=float32)
    >>> print(L2)
    array(0.510826, dtype=float32)
    >>> print(L)
    array(0.366985, dtype=float32)
    """
    if_one = y * mx.log(y_hat)             # (N,)
    if_zero = (1 - y) * mx.log(1 - y_hat)  # (N,)
    return -(if_one + if_zero).mean()


def loss_fn(
    model: nn.Module,
    inputs: Float[mx.array, "N features"],
    targets: Num[mx.array, "N 1"],
) -> Float[mx.array, ""]:
    """Mean loss on a batch of a model whose last step is a sigmoid.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> loss = loss_fn(model, inputs, targets)
    >>> print(f"{loss.item():.4f}")
    0.6807
    """
    y_hat = model(inputs)  # (N, 2) → (N, 1)
    return nn.losses.binary_cross_entropy(
        y_hat, targets, with_logits=False
    )


def one_step():
    """One step: loss and gradients, then the update, then the evaluation.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> before = model.fc2.bias
    >>> loss, grads = loss_and_grad(model, inputs, targets)
    >>> print(grads["fc2"]["bias"])  # ∂L/∂b2
    array([-0.00384688], dtype=float32)
    >>> optimizer.update(model, grads)
    >>> mx.eval(model.parameters(), optimizer.state)
    >>> moved = (model.fc2.bias - before).item()
    >>> print(f"{moved:.6f}")
    0.003162
    """


def thousand_epochs():
    """The whole loop: 1000 epochs on two points, the loss at every 100th.

    Tolerance: 1e-3 (1000 steps in float32; each device rounds differently)

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> for epoch in range(1000):
    ...     loss, grads = loss_and_grad(model, inputs, targets)
    ...     optimizer.update(model, grads)
    ...     mx.eval(model.parameters(), optimizer.state)
    ...
    ...     if epoch % 100 == 0:
    ...         print(f"Epoch {epoch}, Loss: {loss.item():.4f}")
    Epoch 0, Loss: 0.6807
    Epoch 100, Loss: 0.6304
    Epoch 200, Loss: 0.5794
    Epoch 300, Loss: 0.5311
    Epoch 400, Loss: 0.4858
    Epoch 500, Loss: 0.4440
    Epoch 600, Loss: 0.4057
    Epoch 700, Loss: 0.3704
    Epoch 800, Loss: 0.3381
    Epoch 900, Loss: 0.3086
    >>> y_hat = model(inputs)
    >>> print(f"{y_hat[0].item():.3f} {y_hat[1].item():.3f}")
    0.753 0.244
    """


def compiled_epochs():
    """The same thousand epochs, each one step that MLX has prepared as a whole.

    Tolerance: 1e-3 (1000 steps in float32; each device rounds differently)

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> optimizer.init(model.trainable_parameters())
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> state = [model.state, optimizer.state]
    >>> @partial(mx.compile, inputs=state, outputs=state)
    ... def step(inputs, targets):
    ...     loss, grads = loss_and_grad(model, inputs, targets)
    ...     optimizer.update(model, grads)
    ...     return loss
    >>> for epoch in range(1000):
    ...     loss = step(inputs, targets)
    ...     mx.eval(state)
    ...
    ...     if epoch % 300 == 0:
    ...         print(f"Epoch {epoch}, Loss: {loss.item():.4f}")
    Epoch 0, Loss: 0.6807
    Epoch 300, Loss: 0.5311
    Epoch 600, Loss: 0.4057
    Epoch 900, Loss: 0.3086
    """


def state_not_read():
    """A compiled step without `inputs=state`: it reads the parameters as they were at the first call.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> optimizer.init(model.trainable_parameters())
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> state = [model.state, optimizer.state]
    >>> @partial(mx.compile, outputs=state)
    ... def step(inputs, targets):
    ...     loss, grads = loss_and_grad(model, inputs, targets)
    ...     optimizer.update(model, grads)
    ...     return loss
    >>> for epoch in range(3):
    ...     loss = step(inputs, targets)
    ...     mx.eval(state)
    ...     print(f"Epoch {epoch}, Loss: {loss.item():.4f}")
    Epoch 0, Loss: 0.6807
    Epoch 1, Loss: 0.6807
    Epoch 2, Loss: 0.6807
    """


def waiting(array: mx.array) -> int:
    """Number of operations that must still run before an array has a value.

    >>> a = mx.array(2.0)
    >>> b = a * a + a
    >>> print(waiting(b))
    2
    >>> mx.eval(b)
    >>> print(waiting(b))
    0
    """
    graph = io.StringIO()
    mx.export_to_dot(graph, array)
    return graph.getvalue().count("label")


def squared_error(
    model: nn.Module,
    inputs: Float[mx.array, "N features"],
    targets: Num[mx.array, "N 1"],
) -> Float[mx.array, ""]:
    """Mean squared error of a model on a batch."""
    return nn.losses.mse_loss(model(inputs), targets)


def forgotten_eval():
    """A loop without mx.eval: the work that waits grows with every step.

    >>> mx.random.seed(0)
    >>> model = nn.Linear(2, 1)
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> loss_and_grad = nn.value_and_grad(model, squared_error)
    >>> for epoch in range(4):
    ...     loss, grads = loss_and_grad(model, inputs, targets)
    ...     optimizer.update(model, grads)
    ...     print(epoch, waiting(model.weight))
    0 69
    1 129
    2 185
    3 241
    """


def evaluated():
    """The same loop with mx.eval: after every step nothing waits.

    >>> mx.random.seed(0)
    >>> model = nn.Linear(2, 1)
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> loss_and_grad = nn.value_and_grad(model, squared_error)
    >>> for epoch in range(4):
    ...     loss, grads = loss_and_grad(model, inputs, targets)
    ...     optimizer.update(model, grads)
    ...     mx.eval(model.parameters(), optimizer.state)
    ...     print(epoch, waiting(model.weight))
    0 0
    1 0
    2 0
    3 0
    """
