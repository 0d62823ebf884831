#!/usr/bin/env bash
# MLX: a random key passed into mx.checkpoint makes the gradient raise; the same key from outside works.
#
# Code that runs twice must draw the same numbers twice, so a good guess is to pass the key of the generator into the
# function that mx.checkpoint wraps, beside its input: without the wrapper that is fine, for only the input is
# differentiated. Seen with MLX 0.32.4 on the CPU: the wrapper differentiates along every argument, a key of integers
# too, and raises "[Primitive::vjp] Not implemented for RandomBits". A key that the function takes from outside counts
# as a constant, and both runs draw the same mask. (With no key at all, each run draws another mask, without a word.)
#
# It matters to whoever puts dropout inside a checkpoint.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "mlx[cpu]==0.32.4"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import mlx.core as mx

x, key = mx.ones(8), mx.random.key(3)


def dropout(x, key):
    return mx.where(mx.random.bernoulli(0.5, x.shape, key=key), 2 * x, 0)


def slope(layer):
    """What went forward, and what came back."""

    def loss(x):
        out = layer(x)
        return out.sum(), out

    (_, out), grad = mx.value_and_grad(loss)(x)
    return out.tolist(), grad.tolist()


plain = slope(lambda x: dropout(x, key))
outside = slope(mx.checkpoint(lambda x: dropout(x, key)))
try:
    passed = slope(lambda x: mx.checkpoint(dropout)(x, key))
except ValueError as error:
    passed = str(error)
print("mlx", importlib.metadata.version("mlx"))
print("no checkpoint    ", *plain)
print("key from outside ", *outside)
print("key passed in    ", passed)
assert plain[0] == plain[1] == outside[0] == outside[1], "this has changed"
assert isinstance(passed, str) and "Not implemented for RandomBits" in passed, "this has changed"
PY
