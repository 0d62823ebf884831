"""Measures of a yes-or-no prediction."""

import math


def accuracy(TP: int, FP: int, FN: int, TN: int) -> float:
    r"""Share of all cases that are right.

    $$
    \text{accuracy}
      = \frac{\text{TP} + \text{TN}}{\text{TP} + \text{FP} + \text{FN} + \text{TN}}
    $$

    >>> print(accuracy(TP=40, FP=5, FN=10, TN=45))
    0.85
    """
    return (TP + TN) / (TP + FP + FN + TN)


def recall(TP: int, FN: int) -> float:
    r"""Share of the positive cases that are found.

    $$
    \text{recall} = \frac{\text{TP}}{\text{TP} + \text{FN}}
    $$

    >>> print(recall(TP=40, FN=10))
    0.8
    """
    return TP / (TP + FN)


def precision(TP: int, FP: int) -> float:
    r"""Share of the alarms that are right.

    $$
    \text{precision} = \frac{\text{TP}}{\text{TP} + \text{FP}}
    $$

    >>> print(f"{precision(TP=40, FP=5):.4f}")
    0.8889
    """
    return TP / (TP + FP)


def false_positive_rate(FP: int, TN: int) -> float:
    r"""Share of the negative cases that raise an alarm.

    $$
    \text{FPR} = \frac{\text{FP}}{\text{FP} + \text{TN}}
    $$

    >>> print(false_positive_rate(FP=5, TN=45))
    0.1
    """
    return FP / (FP + TN)


def mean_cost(FN: int, FP: int, N: int, c_FN: float, c_FP: float) -> float:
    r"""Cost of the errors per case, in the unit of c_FN and c_FP.

    $$
    C = \frac{c_{\text{FN}} \text{FN} + c_{\text{FP}} \text{FP}}{N}
    $$

    >>> print(mean_cost(FN=2, FP=10, N=100, c_FN=10, c_FP=1))
    0.3
    """
    return (c_FN * FN + c_FP * FP) / N


def cost_threshold(c_FN: float, c_FP: float) -> float:
    r"""Probability above which an alarm costs less on average than none.

    $$
    t = \frac{c_{\text{FP}}}{c_{\text{FP}} + c_{\text{FN}}}
    $$

    >>> print(f"{cost_threshold(c_FN=10, c_FP=1):.4f}")
    0.0909
    """
    return c_FP / (c_FP + c_FN)


def tempered(z: float, T: float) -> float:
    r"""Probability of a logit, softened by a temperature T.

    $$
    \hat{y} = \frac{1}{1 + e^{-\frac{z}{T}}}
    $$

    >>> print(f"{tempered(z=4.0, T=1.0):.4f} {tempered(z=4.0, T=2.0):.4f}")
    0.9820 0.8808
    """
    return 1 / (1 + math.exp(-z / T))


def interval(p: float, N: int, q: float = 1.96) -> tuple[float, float]:
    r"""Middle and half the width of where the true share lies, if p is the share in N cases.

    With q = 1.96 that holds for about 95 of 100 such samples. Source: Wilson, 1927.

    $$
    m = \frac{p + \frac{q^2}{2N}}{1 + \frac{q^2}{N}}
    $$

    $$
    r = \frac{q}{1 + \frac{q^2}{N}} \sqrt{\frac{p (1 - p)}{N} + \frac{q^2}{4 N^2}}
    $$

    >>> m, r = interval(p=138 / 143, N=143)
    >>> print(f"{m - r:.3f} to {m + r:.3f}")
    0.921 to 0.985
    """
    shrunk = 1 + q**2 / N
    m = (p + q**2 / (2 * N)) / shrunk
    r = q / shrunk * math.sqrt(p * (1 - p) / N + q**2 / (4 * N**2))
    return m, r
