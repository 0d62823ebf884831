"""What the symbols of the examples mean."""

TABLE = {
    "x": {"tex": "x"},
    "y": {"tex": "y", "range": "unit"},
    "W": {"tex": "W"},
    "b": {"tex": "b"},
    "z": {"tex": "z", "by": "forward.weighted_sum"},
    "a": {"tex": "a", "by": ["forward.activation", "forward.propagate"]},
    "Z": {"tex": "Z", "by": "batches.weighted_sums"},
    "sigma": {"tex": r"\sigma"},
    "W1": {"tex": "W^{(1)}"},
    "b1": {"tex": "b^{(1)}"},
    "z1": {"tex": "z^{(1)}", "by": "forward.forward"},
    "a1": {"tex": "a^{(1)}", "by": "forward.forward"},
    "W2": {"tex": "W^{(2)}"},
    "b2": {"tex": "b^{(2)}"},
    "z2": {"tex": "z^{(2)}", "by": "forward.forward"},
    "y_hat": {"tex": r"\hat{y}", "range": "unit", "by": "forward.forward"},
    "L": {"tex": "L", "by": ["loss.binary_cross_entropy", "backward.loss", "batches.mean_loss"]},
    "delta1": {
        "tex": r"\delta^{(1)}",
        "by": "backward.hidden_error",
        "is": r"\frac{\partial L}{\partial z^{(1)}}",
    },
    "delta2": {
        "tex": r"\delta^{(2)}",
        "by": "backward.output_error",
        "is": r"\frac{\partial L}{\partial z^{(2)}}",
    },
    "m": {"tex": "m", "by": "batches.adam_start"},
    "v": {"tex": "v", "range": "positive", "by": "batches.adam_start"},
}
