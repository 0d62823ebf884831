"""Cells of the lab on irises, in order. Needs mlx and scikit-learn."""

from snippets.metrics import interval

# --8<-- [start:load]
import math
from functools import partial

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from IPython.display import HTML
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold, train_test_split

data = load_iris()
X, y = data.data, data.target  # (150, 4), (150,)
names = [str(name) for name in data.target_names]
print(X.shape, names, np.bincount(y))
# --8<-- [end:load]

# --8<-- [start:hold]
X, X_test, y, y_test = train_test_split(
    X, y, test_size=0.2, stratify=y, random_state=1
)
print(len(y), len(y_test))
# --8<-- [end:hold]

# --8<-- [start:means]
short = ["sepal length", "sepal width", "petal length", "petal width"]
print(" " * 12, *(f"{name:>14}" for name in short))
for k, name in enumerate(names):
    print(f"{name:12}", *(f"{m:14.2f}" for m in X[y == k].mean(axis=0)))
# --8<-- [end:means]


# --8<-- [start:scatter]
def table(heads, *rows):
    """The numbers behind a picture, with the names of columns and rows."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{value}</td>" for value in values) + "</tr>"
        for name, *values in rows
    ).replace("-", "−")
    return (
        f"<details><summary>table</summary><table><thead><tr>{head}</tr>"
        f"</thead><tbody>{body}</tbody></table></details>"
    )


def mark(k, x, y):
    """A ring, a cross or a filled square, for classes 0, 1 and 2."""
    if k == 0:
        return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="none"/>'
    if k == 1:
        return f'<path d="M{x - 3:.0f} {y - 3:.0f}l6 6m0-6l-6 6"/>'
    return f'<path d="M{x - 3:.0f} {y - 3:.0f}h5v5h-5z" fill="currentColor"/>'


def legend(x, y):
    """The three marks with the names of the species."""
    return "".join(
        mark(k, x, y + 16 * k)
        + f'<text x="{x + 10}" y="{y + 4 + 16 * k}" stroke="none" '
        f'fill="currentColor" font-size="11">{name}</text>'
        for k, name in enumerate(names)
    )


def picture(box, width, inside):
    return (
        f'<svg viewBox="{box}" width="{width}" aria-hidden="true">'
        f'<g stroke="currentColor" fill="none">{inside}</g></svg>'
    )


def words(x, y, text, anchor="start"):
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" stroke="none" '
        f'fill="currentColor" font-size="11">{text}</text>'
    )


flowers = "".join(
    mark(k, 50 * length, 200 - 70 * width)
    for length, width, k in zip(X[:, 2], X[:, 3], y)
)
axes = (
    '<path d="M30 200V10M30 200H370" opacity="0.5"/>'
    + words(200, 222, "petal length / cm", "middle") + words(30, 4, "petal width / cm")
    + "".join(words(50 * v, 212, v, "middle") for v in (1, 3, 5, 7))
    + "".join(words(24, 204 - 70 * v, v, "end") for v in (0, 1, 2))
)
HTML(
    picture("0 -10 380 236", 380, axes + flowers + legend(60, 20))
    + table(("petal", "length from", "to", "width from", "to"), *(
        (name, *(f"{v:.1f}" for j in (2, 3) for v in (
            X[y == k, j].min(), X[y == k, j].max())))
        for k, name in enumerate(names)
    ))
)
# --8<-- [end:scatter]


# --8<-- [start:fit]
def softmax(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def fit(X, y, steps=300):
    """Softmax regression by gradient descent; returns what makes logits."""
    mu, s = X.mean(axis=0), X.std(axis=0)
    A, Y = (X - mu) / s, np.eye(3)[y]    # (N, in), (N, 3)
    W, b = np.zeros((3, X.shape[1])), np.zeros(3)
    for step in range(steps):
        P = softmax(A @ W.T + b)         # (N, 3)
        Delta = (P - Y) / len(y)         # (N, 3)
        W, b = W - Delta.T @ A, b - Delta.sum(axis=0)  # learning rate 1
    return lambda X: (X - mu) / s @ W.T + b
# --8<-- [end:fit]


# --8<-- [start:folds]
def out_of_fold(fit, X, y):
    Z = np.zeros((len(y), 3))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for seen, unseen in folds.split(X, y):
        Z[unseen] = fit(X[seen], y[seen])(X[unseen])
    return Z


def mean_loss(Z, y):
    m = Z.max(axis=1)
    s = m + np.log(np.exp(Z - m[:, None]).sum(axis=1))
    return np.mean(s - Z[np.arange(len(y)), y])


Z = out_of_fold(fit, X, y)
P, said = softmax(Z), Z.argmax(axis=1)
print(f"accuracy {np.mean(said == y):.3f}  loss {mean_loss(Z, y):.3f}")
for i, name in enumerate(names):
    print(f"{name:12}", *(f"{np.sum((y == i) & (said == j)):4}" for j in range(3)))
# --8<-- [end:folds]

# --8<-- [start:wrong]
print("true         said         p of the three")
for n in np.flatnonzero(said != y):
    print(f"{names[y[n]]:12} {names[said[n]]:12}", *(f"{p:.2f}" for p in P[n]))
# --8<-- [end:wrong]

# --8<-- [start:triangle]
corners = np.array([[20, 200], [220, 200], [120, 27]])  # a class each
points = P @ corners                                    # (N, 2)
inside = (
    '<path d="M20 200H220L120 27Z" opacity="0.5"/>'
    '<path d="M120 200L120 142L70 113M120 142L170 113" '
    'stroke-dasharray="4 4" opacity="0.5"/>'
    + "".join(mark(k, a, b) for (a, b), k in zip(points, y))
    + words(20, 216, names[0], "middle") + words(220, 216, names[1], "middle")
    + words(120, 18, names[2], "middle")
)
HTML(
    picture("-15 0 270 222", 400, inside)
    + table(("mean p of", *names), *(
        (name, *(f"{p:.3f}" for p in P[y == k].mean(axis=0)))
        for k, name in enumerate(names)
    ))
)
# --8<-- [end:triangle]

# --8<-- [start:map]
petals = fit(X[:, 2:], y)  # only petal length and width
grid = [(a / 5, b / 10) for a in range(3, 37) for b in range(0, 27)]
G = softmax(petals(np.array(grid)))  # (918, 3)
cells = "".join(
    f'<path d="M{50 * a - 5:.0f} {196.5 - 70 * b:.1f}h10v7h-10z" stroke="none" '
    f'fill="currentColor" opacity="{0.9 * (1 - p.max()):.2f}"/>'
    for (a, b), p in zip(grid, G) if p.max() < 0.95
)
print(f"accuracy {np.mean(out_of_fold(fit, X[:, 2:], y).argmax(axis=1) == y):.3f}")
HTML(
    picture("0 -10 380 236", 380, cells + axes + flowers + legend(60, 20))
    + table(("length, width", *names), *(
        (f"{a}, {b}", *(f"{p:.2f}" for p in softmax(petals(np.array([[a, b]])))[0]))
        for a, b in ((1.5, 0.3), (2.5, 0.8), (4.5, 1.4), (4.9, 1.6), (6, 2.2))
    ))
)
# --8<-- [end:map]


# --8<-- [start:network]
def fit_network(X, y, steps=400, hidden=16):
    mu, s = X.mean(axis=0), X.std(axis=0)
    A, labels = mx.array((X - mu) / s), mx.array(y)

    def loss_fn(model):
        return nn.losses.cross_entropy(model(A), labels, reduction="mean")

    mx.random.seed(0)
    model = nn.Sequential(nn.Linear(4, hidden), nn.ReLU(), nn.Linear(hidden, 3))
    optimizer = optim.Adam(learning_rate=0.01)
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    state = [model.state, optimizer.state]

    @partial(mx.compile, inputs=state, outputs=state)
    def step():
        loss, grads = loss_and_grad(model)
        optimizer.update(model, grads)

    for k in range(steps):
        step()
        mx.eval(state)
    return lambda X: np.array(model(mx.array((X - mu) / s)), np.float64)


Z_short = out_of_fold(partial(fit_network, steps=40), X, y)
Z_long = out_of_fold(partial(fit_network, steps=400), X, y)
print("                    accuracy  loss")
for name, logits in (
    ("softmax regression", Z),
    ("network, 40 steps", Z_short),
    ("network, 400 steps", Z_long),
):
    right = np.mean(logits.argmax(axis=1) == y)
    print(f"{name:19} {right:8.3f}  {mean_loss(logits, y):.3f}")
# --8<-- [end:network]

# --8<-- [start:temperature]
for T in (1, 2, 3, 4, 8):
    print(f"{T}  {mean_loss(Z_long / T, y):.3f}")
# --8<-- [end:temperature]

# --8<-- [start:silent]
print("   t  answered  right  wrong")
for t in (0, 0.5, 0.7, 0.9, 0.95):
    sure = P.max(axis=1) > t
    right = np.sum(sure & (said == y))
    print(f"{t:4}  {sure.sum():8}  {right:5}  {sure.sum() - right:5}")
# --8<-- [end:silent]

# --8<-- [start:planted]
rng = np.random.default_rng(0)
planted = rng.choice(len(y), 12, replace=False)
y_bad = y.copy()
y_bad[planted] = (y[planted] + rng.integers(1, 3, 12)) % 3  # another class
Z_bad = out_of_fold(fit, X, y_bad)
each = -np.log(softmax(Z_bad)[np.arange(len(y)), y_bad])  # (120,)
suspects = np.argsort(each)[::-1][:12]
found = len(set(suspects) & set(planted))
print(f"losses {np.sort(each)[::-1][:14].round(1)}")
print(f"accuracy against the true labels {np.mean(Z_bad.argmax(axis=1) == y):.3f}")
print(f"of 12 wrong labels, {found} are among the 12 largest losses")
# --8<-- [end:planted]

# --8<-- [start:final]
Z_test = fit(X, y)(X_test)
right = np.mean(Z_test.argmax(axis=1) == y_test)
m, r = interval(right, len(y_test))
print(f"accuracy {right:.3f} ({m - r:.3f} to {m + r:.3f})"
      f"  loss {mean_loss(Z_test, y_test):.3f}")
# --8<-- [end:final]
