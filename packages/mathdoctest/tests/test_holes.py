"""Wrong formulas that a checker once accepted, and right ones that it refused, with variants.

Each case is a small module: `A[n]` is an array of n numbers and `I[n]` of whole ones, `X.` the
library, NumPy or MLX. Its last function is checked.
"""

import os
import re
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest
from conftest import PACKAGE

from mathdoctest import Mismatch, check, directed, execute, indices, source, watch
from mathdoctest.evaluate import Wrong
from mathdoctest.functions import function
from mathdoctest.run import Run
from mathdoctest.scope import Scope

LIBRARIES = {"numpy": ("np.ndarray", "np"), "mlx": ("mx.array", "mx")}
HEADER = "import mlx.core as mx\nimport numpy as np\nfrom jaxtyping import Float, Int\n"
# what the message says: the seed of a draw on purpose, or small inputs that show it
ON_PURPOSE = r"(seed 1\d\d|: the code returns)"


class Fn(NamedTuple):
    """A function: its head without `def`, its formulas, its code, an expression or lines."""

    head: str
    formulas: tuple[str, ...] | str
    code: str

    def text(self) -> str:
        formulas = (self.formulas,) if isinstance(self.formulas, str) else self.formulas
        doc = "\n\n".join(f"    $$\n    {tex}\n    $$" for tex in formulas)
        body = self.code if "return" in self.code else f"return {self.code}"
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        return f'def {self.head}:\n    r"""Text.\n\n{doc}\n    """\n{lines}\n'


def written(tmp_path, library: str, functions: tuple[Fn, ...], symbols=None, top: str = ""):
    array, name = LIBRARIES[library]
    text = "\n\n".join(fn.text() for fn in functions)
    text = re.sub(r"\bA\[([^]]*)\]", rf'Float[{array}, "\1"]', text)
    text = re.sub(r"\bI\[([^]]*)\]", rf'Int[{array}, "\1"]', text)
    text = re.sub(r"\bX\.", f"{name}.", top + text)
    path = tmp_path / "module.py"
    path.write_text(f"{HEADER}\nSYMBOLS = {symbols or {}}\n\n{text}")
    wanted = re.match(r"\w+", functions[-1].head)[0]
    return function(source.module(path), wanted)


def verdict(tmp_path, library: str, case) -> str:
    """What is found of the last function; empty where its formulas hold."""
    *functions, symbols = case if isinstance(case[-1], dict) else (*case, None)
    try:
        check(written(tmp_path, library, tuple(functions), symbols))
    except Mismatch as error:
        assert error.line > 0 and error.path.name == "module.py"
        return str(error)
    return ""


SOFTMAX = "X.exp(z) / X.exp(z).sum()"
POSITIVE = {"range": "positive"}

