"""The same kind of network, 30-8-1, on real data: breast tumours, benign or malignant."""

from functools import partial

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float, Int, UInt
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from snippets.metrics import accuracy, interval


def standardize(
    X: Float[mx.array, "N features"],
    mu: Float[mx.array, "features"],
    s: Float[mx.array, "features"],
) -> Float[mx.array, "N features"]:
    r"""Features less their mean, divided by their standard deviation.

    $$
    \tilde{x}_{nj} = \frac{x_{nj} - \mu_j}{s_j}
    $$

    >>> X = mx.array([[10.0, 700.0], [14.0, 500.0], [18.0, 300.0]])
    >>> mu, s = X.mean(axis=0), mx.std(X, axis=0)
    >>> print(standardize(X, mu, s))
    array([[-1.22474, 1.22474],
           [0, 0],
           [1.22474, -1.22474]], dtype=float32)
    """
    return (X - mu) / s  # (N, features)


def diagnoses() -> tuple[
    Float[mx.array, "N_train 30"], Float[mx.array, "N_test 30"],
    Int[mx.array, "N_train 1"], Int[mx.array, "N_test 1"],
]:
    """The data: a part to train on and a held-out part, standardized.

    Labels: 1 malignant, 0 benign. The means and standard deviations are those
    of the training part. Source: scikit-learn's breast cancer set.

    >>> X_train, X_test, y_train, y_test = diagnoses()
    >>> sizes = [len(y_train), len(y_test)]
    >>> malignant = [y_train.sum().item(), y_test.sum().item()]
    >>> print(sizes, malignant)
    [426, 143] [159, 53]
    """
    X, benign = load_breast_cancer(return_X_y=True)
    X_train, X_test, y_train, y_test = map(mx.array, train_test_split(
        X, 1 - benign, test_size=0.25, stratify=benign, random_state=0
    ))
    mu, s = X_train.mean(axis=0), mx.std(X_train, axis=0)
    return (
        standardize(X_train, mu, s), standardize(X_test, mu, s),
        y_train[:, None], y_test[:, None],
    )


class DiagnosisNN(nn.Module):
    """Network 30-8-1. It returns logits: the sigmoid is in the loss.

    >>> mx.random.seed(0)
    >>> model = DiagnosisNN()
    >>> print(model(mx.zeros((5, 30))).shape)
    (5, 1)
    """

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(30, 8)
        self.fc2 = nn.Linear(8, 1)
        self.relu = nn.ReLU()

    def __call__(self, x: Float[mx.array, "batch 30"]) -> Float[mx.array, "batch 1"]:
        x = self.relu(self.fc1(x))  # (batch, 30) → (batch, 8)
        return self.fc2(x)          # (batch, 8) → (batch, 1)


def mean_logit_loss(
    z: Float[mx.array, "N"], y: Float[mx.array, "N"]
) -> Float[mx.array, ""]:
    r"""Mean binary cross-entropy of N logits, in nats.

    $$
    L = \frac{1}{N} \sum_{n=1}^{N} \left( \log(1 + e^{z_n}) - y_n z_n \right)
    $$

    >>> z = mx.array([2.0, -1.0, 40.0])
    >>> y = mx.array([1.0, 0.0, 0.0])
    >>> print(mean_logit_loss(z, y))
    array(13.4801, dtype=float32)
    >>> print(nn.losses.binary_cross_entropy(z, y))
    array(13.4801, dtype=float32)
    >>> print(mx.grad(mean_logit_loss)(z, y))
    array([-0.0397343, 0.0896471, 0.333333], dtype=float32)
    """
    return (mx.logaddexp(0, z) - y * z).mean()


def diagnosis_loss(
    model: nn.Module,
    inputs: Float[mx.array, "N 30"],
    targets: Int[mx.array, "N 1"],
) -> Float[mx.array, ""]:
    """Mean loss of a model that returns logits, on a batch.

    >>> mx.random.seed(0)
    >>> X_train, X_test, y_train, y_test = diagnoses()
    >>> loss = diagnosis_loss(DiagnosisNN(), X_train, y_train)
    >>> print(f"{loss.item():.4f}")
    0.7412
    """
    return nn.losses.binary_cross_entropy(model(inputs), targets)


