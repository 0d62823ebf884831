#!/usr/bin/env bash
# MLX: the gradient of |z| counts as a constant, so second derivatives through a spectrum are wrong, often zero.
#
# The modulus of a complex number bends: |x + i| has the second derivative 1 / (x² + 1)^(3/2). A good guess is that a
# gradient can be differentiated again, or refuses. Seen with MLX 0.32.4 on the CPU: the first gradient of mx.abs of a
# complex array is right, and differentiated once more (reverse over reverse, and forward over reverse) it is 0. The
# magnitudes of a Fourier transform therefore have a Hessian of zeros. With the square root of the sum of squares it is right.
#
# It matters to whoever takes Hessian–vector products or a gradient penalty of a spectral loss.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "mlx[cpu]==0.32.4" "jax==0.10.2"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import jax
import jax.numpy as jnp
import mlx.core as mx


def modulus(x):
    return mx.abs(x + 1j)


def by_hand(x):
    return mx.sqrt(x * x + 1)


one = mx.array(1.0)
first = [mx.grad(f)(one).item() for f in (modulus, by_hand)]
second = [mx.grad(mx.grad(f))(one).item() for f in (modulus, by_hand)]
forward = mx.jvp(mx.grad(modulus), [one], [one])[1][0].item()
peer = float(jax.grad(jax.grad(lambda x: jnp.abs(x + 1j)))(1.0))

signal = mx.array([1.0, 2.0, 4.0, 9.0])
direction = mx.array([1.0, 0.0, 0.0, 0.0])
slope = mx.grad(lambda x: mx.abs(mx.fft.rfft(x)).sum())
product = mx.grad(lambda x: (slope(x) * direction).sum())(signal)
limit = (slope(signal + 0.01 * direction) - slope(signal - 0.01 * direction)) / 0.02
print("mlx", importlib.metadata.version("mlx"), "jax", jax.__version__)
print("the gradient of a complex modulus is taken for a constant when it is differentiated again")
print("first derivative of |x + i| at 1:  MLX %.4f, by hand %.4f" % tuple(first))
print("second: MLX %.4f and %.4f (two modes), by hand %.4f, JAX %.4f" % (second[0], forward, second[1], peer))
print("row of the Hessian of a spectrum's magnitudes: MLX", product.tolist())
print("the same by differences of the gradient:          ", [round(each, 3) for each in limit.tolist()])
assert abs(first[0] - first[1]) < 1e-5 and abs(second[1] - 2**-1.5) < 1e-5 and abs(peer - 2**-1.5) < 1e-5
assert second[0] == forward == 0 and product.tolist() == [0, 0, 0, 0], "MLX has changed"
assert mx.abs(limit).max().item() > 0.01, "MLX has changed"
PY