# ---- wrong formulas: (functions …, symbols, if any), what the message says
WRONG = {
    # two comparisons, of which each side is drawn, but these two sides never together
    "a loss without bars beyond its threshold": (
        (Fn("f(a: A[], delta: A[]) -> A[]",
            r"L = \begin{cases} \frac{1}{2} a^2 & |a| < \delta \\ \delta (a - \frac{1}{2} \delta)"
            r" & \text{otherwise} \end{cases}",
            "X.where(X.abs(a) < delta, 0.5 * a * a, delta * (X.abs(a) - 0.5 * delta))"),
         {"delta": POSITIVE}), "bars are missing"),
    # the times of what is given and what is made
    "a step that looks ahead": (
        (Fn("f(v: A[n], g: A[n]) -> A[n]", r"v_t = 0.9 v_{t+1} + g_t", "0.9 * v + g"),),
        "at this time"),
    "a left side that is transposed": (
        (Fn("f(A: A[m n], B: A[n k]) -> A[m k]", r"(C)^\top = A B", "A @ B"),), "m|×"),
    "a matrix that is no batch": (
        (Fn("f(W: A[m n], x: A[n]) -> A[m]", r"y = W^\top x", "W @ x"),), "a product of"),
    "a matrix that is no batch, by its entries": (
        (Fn("f(W: A[m n], x: A[n], b: A[m]) -> A[m]", r"z_1 = \sum_{j=1}^{n} w_{ij} x_j + b_i",
            "W @ x + b"),), "one entry alone"),
    "a matrix that is no batch, by its number": (
        (Fn("f(W1: A[m n], x: A[n]) -> A[m]", r"z^{(1)} = (W^{(1)})^\top x", "W1 @ x"),),
        "a product of"),
    "what is returned, as a function of something": (
        (Fn("f(z: A[n]) -> A[n]", r"a_i = a(z_i)", "X.tanh(z)"),), "a"),
    # boundaries of quantities that are computed
    "a boundary of a layer": (
        (Fn("f(w: A[n], x: A[n], b: A[]) -> A[]",
            r"y = \begin{cases} 1 & w^\top x + b \ge 0 \\ 0 & \text{otherwise} \end{cases}",
            "X.where(w @ x + b > 0, 1.0, 0.0)"),), ON_PURPOSE),
    "a boundary of an inner product": (
        (Fn("f(x: A[n], y: A[n]) -> A[]",
            r"k = \begin{cases} 1 & x^\top y \ge 0 \\ -1 & x^\top y < 0 \end{cases}",
            "X.where(x @ y > 0, 1.0, -1.0)"),), ON_PURPOSE),
    "a boundary of a distance": (
        (Fn("f(x: A[n], y: A[n], c: A[]) -> A[]", r"k = \mathbf{1}[\|x - y\|^2 \le c]",
            "X.where(((x - y) ** 2).sum() < c, 1.0, 0.0)"),), ON_PURPOSE),
    "a boundary of a sum": (
        (Fn("f(x: A[n], c: A[]) -> A[]", r"k = \mathbf{1}[\sum_i x_i < c]",
            "X.where(x.sum() <= c, 1.0, 0.0)"),), ON_PURPOSE),
    "a boundary of a discriminant": (
        (Fn("f(a: A[], b: A[], c: A[]) -> A[]", r"k = \mathbf{1}[b^2 - 4 a c \ge 0]",
            "X.where(b * b - 4 * a * c > 0, 1.0, 0.0)"),), ON_PURPOSE),
    "a boundary at a half": (
        (Fn("f(a: A[], b: A[]) -> A[]", r"k = \mathbf{1}[|a - b| \le 0.5]",
            "X.where(X.abs(a - b) < 0.5, 1.0, 0.0)"),), ON_PURPOSE),
    "a boundary of a mean": (
        (Fn("f(x: A[n]) -> A[]", r"k = \sum_i \mathbf{1}[x_i \ge \bar{x}]",
            "X.where(x > x.mean(), 1.0, 0.0).sum()"),), ON_PURPOSE),
    "a sign that the formula has at its boundary": (
        (Fn("f(Z: A[m n], w: A[n], b: A[]) -> A[m]",
            r"y_i = \begin{cases} 1 & z_i^\top w + b > 0 \\ -1 & \text{otherwise} \end{cases}",
            "X.sign(Z @ w + b)"),), ON_PURPOSE),
    # what no draw reaches
    "a row that is reached on purpose only": (
        (Fn("f(y: A[], p: A[], delta: A[]) -> A[]",
            r"L = \begin{cases} \frac{1}{2} (y - p)^2 & |y - p| \le \delta \\ 7 \delta + 100"
            r" & \text{otherwise} \end{cases}",
            "X.where(X.abs(y - p) <= delta, 0.5 * (y - p) ** 2,"
            " delta * (X.abs(y - p) - 0.5 * delta))"),
         {"y": {"range": "unit"}, "p": {"range": "unit"}, "delta": POSITIVE}), ON_PURPOSE),
    "a row out of reach": (
        (Fn("f(x: A[]) -> A[]",
            r"y = \begin{cases} x & x \ge 0 \\ -x & x < 0 \\ 99 & \text{otherwise} \end{cases}",
            "X.abs(x)"),), "row 3 of the cases is reached on no draw"),
    "a row that has no value": (
        (Fn("f(x: A[]) -> A[]",
            r"y = \begin{cases} x & x \ge 0 \\ \log(x) & \text{otherwise} \end{cases}",
            "X.where(x >= 0, x, X.log(x))"),), "row 2 of the cases|the range where"),
    "a bound out of reach": (
        (Fn("f(p: A[], q: A[]) -> A[]", r"m = \min(p, 3 + q)", "p * X.cos(q * 0)"),
         {"p": {"range": "unit"}, "q": {"range": "unit"}}), "argument 2 is never"),
    "a clip out of reach": (
        (Fn("f(p: A[]) -> A[]", r"m = \operatorname{clip}(p, -1, 2)", "p * X.cos(p * 0)"),
         {"p": {"range": "unit"}}), "argument . is never"),
    "a condition that always holds": (
        (Fn("f(x: A[n]) -> A[]", r"m = \sum_i x_i\, \mathbf{1}[x_i^2 \ge 0]",
            "X.sum(x)"),), "its condition holds on every draw"),
    # letters
    "a letter that counts inside and outside of a sum": (
        (Fn("f(p: A[m n]) -> A[m n]", r"q_{ij} = \frac{p_{ij}}{\sum_j p_{ij}}",
            "p / p.sum(1)[:, None]"),), "use another letter in it"),
    # layers of one step
    "three layers of one step": (
        (Fn("f(W: A[m n], a: A[n], b: A[m]) -> A[m]",
            r"a^{l+1} = \tanh(W^l a^{l-1} + b^l)", "X.tanh(W @ a + b)"),), "three layers"),
    "weights two layers on": (
        (Fn("f(W: A[m n], a: A[n]) -> A[m]",
            r"a^{[l]} = \tanh(W^{[l+1]} a^{[l-1]})", "X.tanh(W @ a)"),), "at this time"),
    # letters that nothing counts, values at points, gradients by their names
    "two letters that nothing counts, which cancel": (
        (Fn("f(x: A[], y: A[]) -> A[]", r"z_i = x_i - x_j + y_i", "y"),), "."),
    "two letters for one vector": (
        (Fn("f(x: A[n], y: A[n]) -> A[n]", r"z_i = x_i y_j", "x * y"),), "."),
    "a letter for an entry, and none for the other": (
        (Fn("f(x: A[n], w: A[]) -> A[n]", r"z_i = w x_j", "w * x"),), "."),
    "an example that is not the one on the left": (
        (Fn("f(w: A[n], x: A[n], b: A[]) -> A[]", r"z_i = w^\top x_j + b", "w @ x + b"),), "."),
    "rows of two letters": (
        (Fn("f(x: A[n n], y: A[n n]) -> A[n n]", r"s_i = x_i y_j", "x * y"),), "."),
    "a sum that is missing": (
        (Fn("f(W: A[n n], h: A[n], b: A[n]) -> A[n]", r"y_i = W_i h_j + b_i",
            "W @ h + b"),), "."),
    "a label beside a letter that runs": (
        (Fn("f(x: A[n d], w: A[d], b: A[]) -> A[n]", r"e_i = b_j + w^\top x_i",
            "x @ w + b"),), "."),
    "values at two points": (
        (Fn("f(v: A[], r: A[]) -> A[]", r"d = v(s_t) + r - v(s_{t+1})", "r"),), "."),
    "a sum over examples of another letter": (
        (Fn("f(p: A[n], q: A[n]) -> A[]", r"h = \sum_x p(y) q(y)", "(p * q).sum()"),), "."),
    "a sum over a letter, of another index": (
        (Fn("f(p: A[n], q: A[n]) -> A[]", r"h = \sum_y p_x q_x", "(p * q).sum()"),), "."),
    "two gradients, one given": (
        (Fn("f(w: A[n], g: A[n]) -> A[n]", r"w_{t+1} = w_t - \nabla f(w_t) - \nabla h(w_t)",
            "w - 2 * g"),), "."),
    "a gradient at another time": (
        (Fn("f(w: A[n], g: A[n]) -> A[n]", r"w_{t+1} = w_t - \nabla f(w_{t-1})", "w - g"),), "."),
    "a gradient along another parameter": (
        (Fn("f(w: A[n], u: A[n], g: A[n]) -> A[n]", r"w \leftarrow w - \nabla_u L",
            "w - g"),), "."),
    "a determinant that is a trace": (
        (Fn("f(A: A[n n]) -> A[]", r"\det A = \sum_i A_{ii}", "X.trace(A)"),), "."),
    "an axis by an accented letter": (
        (Fn("f(x: A[n]) -> A[]", r"s = \sum_{i=1}^{\hat{n}} x_i", "x.sum()"),), "n_hat"),
    "an axis by the letter of an entry": (
        (Fn("f(X: A[n m]) -> A[m]", r"s_j = \sum_{i=1}^{x} x_{ij}", "X.sum(axis=0)"),), "x"),
    # infinities and NaN on either side
    "−log 0 for a number": (
        (Fn("f(c: float) -> float", r"h = -\log(c - c)", "c / 2"),), "is ∞"),
    "a division by 0 for softmax": (
        (Fn("f(z: A[n]) -> A[n]",
            r"p_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{z_k} - \sum_{k=1}^{n} e^{z_k}}", SOFTMAX),),
        "is ∞"),
    "infinity with the other sign": (
        (Fn("f(c: float) -> float", r"h = \log(c - c)", "c / (abs(c) - abs(c) + 1e-320)"),
         {"c": POSITIVE}), "∞"),
    "infinity for a number that the code has": (
        (Fn("f(x: A[n]) -> A[n]", r"y_i = x_i", "x / (x - x)"),), "the right side"),
    "infinities everywhere": (
        (Fn("f(x: A[n]) -> A[n]", r"y_i = -\frac{x_i^2 + 1}{0}", "-(x * x + 1) / (x - x)"),),
        "leave the range"),
    "NaN everywhere": (
        (Fn("f(x: A[n]) -> A[n]", r"y_i = \log(-1 - x_i^2)", "X.log(-1 - x * x)"),),
        "leave the range"),
    "NaN for a number": (
        (Fn("f(x: A[n]) -> A[n]", r"y_i = \log(-1 - x_i^2)", "x"),), "declare a range"),
    "a bound that is −∞": (
        (Fn("f(x: A[n]) -> A[]", (r"s = \sum_{i=1}^{n} x_i", r"s \le \log(n - n)"), "x.sum()"),),
        "`<=` does not hold"),
    # x_0 beside x_t
    "a schedule that stays at its start": (
        (Fn("f(t: int, eta0: float, lambda_: float) -> float", r"\eta_t = \eta_0",
            "eta0 * 2.718281828459045 ** (-lambda_ * t)"),), "the right side is"),
    "a schedule with the start as eta_0": (
        (Fn("f(t: int, eta_0: float, gamma: float) -> float", r"\eta_t = \eta_0 \gamma",
            "eta_0 * gamma**t"),), "the right side is"),
    # lists outside of their function
    "one layer too low": (
        (Fn("net(x: A[_first], W: list[A[_here _before]]) -> list[A[_here]]",
            ("a^{(0)} = x", r"a^{(l)} = W^{(l)} a^{(l-1)} \quad l = 1, \dots, D"),
            "a = [x]\nfor w in W:\n    a.append(w @ a[-1])\nreturn a"),
         Fn("f(x: A[_first], W: list[A[_here _before]], y: A[_last]) -> A[_last]",
            r"\delta = a^{(D)} - y", "net(x, W)[-2] - y"),), "the code"),
    # one symbol, two functions
    "the slope of another loss": (
        (Fn("one(u: float, y: float) -> float", "L = (u - y)^2", "(u - y) ** 2"),
         Fn("two(u: float, y: float) -> float", "L = (u - y)^4", "(u - y) ** 4"),
         Fn("f(u: float, y: float) -> float",
            r"\frac{\partial L}{\partial u} = 2 (u - y)", "2 * (u - y)"),),
        "`L` is defined by module.one and module.two"),
    "the mean of another normalization": (
        (Fn("one(x: A[n]) -> A[]", r"\mu = \frac{1}{n} \sum_{i=1}^{n} x_i", "x.mean()"),
         Fn("two(x: A[n]) -> A[]", r"\mu = \max_{i=1}^{n} x_i", "x.max()"),
         Fn("f(x: A[n]) -> A[n]", r"y_i = x_i - \mu \cdot 1", "x - x.mean()"),),
        "`mu` is defined by module.one and module.two"),
    # slopes of 1, which hide an operator or an index
    "a square hidden by a slope of 1": (
        (Fn("s(x: A[n]) -> A[]", r"s = \sum_{i=1}^{n} x_i", "x.sum()"),
         Fn("loss(s: A[]) -> A[]", "L = s + 1", "s + 1"),
         Fn("f(x: A[n]) -> A[n]", r"\frac{\partial L}{\partial x_i} = "
            r"\frac{\partial L}{\partial s} \frac{\partial L}{\partial s}", "x * 0 + 1"),),
        "with another `L` of `s`"),
    "an index hidden by slopes of 1": (
        (Fn("layer(W: A[m n], x: A[n]) -> A[m]", r"z_i = \sum_{j=1}^{n} w_{ij} x_j", "W @ x"),
         Fn("loss(z: A[m]) -> A[]", r"L = \sum_{i=1}^{m} z_i", "z.sum()"),
         Fn("f(W: A[m n], x: A[n]) -> A[m n]", r"\frac{\partial L}{\partial w_{ij}} = "
            r"\frac{\partial L}{\partial z_1} x_j", "W * 0 + x"),),
        "with another `L` of `z`"),
    "a square of the slope that is given": (
        (Fn("s(x: A[n]) -> A[]", r"s = \sum_{i=1}^{n} x_i", "x.sum()"),
         Fn("loss(s: A[]) -> A[]", "L = s + 1", "s + 1"),
         Fn("f(x: A[n], dL_ds: float) -> A[n]", r"\frac{\partial L}{\partial x_i} = "
            r"\left(\frac{\partial L}{\partial s}\right)^2", "x * 0 + dL_ds"),),
        "the right side"),
    "an index of the slope that is given": (
        (Fn("f(dL_dz: A[m], x: A[n]) -> A[m n]", r"\frac{\partial L}{\partial w_{ij}} = "
            r"\frac{\partial L}{\partial z_1} x_j", "X.outer(dL_dz, x)"),),
        "the right side"),
    # boundaries
    "t ≤ k for t < k": (
        (Fn("f(t: int, k: int) -> float",
            r"r = \begin{cases} t & t \le k \\ 0 & \text{otherwise} \end{cases}",
            "float(t) if t < k else 0.0"),), ON_PURPOSE),
    "nothing at t = k": (
        (Fn("f(t: int, k: int) -> float",
            r"r = \begin{cases} t & t < k \\ k & t > k \end{cases}", "float(min(t, k))"),),
        "no case holds"),
    "|a| < δ for |a| ≤ δ": (
        (Fn("f(a: float, delta: float) -> float",
            r"r = \begin{cases} 1 & \lvert a \rvert < \delta \\ 0 & \text{otherwise} \end{cases}",
            "1.0 if abs(a) <= delta else 0.0"), {"delta": POSITIVE}), ON_PURPOSE),
    "|a| < δ for |a| ≤ δ, of entries": (
        (Fn("f(a: A[n], delta: float) -> A[n]", r"r_i = \begin{cases} a_i & "
            r"\lvert a_i \rvert < \delta \\ 0 & \text{otherwise} \end{cases}",
            "X.where(X.abs(a) <= delta, a, 0)"), {"delta": POSITIVE}), ON_PURPOSE),
    "a norm of exactly τ": (
        (Fn("f(g: A[n], tau: float) -> A[n]",
            r"u_i = \begin{cases} g_i & \|g\| < \tau \\ 0 & \text{otherwise} \end{cases}",
            "X.where(X.sqrt((g * g).sum()) <= tau, g, 0)"), {"tau": POSITIVE}), ON_PURPOSE),
    "zero as a number": (
        (Fn("f(z: float) -> float",
            r"r = \begin{cases} 1 & z \ge 0 \\ 0 & \text{otherwise} \end{cases}",
            "1.0 if z > 0 else 0.0"),), ON_PURPOSE),
    "equal entries": (
        (Fn("f(x: A[n]) -> A[]", (r"s = \max_{i=1}^{n} x_i", r"\frac{1}{n} \sum_{i=1}^{n} x_i < s"),
            "x.max()"),), "`<` does not hold"),
    "the largest entry last": (
        (Fn("f(x: A[n]) -> A[]", r"s = \max_{i=1}^{n - 1} x_i", "x.max()"),), "the right side"),
    "the smallest entry last": (
        (Fn("f(x: A[n]) -> A[]", r"s = -\max_{i=1}^{n - 1} (-x_i)", "x.min()"),), "the right side"),
    # branches that ordinary draws do not reach
    "a clip at 5": ((Fn("f(x: A[n]) -> A[n]", "y_i = x_i", "X.clip(x, -5, 5)"),), ON_PURPOSE),
    "a clip at 5 of a weighted sum": (
        (Fn("f(W: A[m n], x: A[n]) -> A[m]", "y = W x", "X.clip(W @ x, -5, 5)"),), ON_PURPOSE),
    "a clip at a norm of 10": (
        (Fn("f(g: A[n]) -> A[n]", "u_i = g_i",
            "norm = X.sqrt((g * g).sum())\n"
            "return X.where(norm > 10, g * 10 / norm, g)"),), ON_PURPOSE),
    "a rate halved after 100 steps": (
        (Fn("f(t: int, eta: float) -> float", r"r = \eta", "eta if t <= 100 else eta / 2"),),
        ON_PURPOSE),
    "a limit of 100 steps that is 101": (
        (Fn("f(t: int, eta: float) -> float", r"r = \begin{cases} \eta & t < 100 \\ "
            r"\frac{\eta}{2} & \text{otherwise} \end{cases}", "eta if t <= 100 else eta / 2"),),
        ON_PURPOSE),
    "a delay of 20": (
        (Fn("f(t: int, k: int) -> float", "r = k", "float(max(0, t - 20) + k)"),), ON_PURPOSE),
    "a clip that only the formula has": (
        (Fn("f(x: A[n]) -> A[n]", r"y_i = \min(x_i, 5)", "x * 1"),), ON_PURPOSE),
    "a helper's branch": (
        (Fn("far(x: A[n]) -> A[n]", "v_i = x_i", "X.minimum(x, 7)"),
         Fn("f(x: A[n]) -> A[n]", "y_i = 2 x_i", "2 * far(x)"),), ON_PURPOSE),
    # typed constants
    "1e-8 in the code alone": (
        (Fn("f(v: A[n]) -> A[n]", r"u_i = \sqrt{v_i}", "X.sqrt(v) + 1e-8"), {"v": POSITIVE}),
        "the right side"),
    "1e-12 in the code alone": (
        (Fn("f(v: A[n]) -> A[n]", r"u_i = \sqrt{v_i}", "X.sqrt(v) + 1e-12"), {"v": POSITIVE}),
        "1e-12 in line"),
    "1e-5 outside of the root": (
        (Fn("f(g: A[n], v: A[n]) -> A[n]", r"u_i = \frac{g_i}{\sqrt{v_i + 10^{-5}}}",
            "g / (X.sqrt(v) + 1e-5)"), {"v": POSITIVE}), "the right side"),
    "1e-5 beside an exponential": (
        (Fn("f(z: A[n]) -> A[n]", r"u_i = e^{z_i}", "X.exp(z) + 1e-5"),),
        "1e-05 in line|right side"),
    "1e-6 of the formula alone": (
        (Fn("f(z: A[n]) -> A[n]", r"u_i = e^{z_i} + 10^{-6}", "X.exp(z)"),), "1e-06|right side"),
    "a digit of GELU's constant": (
        (Fn("f(z: A[...]) -> A[...]", r"g = \frac{z}{2} (1 + \tanh(0.8 (z + 0.04472 z^3)))",
            "z / 2 * (1 + X.tanh(0.8 * (z + 0.044715 * z**3)))"),), "the right side"),
    "a digit of a constant beside an exponential": (
        (Fn("f(z: A[n]) -> A[n]", r"g_i = e^{z_i} (1 + 0.000021431 z_i)",
            "X.exp(z) * (1 + 0.000021432 * z)"),), "parameter|right side"),
    "last digits that no draw shows": (
        (Fn("f(z: A[n]) -> A[n]", r"g_i = e^{z_i} + 0.00021431 z_i",
            "X.exp(z) + 0.00021432 * z"),), "parameter|right side"),
    # what is returned
    "one entry less": (
        (Fn("f(x: A[n]) -> A[n]", "y_i = 2 x_i", "2 * x[:-1]"),), "annotation says"),
    "one row less": (
        (Fn("f(W: A[m n]) -> A[m n]", "y_{ij} = 2 w_{ij}", "2 * W[1:]"),), "annotation says"),
    "entries of `...` less": (
        (Fn("f(x: A[...]) -> A[...]", "y = 1", "(x[:1] * 0 + 1).reshape(-1)[:1]"),), "annotation"),
    "one window less": (
        (Fn("f(x: A[n], k: A[2]) -> A[p]", r"y_i = \sum_{j=1}^{2} x_{i+j-1} k_j",
            "y = x[:-1] * k[0] + x[1:] * k[1]\nreturn y[:-1]"),), "an entry i ="),
    "a shape defines nothing": (
        (Fn("one(x: A[n]) -> A[n]", r"z \in \mathbb{R}^{n}", "3 * x"),
         Fn("f(x: A[n]) -> A[n]", "y_i = z_i", "3 * x"),), "`z` is neither"),
    "a bound defines nothing": (
        (Fn("one(x: float) -> float", ("q = x^2", r"L = x", ), "return x**2, x"),
         Fn("two(x: float) -> float", (r"L \ge x - 1", ), "x"),
         Fn("f(x: float) -> float", "y = L - 1", "x"),), "the right side"),
    "two formulas, one value": (
        (Fn("f(x: A[n]) -> A[n]", ("y_i = 2 x_i", "u_i = 3 x_i"), "2 * x"),),
        "the formulas define 2: y, u; the code returns 1"),
    "one formula, two values": (
        (Fn("f(x: A[n]) -> A[n]", "y_i = 2 x_i", "return 2 * x, x"),),
        "the formulas define 1: y; the code returns 2"),
    # the argument on the left
    "LeakyReLU(α)": (
        (Fn("f(z: A[...], alpha: float) -> A[...]",
            r"\operatorname{LeakyReLU}(\alpha) = \max(z, \alpha z)", "X.maximum(z, alpha * z)"),
         {"alpha": {"range": "unit"}}), "the function's is `z`"),
    "LeakyReLU(α) of a number": (
        (Fn("f(z: float, alpha: float) -> float",
            r"\operatorname{LeakyReLU}(\alpha) = \max(z, \alpha z)", "max(z, alpha * z)"),
         {"alpha": {"range": "unit"}}), "the function's is `z`"),
    # cycles
    "a function by itself": (
        (Fn("f(x: float) -> float", r"\operatorname{f}(x) = x \operatorname{f}(x) + 1",
            "1 / (1 - x)"),),
        "`f` is defined by itself"),
    "two functions by each other": (
        (Fn("g(x: float) -> float", r"\operatorname{g}(x) = \operatorname{f}(x) + 1", "x"),
         Fn("f(x: float) -> float", r"\operatorname{f}(x) = \operatorname{g}(x) - 1", "x"),),
        "is defined by itself"),
    "a slope by itself": (
        (Fn("tanh_slope(x: A[...]) -> A[...]", r"\tanh'(x) = 1 - \tanh'(x)^2",
            "1 - X.tanh(x) ** 2"),),
        "is defined by itself"),
    "a slope by the next": (
        (Fn("tanh_slope(x: A[...]) -> A[...]", r"\tanh'(x) = -\tanh(x)^2", "1 - X.tanh(x) ** 2"),),
        "the right side is"),
    "a Jacobian by itself": (
        (Fn("f(x: A[n]) -> A[n n]", r"J = \frac{\partial J}{\partial x}", "X.outer(x, x)"),),
        "itself"),
    "a fraction upside down": (
        (Fn("f(x: A[...]) -> A[...]", r"\tanh(x) = \frac{e^x + e^{-x}}{e^x - e^{-x}}",
            "X.tanh(x)"),), "is "),
    "a fraction upside down, by 0": (
        (Fn("f(x: A[...]) -> A[...]", r"\tanh(x) = \frac{e^x + e^{-x}}{e^x - e^x}", "X.tanh(x)"),),
        "is ∞"),
    "a smooth loss without bars": (
        (Fn("f(x: A[...], y: A[...]) -> A[...]", r"L = \begin{cases} \frac{1}{2} (x - y)^2 & "
            r"\lvert x - y \rvert < 1 \\ x - y - \frac{1}{2} & \text{otherwise} \end{cases}",
            "X.where(X.abs(x - y) < 1, (x - y) ** 2 / 2, X.abs(x - y) - 0.5)"),), "the right side"),
    "no epsilon at all": (
        (Fn("f(g: A[n], v: A[n]) -> A[n]", r"u_i = \frac{g_i}{\sqrt{v_i}}",
            "g / (X.sqrt(v) + 1e-5)"), {"v": POSITIVE}), "the right side"),
    "a mean without its factor": (
        (Fn("loss(x: A[N], w: float) -> A[]", r"L = \frac{1}{N} \sum_{n=1}^{N} (x_n - w)^2",
            "((x - w) ** 2).mean()"),
         Fn("f(x: A[N], w: float) -> A[]", r"\frac{\partial L}{\partial w} = "
            r"-\frac{2}{N} \sum_{n=1}^{N} (x_n - w)", "-(x - w).mean()"),),
        "the right side|left side"),
    "two quantities by each other": (
        (Fn("one(x: float) -> float", "a = b + x", "x"),
         Fn("two(x: float) -> float", "b = a - x", "x"),
         Fn("f(x: float) -> float", "c = a", "x"),), "is defined by itself"),
    "an unknown range": (
        (Fn("f(x: A[n]) -> A[n]", "y_i = x_i", "x"), {"x": {"range": "simplx"}}),
        "unknown range `simplx`: it is real, positive, unit, simplex"),
    "a symmetric vector": (
        (Fn("f(x: A[n]) -> A[n]", "y_i = x_i", "x"), {"x": {"range": "symmetric"}}),
        "has two equal axes"),
    "a last side of slopes that the function makes itself": ((
        Fn("block(x: A[n], W: A[K n], V: A[n K]) -> tuple[A[K], A[n]]", (
            r"z_i = \sum_{j=1}^{n} w_{ij} x_j", r"y_k = x_k + \sum_{i=1}^{K} v_{ki} z_i"),
           "z = W @ x\nreturn z, x + V @ z"),
        Fn("f(x: A[n], W: A[K n], V: A[n K], dL_dy: A[n]) -> tuple[A[K], A[n]]", (
            r"\frac{\partial L}{\partial z_i} = \sum_{k=1}^{n} v_{ki} "
            r"\frac{\partial L}{\partial y_k}",
            r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^{n} \frac{\partial L}{\partial y_k} "
            r"\cdot \frac{\partial y_k}{\partial x_j} = "
            r"-\frac{\partial L}{\partial y_j} + "
            r"\sum_{i=1}^{K} w_{ij} \frac{\partial L}{\partial z_i}"),
           "s = V.T @ dL_dy\nreturn s, dL_dy + W.T @ s"),), "the code returns"),
    "a sign beside a slope that the function makes itself": ((
        Fn("f(x: A[n], W: A[K n], V: A[n K], dL_dy: A[n]) -> tuple[A[K], A[n]]", (
            r"\frac{\partial L}{\partial z_i} = \sum_{k=1}^{n} v_{ki} "
            r"\frac{\partial L}{\partial y_k}",
            r"\frac{\partial L}{\partial x_j} = -\frac{\partial L}{\partial y_j} + "
            r"\sum_{i=1}^{K} w_{ij} \frac{\partial L}{\partial z_i}"),
           "s = V.T @ dL_dy\nreturn s, dL_dy + W.T @ s"),), "the code returns"),
    "a last side of a slope that nothing says": ((
        Fn("block(x: A[n], W: A[K n], V: A[n K]) -> tuple[A[K], A[n]]", (
            r"z_i = \sum_{j=1}^{n} w_{ij} x_j", r"y_k = x_k + \sum_{i=1}^{K} v_{ki} z_i"),
           "z = W @ x\nreturn z, x + V @ z"),
        Fn("f(x: A[n], W: A[K n], V: A[n K], dL_dy: A[n]) -> A[n]",
           r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^{n} \frac{\partial L}{\partial y_k} "
           r"\cdot \frac{\partial y_k}{\partial x_j} = -\frac{\partial L}{\partial y_j} + "
           r"\sum_{i=1}^{K} w_{ij} \frac{\partial L}{\partial z_i}",
           "dL_dy + W.T @ (V.T @ dL_dy)"),), "this side was compared with nothing.*`L`"),
}  # fmt: skip

