r"""Formulas with one mistake each, of kinds that are published, and what the hint must say.

Each line: the parameters, what the function returns, the right formula, the wrong one, the hint.
In a parameter `x: n` is an array with the axis n, `t: int` a whole number, `x: +` a positive
number, `x: n +` a positive array, `p: n 01` an array between 0 and 1.
"""

from typing import NamedTuple


class Case(NamedTuple):
    parameters: str
    code: str
    right: str
    wrong: str
    says: str
    returns: str = ""  # the axes of what is returned


ROOT = "a square root is missing around "
N = r"the factor `\frac{1}{n}` is missing"

CASES = [
    # ---- outside or inside
    Case("x: n, y: n, p: +", "(np.abs(x - y) ** p).sum() ** (1 / p)",
         r"d = (\sum_{i=1}^{n} |x_i - y_i|^p)^{1/p}", r"d = \sum_{i=1}^{n} (|x_i - y_i|^p)^{1/p}",
         "the power belongs outside of the sum"),
    Case("q, r, v", "(q - (r + v)) ** 2", r"e = (q - (r + v))^2", r"e = q - (r + v)^2",
         "put brackets around `q - (r + v)`"),
    Case("x: n +", "np.log(x).sum()", r"l = \sum_{i=1}^{n} \log x_i",
         r"l = \log \sum_{i=1}^{n} x_i", r"the `\log` belongs inside of the sum"),
    # ---- a root
    Case("x, mu, v: +", "(x - mu) / np.sqrt(v)", r"z = \frac{x - \mu}{\sqrt{v}}",
         r"z = \frac{x - \mu}{v}", ROOT + "`v`"),
    Case("x: n, mu, v: +", "(x - mu) / np.sqrt(v)", r"z_i = \frac{x_i - \mu}{\sqrt{v}}",
         r"z_i = \frac{x_i - \mu}{v}", ROOT + "`v`", "n"),
    Case("g, s: +, eta, epsilon: +", "eta * g / (np.sqrt(s) + epsilon)",
         r"u = \frac{\eta g}{\sqrt{s} + \epsilon}", r"u = \frac{\eta g}{s + \epsilon}",
         ROOT + "`s`"),
    Case("g, s: +, eta, epsilon: +", "eta * g / np.sqrt(s + epsilon)",
         r"u = \frac{\eta g}{\sqrt{s + \epsilon}}", r"u = \frac{\eta g}{s + \epsilon}",
         ROOT + r"`s + \epsilon`"),
    Case("x: n", "np.sqrt((x * x).sum())", r"r = \sqrt{\sum_{i=1}^{n} x_i^2}",
         r"r = \sum_{i=1}^{n} x_i^2", ROOT + r"`\sum_{i=1}^{n} x_i^2`"),
    Case("q: d, k: d", "(q @ k) / np.sqrt(len(q))", r"s = \frac{q^\top k}{\sqrt{d}}",
         r"s = \frac{q^\top k}{d}", ROOT + "`d`"),
    # ---- 1/n, n, 2, 1/2
    Case("x: n", "x.mean()", r"m = \frac{1}{n} \sum_{i=1}^{n} x_i", r"m = \sum_{i=1}^{n} x_i", N),
    Case("y: n, p: n 01", "-(y * np.log(p)).mean()",
         r"L = -\frac{1}{n} \sum_{i=1}^{n} y_i \log(p_i)", r"L = -\sum_{i=1}^{n} y_i \log(p_i)", N),
    Case("X: n d, y: n, w: d", "X.T @ (X @ w - y) / len(y)",
         r"g = \frac{1}{n} X^\top (X w - y)", r"g = X^\top (X w - y)", N, "d"),
    Case("x: n", "x.sum()", r"m = \sum_{i=1}^{n} x_i", r"m = \frac{1}{n} \sum_{i=1}^{n} x_i",
         r"`\frac{1}{n}` is too much"),
    Case("x: n, y: n", "((x - y)**2).mean()", r"L = \frac{1}{n} \sum_{i=1}^{n} (x_i - y_i)^2",
         r"L = \frac{1}{2} \sum_{i=1}^{n} (x_i - y_i)^2", "with `n` in place of `2`"),
    Case("w, x, y", "2 * (w * x - y) * x", r"g = 2 (w x - y) x", r"g = (w x - y) x",
         "the factor `2` is missing"),
    Case("x, y", "(x - y)**2 / 2", r"L = \frac{1}{2} (x - y)^2", r"L = (x - y)^2",
         r"the factor `\frac{1}{2}` is missing"),
    Case("w: n, eta, lambda_", "lambda_ * (w * w).sum()/2 + eta",
         r"R = \eta + \frac{\lambda}{2} \sum_{i=1}^{n} w_i^2",
         r"R = \eta + \lambda \sum_{i=1}^{n} w_i^2", r"the factor `\frac{1}{2}` is missing before"),
    Case("x: n", "((x - x.mean())**2).sum() / (len(x) - 1)",
         r"v = \frac{1}{n - 1} \sum_{i=1}^{n} (x_i - \frac{1}{n} \sum_{j=1}^{n} x_j)^2",
         r"v = \frac{1}{n} \sum_{i=1}^{n} (x_i - \frac{1}{n} \sum_{j=1}^{n} x_j)^2",
         "with `n - 1` in place of `n`"),
    # ---- a sign
    Case("p: n 01", "-(p * np.log(p)).sum()", r"H = -\sum_{i=1}^{n} p_i \log(p_i)",
         r"H = \sum_{i=1}^{n} p_i \log(p_i)", r"a minus is missing before `\sum"),
    Case("z", "1 / (1 + np.exp(-z))", r"s = \frac{1}{1 + e^{-z}}", r"s = \frac{1}{1 + e^z}",
         "a minus is missing before `z`"),
    Case("w, eta, g", "w - eta * g", r"u = w - \eta g", r"u = w + \eta g",
         "with `-` in place of `+`"),
    Case("y, p: 01", "-(y * np.log(p) + (1 - y) * np.log(1 - p))",
         r"L = -(y \log(p) + (1 - y) \log(1 - p))", r"L = -(y \log(p) - (1 - y) \log(1 - p))",
         "with `+` in place of `-`"),
    Case("x, a: +", "np.exp(-x**2 / (2 * a))", r"u = e^{-\frac{x^2}{2 a}}",
         r"u = e^{\frac{x^2}{2 a}}", "a minus is missing before"),
    Case("y, p", "p - y", r"d = p - y", r"d = y - p", "a minus is missing before `(y - p)`"),
    # ---- an index
    Case("z: n", "np.exp(z) / np.exp(z).sum()", r"p_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{z_k}}",
         r"p_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{z_i}}", "with `k` in place of `i`", "n"),
    Case("W: m n, x: n", "W @ x", r"z_i = \sum_{j=1}^{n} w_{ij} x_j",
         r"z_i = \sum_{j=1}^{n} w_{ji} x_j", "the indices of `w_{ji}` are in the wrong order", "m"),
    Case("x: n", "np.diff(x).sum()", r"s = \sum_{i=1}^{n-1} (x_{i+1} - x_i)",
         r"s = \sum_{i=1}^{n-1} (x_{i-1} - x_i)", "with `i + 1` in place of `i - 1`"),
    Case("m, g, beta", "beta * m + (1 - beta) * g", r"m_t = \beta m_{t-1} + (1 - \beta) g_t",
         r"m_t = \beta m_{t-1} + (1 - \beta) g_{t-1}", "with `t` in place of `t - 1`"),
    Case("x: n", "x[:-1] * x[1:]", r"y_i = x_i x_{i+1}", r"y_i = x_i x_i",
         "`i + 1` in place of `i`", "n-1"),
    Case("x: n", "x.sum()", r"s = \sum_{i=1}^{n} x_i", r"s = \sum_{i=1}^{n-1} x_i",
         "with `n` in place of `n - 1` as the upper bound"),
    Case("x: n", "x.sum()", r"s = \sum_{i=1}^{n} x_i", r"s = \sum_{i=2}^{n} x_i",
         "with `1` in place of `2` as the lower bound"),
    # ---- brackets
    Case("y: n, p: n 01", "-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()",
         r"L = -\sum_{i=1}^{n} (y_i \log(p_i) + (1 - y_i) \log(1 - p_i))",
         r"L = -\sum_{i=1}^{n} y_i \log(p_i) + (1 - y_i) \log(1 - p_i)",
         "put brackets: the sum ends before `+`"),
    Case("a: n, b", "(a + b).sum()", r"s = \sum_{i=1}^{n} (a_i + b)", r"s = \sum_{i=1}^{n} a_i + b",
         "put brackets: the sum ends before `+`"),
    Case("x: n, mu", "(x - mu).prod()", r"s = \prod_{i=1}^{n} (x_i - \mu)",
         r"s = \prod_{i=1}^{n} x_i - \mu", "put brackets: the product ends before `-`"),
    Case("a, b, c", "a * (b + c)", r"s = a (b + c)", r"s = a b + c", "put brackets around `b + c`"),
    Case("a, b, c", "(a + b) * c", r"s = (a + b) c", r"s = a + b c", "put brackets around `a + b`"),
    Case("w, x, b", "np.tanh(w * x + b)", r"a = \tanh(w x + b)", r"a = \tanh(w x) + b",
         r"`b` belongs inside of the brackets of `\tanh`"),
    Case("beta, m, g", "beta * m + (1 - beta) * g", r"v = \beta m + (1 - \beta) g",
         r"v = \beta m + 1 - \beta g", r"put brackets around `1 - \beta`"),
    # ---- the place of epsilon
    Case("g, v: +, epsilon: +", "g / (np.sqrt(v) + epsilon)",
         r"u = \frac{g}{\sqrt{v} + \epsilon}", r"u = \frac{g}{\sqrt{v + \epsilon}}",
         r"`\epsilon` belongs outside of the root"),
    Case("g, v: +, epsilon: +", "g / np.sqrt(v + epsilon)",
         r"u = \frac{g}{\sqrt{v + \epsilon}}", r"u = \frac{g}{\sqrt{v} + \epsilon}",
         r"`\epsilon` belongs inside of the root"),
    Case("g, v: +, epsilon: +", "g / (v + epsilon)", r"u = \frac{g}{v + \epsilon}",
         r"u = \frac{g}{v} + \epsilon", r"`\epsilon` belongs inside of the denominator"),
    # ---- another parameter
    Case("TP: +, FP: +, FN: +", "TP / (TP + FN)", r"r = \frac{\text{TP}}{\text{TP} + \text{FN}}",
         r"r = \frac{\text{TP}}{\text{TP} + \text{FP}}", "with `FN` in place of `FP`"),
    Case("w, x, b", "w * x + b", r"z = w x + b", r"z = w x", "the term `+ b` is missing"),
    Case("W: m n, x: n, b: m", "W @ x + b", r"z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i",
         r"z_i = \sum_{j=1}^{n} w_{ij} x_j", "the term `+ b_i` is missing", "m"),
    Case("W: m n, x: n, b: m", "W @ x + b", r"z = W x + b", r"z = W x",
         "the term `+ b` is missing", "m"),
    Case("w, x, b", "np.tanh(w * x + b)", r"a = \tanh(w x + b)", r"a = \tanh(w x)",
         "the term `+ b` is missing"),
    Case("w, eta, g", "w - eta * g", r"u = w - \eta g", r"u = w - g",
         r"the factor `\eta` is missing before `g`"),
    Case("x: n, a: n", "(a * x).sum()", r"s = \sum_{i=1}^{n} a_i x_i", r"s = \sum_{i=1}^{n} x_i",
         "the factor `a_i` is missing"),
    Case("x, mu, s: +", "(x - mu) / s", r"z = \frac{x - \mu}{s}", r"z = x - \mu",
         "the divisor `s` is missing"),
    Case("x, y, a", "a * x", r"z = a x", r"z = a y", "with `x` in place of `y`"),
    Case("beta1, beta2, m, g", "beta2 * m + (1 - beta2) * g",
         r"v = \beta_2 m + (1 - \beta_2) g", r"v = \beta_2 m + (1 - \beta_1) g",
         r"with `\beta_2` in place of `\beta_1`"),
    # ---- bars, squares, logarithms
    Case("x: n", "np.abs(x).sum()", r"s = \sum_{i=1}^{n} \lvert x_i \rvert",
         r"s = \sum_{i=1}^{n} x_i", "bars are missing around `x_i`"),
    Case("x", "np.where(np.abs(x) < 0.2, x * x, np.abs(x) - 0.16)",
         r"L = \begin{cases} x^2 & \lvert x \rvert < 0.2 \\ \lvert x \rvert - 0.16 "
         r"& \text{otherwise} \end{cases}",
         r"L = \begin{cases} x^2 & \lvert x \rvert < 0.2 \\ x - 0.16 "
         r"& \text{otherwise} \end{cases}",
         "bars are missing around `x`"),
    Case("x, y: 01", "np.where(np.abs(x) < y, x**2 / 2, y * (np.abs(x) - y / 2))",
         r"L = \begin{cases} \frac{1}{2} x^2 & \lvert x \rvert < y \\ "
         r"y (\lvert x \rvert - \frac{1}{2} y) & \text{otherwise} \end{cases}",
         r"L = \begin{cases} \frac{1}{2} x^2 & x < y \\ "
         r"y (\lvert x \rvert - \frac{1}{2} y) & \text{otherwise} \end{cases}",
         "bars are missing around `x`"),
    Case("y, p", "(y - p)**2", r"L = (y - p)^2", r"L = y - p", "the power `2` is missing"),
    Case("y, p", "y - p", r"L = y - p", r"L = (y - p)^2", "the power `2` on `y - p` is too much"),
    Case("x: n", "(x @ x) / 2", r"R = \frac{1}{2} \|x\|^2", r"R = \frac{1}{2} \|x\|",
         "the power `2` is missing"),
    Case("z: n", "np.log(np.exp(z).sum())", r"L = \log(\sum_{i=1}^{n} e^{z_i})",
         r"L = \sum_{i=1}^{n} e^{z_i}", r"`\log` is missing around"),
    Case("y: n, p: n 01", "(y * np.log(p)).sum()", r"L = \sum_{i=1}^{n} y_i \log(p_i)",
         r"L = \sum_{i=1}^{n} y_i p_i", r"`\log` is missing around `p_i`"),
    Case("y, f", "np.maximum(0, 0.1 - y * f)", r"L = \max(0, 0.1 - y f)", r"L = 0.1 - y f",
         r"`\max(0, ·)` is missing around `0.1 - y f`"),
    Case("x: n, W: m n", "np.tanh(W @ x)", r"h_i = \tanh(\sum_{j=1}^{n} w_{ij} x_j)",
         r"h_i = \tanh(w_{ij} x_j)", r"`\sum_{j=1}^{n}` is missing", "m"),
    # ---- 1 -, fractions, powers, transposes
    Case("x", "1 - np.tanh(x)**2", r"s = 1 - \tanh(x)^2", r"s = -\tanh(x)^2",
         r"`1 -` is missing before `\tanh(x)^2`"),
    Case("p: 01", "p * (1 - p)", r"s = p (1 - p)", r"s = p p", "`1 -` is missing before `p`"),
    Case("z", "1 / (1 + np.exp(-z))", r"s = \frac{1}{1 + e^{-z}}", r"s = \frac{1}{e^{-z}}",
         "`1 +` is missing before `e^{-z}`"),
    Case("x", "np.tanh(x)", r"u = \frac{e^x - e^{-x}}{e^x + e^{-x}}",
         r"u = \frac{e^x + e^{-x}}{e^x - e^{-x}}", "the fraction is upside down"),
    Case("a: +, b: +, x", "x * a / b", r"u = \frac{a}{b} x", r"u = \frac{b}{a} x",
         "the fraction is upside down"),
    Case("m, beta1: 01, t: int", "m / (1 - beta1**t)", r"u = \frac{m}{1 - \beta_1^t}",
         r"u = \frac{m}{1 - \beta_1}", r"the power `t` is missing on `\beta_1`"),
    Case("W: m n, x: m", "W.T @ x", r"z = W^\top x", r"z = W x", r"`^\top` is missing on `W`", "n"),
    Case("a: n, B: n n", "a @ B @ a", r"s = a^\top B a", r"s = a B a",
         r"`^\top` is missing on `a"),
    Case("A: n n, B: n n", "A @ B", r"C = A B", r"C = B A", "are in the wrong order", "n n"),
    Case("x: n", "x.max()", r"m = \max_{i=1}^{n} x_i", r"m = \sum_{i=1}^{n} x_i",
         r"with `\max` in place of `\sum`"),
    Case("x", "np.log(1 + np.exp(x))", r"s = \log(1 + e^x)", r"s = \log(1 - e^x)",
         "with `+` in place of `-`"),
    Case("x, a", "np.maximum(x, a * x)", r"y = \max(x, a x)", r"y = \min(x, a x)",
         r"with `\max` in place of `\min`"),
    Case("x, y, z", "x + y - z", r"s = x + y - z", r"s = x - z", "the term `+ y` is missing"),
    Case("x, y, z", "x + y", r"s = x + y", r"s = x + y - z", "the term `- z` is too much"),
]  # fmt: skip

