#!/usr/bin/env bash
# MLX: mx.vmap over the weights of a grouped convolution mixes the weights of different members.
#
# An ensemble is one function mapped over its weights; a good guess is that each member's answer is the one it gives alone.
# Seen with MLX 0.32.4 on the CPU: with groups=1 it is; with groups=2 the shape is right and the numbers are wrong, without
# an error: filters of one member meet those of another. Mapped over the input instead, it is right.
#
# It matters to whoever trains an ensemble, or takes per-weight gradients, of depthwise or grouped convolutions.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "mlx[cpu]==0.32.4"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import mlx.core as mx

signal = mx.array([[[1.0, 10.0], [0.0, 0.0], [0.0, 0.0]]])  # one example, three places, two channels


def members(groups):
    """Two members, four filters each of width one; the number tells the member and the filter."""
    one = mx.array([1.0, 2.0, 3.0, 4.0]).reshape(4, 1, 1) * mx.ones((4, 1, 2 // groups))
    return mx.stack([one, 100 * one])


def answers(groups):
    def layer(weight):
        return mx.conv1d(signal, weight, groups=groups)[0, 0]

    weights = members(groups)
    return mx.vmap(layer)(weights).tolist(), [layer(each).tolist() for each in weights]


print("mlx", importlib.metadata.version("mlx"))
print("vmap over the weights of a grouped convolution mixes the members")
seen = {}
for groups in (1, 2):
    mapped, looped = seen[groups] = answers(groups)
    print("groups", groups, "mapped", mapped, "one by one", looped)
weight = members(2)[0]
inputs = mx.stack([signal, 2 * signal])
mapped = mx.vmap(lambda x: mx.conv1d(x, weight, groups=2))(inputs)
looped = mx.stack([mx.conv1d(x, weight, groups=2) for x in inputs])
assert seen[1][0] == seen[1][1] and (mapped == looped).all(), "this has changed"
assert seen[2][1] == [[1, 2, 30, 40], [100, 200, 3000, 4000]], "this has changed"
assert seen[2][0] != seen[2][1], "MLX has changed"
PY