# ---- right formulas
RIGHT = {
    "the same infinity in some entries": (
        Fn("f(x: A[n], b: A[n]) -> A[n]", r"y_i = x_i + \log(b_i)", "x + X.log(b)"),
        {"b": {"range": "mask"}}),
    "no value at an exact 0": (
        Fn("f(x: A[n]) -> A[n]", r"y_i = \frac{\tanh(x_i)}{x_i}", "X.tanh(x) / x"),),
    "the start of a schedule": (
        Fn("f(t: int, eta0: float, gamma: float) -> float", r"\eta_t = \eta_0 \gamma^t",
           "eta0 * gamma**t"),),
    "the start of a schedule, eta_0": (
        Fn("f(t: int, eta_0: float, gamma: float) -> float", r"\eta_t = \eta_0 \gamma^t",
           "eta_0 * gamma**t"),),
    "the last layer of a list elsewhere": (
        Fn("net(x: A[_first], W: list[A[_here _before]]) -> list[A[_here]]",
           ("a^{(0)} = x", r"a^{(l)} = W^{(l)} a^{(l-1)} \quad l = 1, \dots, D"),
           "a = [x]\nfor w in W:\n    a.append(w @ a[-1])\nreturn a"),
        Fn("f(x: A[_first], W: list[A[_here _before]], y: A[_last]) -> A[_last]",
           r"\delta = a^{(D)} - y", "net(x, W)[-1] - y"),),
    "a list from layer 0 as a parameter": (
        Fn("f(delta: list[A[_here]], a: list[A[_here]]) -> list[A[_here _before]]",
           r"G^{(l)} = \delta^{(l)} (a^{(l-1)})^\top \quad l = 1, \dots, D",
           "[X.outer(d, s) for d, s in zip(delta, a)]"),),
    "a list from layer 0 that is computed elsewhere": (
        Fn("net(x: A[_first], W: list[A[_here _before]]) -> list[A[_here]]",
           ("a^{(0)} = x", r"a^{(l)} = W^{(l)} a^{(l-1)} \quad l = 1, \dots, D"),
           "a = [x]\nfor w in W:\n    a.append(w @ a[-1])\nreturn a"),
        Fn("f(delta: list[A[_here]], a: list[A[_here]]) -> list[A[_here _before]]",
           r"G^{(l)} = \delta^{(l)} (a^{(l-1)})^\top \quad l = 1, \dots, D",
           "[X.outer(d, s) for d, s in zip(delta, a)]"),),
    "two functions with one symbol, the asker's own": (
        Fn("one(x: A[n]) -> A[]", r"\mu = \frac{1}{n} \sum_{i=1}^{n} x_i", "x.mean()"),
        Fn("f(x: A[n]) -> A[]", (r"\mu = \max_{i=1}^{n} x_i", r"v = 2 \mu"),
           "return x.max(), 2 * x.max()"),),
    "two functions that define the same": (
        Fn("one(u: float, y: float) -> float", "L = (u - y)^2", "(u - y) ** 2"),
        Fn("two(u: float, y: float) -> float", "L = u^2 - 2 u y + y^2", "(u - y) ** 2"),
        Fn("f(u: float, y: float) -> float",
           r"\frac{\partial L}{\partial u} = 2 (u - y)", "2 * (u - y)"),),
    "only one of two losses depends on it": (
        Fn("one(u: float, y: float) -> float", "L = (u - y)^2", "(u - y) ** 2"),
        Fn("two(v: float, y: float) -> float", "L = (v - y)^4", "(v - y) ** 4"),
        Fn("f(u: float, y: float) -> float",
           r"\frac{\partial L}{\partial u} = 2 (u - y)", "2 * (u - y)"),),
    "a slope that goes back in time": (
        Fn("states(a: float, x: A[T], s: float) -> A[T+1]",
           ("h_0 = 0", r"h_t = a h_{t-1} + x_t \quad t = 1, \dots, T"),
           "h = [x[0] * 0]\nfor each in x:\n    h.append(a * h[-1] + each)\nreturn X.stack(h)"),
        Fn("loss(c: A[T], h: A[T+1]) -> A[]", r"L = \sum_{t=1}^{T} c_t h_t", "(c * h[1:]).sum()"),
        Fn("f(a: float, c: A[T]) -> A[T]",
           (r"\frac{\partial L}{\partial h_T} = c_T",
            r"\frac{\partial L}{\partial h_t} = a \frac{\partial L}{\partial h_{t+1}} + c_t"
            r" \quad t = T - 1, \dots, 1"),
           "r = [c[-1]]\nfor each in c[:-1][::-1]:\n    r.append(a * r[-1] + each)\n"
           "return X.stack(r[::-1])"),),
    "soft targets that add up to 1": (
        Fn("one(z: A[K]) -> A[K]", r"p_i = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}", SOFTMAX),
        Fn("two(p: A[K], y: A[K]) -> A[]", r"L = -\sum_{k=1}^{K} y_k \log(p_k)",
           "-(y * X.log(p)).sum()"),
        Fn("f(p: A[K], y: A[K]) -> A[K]", r"\frac{\partial L}{\partial z_i} = p_i - y_i", "p - y"),
        {"y": {"range": "simplex"}, "p": {"range": "simplex"}}),
    "more axes than sizes": (
        Fn("f(" + ", ".join(f"u{c}: A[n{c}]" for c in "abcdefghijklmn") + ", x: A[n]) -> A[n]",
           r"y_i = 2 x_i", "2 * x"),),
    "constants of many digits": (
        Fn("f(x: A[...]) -> A[...]", r"y = 1.0507 \begin{cases} x & x > 0 \\ "
           r"1.67326 (\exp(x) - 1) & \text{otherwise} \end{cases}",
           "1.0507 * X.where(x > 0, x, 1.67326 * (X.exp(x) - 1))"),),
    "two comparisons together": (
        Fn("f(a: A[], delta: A[]) -> A[]",
           r"L = \begin{cases} \frac{1}{2} a^2 & |a| < \delta \\ \delta (|a| - \frac{1}{2} \delta)"
           r" & \text{otherwise} \end{cases}",
           "X.where(X.abs(a) < delta, 0.5 * a * a, delta * (X.abs(a) - 0.5 * delta))"),
        {"delta": {"range": "positive"}}),
    "a definite matrix": (
        Fn("f(S: A[n n], x: A[n]) -> A[]", r"r = \sqrt{x^\top S x}", "X.sqrt(x @ S @ x)"),
        {"S": {"range": "definite"}}),
    "a symmetric matrix": (
        Fn("f(S: A[n n], x: A[n]) -> A[n]", r"y = S^\top x", "S @ x"),
        {"S": {"range": "symmetric"}}),
    "an orthogonal matrix": (
        Fn("f(Q: A[n n], x: A[n]) -> A[]", r"y = \|x\|", "X.sqrt(((Q @ x) ** 2).sum())"),
        {"Q": {"range": "orthogonal"}}),
    "a mask": (
        Fn("f(m: A[n], x: A[n]) -> A[n]", r"y_i = m_i^2 x_i", "m * x"), {"m": {"range": "mask"}}),
    "an axis called like its array": (
        Fn("f(h: A[h]) -> A[]", r"s = \frac{1}{h} \sum_{i=1}^{h} h_i", "h.mean()"),),
    "whole labels": (
        Fn("f(F: A[N K], y: I[N]) -> A[N]", r"L_i = -f_{i y_i}",
           "-X.take_along_axis(F, y[:, None], 1)[:, 0]"),),
    "whole labels in an indicator": (
        Fn("f(P: A[N K], y: I[N]) -> A[N K]", r"d_{nk} = p_{nk} - \mathbb{1}[k = y_n]",
           "P - (X.arange(P.shape[1])[None, :] == y[:, None]).astype(P.dtype)"),),
    "one label": (
        Fn("f(p: A[K], y: int) -> A[]", r"L = -\log(p_y)", "-X.log(p[y])"),
        {"p": {"range": "unit"}}),
    "a declared index": (
        Fn("f(F: A[N K], y: I[N]) -> A[N]", r"L_i = -f_{i y_i}",
           "-X.take_along_axis(F, y[:, None], 1)[:, 0]"), {"y": {"range": "index"}}),
    "a clip in the formula as well": (
        Fn("f(x: A[n]) -> A[n]", r"y_i = \max(-5, \min(x_i, 5))", "X.clip(x, -5, 5)"),),
    "a small factor": (Fn("f(x: A[n]) -> A[n]", r"y_i = 10^{-9} x_i", "1e-9 * x"),),
    "a time axis called N": (
        Fn("f(a: float, x: A[N]) -> A[N+1]",
           ("h_0 = 0", r"h_t = a h_{t-1} + x_t \quad t = 1, \dots, N"),
           "h = [x[0] * 0]\nfor each in x:\n    h.append(a * h[-1] + each)\nreturn X.stack(h)"),),
    "a time axis called steps": (
        Fn("f(a: float, x: A[steps]) -> A[steps]",
           ("h_1 = x_1", r"h_t = a h_{t-1} + x_t \quad t = 2, \dots, \text{steps}"),
           "h = [x[0]]\nfor each in x[1:]:\n    h.append(a * h[-1] + each)\nreturn X.stack(h)"),),
    "the slope of a layer, by a chain": (
        Fn("layer(W: A[m n], x: A[n]) -> A[m]", r"z_i = \sum_{j=1}^{n} w_{ij} x_j", "W @ x"),
        Fn("loss(z: A[m]) -> A[]", r"L = \sum_{i=1}^{m} z_i", "z.sum()"),
        Fn("f(W: A[m n], x: A[n]) -> A[m n]", r"\frac{\partial L}{\partial w_{ij}} = "
           r"\frac{\partial L}{\partial z_i} x_j = x_j", "W * 0 + x"),),
    "the slope of one entry that the loss takes": (
        Fn("layer(W: A[m n], x: A[n]) -> A[m]", r"z_i = \sum_{j=1}^{n} w_{ij} x_j", "W @ x"),
        Fn("loss(z: A[m]) -> A[]", r"L = z_1^2", "z[0] ** 2"),
        Fn("f(W: A[m n], x: A[n]) -> A[n]", r"\frac{\partial L}{\partial x_j} = "
           r"\frac{\partial L}{\partial z_1} w_{1j}", "2 * (W @ x)[0] * W[0]"),),
    "the slope of a layer, given that of its sums": (
        Fn("f(dL_dz: A[m], x: A[n]) -> A[m n]", r"\frac{\partial L}{\partial w_{ij}} = "
           r"\frac{\partial L}{\partial z_i} x_j", "X.outer(dL_dz, x)"),),
    "the same, with a loss in reach": (
        Fn("layer(W: A[m n], x: A[n]) -> A[m]", r"z_i = \sum_{j=1}^{n} w_{ij} x_j", "W @ x"),
        Fn("loss(z: A[m], c: A[m]) -> A[]", r"L = \sum_{i=1}^{m} c_i z_i^2", "(c * z * z).sum()"),
        Fn("f(dL_dz: A[m], x: A[n]) -> A[m n]", r"\frac{\partial L}{\partial w_{ij}} = "
           r"\frac{\partial L}{\partial z_i} x_j", "X.outer(dL_dz, x)"),),
    "a shape beside the value": (
        Fn("f(W: A[m n], x: A[n]) -> A[m]",
           (r"W \in \mathbb{R}^{m \times n}", r"z \in \mathbb{R}^{m}", "z = W x"), "W @ x"),),
    "slopes that the function makes itself, behind a chain": (
        Fn("block(x: A[n], W: A[K n], V: A[n K]) -> tuple[A[K], A[n]]", (
            r"z_i = \sum_{j=1}^{n} w_{ij} x_j", r"y_k = x_k + \sum_{i=1}^{K} v_{ki} z_i"),
           "z = W @ x\nreturn z, x + V @ z"),
        Fn("f(x: A[n], W: A[K n], V: A[n K], dL_dy: A[n]) -> tuple[A[K], A[n]]", (
            r"\frac{\partial L}{\partial z_i} = \sum_{k=1}^{n} v_{ki} "
            r"\frac{\partial L}{\partial y_k}",
            r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^{n} \frac{\partial L}{\partial y_k} "
            r"\cdot \frac{\partial y_k}{\partial x_j} = "
            r"\frac{\partial L}{\partial y_j} + "
            r"\sum_{i=1}^{K} w_{ij} \frac{\partial L}{\partial z_i}"),
           "s = V.T @ dL_dy\nreturn s, dL_dy + W.T @ s"),),
    "slopes that the function makes itself": (
        Fn("f(x: A[n], W: A[K n], V: A[n K], dL_dy: A[n]) -> tuple[A[K], A[n]]", (
            r"\frac{\partial L}{\partial z_i} = \sum_{k=1}^{n} v_{ki} "
            r"\frac{\partial L}{\partial y_k}",
            r"\frac{\partial L}{\partial x_j} = \frac{\partial L}{\partial y_j} + "
            r"\sum_{i=1}^{K} w_{ij} \frac{\partial L}{\partial z_i}"),
           "s = V.T @ dL_dy\nreturn s, dL_dy + W.T @ s"),),
}  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("hole", WRONG)
def test_a_wrong_formula_is_refused(tmp_path, hole, library):
    case, says = WRONG[hole]
    found = verdict(tmp_path, library, case)
    assert re.search(says, found), found or "accepted"


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("what", RIGHT)
def test_a_right_formula_is_accepted(tmp_path, what, library):
    assert verdict(tmp_path, library, RIGHT[what]) == ""


