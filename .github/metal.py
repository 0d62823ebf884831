"""Return 0 where Metal computes what this machine's CPU computes."""

import mlx.core as mx

if not mx.metal.is_available():
    raise SystemExit("no Metal here")

a = mx.arange(4096, dtype=mx.float32).reshape(64, 64) / 4096
answers = [mx.exp(mx.matmul(a, a, stream=device), stream=device) for device in (mx.gpu, mx.cpu)]
mx.eval(*answers)
if not mx.allclose(*answers, rtol=1e-4, stream=mx.cpu).item():
    raise SystemExit("Metal computes something else than the CPU")
print("Metal works")
