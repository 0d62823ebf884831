#!/usr/bin/env bash
# Autograd: np.fft.rfft(x, n=8) has a wrong gradient; np.fft.rfft(x, 8) has the right one.
#
# Python does not care whether an argument is given by place or by name, and padding with zeros up to n is what n is for.
# Seen with autograd 1.9.1: the values agree, and with the name the gradient is wrong in every entry, without a word: about
# half, and not by one factor. For an n below the length of x it is 10 and 14 where 4 and 8 are right. np.fft.fft takes the
# name and is right, and so is padding by hand.
#
# It matters to whoever trains through a convolution done by zero-padded transforms, or checks another engine by this one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "autograd==1.9.1" "numpy==2.4.6"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import autograd.numpy as np
from autograd import grad

x = np.array([1.0, 2.0, 3.0, 4.0])


def power(y):
    return np.sum(np.abs(y) ** 2)


ways = {
    "rfft(x, n=8)": lambda x: power(np.fft.rfft(x, n=8)),
    "rfft(x, 8)": lambda x: power(np.fft.rfft(x, 8)),
    "rfft(x and zeros)": lambda x: power(np.fft.rfft(np.concatenate([x, np.zeros(4)]))),
    "rfft(x, n=2)": lambda x: power(np.fft.rfft(x, n=2)),
    "rfft(x, 2)": lambda x: power(np.fft.rfft(x, 2)),
    "fft(x, n=8)": lambda x: power(np.fft.fft(x, n=8)),
}
print("autograd", importlib.metadata.version("autograd"))
print("rfft with its length by name has the right value and a wrong gradient")
wrong = []
for name, function in ways.items():
    slope = grad(function)(x)
    limit = [(function(x + 1e-3 * e) - function(x - 1e-3 * e)) / 2e-3 for e in np.eye(4)]
    if not np.allclose(slope, limit, atol=1e-4):
        wrong.append(name)
    print(f"{name:18} value {function(x):6.1f} grad {slope.round(3).tolist()} limit {np.round(limit, 3).tolist()}")
values = [ways[name](x) for name in ("rfft(x, n=8)", "rfft(x, 8)", "rfft(x and zeros)")]
assert np.allclose(values, values[0]), "this has changed"
assert wrong == ["rfft(x, n=8)", "rfft(x, n=2)"], "autograd has changed"
PY
