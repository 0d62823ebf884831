#!/usr/bin/env bash
# safetensors and MLX: safetensors.mlx saves a transposed array scrambled; mx.save_safetensors saves it right.
#
# MLX has no strides to look at, and a transposed array is an array like any other, so a good guess is that the file holds
# the numbers that were shown. Seen with safetensors 0.8.0 and MLX 0.32.4: `safetensors.mlx.save_file` writes the memory as
# it lies, under the shape that was asked for: w.T comes back as w's numbers in w's order, without an error. The docstring
# asks for dense tensors, and nothing checks it. The same array is saved right by mx.save_safetensors, and its twin in JAX
# by safetensors.flax. mx.contiguous in front cures it; safetensors.numpy does the same to a transposed NumPy array.
#
# It matters to whoever converts weights: a convolution's kernel is transposed on its way from PyTorch's order to MLX's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "mlx[cpu]==0.32.4" "safetensors==0.8.0" "numpy==2.4.6" "jax==0.10.2" "flax==0.12.8"
cd "$folder"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import jax.numpy as jnp
import mlx.core as mx
import numpy as np
import safetensors.flax
import safetensors.mlx
import safetensors.numpy

weight = mx.arange(6.0).reshape(2, 3)
turned = weight.T
mx.eval(turned)
seen = {"what was given": turned.tolist()}
safetensors.mlx.save_file({"w": turned}, "a.safetensors")
seen["safetensors.mlx"] = mx.load("a.safetensors")["w"].tolist()
safetensors.mlx.save_file({"w": mx.contiguous(turned)}, "b.safetensors")
seen["... of mx.contiguous"] = mx.load("b.safetensors")["w"].tolist()
mx.save_safetensors("c.safetensors", {"w": turned})
seen["mx.save_safetensors"] = safetensors.mlx.load_file("c.safetensors")["w"].tolist()
safetensors.flax.save_file({"w": jnp.arange(6.0).reshape(2, 3).T}, "d.safetensors")
seen["safetensors.flax"] = mx.load("d.safetensors")["w"].tolist()
safetensors.numpy.save_file({"w": np.arange(6, dtype=np.float32).reshape(2, 3).T}, "e.safetensors")
seen["safetensors.numpy"] = mx.load("e.safetensors")["w"].tolist()
print(*(f"{name} {importlib.metadata.version(name)}" for name in ("safetensors", "mlx")))
print("safetensors.mlx and safetensors.numpy save a transposed array scrambled, without a word")
for name, numbers in seen.items():
    print(f"{name:21}", numbers)
right = [[0, 3], [1, 4], [2, 5]]
assert all(seen[name] == right for name in seen if name not in ("safetensors.mlx", "safetensors.numpy")), "this has changed"
assert seen["safetensors.mlx"] == seen["safetensors.numpy"] == [[0, 1], [2, 3], [4, 5]], "safetensors has changed"
PY
