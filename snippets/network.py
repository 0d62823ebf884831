"""The book's one network, 2-2-1, with its input and its label."""

import mlx.core as mx

# --8<-- [start:weights]
x = mx.array([0.5, 0.2])                  # (2,)
y = mx.array([1.0])                       # (1,)
W1 = mx.array([[0.6, -1.1], [1.0, 0.8]])  # (2, 2)
b1 = mx.array([0.3, -0.1])                # (2,)
W2 = mx.array([[0.9, -0.7]])              # (1, 2)
b2 = mx.array([-0.4])                     # (1,)
# --8<-- [end:weights]