def confusion_matrix(
    y: Int[mx.array, "..."], predicted: Int[mx.array, "..."]
) -> list[list[int]]:
    """Numbers of cases: rows are the true class, columns the predicted one.

    The order is [[TN, FP], [FN, TP]].

    >>> y = mx.array([0, 0, 0, 1, 1])
    >>> predicted = mx.array([0, 0, 1, 1, 0])
    >>> print(confusion_matrix(y, predicted))
    [[2, 1], [1, 1]]
    """
    return [
        [mx.sum((y == i) & (predicted == j)).item() for j in (0, 1)]
        for i in (0, 1)
    ]


def train_diagnosis():
    """300 epochs on the training part, watched on the held-out part.

    Tolerance: 0.05, counts 2 (300 steps in float32; each device rounds differently, and a case or two near ½ may turn)

    >>> mx.random.seed(0)
    >>> X_train, X_test, y_train, y_test = diagnoses()
    >>> model = DiagnosisNN()
    >>> optimizer = optim.Adam(learning_rate=0.01)
    >>> optimizer.init(model.trainable_parameters())
    >>> loss_and_grad = nn.value_and_grad(model, diagnosis_loss)
    >>> state = [model.state, optimizer.state]
    >>> @partial(mx.compile, inputs=state, outputs=state)
    ... def step(X, y):
    ...     loss, grads = loss_and_grad(model, X, y)
    ...     optimizer.update(model, grads)
    ...     return loss
    >>> epochs = list(range(300))
    >>> train, test = [], []
    >>> for epoch in epochs:
    ...     test_loss = diagnosis_loss(model, X_test, y_test)
    ...     loss = step(X_train, y_train)
    ...     mx.eval(state, test_loss)
    ...
    ...     train.append(loss.item())
    ...     test.append(test_loss.item())
    ...     if epoch % 50 == 0:
    ...         print(f"{epoch:3}  {train[-1]:.4f}  {test[-1]:.4f}")
      0  0.7412  0.7495
     50  0.0225  0.1141
    100  0.0099  0.1262
    150  0.0062  0.1443
    200  0.0044  0.1624
    250  0.0037  0.1728
    >>> lowest = min(test)
    >>> turn = test.index(lowest)
    >>> print(f"lowest {lowest:.4f}, epoch {turn}")
    lowest 0.1078, epoch 65
    >>> predicted = (model(X_test) > 0).astype(mx.int32)
    >>> confusion = confusion_matrix(y_test, predicted)
    >>> (TN, FP), (FN, TP) = confusion
    >>> share = accuracy(TP, FP, FN, TN)
    >>> m, r = interval(share, N=143)
    >>> low, high = m - r, m + r
    >>> print(confusion, f"{share:.3f}")
    [[88, 2], [3, 50]] 0.965
    >>> epochs = epochs[::3]
    >>> curves = {"N = 426": train[::3], "N = 143": test[::3]}
    >>> classes = ["benign", "malignant"]
    """


def mini_batches(N: int, size: int) -> list[UInt[mx.array, "..."]]:
    """Row numbers of all N examples, shuffled and dealt out in parts of a size.

    >>> mx.random.seed(0)
    >>> for rows in mini_batches(5, 2):
    ...     print(rows.tolist())
    [1, 0]
    [4, 3]
    [2]
    """
    order = mx.random.permutation(N)
    return [order[start:start + size] for start in range(0, N, size)]


def five_epochs():
    """Five epochs with all examples at once, and with mini-batches of 32.

    Tolerance: 0.05 (70 steps in float32; each device rounds differently)

    >>> X_train, X_test, y_train, y_test = diagnoses()
    >>> steps = {426: 0, 32: 0}
    >>> for size in steps:
    ...     mx.random.seed(0)
    ...     model = DiagnosisNN()
    ...     optimizer = optim.Adam(learning_rate=0.01)
    ...     loss_and_grad = nn.value_and_grad(model, diagnosis_loss)
    ...     for epoch in range(5):
    ...         for rows in mini_batches(426, size):
    ...             loss, grads = loss_and_grad(model, X_train[rows], y_train[rows])
    ...             optimizer.update(model, grads)
    ...             mx.eval(model.parameters(), optimizer.state)
    ...             steps[size] += 1
    ...     train = diagnosis_loss(model, X_train, y_train).item()
    ...     test = diagnosis_loss(model, X_test, y_test).item()
    ...     print(f"{size:3} {steps[size]:3}  {train:.4f}  {test:.4f}")
    426   5  0.1688  0.2398
     32  70  0.0330  0.0793
    """
