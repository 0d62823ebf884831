"""A confusion matrix as a table, with the page's words in its headers."""

from html import escape

from literate.registry import figure

from .common import Tex, whole
from .values import Values, matrix, need


def word(words: Values | None, key: str) -> str:
    """A word of the page; ValueError if there is none."""
    if not words or key not in words:
        raise ValueError(f"figure: missing UI string {key}")
    return escape(str(words[key]))


@figure("confusion_matrix")
def confusion_matrix(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Rows: what it is. Columns: what the model said. Right answers are on the diagonal.

    values: confusion, a row of counts for each class ([[tn, fp], [fn, tp]] where there are two);
    classes, their names, which two may leave out: a word of the theme, `cm_NAME`, if it has one.
    """
    classes = values.get("classes", ("negative", "positive"))
    if not isinstance(classes, list | tuple) or len(classes) < 2:
        raise ValueError(f"figure: classes must be two names or more, got {classes!r}")
    size = len(classes)
    counts = matrix(need(values, "confusion")[0], "confusion", size, size)
    names = [escape(str((words or {}).get(f"cm_{name}", name))) for name in classes]
    actual, predicted = word(words, "cm_actual"), word(words, "cm_predicted")
    rows = []
    for i, row in enumerate(counts):
        side = f'<th scope="rowgroup" rowspan="{size}">{actual}</th>' if i == 0 else ""
        cells = "".join(
            f'<td class="tp-cm__{"right" if i == j else "wrong"}" data-value="{count!r}">'
            f"{whole(count)}</td>"
            for j, count in enumerate(row)
        )
        rows.append(f'<tr>{side}<th scope="row">{names[i]}</th>{cells}</tr>')
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        '<table class="tp-cm"><thead><tr><td colspan="2" rowspan="2"></td>'
        f'<th scope="colgroup" colspan="{size}">{predicted}</th></tr>'
        f"<tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
