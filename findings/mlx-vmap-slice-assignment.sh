#!/usr/bin/env bash
# MLX: under mx.vmap, writing one shared value into a slice of each example writes into the first example only.
#
# vmap is a loop over examples, so a good guess is that x[:2] = u, with x one example and u the same for all, fills every
# example. Seen with MLX 0.32.4 on the CPU: the first example is filled, the others stay as they were; no error, the shape
# is right. The same with x.at[:2].add(u) and with mx.slice_update. Where u has the examples' axis too, all is right. The
# gradient that comes back through it differs from the loop's as well.
#
# It matters to whoever maps a function that puts a border, a start token, a mask or a constant into its input.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "mlx[cpu]==0.32.4"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import mlx.core as mx

shared = mx.array([1.0, 2.0])


def assign(x):
    x[:2] = shared
    return x


def add(x):
    return x.at[:2].add(shared)


def update(x):
    return mx.slice_update(x, shared, mx.array([0]), (0,))


def slope(x):
    return mx.grad(lambda x: (assign(x * 1.0) ** 2).sum())(x)


print("mlx", importlib.metadata.version("mlx"))
print("a shared value that is written into a slice under vmap reaches the first example only")
for function in (assign, add, update):
    mapped = mx.vmap(function)(mx.zeros((3, 3)))
    looped = mx.stack([function(each) for each in mx.zeros((3, 3))])
    print(f"{function.__name__:7} mapped", mapped.tolist(), "looped", looped.tolist())
    assert looped.tolist() == [[1, 2, 0]] * 3, "this has changed"
    assert mapped.tolist() == [[1, 2, 0], [0, 0, 0], [0, 0, 0]], "MLX has changed"
ones = mx.ones((3, 3))
mapped, looped = mx.vmap(slope)(ones), mx.stack([slope(each) for each in ones])
print("gradient mapped", mapped.tolist(), "looped", looped.tolist())
both = mx.vmap(lambda x, u: x.at[:2].add(u))(mx.zeros((3, 3)), mx.broadcast_to(shared, (3, 2)))
print("with a value for each example", both.tolist())
assert both.tolist() == [[1, 2, 0]] * 3, "this has changed"
PY
