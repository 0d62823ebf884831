"""Solutions to the exercises of the training loop."""

import math

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.batch import backward_batch
from snippets.breast_cancer import diagnoses
from snippets.metrics import accuracy
from snippets.network import W1, W2, b1, b2
from snippets.seeds import train_many
from snippets.training import inputs, mean_loss, targets


def batch_bias():
    """The gradient of the output bias: the errors of all examples, added up.

    >>> Delta2, *rest = backward_batch(inputs, targets, W1, b1, W2, b2)
    >>> dL_db2 = Delta2.sum(axis=0)  # (2, 1) → (1,)
    >>> print(dL_db2)
    array([-0.0958342], dtype=float32)
    """


def three_labels():
    """A dead network on labels 1, 1, 0: the best constant is their mean.

    >>> labels = mx.array([1.0, 1.0, 0.0])
    >>> constant = mx.full(3, labels.mean())
    >>> L = mean_loss(constant, labels)
    >>> print(L)
    array(0.636514, dtype=float32)
    """


class TanhNN(nn.Module):
    """SimpleNN with tanh in place of ReLU.

    Tolerance: 1e-3 (1000 steps in float32; each device rounds differently)

    >>> mark = math.log(2)
    >>> params, history = train_many(TanhNN, range(100), 0.01)
    >>> stuck = mx.sum(mx.abs(history[-1] - mark) < 0.001).item()
    >>> print(stuck, f"{history[-1].max().item():.4f}")
    0 0.0011
    """

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 1)

    def __call__(self, x: Float[mx.array, "batch 2"]) -> Float[mx.array, "batch 1"]:
        x = mx.tanh(self.fc1(x))        # (batch, 2) → (batch, 2)
        return mx.sigmoid(self.fc2(x))  # (batch, 2) → (batch, 1)


def always_benign():
    """Accuracy of a program that calls every tumour benign.

    >>> X_train, X_test, y_train, y_test = diagnoses()
    >>> malignant = y_test.sum().item()
    >>> benign = len(y_test) - malignant
    >>> share = accuracy(TP=0, FP=0, FN=malignant, TN=benign)
    >>> print(f"{share:.3f}")
    0.629
    """
