"""A public-domain text: the first five chapters of Jane Austen's Pride and Prejudice (1813)."""

import re
from pathlib import Path

import mlx.core as mx
from jaxtyping import Int


def novel() -> str:
    """The text in small letters, on one line.

    Source: Jane Austen, Pride and Prejudice, London 1813, chapters 1 to 5, as transcribed by
    volunteers in 1998 (etext 1342). It is in the public domain.

    >>> text = novel()
    >>> print(len(text))
    29318
    >>> print(text[:71])
    it is a truth universally acknowledged, that a single man in possession
    """
    text = Path("data/austen.txt").read_text("utf-8")
    return " ".join(text.lower().split())


def numbered(text: str) -> tuple[str, Int[mx.array, "N"]]:
    """The different letters of a text, and the number of the letter at each place.

    >>> letters, x = numbered(novel())
    >>> print(len(letters), letters)
    36  !"',-.:;?abcdefghijklmnopqrstuvwxyz
    >>> print(x[:4])
    array([18, 29, 0, 18], dtype=int32)
    """
    letters = "".join(sorted(set(text)))
    return letters, mx.array([letters.index(letter) for letter in text])


def words() -> list[str]:
    """The words of the text, without marks.

    >>> every = words()
    >>> different = len(set(every))
    >>> print(len(every), different)
    5398 1139
    """
    return re.findall("[a-z]+", novel())
