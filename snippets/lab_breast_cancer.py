"""Cells of the lab on breast cancer, in order. Needs mlx and scikit-learn."""

from snippets.metrics import (
    cost_threshold, false_positive_rate, interval, mean_cost, precision,
    recall,
)

# --8<-- [start:load]
import math
from functools import partial

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from IPython.display import HTML
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold, train_test_split

data = load_breast_cancer()
X = data.data        # (569, 30)
y = 1 - data.target  # (569,), 1: malignant, 0: benign
print(X.shape, "malignant:", (y == 1).sum(), "benign:", (y == 0).sum())
# --8<-- [end:load]

# --8<-- [start:hold]
X, X_test, y, y_test = train_test_split(
    X, y, test_size=0.2, stratify=y, random_state=0
)
print(len(y), len(y_test))
# --8<-- [end:hold]

# --8<-- [start:scales]
print(" " * 20, "     min   median      max")
for j in (0, 3, 4, 7, 23):
    low, middle, high = np.quantile(X[:, j], (0, 0.5, 1))
    print(f"{data.feature_names[j]:20}"
          f" {low:8.3f} {middle:8.3f} {high:8.3f}")
# --8<-- [end:scales]

# --8<-- [start:correlation]
R = np.corrcoef(X, rowvar=False)  # (30, 30)
pairs = [(R[i, j], i, j) for i in range(10) for j in range(i)]
for r, i, j in sorted(pairs, reverse=True)[:4]:
    print(f"{r:.3f}  {data.feature_names[j]} ~ {data.feature_names[i]}")
# --8<-- [end:correlation]

# --8<-- [start:heatmap]
def table(names, *rows):
    """The numbers behind a picture, with the names of columns and rows."""
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{value}</td>" for value in values) + "</tr>"
        for name, *values in rows
    ).replace("-", "−")
    return (
        f"<details><summary>table</summary><table><thead><tr>{head}</tr>"
        f"</thead><tbody>{body}</tbody></table></details>"
    )


cells = "".join(
    f'<path d="M{16 * j} {16 * i}h15v15h-15z" opacity="{abs(R[i, j]):.2f}"/>'
    for i in range(10) for j in range(10)
)
short = [name.removeprefix("mean ") for name in data.feature_names[:10]]
names = "".join(
    f'<text x="-4" y="{16 * i + 11}" text-anchor="end">{name} {i + 1}</text>'
    f'<text x="{16 * i + 8}" y="-4" text-anchor="middle">{i + 1}</text>'
    for i, name in enumerate(short)
)
HTML(
    '<svg viewBox="-105 -14 266 175" width="320" aria-hidden="true" '
    f'fill="currentColor" font-size="10">{names}{cells}</svg>'
    + table(("r", *range(1, 11)), *(
        (f"{i + 1} {name}", *(f"{r:.2f}" for r in R[i, :10]))
        for i, name in enumerate(short)
    ))
)
# --8<-- [end:heatmap]

# --8<-- [start:label]
for_label = [np.corrcoef(X[:, j], y)[0, 1] for j in range(30)]
order = np.argsort(for_label)[::-1]
for j in [*order[:3], *order[-3:]]:
    print(f"{for_label[j]:6.3f}  {data.feature_names[j]}")
# --8<-- [end:label]


