"""Values that a run left, as figures read them; what is missing or misshapen is a ValueError."""

from collections.abc import Mapping

Values = Mapping[str, object]


def need(values: Values, *names: str) -> list[object]:
    """The named variables; ValueError lists the ones that are missing."""
    if missing := [name for name in names if name not in values]:
        have = ", ".join(sorted(values)) or "nothing"
        wanted = ", ".join(missing)
        raise ValueError(f"figure: missing variable {wanted}; the snippet recorded: {have}")
    return [values[name] for name in names]


def scalar(value: object, name: str) -> float:
    """A number, given as it is or as the only element of (nested) lists."""
    while isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"figure: {name} must be one number, got {value!r}")
    return float(value)


def vector(value: object, name: str, length: int | None = None) -> list[float]:
    """A list of numbers; also a row or column of a matrix and, if length is 1, a bare number."""
    if length == 1:
        return [scalar(value, name)]
    while isinstance(value, list | tuple) and len(value) == 1 and _is_nested(value):
        value = value[0]
    if not isinstance(value, list | tuple):
        raise ValueError(f"figure: {name} must be a list of numbers, got {value!r}")
    numbers = [scalar(item, name) for item in value]
    if length is not None and len(numbers) != length:
        raise ValueError(f"figure: {name} must have {length} elements, got {len(numbers)}")
    return numbers


def matrix(value: object, name: str, rows: int, columns: int) -> list[list[float]]:
    """Rows of numbers; ValueError unless the shape is exactly (rows, columns)."""
    if rows == 1 and isinstance(value, list | tuple) and not _is_nested(value):
        value = [value]
    if not isinstance(value, list | tuple) or len(value) != rows:
        raise ValueError(f"figure: {name} must have shape ({rows}, {columns}), got {value!r}")
    return [vector(row, name, columns) for row in value]


def rising(value: object, name: str) -> list[float]:
    """At least two numbers, each larger than the one before."""
    numbers = vector(value, name)
    if len(numbers) < 2 or any(b <= a for a, b in zip(numbers, numbers[1:], strict=False)):
        raise ValueError(f"figure: {name} must be at least two rising numbers")
    return numbers


def series(value: object, name: str, length: int, of: str) -> dict[str, list[float]]:
    """A dict from label to a list of numbers, all of the same length as the named list."""
    if not isinstance(value, Mapping) or not value:
        wanted = "a dict from a label to a list of numbers"
        raise ValueError(f"figure: {name} must be {wanted}, got {value!r}")
    lists = {str(key): vector(item, f"{name}[{key!r}]") for key, item in value.items()}
    for key, item in lists.items():
        if len(item) != length:
            found = f"{name}[{key!r}] has {len(item)} elements"
            raise ValueError(f"figure: {found}, {of} asks for {length}")
    return lists


def _is_nested(value: list[object] | tuple[object, ...]) -> bool:
    return any(isinstance(item, list | tuple) for item in value)
