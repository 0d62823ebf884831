r"""What `\text{…}` says: a condition, a function or a quantity's name; anything else is refused."""

from mathdoctest import brackets, letters, words
from mathdoctest.errors import NotInGrammar
from mathdoctest.lexing import BREAKS, ENDS, Lexing
from mathdoctest.tex import SPACING, Raw, qualifier, word


def text(lexing: Lexing, i: int, raw: Raw) -> int:
    spaced = SPACING.sub(" ", raw.value)
    said, name, known = spaced.strip(" ,.;:").lower(), word(spaced), qualifier(raw.value)
    if said in words.PROBLEMS:
        lexing.put("BIG", words.PROBLEMS[said], i)
        while lexing.at(i + 1).command in ("quad", "qquad") or lexing.at(i + 1).value == "&":
            i += 1
    elif name.replace("_", "") in words.REDUCTIONS and lexing.at(i + 1).value == "_":
        letters.reduction(lexing, words.REDUCTIONS[name.replace("_", "")], name, i)
    elif lexing.tex.startswith(r"\operatorname", raw.start):
        lexing.put("OPERATOR", name, i)
    elif known:
        condition(lexing, i, known)
        if rest := word(spaced.strip(" ,.;:")[len(known) :]):
            lexing.prose.add(raw.start)
            lexing.put("WORD", rest, i)
    elif name:
        if " " in spaced.removesuffix(" ") and raw.kind == "text" or spaced.endswith(" "):
            lexing.prose.add(raw.start)
        letters.upright(lexing, i, name)
    else:
        brackets.comma(lexing, i) if "," in raw.value else None
    return i + 1


def refuse_prose(lexing: Lexing) -> None:
    """Words with a space are a quantity's name only where nothing is multiplied with them."""
    begin = {"LETTER", "WORD", "NUMBER", "LBRACE", "FRAC", "BIG", "FUNCTION", "NABLA"}
    for before, here, after in zip(
        [None, *lexing.out], lexing.out, [*lexing.out[1:], None], strict=False
    ):
        if here.type != "WORD" or here.start_pos not in lexing.prose:
            continue
        if before is not None and before.type == "SEP" and after is None:
            del lexing.out[-1:]  # a remark behind the formula
            break
        kinds = before.type if before is not None else "", after.type if after is not None else ""
        alone = all(not kind or kind in BREAKS for kind in kinds)
        alone = alone and kinds[0] != "QUALIFIER" and len(lexing.out) > 1
        multiplied = kinds[0] in ENDS or kinds[1] in begin
        if multiplied or alone:
            raise NotInGrammar("prose", here.start_pos or 0, words=here.replace("_", " "))


def condition(lexing: Lexing, i: int, known: str) -> None:
    value = words.QUALIFIERS[known]
    if value == "otherwise":
        lexing.put("OTHERWISE", value, i)
        return
    if lexing.out and lexing.out[-1].type == "QUALIFIER" and lexing.given:
        lexing.out.pop()
    elif not lexing.groups and value != "and":
        lexing.put("SEP", ",", i)
    lexing.put("SEP" if value == "and" else "QUALIFIER", value, i)
    if value == "given" or known.startswith("for "):
        lexing.given = value


def for_all(lexing: Lexing, i: int) -> int:
    condition(lexing, i, "for all")
    return i + 1