# ---- symbols of other modules


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_range_is_that_of_the_table_that_is_handed_over(tmp_path, library):
    """Without a range for h a real number is drawn, whatever another module means by h."""
    one = written(tmp_path, library, (Fn("f(h: A[n]) -> A[n]", "u_i = h_i", "X.abs(h)"),))
    for table in ({"u": {}, "h": {}}, {"u": {}, "g.h": {"range": "positive"}}):
        with pytest.raises(Mismatch, match="h_i"):
            check(one, table)
    for own in ({"h": {"range": "positive"}}, {"f.h": {"range": "positive"}}):
        assert ("h", "2", "positive") in check(one, {"u": {}} | own).inputs


@pytest.mark.parametrize("tex", ["x +", "x + 1", r"\unknown"])
def test_what_a_symbol_stands_for_must_be_a_derivative(tmp_path, tex):
    one = written(tmp_path, "numpy", (Fn("f(x: float) -> float", "u = x", "x"),))
    with pytest.raises(Mismatch, match="what `u` stands for"):
        check(one, {"u": {"is": tex}})


def test_a_list_may_stand_for_a_slope_of_layers_of_other_widths(tmp_path):
    W, z = "W: list[A[_here _before]]", "z: list[A[_here]]"
    functions = (
        Fn(f"net(x: A[_first], {W}) -> list[A[_here]]",
           (r"z^{(1)} = W^{(1)} x", r"z^{(l)} = W^{(l)} z^{(l-1)} \quad l = 2, \dots, D"),
           "a = [W[0] @ x]\nfor w in W[1:]:\n    a.append(w @ a[-1])\nreturn a"),
        Fn(f"loss({z}, c: A[_last]) -> A[]", "L = c^\\top z^{(D)}", "c @ z[-1]"),
        Fn(f"f({W}, c: A[_last]) -> list[A[_here]]",
           (r"\delta^{(D)} = c",
            r"\delta^{(l)} = (W^{(l+1)})^\top \delta^{(l+1)} \quad l = D - 1, \dots, 1"),
           "d = [c]\nfor w in W[:0:-1]:\n    d.append(w.T @ d[-1])\nreturn d[::-1]"),
    )  # fmt: skip
    one = written(tmp_path, "numpy", functions)
    table = {"delta": {"is": r"\frac{\partial L}{\partial z}"}}
    assert "autodiff" in check(one, table).ways
    table["delta"]["is"] = r"\frac{\partial L}{\partial W}"
    with pytest.raises(Mismatch):
        check(one, table)