# with derivatives, on MLX: the file, what is wrong in it and what is put there, the hint
FILE = r'''from collections.abc import Callable

import mlx.core as mx
from jaxtyping import Float


def loss(w: Float[mx.array, "d"], X: Float[mx.array, "N d"], y: Float[mx.array, "N"]):
    r"""$$
    L = \frac{1}{N} \sum_{i=1}^{N} (\sum_{j=1}^{d} w_j x_{ij} - y_i)^2
    $$"""
    return ((X @ w - y)**2).mean()


def slope(
    w: Float[mx.array, "d"], X: Float[mx.array, "N d"], y: Float[mx.array, "N"]
) -> Float[mx.array, "d"]:
    r"""$$
    \frac{\partial L}{\partial w_j}
    = \frac{2}{N} \sum_{i=1}^{N} (\sum_{k=1}^{d} w_k x_{ik} - y_i) x_{ij}
    $$"""
    return 2 / len(y) * (X.T @ (X @ w - y))


def squash(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    \tanh'(x) = 1 - \tanh(x)^2
    $$"""
    return 1 - mx.tanh(x)**2


def neuron(x, w, sigma: Callable[[mx.array], mx.array]):
    r"""$$
    g = \sigma'(w x) x
    $$"""
    h = 1e-6
    return (sigma(w * x + h) - sigma(w * x - h)) / (2 * h) * x


def curve(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    \tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}
    $$"""
    return mx.tanh(x)
'''
DERIVATIVES = [
    ("slope", "return 2 / len(y)", "return 1 / len(y)",
     "the code is wrong: the formula and automatic differentiation agree; change the code"),
    ("slope", r"\frac{2}{N} \sum", r"\frac{1}{N} \sum", "the factor `2` is missing"),
    ("slope", r"\frac{2}{N} \sum", r"2 \sum", r"`\frac{1}{N}` is missing"),
    ("slope", r"- y_i) x_{ij}", r"- y_i) x_{ik}", "`j` in place of `k`"),
    ("squash", r"= 1 - \tanh(x)^2", r"= -\tanh(x)^2", "`1 -` is missing before"),
    ("squash", "return 1 - ", "return ",
     "the code is wrong: the formula and automatic differentiation agree"),
    ("neuron", r"\sigma'(w x)", r"\sigma(w x)", "a prime is missing on"),
    ("curve", r"\frac{e^x - e^{-x}}{e^x + e^{-x}}", r"\frac{e^x + e^{-x}}{e^x - e^{-x}}",
     "the fraction is upside down"),
]  # fmt: skip
