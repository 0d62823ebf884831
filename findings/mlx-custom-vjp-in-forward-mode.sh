#!/usr/bin/env bash
# MLX: a function with a VJP of its own still has the JVP of its code, so the two modes disagree without a word.
#
# A function whose backward pass is replaced has one derivative that its author wrote. A good guess is that forward mode
# uses it, or refuses: JAX raises for `custom_vjp`. Seen with MLX 0.32.4 on the CPU: `mx.grad` takes the VJP that was set,
# `mx.jvp` differentiates the body as if nothing had been set. Rounding with a straight-through VJP has slope 1 in one mode
# and 0 in the other, and a Hessian–vector product made of both modes mixes them.
#
# It matters to whoever checks a hand-written VJP by `mx.jvp`, or takes `mx.jvp` of a gradient. Setting `.jvp` as well cures it.
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


@mx.custom_function
def rounded(x):
    return mx.round(x)


@rounded.vjp
def rounded_vjp(primal, cotangent, output):
    return cotangent


x = mx.array(1.25)
reverse = mx.grad(rounded)(x).item()
forward = mx.jvp(rounded, [x], [mx.array(1.0)])[1][0].item()


@jax.custom_vjp
def jax_rounded(x):
    return jnp.round(x)


jax_rounded.defvjp(lambda x: (jnp.round(x), None), lambda _, cotangent: (cotangent,))
try:
    peer = float(jax.jvp(jax_rounded, (1.25,), (1.0,))[1])
except TypeError as error:
    peer = str(error).splitlines()[0]
print("mlx", importlib.metadata.version("mlx"), "jax", jax.__version__)
print("MLX: reverse", reverse, "forward", forward)
print("JAX: forward:", peer)
assert (reverse, forward) == (1.0, 0.0), "MLX has changed"
assert isinstance(peer, str), "JAX has changed"
PY