# ---- an index is within its axis before the code is called


def test_the_guard_of_an_index():
    assert (indices.in_code("y", np.array([1, 3]), "K", 3) == [0, 2]).all()
    assert indices.in_code("y", 2, "K", 3) == 1
    for outside in (np.array([0, 3]), np.array([1, 4]), 0, 4):
        with pytest.raises(Wrong, match="`y` is an index from 1 to 3 along `K`"):
            indices.in_code("y", outside, "K", 3)


INDEX = Fn("f(F: A[N K], y: I[N]) -> A[N]", r"L_i = f_{i y_i}",
           "GIVEN.append((F.shape, y))\n"
           "return X.take_along_axis(F, y[:, None], 1)[:, 0]")  # fmt: skip


@pytest.mark.parametrize("symbols", [{}, {"y": {"range": "K"}}, {"y": {"range": "index"}}])
def test_the_code_gets_an_index_within_its_axis(tmp_path, symbols):
    one = written(tmp_path, "numpy", (INDEX,), symbols, top="GIVEN = []\n\n\n")
    check(one, draws=40)
    given = execute.load(one.module.path, "f").__globals__["GIVEN"]
    assert len(given) >= 40
    assert all(0 <= y.min() and y.max() < shape[1] for shape, y in given)
    assert any(y.max() == shape[1] - 1 for shape, y in given)


