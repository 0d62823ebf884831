"""Each line of a loop in PyTorch's style: what it does in MLX, and MLX's own form."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float, Num

from snippets.forward import SimpleNN
from snippets.training import inputs, loss_fn, targets


class ForwardNN(nn.Module):
    """A module with `forward`, called as a function: raises TypeError.

    >>> model = ForwardNN()
    >>> output = model(mx.array([[0.5, 0.2]]))
    Traceback (most recent call last):
        ...
    TypeError: 'ForwardNN' object is not callable
    """

    def __init__(self):
        super(ForwardNN, self).__init__()
        self.fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 1)
        self.relu = nn.ReLU()
        self.sigmoid = nn.Sigmoid()

    def forward(self, x: Float[mx.array, "batch 2"]) -> Float[mx.array, "batch 1"]:
        x = self.relu(self.fc1(x))
        x = self.sigmoid(self.fc2(x))
        return x


class CallNN(nn.Module):
    """The same module with `__call__`.

    >>> mx.random.seed(0)
    >>> model = CallNN()
    >>> output = model(mx.array([[0.5, 0.2]]))
    >>> print(output)
    array([[0.502438]], dtype=float32)
    """

    def __init__(self):
        super(CallNN, self).__init__()
        self.fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 1)
        self.relu = nn.ReLU()
        self.sigmoid = nn.Sigmoid()

    def __call__(self, x: Float[mx.array, "batch 2"]) -> Float[mx.array, "batch 1"]:
        x = self.relu(self.fc1(x))
        x = self.sigmoid(self.fc2(x))
        return x


def bce_class():
    """A loss as a class: raises AttributeError.

    >>> loss_fn = nn.BCELoss()
    Traceback (most recent call last):
        ...
    AttributeError: module 'mlx.nn' has no attribute 'BCELoss'
    """


def bce_function():
    """A loss as a function; of probabilities, so with_logits=False.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> outputs = model(inputs)
    >>> loss = nn.losses.binary_cross_entropy(
    ...     outputs, targets, with_logits=False
    ... )
    >>> print(loss)
    array(0.680685, dtype=float32)
    """


def optim_in_nn():
    """The optimizers looked for in nn: raises AttributeError.

    >>> model = SimpleNN()
    >>> optimizer = nn.optim.Adam(model.parameters(), lr=0.001)
    Traceback (most recent call last):
        ...
    AttributeError: module 'mlx.nn' has no attribute 'optim'
    """


def adam_lr():
    """The right module, PyTorch's arguments: raises TypeError.

    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(model.parameters(), lr=0.001)
    Traceback (most recent call last):
        ...
    TypeError: Adam.__init__() got an unexpected keyword argument 'lr'
    """


def adam_learning_rate():
    """An optimizer that knows its learning rate and no parameters yet.

    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> print(optimizer.learning_rate)
    array(0.001, dtype=float32)
    """


def zero_grad():
    """Gradients to be cleared: raises AttributeError.

    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> optimizer.zero_grad()
    Traceback (most recent call last):
        ...
    AttributeError: 'Adam' object has no attribute 'zero_grad'
    """


def fresh_gradients():
    """Two calls give the same gradients: nothing accumulates.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> loss, first = loss_and_grad(model, inputs, targets)
    >>> loss, second = loss_and_grad(model, inputs, targets)
    >>> print(first["fc2"]["bias"])
    array([-0.00384688], dtype=float32)
    >>> print(second["fc2"]["bias"])
    array([-0.00384688], dtype=float32)
    """


def loss_backward():
    """A loss that is to find its own gradients: raises AttributeError.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> loss = loss_fn(model, inputs, targets)
    >>> loss.backward()
    Traceback (most recent call last):
        ...
    AttributeError: 'array' object has no attribute 'backward'
    """


def value_and_grad():
    """A function that returns the loss and the gradients.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> loss, grads = loss_and_grad(model, inputs, targets)
    >>> print(loss)
    array(0.680685, dtype=float32)
    >>> print(grads["fc1"]["weight"])  # ∂L/∂W1
    array([[-0.0208692, 0.0112022],
           [0, 0]], dtype=float32)
    """


def optimizer_step():
    """The optimizer's step called: it is a counter, raises TypeError.

    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> print(optimizer.step)
    array(0, dtype=uint64)
    >>> optimizer.step()
    Traceback (most recent call last):
        ...
    TypeError: 'array' object is not callable
    """


def optimizer_update():
    """The update is given the model and the gradients; then it is evaluated.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(learning_rate=0.001)
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> loss, grads = loss_and_grad(model, inputs, targets)
    >>> optimizer.update(model, grads)
    >>> mx.eval(model.parameters(), optimizer.state)
    >>> print(optimizer.step)
    array(1, dtype=uint64)
    >>> print(loss_fn(model, inputs, targets))
    array(0.680482, dtype=float32)
    """


def item():
    """`item` gives a Python number, as in PyTorch.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> loss = loss_fn(model, inputs, targets)
    >>> print(f"Epoch {0}, Loss: {loss.item():.4f}")
    Epoch 0, Loss: 0.6807
    """


def adam_parameters():
    """Parameters as Adam's first argument, which is the learning rate.

    >>> model = SimpleNN()
    >>> optimizer = optim.Adam(model.parameters())
    Traceback (most recent call last):
        ...
    ValueError: Invalid type dict received in array initialization.
    """


def line_loss(
    model: nn.Module, xs: Num[mx.array, "N 1"], ys: Num[mx.array, "N 1"]
) -> Float[mx.array, ""]:
    """Mean squared error of a model on points of a line.

    Tolerance: 1e-4 (200 steps in float32; each device rounds differently)

    >>> xs = mx.array([[0.0], [1.0], [2.0]])
    >>> ys = mx.array([[1.0], [3.0], [5.0]])
    >>> mx.random.seed(0)
    >>> model = nn.Linear(1, 1)
    >>> optimizer = optim.SGD(learning_rate=0.1)
    >>> loss_and_grad = nn.value_and_grad(model, line_loss)
    >>> for step in range(200):
    ...     loss, grads = loss_and_grad(model, xs, ys)
    ...     optimizer.update(model, grads)
    ...     mx.eval(model.parameters(), optimizer.state)
    >>> slope, intercept = model.weight.item(), model.bias.item()
    >>> print(f"{slope:.3f} {intercept:.3f}")
    2.000 1.000
    """
    return nn.losses.mse_loss(model(xs), ys)
