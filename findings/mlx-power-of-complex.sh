#!/usr/bin/env bash
# MLX: the gradient of z ** 2 for complex z is the conjugate of the right one; z * z and mx.square(z) are right.
#
# Three ways to write a square should have one gradient. Seen with MLX 0.32.4 on the CPU: the imaginary part of
# (x + i)² is 2x, and `mx.grad` gives -2 with the operator **, +2 with the product and with mx.square. The real part alone
# is right, so a quick check passes; a modulus |z² - c| has a wrong slope. Forward mode is right for all three.
#
# It matters to whoever trains through powers of complex numbers: transfer functions, filters, Fourier features.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "mlx[cpu]==0.32.4"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import mlx.core as mx

squares = {"z ** 2": lambda z: z**2, "z * z": lambda z: z * z, "square(z)": mx.square}
x = mx.array(0.75)


def slopes(function):
    """By the limit, by reverse mode, by forward mode."""
    limit = (function(x + 0.01) - function(x - 0.01)).item() / 0.02
    return [round(each, 2) for each in (limit, mx.grad(function)(x).item(), mx.jvp(function, [x], [mx.array(1.0)])[1][0].item())]


print("mlx", importlib.metadata.version("mlx"))
print("the reverse mode of ** forgets to conjugate its factor: (limit, grad, jvp) at x = 0.75")
seen = {}
for name, square in squares.items():
    seen[name] = [
        slopes(lambda x: mx.real(square(x + 1j))),
        slopes(lambda x: mx.imag(square(x + 1j))),
        slopes(lambda x: mx.abs(square(x + 1j) - (1 + 1j))),
    ]
    print(f"{name:10} real part {seen[name][0]} imaginary part {seen[name][1]} distance {seen[name][2]}")
assert seen["z * z"] == seen["square(z)"], "this has changed"
assert all(each[0] == each[1] == each[2] for each in seen["z * z"]), "this has changed"
assert seen["z ** 2"][0] == seen["z * z"][0], "this has changed"
assert seen["z ** 2"][1] == [2.0, -2.0, 2.0] and seen["z ** 2"][2][0] != seen["z ** 2"][2][1], "MLX has changed"
PY