def test_the_code_is_not_called_with_an_index_of_another_axis(tmp_path):
    symbols = {"y": {"range": "N"}}
    one = written(tmp_path, "numpy", (INDEX,), symbols, top="GIVEN = []\n\n\n")
    with pytest.raises(Mismatch, match="declare `K` as its range"):
        check(one)
    given = execute.load(one.module.path, "f").__globals__["GIVEN"]
    assert all(y.max() < shape[1] for shape, y in given)


# ---- draws on purpose

CLIP = Fn("f(x: A[n]) -> A[n]", r"y_i = \max(-5, \min(x_i, 5))", "X.clip(x, -5, 5)")
PLAIN = Fn("f(x: A[n]) -> A[n]", "y_i = 2 x_i", "2 * x")


def seeds(one, ranges=None):
    code, ranges = execute.load(one.module.path, one.name), ranges or {}

    def given(seed):
        return Run(Scope(one), ranges, seed, False).arguments()

    return watch.seeds(one, code, ranges, given), given


@pytest.mark.parametrize("library", LIBRARIES)
def test_both_sides_of_a_constant_and_the_constant_are_drawn(tmp_path, library):
    chosen, given = seeds(written(tmp_path, library, (CLIP,)))
    drawn = np.concatenate([np.array(given(seed)["x"]).ravel() for seed in chosen])
    for level in (5, -5):
        assert (drawn < level).any() and (drawn == level).any() and (drawn > level).any()
    assert 1 <= len(chosen) <= 3


