"""Softmax regression on Fisher's irises: three species, four features, every gradient by hand."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float, Int, Integer
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

from snippets.breast_cancer import standardize


def irises() -> tuple[
    Float[mx.array, "100 4"], Float[mx.array, "50 4"],
    Int[mx.array, "100"], Int[mx.array, "50"],
]:
    """The data: 100 flowers to train on and 50 held out, standardized.

    Labels: 0 setosa, 1 versicolor, 2 virginica. The means and standard deviations
    are those of the training part. Source: scikit-learn's iris set.

    >>> X_train, X_test, y_train, y_test = irises()
    >>> print(X_train.shape, X_test.shape, y_train[:6])
    (100, 4) (50, 4) array([0, 2, 1, 0, 0, 0], dtype=int64)
    """
    X, y = load_iris(return_X_y=True)
    X_train, X_test, y_train, y_test = map(mx.array, train_test_split(
        X, y, test_size=50, stratify=y, random_state=0
    ))
    mu, s = X_train.mean(axis=0), mx.std(X_train, axis=0)
    return standardize(X_train, mu, s), standardize(X_test, mu, s), y_train, y_test


def one_hot(labels: Int[mx.array, "N"], K: int) -> Float[mx.array, "N K"]:
    """Class numbers as rows that are 1 at the class and 0 elsewhere.

    >>> print(one_hot(mx.array([0, 2]), 3))
    array([[1, 0, 0],
           [0, 0, 1]], dtype=float32)
    """
    return mx.eye(K)[labels]  # (N,) → (N, K)


def forward_softmax(
    X: Float[mx.array, "N in"], W: Float[mx.array, "K in"], b: Float[mx.array, "K"]
) -> tuple[Float[mx.array, "N K"], Float[mx.array, "N K"]]:
    r"""Logits and probabilities of a batch, in the order Z, P.

    $$
    Z = X W^\top + \mathbf{1}_N b^\top
    $$

    $$
    p_{nk} = \frac{e^{z_{nk}}}{\sum_{j=1}^{K} e^{z_{nj}}}
    $$
    """
    Z = X @ W.T + b                   # (N, 4) @ (4, 3) + (3,) → (N, 3)
    return Z, mx.softmax(Z, axis=-1)  # each row by itself


def batch_cross_entropy(
    X: Float[mx.array, "N in"],
    Y: Float[mx.array, "N K"],
    W: Float[mx.array, "K in"],
    b: Float[mx.array, "K"],
) -> Float[mx.array, ""]:
    r"""Mean cross-entropy of a batch.

    $$
    L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} y_{nk} \log(p_{nk})
    $$
    """
    Z, P = forward_softmax(X, W, b)
    return (mx.logsumexp(Z, axis=-1) - (Y * Z).sum(axis=-1)).mean()


def backward_softmax(
    X: Float[mx.array, "N in"],
    Y: Float[mx.array, "N K"],
    W: Float[mx.array, "K in"],
    b: Float[mx.array, "K"],
) -> tuple[
    Float[mx.array, "N K"], Float[mx.array, "K in"], Float[mx.array, "K"]
]:
    r"""Error of the logits, then the slope of the mean loss along W and b.

    $$
    \Delta = \frac{1}{N} (P - Y)
    $$

    $$
    \frac{\partial L}{\partial W} = \Delta^\top X
    $$

    $$
    \frac{\partial L}{\partial b} = \Delta^\top \mathbf{1}_N
    $$

    >>> X_train, X_test, y_train, y_test = irises()
    >>> X, Y = X_train[:2], one_hot(y_train[:2], 3)
    >>> W, b = mx.zeros((3, 4)), mx.zeros(3)
    >>> Delta, dL_dW, dL_db = backward_softmax(X, Y, W, b)
    >>> P = forward_softmax(X, W, b)[1]
    >>> print(Delta)
    array([[-0.333333, 0.166667, 0.166667],
           [0.166667, 0.166667, -0.333333]], dtype=float32)
    >>> print(dL_db)
    array([-0.166667, 0.333333, -0.166667], dtype=float32)
    >>> mx_grad = mx.grad(batch_cross_entropy, argnums=(2, 3))(X, Y, W, b)
    >>> print(mx.allclose(dL_dW, mx_grad[0]), mx.allclose(dL_db, mx_grad[1]))
    array(True, dtype=bool) array(True, dtype=bool)
    """
    Z, P = forward_softmax(X, W, b)
    Delta = (P - Y) / len(X)                     # (N, 3)
    return Delta, Delta.T @ X, Delta.sum(axis=0)  # (3, N) @ (N, 4) → (3, 4)


def confusion_table(
    y: Integer[mx.array, "N"], predicted: Integer[mx.array, "N"], K: int
) -> list[list[int]]:
    """Numbers of examples: rows are the true class, columns the predicted one.

    >>> y = mx.array([0, 0, 1, 2, 2])
    >>> predicted = mx.array([0, 1, 1, 2, 2])
    >>> print(confusion_table(y, predicted, 3))
    [[1, 1, 0], [0, 1, 0], [0, 0, 2]]
    """
    return [
        [mx.sum((y == i) & (predicted == j)).item() for j in range(K)]
        for i in range(K)
    ]


def train_by_hand():
    """300 steps of gradient descent from zeros, the gradients by hand.

    Tolerance: 0.001 (300 steps in float32; each device rounds differently)

    >>> X_train, X_test, y_train, y_test = irises()
    >>> Y, Y_test = one_hot(y_train, 3), one_hot(y_test, 3)
    >>> W, b = mx.zeros((3, 4)), mx.zeros(3)
    >>> epochs, train, test = list(range(301)), [], []
    >>> for epoch in epochs:
    ...     train.append(batch_cross_entropy(X_train, Y, W, b).item())
    ...     test.append(batch_cross_entropy(X_test, Y_test, W, b).item())
    ...     if epoch % 100 == 0:
    ...         print(f"{epoch:3}  {train[-1]:.4f}  {test[-1]:.4f}")
    ...
    ...     Delta, dL_dW, dL_db = backward_softmax(X_train, Y, W, b)
    ...     W, b = W - dL_dW, b - dL_db  # learning rate 1
    ...     mx.eval(W, b)
      0  1.0986  1.0986
    100  0.1224  0.1515
    200  0.0911  0.1117
    300  0.0788  0.0961
    >>> P = forward_softmax(X_test, W, b)[1]
    >>> predicted = P.argmax(axis=-1)
    >>> right = mx.sum(predicted == y_test).item()
    >>> share = right / len(y_test)
    >>> confusion = confusion_table(y_test, predicted, 3)
    >>> print(right, share)
    48 0.96
    >>> print(confusion)
    [[17, 0, 0], [0, 16, 1], [0, 1, 15]]
    >>> epochs = epochs[::10]
    >>> curves = {"N = 100": train[::10], "N = 50": test[::10]}
    >>> classes = ["setosa", "versicolor", "virginica"]
    """


def train_with_nn():
    """The same 300 steps with a layer, a loss and an optimizer of MLX.

    Tolerance: 0.001 (300 steps in float32; each device rounds differently)

    >>> X_train, X_test, y_train, y_test = irises()
    >>> model = nn.Linear(4, 3)
    >>> model.weight, model.bias = mx.zeros((3, 4)), mx.zeros(3)
    >>> def loss_fn(model, X, y):
    ...     return nn.losses.cross_entropy(model(X), y, reduction="mean")
    >>> loss_and_grad = nn.value_and_grad(model, loss_fn)
    >>> optimizer = optim.SGD(learning_rate=1.0)
    >>> for epoch in range(301):
    ...     loss, grads = loss_and_grad(model, X_train, y_train)
    ...     if epoch % 100 == 0:
    ...         print(f"{epoch:3}  {loss.item():.4f}")
    ...
    ...     optimizer.update(model, grads)
    ...     mx.eval(model.parameters(), optimizer.state)
      0  1.0986
    100  0.1224
    200  0.0911
    300  0.0788
    >>> predicted = model(X_test).argmax(axis=-1)
    >>> right = mx.sum(predicted == y_test).item()
    >>> print(right)
    48
    """