# --8<-- [start:fit]
def fit(X, y, epochs):
    mu, s = X.mean(axis=0), X.std(axis=0)
    inputs = mx.array((X - mu) / s)  # (N, 30)
    targets = mx.array(y[:, None])  # (N, 1)

    def loss_fn(model, inputs, targets):
        return nn.losses.binary_cross_entropy(model(inputs), targets)

    mx.random.seed(0)
    model = nn.Sequential(nn.Linear(30, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = optim.Adam(learning_rate=0.01)
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    state = [model.state, optimizer.state]

    @partial(mx.compile, inputs=state, outputs=state)
    def step(inputs, targets):
        loss, grads = loss_and_grad(model, inputs, targets)
        optimizer.update(model, grads)

    for epoch in range(epochs):
        step(inputs, targets)
        mx.eval(state)

    def logits(X):
        return np.array(model(mx.array((X - mu) / s))[:, 0])  # (N,)

    return logits
# --8<-- [end:fit]


# --8<-- [start:folds]
def out_of_fold(epochs):
    z = np.zeros(len(y))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for seen, unseen in folds.split(X, y):
        z[unseen] = fit(X[seen], y[seen], epochs)(X[unseen])
    return z


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


z = out_of_fold(epochs=40)
p = sigmoid(z)
print(f"accuracy {np.mean((p > 0.5) == y):.3f}")
# --8<-- [end:folds]

# --8<-- [start:strip]
def ticks(values, top):
    at = np.unique(np.clip(10 * values, -160, 160).round())
    return "".join(f"M{v:.0f} {top}v20" for v in at)


def bars(values):
    """How many there are in each span; the outer ones have those beyond."""
    return np.histogram(np.clip(values, -8, 8), edges)[0]


edges = (-8, -4, -2, 0, 2, 4, 8)
spans = [f"{low} to {high}" for low, high in zip(edges, edges[1:])]
numbers = "".join(
    f'<text x="{10 * k}" y="64">{str(k).replace("-", "−")}</text>'
    for k in (-16, -8, 0, 8, 16)
)
print("malignant below 0:", np.sum(z[y == 1] < 0),
      " benign above 0:", np.sum(z[y == 0] > 0))
HTML(
    '<svg viewBox="-175 0 350 68" width="100%" aria-hidden="true">'
    '<g fill="none" stroke="currentColor" stroke-width="0.7">'
    f'<path d="{ticks(z[y == 1], 2)}"/><path d="{ticks(z[y == 0], 30)}"/>'
    '<path d="M0 0v52" stroke-width="1.5" stroke-dasharray="4 3"/></g>'
    '<g fill="currentColor" font-size="9" text-anchor="middle">'
    f"{numbers}</g></svg>"
    + table(
        ("z", *spans),
        ("malignant", *bars(z[y == 1])),
        ("benign", *bars(z[y == 0])),
    )
)
# --8<-- [end:strip]


# --8<-- [start:counts]
def counts(y, p, t):
    alarm = p > t
    TP, FP = np.sum(alarm & (y == 1)), np.sum(alarm & (y == 0))
    FN, TN = np.sum(~alarm & (y == 1)), np.sum(~alarm & (y == 0))
    return TP, FP, FN, TN


print("   t   TP   FP   FN   TN  recall  precision")
for t in (0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95):
    TP, FP, FN, TN = counts(y, p, t)
    print(f"{t:4} {TP:4} {FP:4} {FN:4} {TN:4}"
          f"   {recall(TP, FN):.3f}      {precision(TP, FP):.3f}")
# --8<-- [end:counts]

# --8<-- [start:roc]
roc = []
for t in [1, *np.unique(p)[::-1], -1]:
    TP, FP, FN, TN = counts(y, p, t)
    roc.append((false_positive_rate(FP, TN), recall(TP, FN)))

higher = z[y == 1][:, None] > z[y == 0]  # (malignant, benign)
print(f"area under the curve: {higher.mean():.3f}")
for limit in (0.01, 0.05, 0.1):
    best = max(found for alarmed, found in roc if alarmed <= limit)
    print(f"FPR up to {limit}: recall {best:.3f}")
points = dict.fromkeys(
    f"{200 * a:.0f},{200 - 200 * b:.0f}" for a, b in roc
)
words = (
    '<text x="0" y="-6">recall</text><text x="200" y="216" '
    'text-anchor="end">FPR</text><text x="-12" y="8">1</text>'
    '<text x="-12" y="204">0</text><text x="0" y="216">0</text>'
)
HTML(
    '<svg viewBox="-14 -20 220 240" width="240" aria-hidden="true">'
    '<g fill="none" stroke="currentColor">'
    '<path d="M0 0V200H200"/>'
    '<path d="M0 200L200 0" stroke-dasharray="4 4"/>'
    f'<polyline points="{" ".join(points)}" stroke-width="2"/></g>'
    f'<g fill="currentColor" font-size="12">{words}</g></svg>'
    + table(("t", "FPR", "recall"), *(
        (t, f"{false_positive_rate(FP, TN):.3f}", f"{recall(TP, FN):.3f}")
        for t in (0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95)
        for TP, FP, FN, TN in [counts(y, p, t)]
    ))
)
# --8<-- [end:roc]


# --8<-- [start:calibration]
def compare(p):
    edges = (0.01, 0.1, 0.9, 0.99)
    group = np.digitize(p, edges)  # (N,), 0 to 4
    print("        p        N   sum of p   malignant")
    for k, (low, high) in enumerate(zip((0, *edges), (*edges, 1))):
        inside = group == k
        print(f"{low:4} to {high:4}  {inside.sum():5}"
              f"   {p[inside].sum():8.1f}   {y[inside].sum():9}")


compare(p)
# --8<-- [end:calibration]


# --8<-- [start:longer]
def mean_logit_loss(z, y):
    return np.mean(np.logaddexp(0, z) - y * z)


z_long = out_of_fold(epochs=400)
for epochs, logits in ((40, z), (400, z_long)):
    right = np.mean((logits > 0) == y)
    loss = mean_logit_loss(logits, y)
    print(f"{epochs:3} epochs  accuracy {right:.3f}  loss {loss:.3f}")

compare(sigmoid(z_long))
# --8<-- [end:longer]

# --8<-- [start:temperature]
losses = {T: mean_logit_loss(z_long / T, y) for T in (1, 1.5, 2, 3, 4, 6)}
for T, loss in losses.items():
    print(f"{T:3}  {loss:.3f}")

T = min(losses, key=losses.get)
print(f"T = {T}")
compare(sigmoid(z_long / T))
# --8<-- [end:temperature]

# --8<-- [start:cost]
c_FN, c_FP = 10, 1
print("   t   FN   FP   cost")
for t in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8):
    TP, FP, FN, TN = counts(y, p, t)
    cost = mean_cost(FN, FP, len(y), c_FN, c_FP)
    print(f"{t:4} {FN:4} {FP:4}  {cost:.3f}")
# --8<-- [end:cost]

# --8<-- [start:final]
z_test = fit(X, y, epochs=40)(X_test)
for t in (0.5, cost_threshold(c_FN, c_FP)):
    TP, FP, FN, TN = counts(y_test, sigmoid(z_test), t)
    cost = mean_cost(FN, FP, len(y_test), c_FN, c_FP)
    m, r = interval(recall(TP, FN), TP + FN)
    print(f"t {t:.3f}  FN {FN}  FP {FP:2}  cost {cost:.3f}"
          f"  recall {recall(TP, FN):.3f} ({m - r:.3f} to {m + r:.3f})")
# --8<-- [end:final]