def test_an_ordinary_formula_costs_no_more_draws(tmp_path):
    assert seeds(written(tmp_path, "numpy", (PLAIN,)))[0] == []


def test_a_draw_on_purpose_is_made_again_by_its_seed(tmp_path):
    one = written(tmp_path, "numpy", (CLIP,))
    chosen, given = seeds(one)
    assert all((given(seed)["x"] == given(seed)["x"]).all() for seed in chosen)


def test_a_draw_on_purpose_stays_within_the_range(tmp_path):
    one = written(tmp_path, "numpy", (CLIP,), {"x": {"range": "unit"}})
    with pytest.raises(Mismatch, match="argument 2 is never the one that is taken"):
        check(one)  # the bounds are out of reach
    for seed in range(directed.FIRST, directed.FIRST + 9):
        x = Run(Scope(one), {"x": "unit"}, seed, False).arguments()["x"]
        assert (x > 0).all() and (x < 1).all()


def test_a_draw_does_not_depend_on_the_hash_of_names(tmp_path):
    """What is in reach is found in the order of the formulas, so sizes are the same."""
    one = written(tmp_path, "numpy", RIGHT["soft targets that add up to 1"][:-1])
    code = (
        "import sys; from pathlib import Path; "
        "from mathdoctest import functions, layout, scope, source, sample\n"
        "one = functions.function(source.module(Path(sys.argv[1])), 'f')\n"
        "found = scope.Scope(one)\n"
        "print([f.name for f in layout._reachable(found)], sample.Draw(found, {}, 0).sizes)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(one.module.path)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(PACKAGE)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in "01234"
    }  # fmt: skip
    assert len(said) == 1


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_entrywise_product_is_no_product_of_matrices(tmp_path, library):
    fn = Fn("f(A: A[K n n]) -> A[n n]", r"S = \prod_{k=1}^{K} A_k", "A.prod(axis=0)")
    assert verdict(tmp_path, library, (fn,))
