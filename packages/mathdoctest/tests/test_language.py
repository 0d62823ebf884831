"""Formulas as people write them: each holds as it stands, and with one mistake it does not."""

import textwrap

import pytest

from mathdoctest import Mismatch, check, source
from mathdoctest.functions import function

HEAD = (
    "import numpy as np\nfrom jaxtyping import Float, Int\n"
    "from collections.abc import Callable\n\n\n"
)
V, W = 'Float[np.ndarray, "n"]', 'Float[np.ndarray, "m n"]'

CELL = (
    'x: Float[np.ndarray, "n"], h: Float[np.ndarray, "k"], c: Float[np.ndarray, "k"],'
    ' W_xi: Float[np.ndarray, "k n"], W_hi: Float[np.ndarray, "k k"],'
    ' W_xg: Float[np.ndarray, "k n"], W_hg: Float[np.ndarray, "k k"]'
)

# what it shows: (signature, the function's body, the formula, what is wrong with it, and the same)
CASES = {
    # ---- spelling
    "styles of letters": (
        f"W: {W}, x: {V}", "W @ x", r"\mathbf{z} = \mathbf{W} \boldsymbol{x}",
        r"\mathbf{z} = 2 \mathbf{W} \boldsymbol{x}"),
    "a name of several letters below": (
        f"W_xh: {W}, x: {V}", "W_xh @ x", r"\mathbf{z} = \mathbf{W}_{xh} \mathbf{x}",
        r"\mathbf{z} = -\mathbf{W}_{xh} \mathbf{x}"),
    "a name above": (f"W_Q: {W}, x: {V}", "W_Q @ x", r"q = W^Q x", r"q = W^Q x + 1"),
    "a word below": ("eta_min: float, t: float", "eta_min * t", r"\eta = \eta_{\min} t",
        r"\eta = \eta_{\min} + t"),
    "a size below": ("s: float, d_k: float", "s / d_k", r"a = s / d_k", r"a = d_k / s"),
    "T is the transpose": (f"W: {W}, g: Float[np.ndarray, 'm']", "W.T @ g", "d = W^T g",
        "d = -W^T g"),
    "a slash": ("a: float, b: float", "a / b + 1", "c = a / b + 1", "c = a / (b + 1)"),
    "a star": ("a: float, b: float", "a * b", "c = a * b", "c = a * a"),
    "ln": ("p: float", "-np.log(p * p)", r"I = -\ln p^2", r"I = \ln p^2"),
    "bars": (f"x: {V}", "np.abs(x).sum()", r"s = \sum_i |x_i|", r"s = \sum_i x_i"),
    "double bars": (f"x: {V}", "np.sqrt((x * x).sum())", r"s = \left\| x \right\|_2",
        r"s = \left\| x \right\|_1"),
    "big brackets": ("a: float, b: float", "2 * (a + b)", r"c = 2 \big( a + b \big)",
        r"c = 2 \big( a - b \big)"),
    "a full stop": ("a: float", "2 * a", r"b = 2 a.", r"b = 3 a."),
    "a comma": ("a: float", "2 * a", r"b = 2 a,", r"b = 3 a,"),
    "and": ("a: float", "(2 * a, 3 * a)", r"b = 2 a \quad\text{ and }\quad c = 3 a",
        r"b = 2 a \quad\text{ and }\quad c = 2 a"),
    "where": (
        "a: float", "np.tanh(2 * a)", r"b = \tanh(c) \quad \text{where } c = 2 a",
        r"b = \tanh(c) \quad \text{where } c = 3 a"),
    "definitions": ("a: float", "2 * a", r"b := 2 a", r"b := a"),
    "identities": ("a: float", "2 * a", r"b \equiv 2 a", r"b \equiv a"),
    "a layer without brackets": (
        'x: Float[np.ndarray, "_first"], W: list[Float[np.ndarray, "_here _before"]]'
        " -> list[Float[np.ndarray, '_here']]", "_layers(x, W)",
        "a^{(0)} = x\n$$\n\n$$\n" r"a^l = \tanh(W^l a^{l-1}) \quad l = 1, \dots, D",
        "a^{(0)} = x\n$$\n\n$$\n" r"a^l = \tanh(W^l a^l) \quad l = 1, \dots, D"),
    "an example above": ('X: Float[np.ndarray, "N n"], w: ' + V, "X @ w", r"z_i = w^\top x^{(i)}",
        r"z_i = w^\top x^{(1)}"),
    "a square as a name": (f"x: {V}", "((x - x.mean()) ** 2).mean()",
        r"\sigma^2 = \frac{1}{n} \sum_{i=1}^{n} (x_i - \mu)^2 \quad \text{where }"
        r" \mu = \frac{1}{n} \sum_{i=1}^{n} x_i",
        r"\sigma^2 = \frac{1}{n} \sum_{i=1}^{n} (x_i - \mu)^2 \quad \text{where }"
        r" \mu = \sum_{i=1}^{n} x_i"),
    # ---- time
    "a step ahead": ("v: float, g: float, mu: float", "mu * v + g", r"v_{t+1} = \mu v_t + g_t",
        r"v_{t+1} = \mu v_{t+1} + g_t"),
    "a function, and a step down its slope": ("x: float, eta: float", "x - eta * (2 * x + 3)",
        r"f(x) = x^2 + 3 x" "\n$$\n\n$$\n" r"x_{k+1} = x_k - \eta f'(x_k)",
        r"f(x) = x^2 - 3 x" "\n$$\n\n$$\n" r"x_{k+1} = x_k - \eta f'(x_k)"),
    "a function, and a step down its gradient": (f"x: {V}, eta: float", "x - eta * x",
        r"f(x) = \frac{1}{2} \|x\|^2" "\n$$\n\n$$\n" r"x_{k+1} = x_k - \eta \nabla f(x_k)",
        r"f(x) = \|x\|^2" "\n$$\n\n$$\n" r"x_{k+1} = x_k - \eta \nabla f(x_k)"),
    "a step back": ("h: float, x: float, u: float", "x + u * h", r"h_{t-1} = x_t + u h_t",
        r"h_{t-1} = x_t + u h_{t+1}"),
    "one from another": (
        "a: float, b: float", "(b, a + b)",
        r"\begin{aligned} a_{t+1} &= b_t \\ b_{t+1} &= a_t + b_t \end{aligned}",
        r"\begin{aligned} a_{t+1} &= b_t \\ b_{t+1} &= a_t - b_t \end{aligned}"),
    "a new name": ("w: float, g: float, eta: float", "w - eta * g", r"u \leftarrow w - \eta g",
        r"u \leftarrow w + \eta g"),
    "in place": ("w: float, g: float, eta: float", "w - eta * g", r"w \leftarrow w - \eta g",
        r"w \leftarrow w + \eta g"),
    "one after the other": (
        "m: float, w: float, g: float", "(0.9 * m + g, w - (0.9 * m + g))",
        r"\begin{aligned} m &\leftarrow 0.9 m + g \\ w &\leftarrow w - m \end{aligned}",
        r"\begin{aligned} m &\leftarrow 0.9 m + g \\ w &\leftarrow w - g \end{aligned}"),
    "the start beside time": ("eta0: float, gamma: float, t: float", "eta0 * np.exp(-gamma * t)",
        r"\eta_t = \eta_0 e^{-\gamma t}", r"\eta_t = \eta_0"),
    "steps on the way": (
        "x: float, h: float, w: float", "(1 - 1 / (1 + np.exp(-w * x))) * h",
        r"\begin{aligned} z_t &= \sigma(w x_t) \\ h_t &= (1 - z_t) h_{t-1} \end{aligned}",
        r"\begin{aligned} z_t &= \sigma(x_t) \\ h_t &= (1 - z_t) h_{t-1} \end{aligned}"),
    # ---- sums
    "no bounds": (f"x: {V}", "x.sum()", r"s = \sum_i x_i", r"s = -\sum_i x_i"),
    "another letter": (f"x: {V}", "x.sum() - x", r"s_i = \sum_{j \ne i} x_j",
        r"s_i = \sum_{j} x_j"),
    "an empty sum": (f"x: {V}", "np.cumsum(x) - x", r"s_i = \sum_{j=1}^{i-1} x_j",
        r"s_i = \sum_{j=1}^{i} x_j"),
    "smaller": (f"x: {V}", "np.cumsum(x) - x", r"s_i = \sum_{j < i} x_j",
        r"s_i = \sum_{j \le i} x_j"),
    "several letters": (f"A: {W}", "A.sum()", r"s = \sum_{i,j} a_{ij}", r"s = 2 \sum_{i,j} a_{ij}"),
    "over a set": (f"x: {V}, y: Float[np.ndarray, 'n']", "(x * y).sum()",
        r"s = \sum_{i \in \{1, \dots, n\}} x_i y_i", r"s = \sum_{i \in \{2, \dots, n\}} x_i y_i"),
    "over [n]": (f"x: {V}", "x.sum()", r"s = \sum_{i \in [n]} x_i",
        r"s = \sum_{i \in [n - 1]} x_i"),
    "the largest": (f"x: {V}", "x.max()", r"s = \max_i x_i", r"s = \min_i x_i"),
    "the largest, with brackets": (f"x: {V}", "x - x.max()", r"u_i = x_i - \max_k x_k",
        r"u_i = x_i - \max_k |x_k|"),
    # ---- derivatives
    "of an expression": (f"x: {V}", "2 * x",
        r"g_i = \frac{\partial}{\partial x_i} \sum_{j=1}^{n} x_j^2",
        r"g_i = \frac{\partial}{\partial x_i} \sum_{j=1}^{n} x_j^3"),
    "of an expression in brackets": (f"x: {V}", "2 * x",
        r"g_i = \frac{\partial}{\partial x_i} \left( \sum_j x_j^2 \right)",
        r"g_i = \frac{\partial}{\partial x_i} \left( \sum_j x_j \right)"),
    "an upright d": ("x: float", "2 * x", r"y = \frac{\mathrm{d}}{\mathrm{d} x} x^2",
        r"y = \frac{\mathrm{d}}{\mathrm{d} x} x^3"),
    "a plain d": ("x: float", "2 * x + 1", r"y = \frac{d}{dx} (x^2 + x)", r"y = \frac{d}{dx} x^2"),
    "a gradient of a function": (
        f"w: {V}, f: Callable[[Float[np.ndarray, 'n']], float]", "_gradient(f, w)",
        r"g = \nabla f(w)", r"g = -\nabla f(w)"),
    "a gradient along a name": (f"w: {V}", "2 * w", r"g = \nabla_w (w^\top w)",
        r"g = \nabla_w \|w\|"),
    # ---- functions
    "softmax": (f"z: {V}", "np.exp(z) / np.exp(z).sum()",
        r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{z_k}}",
        r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{-z_k}}"),
    "softmax of a vector": (f"V: {W}, s: Float[np.ndarray, 'm']",
        "V.T @ (np.exp(s) / np.exp(s).sum())", r"u = V^\top \operatorname{softmax}(s)",
        r"u = V^\top s"),
    "several arguments": ("x: float, a: float", "np.where(x > 0, x, a * x)",
        r"f(x, a) = \max(0, x) + a \min(0, x)", r"f(x, a) = \max(0, x) + \min(0, x)"),
    "a bare word": (f"z: {V}", "np.tanh(z)", r"y_i = \text{tanh}(z_i)", r"y_i = \text{exp}(z_i)"),
    "sigma": ("z: float", "1 / (1 + np.exp(-z))", r"p = \sigma(z)", r"p = \sigma(-z)"),
    "floor": ("t: float, s: float", "np.floor(t / s)", r"k = \lfloor t / s \rfloor",
        r"k = \lceil t / s \rceil"),
    "Kronecker": (f"p: {V}", "np.diag(p) - np.outer(p, p)",
        r"J_{ij} = p_i (\delta_{ij} - p_j)", r"J_{ij} = p_i (1 - p_j)"),
    "an indicator": ("a: float, b: float", "float(a > b)", r"k = \mathbb{1}\{a > b\}",
        r"k = \mathbb{1}\{a < b\}"),
    "an expectation": (f"x: {V}", "(x - x.mean()) / np.sqrt(x.var() + 0.1)",
        r"y = \frac{x - \mathrm{E}[x]}{\sqrt{\mathrm{Var}[x] + 0.1}}",
        r"y = \frac{x - \mathrm{E}[x]}{\mathrm{Var}[x] + 0.1}"),
    "cases in brackets": ("a: float, delta: float",
        "0.5 * a * a if abs(a) <= delta else delta * (abs(a) - 0.5 * delta)",
        r"L_\delta = \left\{ \begin{array}{ll} \frac{1}{2} a^2 & \text{for } |a| \le \delta, \\"
        r" \delta (|a| - \frac12 \delta) & \text{otherwise.} \end{array} \right.",
        r"L_\delta = \left\{ \begin{array}{ll} \frac{1}{2} a^2 & \text{for } |a| \le \delta, \\"
        r" \delta (|a| - \delta) & \text{otherwise.} \end{array} \right."),
    # ---- vectors and matrices
    "a number from a vector": (f"z: {V}", "1 - z", "u = 1 - z", "u = 1 + z"),
    "a quotient by a root": (f"x: {V}, mu: float, v: float", "(x - mu) / np.sqrt(1 + v * v)",
        r"u = \frac{x - \mu}{\sqrt{1 + v^2}}", r"u = \frac{x - \mu}{1 + v^2}"),
    "entry by entry": (f"x: {V}, mu: {V}, v: {V}", "(x - mu) / np.sqrt(1 + v * v)",
        r"u = \frac{x - \mu}{\sqrt{1 + v^2}}", r"u = \frac{x + \mu}{\sqrt{1 + v^2}}"),
    "a bias for each row": ('X: Float[np.ndarray, "N n"], W: Float[np.ndarray, "n m"],'
        ' b: Float[np.ndarray, "m"]', "X @ W + b", "Z = X W + b", "Z = X W - b"),
    "a row": (f"x: {V}, W: Float[np.ndarray, 'n m']", "x @ W", "z = x W", "z = 2 x W"),
    "a row by a transpose": (f"x: {V}, W: {W}, b: Float[np.ndarray, 'm']", "x @ W.T + b",
        "z = x W^T + b", "z = x W^T"),
    "a dot": (f"a: {V}, b: {V}", "a @ b", r"s = a \cdot b", r"s = a \cdot a"),
    "an inner product": (f"a: {V}, b: {V}", "a @ b", r"s = \langle a, b \rangle",
        r"s = \langle a, a \rangle"),
    "side by side": (f"x: {V}, gamma: {V}", "gamma * x", r"y = \gamma x", r"y = \gamma + x"),
    "an inverse": ("A: Float[np.ndarray, 'n n'], b: " + V, "np.linalg.inv(A) @ b", "x = A^{-1} b",
        "x = A b"),
    "a power of a matrix": ("A: Float[np.ndarray, 'n n'], b: " + V, "A @ A @ b", "x = A^2 b",
        "x = A b"),
    "matrices in order": ("A: Float[np.ndarray, 'K n n']", "_in_order(A)",
        r"S = \prod_{k=1}^{K} A_k", r"S = \prod_{k=2}^{K} A_k"),
    "an outer product": (f"a: {V}, b: Float[np.ndarray, 'm']", "np.outer(a, b)", r"S = a \otimes b",
        r"S = 2 a \otimes b"),
    "one after the other in brackets": (f"h: {V}, x: Float[np.ndarray, 'm'],"
        ' W: Float[np.ndarray, "k n+m"]', "W @ np.concatenate([h, x])", "z = W [h, x]",
        "z = W [x, h]"),
    "a factor in an index": ('x: Float[np.ndarray, "6"]', "x[1::2]",
        r"y_j = x_{2j} \quad j = 1, \dots, 3",
        r"y_j = x_j \quad j = 1, \dots, 3"),
    "an attention": (
        'Q: Float[np.ndarray, "n d_k"], K: Float[np.ndarray, "m d_k"], V: Float[np.ndarray, "m d"]',
        "_softmax(Q @ K.T / np.sqrt(K.shape[1])) @ V",
        r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}\left(\frac{Q K^T}{\sqrt{d_k}}\right) V",
        r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}\left(\frac{Q K^T}{d_k}\right) V"),
    "a step of Adam": (
        "m, v, g, t: int, beta1: float, beta2: float",
        "(0.9 * m + 0.1 * g, 0.8 * v + 0.2 * g * g)",
        r"\begin{aligned} m_t &\leftarrow 0.9 m_{t-1} + 0.1 g_t \\"
        r" v_t &\leftarrow 0.8 v_{t-1} + 0.2 g_t^2 \end{aligned}",
        r"\begin{aligned} m_t &\leftarrow 0.9 m_{t-1} + 0.1 g_t \\"
        r" v_t &\leftarrow 0.8 v_{t-1} + 0.2 g_t \end{aligned}"),
    "a state and what it shows": (
        CELL, "_cell(x, h, c, W_xi, W_hi, W_xg, W_hg)",
        r"\begin{aligned} i_t &= \sigma(W_{xi} x_t + W_{hi} h_t) \\"
        r" g_t &= \text{tanh} (W_{xg}x_t + W_{hg}h_t) \\"
        r" c_{t + 1} &= c_t + i_t \odot g_t \\"
        r" h_{t + 1} &= i_t \text{tanh}(c_{t + 1}) \end{aligned}",
        r"\begin{aligned} i_t &= \sigma(W_{xi} x_t + W_{hi} h_t) \\"
        r" g_t &= \text{tanh} (W_{xg}x_t + W_{hg}h_t) \\"
        r" c_{t + 1} &= c_t + i_t \odot g_t \\"
        r" h_{t + 1} &= i_t \text{tanh}(c_{t}) \end{aligned}"),
    "a density": (
        "x: float, mu: float, s: float", "-0.5 * (x - mu) ** 2 / np.exp(s)",
        r"\log p(x) = -\frac{(x - \mu)^2}{2 e^s}", r"\log p(x) = -\frac{(x + \mu)^2}{2 e^s}"),
    "a gradient on the left": (
        'X: Float[np.ndarray, "n d"], y: Float[np.ndarray, "n"], w: Float[np.ndarray, "d"]',
        "2 / len(y) * X.T @ (X @ w - y)",
        r"\nabla_w \left( \frac{1}{n} \sum_{i=1}^{n} (w^T x_i - y_i)^2 \right)"
        r" = \frac{2}{n} X^T (X w - y)",
        r"\nabla_w \left( \frac{1}{n} \sum_{i=1}^{n} (w^T x_i - y_i)^2 \right)"
        r" = \frac{1}{n} X^T (X w - y)"),
    "a Jacobian of softmax": (
        f"s: {V}", "np.diag(_softmax(s)) - np.outer(_softmax(s), _softmax(s))",
        r"\frac{\partial \, \mathrm{softmax}(s)_i}{\partial s_j} = \mathrm{softmax}(s)_i"
        r" (\delta_{ij} - \mathrm{softmax}(s)_j)",
        r"\frac{\partial \, \mathrm{softmax}(s)_i}{\partial s_j} = \mathrm{softmax}(s)_i"
        r" (1 - \mathrm{softmax}(s)_j)"),
    "an index that is an input": (
        f"s: {V}, y: int", "(np.maximum(0, s - s[y] + 1)).sum() - 1",
        r"L = \sum_{j \neq y} \max(0, s_j - s_y + 1)", r"L = \sum_{j} \max(0, s_j - s_y + 1)"),
    "in place, with =": ("w: float, g: float, eta: float", "w - eta * g", r"w = w - \eta g",
        r"w = w + \eta g"),
    "the layer after": (
        'W: Float[np.ndarray, "m n"], delta: Float[np.ndarray, "m"], z: Float[np.ndarray, "n"]',
        "W.T @ delta * (1 - np.tanh(z) ** 2)",
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \tanh'(z^l)",
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \tanh(z^l)"),
    "a sum from 0, with a bound of its own": (
        f"y: {V}, y_hat: {V}", "((y - y_hat) ** 2).mean()",
        r"\text{MSE}(y, \hat{y}) = \frac{1}{n_\text{samples}} \sum_{i=0}^{n_\text{samples} - 1}"
        r" (y_i - \hat{y}_i)^2.",
        r"\text{MSE}(y, \hat{y}) = \frac{1}{n_\text{samples}} \sum_{i=0}^{n_\text{samples} - 2}"
        r" (y_i - \hat{y}_i)^2."),
    "the name of an argument at a time": (
        "p: float, a: float", "-a * (1 - p * p)", r"\mathrm{FL}(p_t) = -a (1 - p_t^2)",
        r"\mathrm{FL}(p_t) = -a (1 - p_t)"),
    "what code abbreviates": (
        "v: float, eps: float", "np.sqrt(v * v + eps * eps)", r"s = \sqrt{v^2 + \epsilon^2}",
        r"s = \sqrt{v^2 + \epsilon}"),
    # ---- cases, and what only has a name
    "cases of a vector": (f"x: {V}", "np.where(x > 0, x, 0.1 * x)",
        r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0.1 x & \text{otherwise} \end{cases}",
        r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0.2 x & \text{otherwise} \end{cases}"),
    "a vector, by the size of it": (
        f"g: {V}, c: float", "g if np.linalg.norm(g) <= c else c * g / np.linalg.norm(g)",
        r"\hat{g} = \begin{cases} g & \|g\| \le c \\ c \frac{g}{\|g\|} & \|g\| > c \end{cases}",
        r"\hat{g} = \begin{cases} g & \|g\| \le c \\ \frac{g}{\|g\|} & \|g\| > c \end{cases}"),
    "an indicator of a vector": (f"x: {V}, g: {V}", "g * (x > 0)",
        r"d = g \odot \mathbb{1}(x > 0)", r"d = g \odot \mathbb{1}(x < 0)"),
    "an interval of a vector": (f"x: {V}", "np.where(np.abs(x) <= 1, 1 - np.abs(x), 0)",
        r"k = \begin{cases} 1 - |x| & x \in [-1, 1] \\ 0 & \text{otherwise} \end{cases}",
        r"k = \begin{cases} 1 - |x| & x \in [0, 1] \\ 0 & \text{otherwise} \end{cases}"),
    "the slope of what no formula defines": (
        'X: Float[np.ndarray, "m n"], y: Float[np.ndarray, "m"], theta: Float[np.ndarray, "n"]',
        "X.T @ (X @ theta - y) / len(y)",
        r"\frac{\partial J(\theta)}{\partial \theta_j}"
        r" = \frac{1}{m} \sum_{i=1}^{m} (\theta^\top x_i - y_i) x_{ij}",
        r"\frac{\partial J(\theta)}{\partial \theta_j}"
        r" = \frac{2}{m} \sum_{i=1}^{m} (\theta^\top x_i - y_i) x_{ij}"),
    "the slope of each entry": (f"z: {V}", "np.exp(-z) / (1 + np.exp(-z)) ** 2",
        r"\frac{d \sigma(z)}{dz} = \sigma(z) (1 - \sigma(z))",
        r"\frac{d \sigma(z)}{dz} = \sigma(z) (1 + \sigma(z))"),
    "an axis by the letter of its sum": (f"x: {V}", "x.mean()",
        r"\mu_B = \frac{1}{m} \sum_{i=1}^{m} x_i", r"\mu_B = \frac{1}{m} \sum_{i=2}^{m} x_i"),
    "given anew on the way": (
        "theta: float, m: float, g: float, eta: float", "theta - eta * (0.9 * m + 0.1 * g)",
        r"\begin{aligned} m_t &= 0.9 m_{t-1} + 0.1 g_t \\ \theta_t &= \theta_{t-1} - \eta m_t"
        r" \end{aligned}",
        r"\begin{aligned} m_t &= 0.9 m_{t-1} + 0.1 g_t \\ \theta_t &= \theta_{t-1} - \eta m_{t-1}"
        r" \end{aligned}"),
    "in place on the way": (
        "theta: float, m: float, g: float, eta: float", "theta - eta * (0.9 * m + 0.1 * g)",
        r"\begin{aligned} m &\leftarrow 0.9 m + 0.1 g \\ \theta &\leftarrow \theta - \eta m"
        r" \end{aligned}",
        r"\begin{aligned} m &\leftarrow 0.8 m + 0.1 g \\ \theta &\leftarrow \theta - \eta m"
        r" \end{aligned}"),
    # ---- the names that code gives
    "a learning rate": ("w: float, g: float, lr: float", "w - lr * g", r"w \leftarrow w - \eta g",
        r"w \leftarrow w - \eta^2 g"),
    "what is predicted": (f"y_true: {V}, y_pred: {V}", "((y_true - y_pred) ** 2).mean()",
        r"L = \frac{1}{n} \sum_{i=1}^{n} (y_i - \hat{y}_i)^2",
        r"L = \frac{1}{n} \sum_{i=1}^{n} (y_i + \hat{y}_i)^2"),
    "numbers of inputs": ("fan_in: int, fan_out: int", "np.sqrt(6 / (fan_in + fan_out))",
        r"a = \sqrt{\frac{6}{n_\text{in} + n_\text{out}}}",
        r"a = \sqrt{\frac{6}{n_\text{in} - n_\text{out}}}"),
    "a statistic of a batch": ("x: float, mu_B: float, var_B: float",
        "(x - mu_B) / np.sqrt(var_B * var_B + 1)",
        r"\hat{x} = \frac{x - \mu_B}{\sqrt{\text{var}_B^2 + 1}}",
        r"\hat{x} = \frac{x + \mu_B}{\sqrt{\text{var}_B^2 + 1}}"),
    "a gradient by its letter": ("theta: float, g: float, eta: float", "theta - eta * g",
        r"\theta \leftarrow \theta - \eta \nabla_\theta J(\theta)",
        r"\theta \leftarrow \theta + \eta \nabla_\theta J(\theta)"),
    "the cost of all parameters": (
        'X: Float[np.ndarray, "m n"], y: Float[np.ndarray, "m"], theta: Float[np.ndarray, "n"]',
        "((X @ theta - y) ** 2).sum() / (2 * len(y))",
        r"J(\theta) = \frac{1}{2m} \sum_{i=1}^{m} (\theta^\top x^{(i)} - y^{(i)})^2",
        r"J(\theta) = \frac{1}{m} \sum_{i=1}^{m} (\theta^\top x^{(i)} - y^{(i)})^2"),
    "probabilities": (f"p: {V}, q: {V}", "(p * q).sum()", r"s = \sum_x p(x) q(x)",
        r"s = \sum_x p(x)^2 q(x)"),
    "a unit matrix": ('A: Float[np.ndarray, "n n"], b: ' + V + ", lam: float",
        "(A + lam * np.eye(len(b))) @ b", r"u = (A + \lambda I) b", r"u = (A - \lambda I) b"),
    "a set at the end": (f"W: {W}, x: {V}", "W @ x", r"z = W x \in \mathbb{R}^m",
        r"z = W x \in \mathbb{R}^n"),
    "arrays of a bare type": ("W: np.ndarray, x: np.ndarray, b: np.ndarray", "W @ x + b",
        "y = W x + b", "y = W x - b"),
    "logarithms of softmax": (f"z: {V}", "z - np.log(np.exp(z).sum())",
        r"\text{LogSoftmax}(z_i) = \log\left( \frac{\exp(z_i)}{\sum_j \exp(z_j)} \right)",
        r"\text{LogSoftmax}(z_i) = \log\left( \frac{\exp(z_i)}{\sum_j z_j} \right)"),
    # ---- steps by any letter
    "steps by k": ("x: float, g: float, alpha: float", "x - alpha * g",
        r"x_{k+1} = x_k - \alpha \nabla f(x_k)", r"x_{k+1} = x_k + \alpha \nabla f(x_k)"),
    "steps above": (f"z: {V}, g: {V}, beta: float", "beta * z + g",
        r"z^{k+1} = \beta z^k + \nabla f(w^k)", r"z^{k+1} = \beta z^{k+1} + \nabla f(w^k)"),
    "a step down": (f"x: {V}, e: {V}, a: float", "a * (x - e)", r"x_{t-1} = a (x_t - e_t)",
        r"x_{t-1} = a (x_t + e_t)"),
    "a time in brackets": ("w: float, g: float, eta: float", "w - eta * g",
        r"w(t+1) = w(t) - \eta g(t)", r"w(t+1) = w(t) + \eta g(t)"),
    "the step before, by its name": (
        "alpha_bar_prev: float, x: float", "alpha_bar_prev * x", r"m_t = \bar\alpha_{t-1} x_t",
        r"m_t = \bar\alpha_{t-1}^2 x_t"),
    # ---- what is given by its values
    "probabilities of data": (
        'pi: Float[np.ndarray, "K"], p: Float[np.ndarray, "N K"]', "pi * p",
        r"r_{ik} = \pi_k p(x_i | \theta_k)", r"r_{ik} = \pi_k^2 p(x_i | \theta_k)"),
    "values of states and actions": (
        'r: Float[np.ndarray, "S A"], P: Float[np.ndarray, "S A S"], V: Float[np.ndarray, "S"],'
        " gamma: float", "(r + gamma * P @ V).max(axis=1)",
        r"V_{k+1}(s) = \max_{a \in \mathcal{A}} \left( r(s, a) + \gamma \sum_{s' \in \mathcal{S}}"
        r" P(s' \mid s, a) V_k(s') \right)",
        r"V_{k+1}(s) = \max_{a \in \mathcal{A}} \left( r(s, a) - \gamma \sum_{s' \in \mathcal{S}}"
        r" P(s' \mid s, a) V_k(s') \right)"),
    "what a network gives": (f"r: {V}, A: {V}", "(r * A).mean()",
        r"L^{PG}(\theta) = \hat{\mathbb{E}}_t \left[ r_t(\theta) A_t \right]",
        r"L^{PG}(\theta) = \hat{\mathbb{E}}_t \left[ r_t(\theta) + A_t \right]"),
    "predictions": (f"f: {V}, y: {V}", "((f - y) ** 2).sum()", r"J = \sum_i (f(x_i) - y_i)^2",
        r"J = \sum_i (f(x_i) + y_i)^2"),
    "an image": ('I: Float[np.ndarray, "n+1 m"], K: Float[np.ndarray, "2"]',
        "K[0] * I[:-1] + K[1] * I[1:]", r"S(i, j) = \sum_{m=1}^{2} I(i + m - 1, j) K_m",
        r"S(i, j) = \sum_{m=1}^{2} I(i + m, j) K_m"),
    "a function's letters": ("y: int, K: int, epsilon: float -> Float[np.ndarray, 'K']",
        "(1 - epsilon) * np.eye(K)[y] + epsilon / K",
        r"q'(k) = (1 - \epsilon) \delta_{k,y} + \frac{\epsilon}{K}",
        r"q'(k) = (1 - \epsilon) \delta_{k,y} + \epsilon"),
    "one example": ("f: Float[np.ndarray, 'K'], y: int", "-np.log(_softmax(f)[y])",
        r"L_i = -\log \left( \frac{e^{f_{y_i}}}{\sum_j e^{f_j}} \right)",
        r"L_i = \log \left( \frac{e^{f_{y_i}}}{\sum_j e^{f_j}} \right)"),
    "one of a batch": (
        'x: Float[np.ndarray, "m n"], theta: Float[np.ndarray, "n"]', "x @ theta",
        r"h_\theta(x) = \theta^\top x", r"h_\theta(x) = -\theta^\top x"),
    "examples that are no index": (
        f"y: {V}, a: {V}", "-(y * np.tanh(a) + (1 - y)).mean()",
        r"C = -\frac{1}{n} \sum_x \left[ y \tanh a + (1 - y) \right]",
        r"C = \frac{1}{n} \sum_x \left[ y \tanh a + (1 - y) \right]"),
    "members": (f"y: {V}", "((y - y.mean()) ** 2).mean()",
        r"H(Q) = \frac{1}{n} \sum_{y \in Q} (y - \bar{y})^2",
        r"H(Q) = \frac{1}{n} \sum_{y \in Q} (y + \bar{y})^2"),
    "a mean by its bar": ('x: Float[np.ndarray, "N D"]', "np.cov(x.T, bias=True)",
        r"S = \frac{1}{N} \sum_{n=1}^{N} (x_n - \overline{x}) (x_n - \overline{x})^{\rm T}",
        r"S = \frac{1}{N} \sum_{n=1}^{N} x_n (x_n + \overline{x})^{\rm T}"),
    "the place of the largest": (f"q: {V}, u: {V}", "np.argmax(q + u)",
        r"A_t \doteq \operatorname*{argmax}_a \left[ q_a + u_a \right]",
        r"A_t \doteq \operatorname*{argmin}_a \left[ q_a + u_a \right]"),
    "one example of a vector": (
        f"w: {V}, x: {V}, b: float", "w @ x + b", r"\hat{y}^{(i)} = w^\top x^{(i)} + b",
        r"\hat{y}^{(i)} = w^\top x^{(i)} - b"),
    "one example, and what comes of it": (
        f"W: {W}, x: {V}, b: Float[np.ndarray, 'm']", "W @ x + b", r"z_i = W x_i + b",
        r"z_i = W x_i - b"),
    "a kernel": ('a: Float[np.ndarray, "n"], K: Float[np.ndarray, "n n"]', "a @ K @ a",
        r"s = \sum_{n} \sum_{m} a_n a_m k(x_n, x_m)", r"s = \sum_{n} \sum_{m} a_n^2 k(x_n, x_m)"),
    "a bias of plain arrays": ("X, W, b", "X @ W + b", "Z = X W + b", "Z = X W - b"),
    # ---- left sides
    "a function with scripts": ("p: float, q: float", "p * q", r"D^*_G(x) = p q",
        r"D^*_G(x) = p + q"),
    "an expression that only says": (f"mu: {V}", "(mu ** 2).sum()",
        r"-D_{KL}(q_\phi(z) \| p_\theta(z)) = \sum_{j=1}^{n} \mu_j^2",
        r"-D_{KL}(q_\phi(z) \| p_\theta(z)) = \sum_{j=1}^{n} \mu_j"),
    "another name by its letter": ("rho: float, s: float", "2 * rho * s", r"\rho_c = 2 \rho s",
        r"\rho_c = \rho s"),
    "with a set behind": (f"W: {W}, x: {V}", "np.tanh(W @ x)", r"\tanh(W x) \in \mathbb{R}^m",
        r"\tanh(W x) \in \mathbb{R}^n"),
    # ---- marks
    "the positive part": (f"x: {V}", "np.maximum(x - 0.1, 0)", r"y = \left[ x - 0.1 \right]_+",
        r"y = x - 0.1"),
    "brackets as an indicator": ("y: int, k: int", "float(y == k)", r"d = [y = k]",
        r"d = [y \ne k]"),
    "an I as an indicator": ("a: float, b: float", "float(a > b)", r"d = I(a > b)",
        r"d = I(a < b)"),
    "a star below": (f"k_star: {V}, y: {V}", "k_star @ y", r"\bar{f}_* = \mathbf{k}_*^\top y",
        r"\bar{f}_* = -\mathbf{k}_*^\top y"),
    "a whole axis": (f"H: {W}", "H.sum(axis=0)", r"s = \sum_i H_{i,:}", r"s = -\sum_i H_{i,:}"),
    "a whole axis first": (f"H: {W}", "H.sum(axis=1)", r"s = \sum_j H_{:,j}",
        r"s = -\sum_j H_{:,j}"),
    "an entry with a label": (f"b_f: {V}, x: {V}", "b_f * x", r"f_i = b_i^f x_i",
        r"f_i = b_i^f + x_i"),
    "maths between words": ("y: float", "1.0 if y > 0.1 else 2.0",
        r"c = \begin{cases} 1 & \text{if $y > 0.1$} \\ 2 & \text{otherwise} \end{cases}",
        r"c = \begin{cases} 1 & \text{if $y < 0.1$} \\ 2 & \text{otherwise} \end{cases}"),
    "a remark behind": ("a: float", "2 * a", r"b = 2 a, \text{the double of it}",
        r"b = 3 a, \text{the double of it}"),
    "a sum to the end": (f"x: {V}", "x.sum()", r"s = \sum_{j=0} x_j", r"s = -\sum_{j=0} x_j"),
    "a logarithm of a product": ("s: float", "np.log(2 * np.pi * s * s)",
        r"h = \log 2 \pi s^2", r"h = \log 2 + \pi s^2"),
    "a logarithm of a sum": (f"x: {V}", "np.log(np.exp(x).mean())",
        r"m = \log \frac{1}{n} \sum_{i=1}^{n} \exp x_i",
        r"m = \log \frac{1}{n} + \sum_{i=1}^{n} \exp x_i"),
    "a base of several digits": ("n: float", "np.log10(1 + n * n)", r"t = \log_{10} (1 + n^2)",
        r"t = \log_{2} (1 + n^2)"),
    # ---- matrices and slopes
    "an inverse that defines": (f"x: {V}, lam: float", "x / (1 + lam * lam)",
        r"y = S x \quad \text{where } S^{-1} = (1 + \lambda^2) \mathbf{I}_n",
        r"y = S x \quad \text{where } S^{-1} = (1 - \lambda^2) \mathbf{I}_n"),
    "a root of a diagonal matrix": (f"d: {V}, x: {V}", "x / np.sqrt(1 + d * d)",
        r"y = D^{-1/2} x \quad \text{where } D = \operatorname{diag}(1 + d^2)",
        r"y = D^{1/2} x \quad \text{where } D = \operatorname{diag}(1 + d^2)"),
    "a second derivative": (f"x: {V}", "np.diag(6 * x)",
        r"H = \nabla^2 f(x) \quad \text{where } f(x) = \sum_i x_i^3",
        r"H = \nabla^2 f(x) \quad \text{where } f(x) = \sum_i x_i^2"),
    "slopes by their names in code": (
        f"grad_w: {V}, v: {V}", "grad_w @ v / np.sqrt(v @ v)",
        r"\nabla_g L = \frac{\nabla_w L \cdot v}{\|v\|}", r"\nabla_g L = \nabla_w L \cdot v"),
    "a quotient by two norms": (f"u: {V}, v: {V}", "u @ v / np.sqrt((u @ u) * (v @ v))",
        r"s = u^\top v / \|u\| \|v\|", r"s = u^\top v / \|u\|"),
    "a helper without a formula": (f"x: {V}", "h(x) @ x", r"s = \sum_i h(x_i) x_i",
        r"s = \sum_i h(x_i)"),
    "cosines": (f"u: {V}, v: {V}", "u @ v / np.sqrt((u @ u) * (v @ v))",
        r"s = \cos(u, v)", r"s = -\cos(u, v)"),
    "known activations": (f"x: {V}", "x / (1 + np.exp(-x))", r"y = \text{Swish}(x)",
        r"y = \text{GELU}(x)"),
    "an expression alone": ("x: float", "x * x", r"x^2", r"x^3"),
}  # fmt: skip

HELPERS = """

def h(x):
    return np.minimum(x * x, 1)

def _softmax(x):
    e = np.exp(x)
    return e / e.sum(-1, keepdims=True)


def _cell(x, h, c, W_xi, W_hi, W_xg, W_hg):
    i = 1 / (1 + np.exp(-(W_xi @ x + W_hi @ h)))
    c = c + i * np.tanh(W_xg @ x + W_hg @ h)
    return c, i * np.tanh(c)


def _layers(x, W):
    out = [x]
    for each in W:
        out.append(np.tanh(each @ out[-1]))
    return out


def _in_order(A):
    out = np.eye(A.shape[1])
    for each in A:
        out = out @ each
    return out


def _gradient(f, w):
    out = np.zeros_like(w)
    for i in range(w.size):
        step = np.zeros_like(w)
        step[i] = 1e-6
        out[i] = (f(w + step) - f(w - step)) / 2e-6
    return out
"""


def made(folder, signature: str, body: str, tex: str):
    given, _, returned = signature.partition(" -> ")
    arrow = f" -> {returned}" if returned else ""
    text = (
        f'{HEAD}def tried({given}){arrow}:\n    r"""$$\n{textwrap.indent(tex, "    ")}\n    $$"""\n'
    )
    path = folder / "tried.py"
    path.write_text(f"{text}    return {body}\n{HELPERS}", "utf-8")
    return function(source.module(path), "tried")


@pytest.mark.parametrize("case", CASES)
def test_it_holds_as_it_is_written(case, tmp_path):
    signature, body, right, _ = CASES[case]
    assert check(made(tmp_path, signature, body, right)).draws


@pytest.mark.parametrize("case", CASES)
def test_with_one_mistake_it_does_not(case, tmp_path):
    signature, body, _, wrong = CASES[case]
    with pytest.raises(Mismatch):
        check(made(tmp_path, signature, body, wrong))


RULES = {
    "a number from a vector": ("number",),
    "a bias for each row": ("rows",),
    "a row": ("row",),
    "a dot": ("dot",),
    "side by side": ("entries",),
    "matrices in order": ("order",),
    "an expectation": ("number", "mean", "variance"),
    "cases of a vector": ("number", "cases"),
    "one of a batch": ("batch",),
    "examples that are no index": ("examples",),
    "members": ("bar", "members"),
    "a step ahead": (),
    "a step back": ("back",),
    "the layer after": ("back",),
    "one from another": ("anew",),
    "a new name": ("anew",),
    "the slope of each entry": ("number", "entries", "slopes"),
    "styles of letters": (),
}


@pytest.mark.parametrize("case", RULES)
def test_how_it_was_read_is_told(case, tmp_path):
    signature, body, right, _ = CASES[case]
    assert check(made(tmp_path, signature, body, right)).rules == RULES[case]


def test_a_slope_that_formula_and_code_both_get_wrong(tmp_path):
    """The sigmoid needs no formula in the file to be differentiated."""
    tex = r"\frac{d \sigma(x)}{dx} = \frac{1}{2} e^{-x}"
    with pytest.raises(Mismatch, match="automatic differentiation"):
        check(made(tmp_path, "x: float", "np.exp(-x) / 2", tex))
