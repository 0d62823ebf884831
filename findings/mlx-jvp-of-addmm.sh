#!/usr/bin/env bash
# MLX: forward mode through mx.addmm forgets alpha and beta.
#
# mx.addmm(c, a, b, alpha, beta) is beta c + alpha a b, so a good guess is that every derivative carries the two factors.
# Seen with MLX 0.32.4 on the CPU: value and `mx.grad` do, `mx.jvp` answers as if both were 1: for alpha = 0.5 and
# beta = 0.25 its slopes along c, a and b are 4, 2 and 2 times too large, without a word. Written out, the same formula is
# right in both modes.
#
# It matters to whoever scales a low-rank update or a residual inside addmm, and takes a directional derivative of it or
# checks its backward pass by `mx.jvp`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "mlx[cpu]==0.32.4"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import mlx.core as mx


def fused(c, a, b):
    return mx.addmm(c, a, b, alpha=0.5, beta=0.25)


def written_out(c, a, b):
    return 0.25 * c + 0.5 * (a @ b)


point = [mx.array([[1.0]]), mx.array([[2.0]]), mx.array([[3.0]])]


def slopes(function):
    """Along c, a and b: by the limit, by reverse mode, by forward mode."""
    seen = []
    for k in range(3):
        step = [mx.full((1, 1), float(k == j)) for j in range(3)]
        ahead = function(*[p + d for p, d in zip(point, step)])
        back = function(*[p - d for p, d in zip(point, step)])  # linear in each: a step of one is exact
        grad = mx.grad(lambda *each: function(*each).sum(), k)(*point)
        tangent = mx.jvp(function, point, step)[1][0]
        seen.append((((ahead - back) / 2).item(), grad.item(), tangent.item()))
    return seen


fused_slopes, plain_slopes = slopes(fused), slopes(written_out)
print("mlx", importlib.metadata.version("mlx"))
print("forward mode of mx.addmm leaves out alpha and beta: (limit, grad, jvp) along c, a, b")
print("addmm      ", fused_slopes)
print("written out", plain_slopes)
assert plain_slopes == [(0.25, 0.25, 0.25), (1.5, 1.5, 1.5), (1.0, 1.0, 1.0)], "the plain formula has changed"
assert fused_slopes == [(0.25, 0.25, 1.0), (1.5, 1.5, 3.0), (1.0, 1.0, 2.0)], "MLX has changed"
PY
