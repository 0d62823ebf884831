"""Which array library a function is written for: MLX, JAX, PyTorch or NumPy.

The first of these that tells:

1. A parameter gets an array of the library that its annotation names: `Float[jax.Array, "n"]`.
2. Any other gets one of the first library, NumPy last, in the other annotations of the function,
3. in the names that its body uses: `jnp.exp`,
4. in what its file imports.

If none tells, it is NumPy.
"""

import ast
import functools
from collections.abc import Iterable

from mathdoctest import backends
from mathdoctest.backends import Backend
from mathdoctest.source import Module

ROOTS = (*backends.OTHERS, "numpy")
USUAL = {"mx": "mlx", "jnp": "jax", "jax": "jax", "torch": "torch", "np": "numpy"}


def backend(node: ast.FunctionDef, module: Module) -> Backend:
    """The backend for what a function computes with."""
    names = _names(module)
    annotations = [a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)]
    for parts in ([*annotations, node.returns], node.body):
        if found := _first(names, (part for part in parts if part)):
            return backends.named(found)
    return backends.named(_best(_imported(module).values()) or "numpy")


def of_annotation(made: str, module: Module) -> Backend | None:
    """The backend for the first name of an annotation's array type: `mx` of `mx.array`."""
    found = _names(module).get(made)
    return backends.named(found) if found else None


@functools.lru_cache(maxsize=256)
def _names(module: Module) -> dict[str, str]:
    return USUAL | _imported(module)


def _imported(module: Module) -> dict[str, str]:
    """Name in the file → the library that it is from."""
    out = {}
    for node in module.imports:
        if isinstance(node, ast.Import):
            every = [(alias.asname or alias.name.split(".")[0], alias.name) for alias in node.names]
        elif not node.level:
            every = [(alias.asname or alias.name, node.module or "") for alias in node.names]
            if node.module == "jaxtyping":  # whose `Array` is that of JAX
                every = [(name, "jax") for name, _ in every if name == "Array"]
        else:
            continue
        out.update({name: path.split(".")[0] for name, path in every})
    return {name: root for name, root in out.items() if root in ROOTS}


def _first(names: dict[str, str], parts: Iterable[ast.AST]) -> str | None:
    nodes = [node for part in parts for node in ast.walk(_unquoted(part))]
    return _best(names[n.id] for n in nodes if isinstance(n, ast.Name) and n.id in names)


def _best(found: Iterable[str]) -> str | None:
    """The first, or NumPy where there is no other: all code uses it for something."""
    every = list(found)
    return next((name for name in every if name != "numpy"), every[0] if every else None)


def _unquoted(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value, mode="eval")
        except SyntaxError:
            return node
    return node
