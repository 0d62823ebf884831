"""Cells of the lab on handwritten digits, in order. Needs scikit-learn."""

from snippets.metrics import interval

# --8<-- [start:load]
import math

import numpy as np
from IPython.display import HTML
from sklearn.datasets import load_digits
from sklearn.model_selection import KFold

data = load_digits()
X, y = (data.data / 16).astype(np.float32), data.target  # (1797, 64), (1797,)
print(X.shape, np.bincount(y))
# --8<-- [end:load]

# --8<-- [start:hold]
rng = np.random.default_rng(0)
kept, held = np.split(rng.permutation(1797), [1400])
kept.sort()  # in the order of the file
X_test, y_test = X[held], y[held]
X, y = X[kept], y[kept]
print(len(y), len(y_test))
# --8<-- [end:hold]


# --8<-- [start:fit]
def softmax(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(p, X):
    W1, b1, W2, b2 = p
    Z1 = X @ W1.T + b1                       # (N, hidden)
    return Z1, np.maximum(Z1, 0) @ W2.T + b2  # (N, hidden), (N, 10)


def fit(X, y, hidden=64, epochs=10, decay=0.0):
    """Train by hand in NumPy; decay pulls all weights towards 0."""
    rng = np.random.default_rng(0)
    p = W1, b1, W2, b2 = [a.astype(np.float32) for a in (
        rng.normal(0, (2 / 64) ** 0.5, (hidden, 64)), np.zeros(hidden),
        rng.normal(0, (2 / hidden) ** 0.5, (10, hidden)), np.zeros(10),
    )]
    Y = np.eye(10, dtype=np.float32)[y]
    for epoch in range(epochs):
        eta, shuffled = 0.5 * (1 - epoch / epochs), rng.permutation(len(y))
        for batch in np.array_split(shuffled, len(y) // 25):
            Z1, Z2 = forward(p, X[batch])
            Delta2 = (softmax(Z2) - Y[batch]) / len(batch)
            Delta1 = Delta2 @ W2 * (Z1 > 0)
            W1 -= eta * (Delta1.T @ X[batch] + decay * W1)
            b1 -= eta * Delta1.sum(axis=0)
            W2 -= eta * (Delta2.T @ np.maximum(Z1, 0) + decay * W2)
            b2 -= eta * Delta2.sum(axis=0)
    return p


def right(p, X, y):
    return np.mean(forward(p, X)[1].argmax(axis=1) == y)
# --8<-- [end:fit]


# --8<-- [start:folds]
def out_of_fold(folds):
    Z = np.zeros((len(y), 10))
    for seen, unseen in folds.split(X):
        Z[unseen] = forward(fit(X[seen], y[seen]), X[unseen])[1]
    return Z


Z = out_of_fold(KFold(5, shuffle=True, random_state=0))
P, said = softmax(Z), Z.argmax(axis=1)
print(f"right {np.mean(said == y):.3f}")
print("  ", *(f"{j:3}" for j in range(10)))
for i in range(10):
    print(f"{i:2}", *(f"{np.sum((y == i) & (said == j)):3}" for j in range(10)))
# --8<-- [end:folds]


# --8<-- [start:worst]
def drawing(x):
    """Each pixel a square, the larger the darker."""
    squares = "".join(
        f'<path d="M{10 * (k % 8) + 5 - s:.1f} {10 * (k // 8) + 5 - s:.1f}'
        f'h{2 * s:.1f}v{2 * s:.1f}h-{2 * s:.1f}z"/>'
        for k, s in enumerate(5 * np.sqrt(np.clip(x, 0, 1))) if s > 0.3
    )
    return (
        '<svg viewBox="-1 -1 82 82" width="100%" aria-hidden="true" fill="currentColor">'
        '<path d="M0 0h80v80h-80z" fill="none" stroke="currentColor" opacity="0.4"/>'
        f"{squares}</svg>"
    )


def gallery(pictures, lines):
    """Pictures with a line of words below each."""
    five = "display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 12px"
    return HTML(f'<div style="{five}; max-width: 520px; text-align: center">' + "".join(
        f"<div>{drawing(x)}<br>{line}</div>"
        for x, line in zip(pictures, lines)
    ) + "</div>")


loss = -np.log(P[np.arange(len(y)), y])
worst = np.argsort(-loss)[:10]
gallery(X[worst], [f"{y[n]}, not {said[n]}<br>{P[n].max():.2f}" for n in worst])
# --8<-- [end:worst]

# --8<-- [start:sure]
largest = P.max(axis=1)
print("   from  pictures  says  right")
edges = (0.0, 0.5, 0.7, 0.9, 0.99, 1.01)
for low, high in zip(edges, edges[1:]):
    some = (low <= largest) & (largest < high)
    print(f"{low:7}  {some.sum():8}  {largest[some].mean():.2f}   {np.mean(said[some] == y[some]):.2f}")
# --8<-- [end:sure]

# --8<-- [start:writers]
in_blocks = out_of_fold(KFold(5)).argmax(axis=1) == y
print(f"shuffled {np.mean(said == y):.3f}  in blocks {in_blocks.mean():.3f}")
print("each block", *(f"{block.mean():.2f}" for block in np.split(in_blocks, 5)))
# --8<-- [end:writers]

# --8<-- [start:near]
same = y[:, None] == y[None, :]
np.fill_diagonal(same, False)
squares = (X**2).sum(axis=1)
apart = np.where(same, squares[:, None] + squares[None, :] - 2 * X @ X.T, np.inf)
places = np.abs(np.arange(len(y)) - apart.argmin(axis=1))
chance = np.abs(np.subtract(*rng.integers(0, len(y), (2, 10000))))
print(f"{np.mean(places < 100):.2f} instead of {np.mean(chance < 100):.2f}")
# --8<-- [end:near]


# --8<-- [start:pixel]
def moved(X, across, down):
    """Every picture moved by whole pixels; what comes in at the edge is white."""
    I = np.pad(X.reshape(-1, 8, 8), ((0, 0), (2, 2), (2, 2)))
    return I[:, 2 - down : 10 - down, 2 - across : 10 - across].reshape(-1, 64)


seen, unseen = next(KFold(5, shuffle=True, random_state=0).split(X))
p = fit(X[seen], y[seen])
moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
print("across, down  share right")
for move in moves:
    print(f"{move!s:>12}  {right(p, moved(X[unseen], *move), y[unseen]):.2f}")
# --8<-- [end:pixel]

# --8<-- [start:taught]
X_moved = np.vstack([moved(X[seen], *move) for move in moves])
taught = fit(X_moved, np.tile(y[seen], 5), epochs=3)
print("across, down  before  taught")
for move in [*moves, (1, 1)]:
    both = [right(q, moved(X[unseen], *move), y[unseen]) for q in (p, taught)]
    print(f"{move!s:>12}  {both[0]:6.2f}  {both[1]:6.2f}")
# --8<-- [end:taught]


# --8<-- [start:fool]
def along_pixels(p, X, y):
    Z1, Z2 = forward(p, X)
    Delta2 = softmax(Z2) - np.eye(10)[y]
    return Delta2 @ p[2] * (Z1 > 0) @ p[0]  # (N, 64)


U, v = X[unseen], y[unseen]
uphill, coin = np.sign(along_pixels(p, U, v)), rng.choice([-1, 1], U.shape)
print("change  at random  uphill")
for c in (0, 0.5, 1, 2, 3):
    by_chance, by_slope = (np.clip(U + c / 16 * s, 0, 1) for s in (coin, uphill))
    print(f"{c:6}  {right(p, by_chance, v):9.2f}  {right(p, by_slope, v):6.2f}")
# --8<-- [end:fool]

# --8<-- [start:fooled]
changed = np.clip(U + 1.5 / 16 * uphill, 0, 1)
before, after = (forward(p, each)[1] for each in (U, changed))
turned = np.flatnonzero((before.argmax(axis=1) == v) & (after.argmax(axis=1) != v))[:5]
gallery(
    np.vstack([U[turned], changed[turned]]),
    [f"{Z[n].argmax()} ({softmax(Z)[n].max():.2f})" for Z in (before, after) for n in turned],
)
# --8<-- [end:fooled]

# --8<-- [start:decay]
print("decay  length of W1  seen  unseen  how sure")
for decay in (0, 0.001, 0.01):
    q = fit(X[seen], y[seen], decay=decay)
    sure = softmax(forward(q, U)[1]).max(axis=1).mean()
    print(
        f"{decay:5}  {np.linalg.norm(q[0]):12.1f}  {right(q, X[seen], y[seen]):.2f}"
        f"  {right(q, U, v):6.2f}  {sure:8.2f}"
    )
# --8<-- [end:decay]

# --8<-- [start:sizes]
print("hidden  open  parameters  seen  unseen")
for hidden in (4, 8, 16, 32, 64):
    q = fit(X[seen], y[seen], hidden)
    count = sum(a.size for a in q)
    open_ones = (forward(q, X[seen])[0] > 0).any(axis=0).sum()
    print(f"{hidden:6}  {open_ones:4}  {count:10}  {right(q, X[seen], y[seen]):.2f}  {right(q, U, v):6.2f}")
# --8<-- [end:sizes]

# --8<-- [start:final]
share = right(fit(X, y), X_test, y_test)
m, r = interval(share, len(y_test))
print(f"{share:.3f}, true share from {m - r:.3f} to {m + r:.3f}")
# --8<-- [end:final]
