"""Formulas between printed figures, computed on ranges."""

import ast
import itertools
import re
from collections.abc import Iterator
from fractions import Fraction

from altcred.check.consistency import ranges
from altcred.check.consistency.ranges import Range
from altcred.check.consistency.relations import FigureKey, Formula, Headline, Relations
from altcred.core.errors import Problem

_SIDES = re.compile(r"^([^=<>]+?)\s*(<=|>=|=|<|>)\s*([^=<>]+)$")
_OPERATIONS = {
    ast.Add: ranges.add,
    ast.Sub: ranges.subtract,
    ast.Mult: ranges.multiply,
    ast.Div: ranges.divide,
}


def split_formula(holds: str) -> tuple[str, str, str]:
    """Return left side, relation and right side; ValueError where there are not two sides."""
    found = _SIDES.match(holds.strip())
    if not found:
        raise ValueError(f"{holds!r} is not two sides joined by =, <=, >=, < or >")
    return found[1], found[2], found[3].strip()


def compute(expression: str, values: dict[str, Range]) -> Range:
    """Return the range of an expression of names, numbers and + - * /."""
    return _compute(ast.parse(expression, mode="eval").body, values)


def _compute(node: ast.expr, values: dict[str, Range]) -> Range:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_compute(node.left, values), _compute(node.right, values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return ranges.negate(_compute(node.operand, values))
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        # The number is taken as it is written, 365.25 and not the binary number beside it.
        return ranges.point(Fraction(repr(node.value)))
    raise ValueError("only names, numbers and + - * / are understood")


def names_in(expression: str) -> list[str]:
    """Return the names in an expression, as often as they stand there."""
    return [
        node.id
        for node in ast.walk(ast.parse(expression, mode="eval"))
        if isinstance(node, ast.Name)
    ]


def expand_formula(formula: Formula) -> Iterator[tuple[str, dict[str, FigureKey]]]:
    """Yield the formula's name and figures for each combination of what its words stand for."""
    words = list(formula.each)
    for values in itertools.product(*(formula.each[word] for word in words)):
        chosen = dict(zip(words, values, strict=True))
        figures = {
            name: FigureKey(
                **{part: text.format(**chosen) for part, text in figure.model_dump().items()}
            )
            for name, figure in formula.figures.items()
        }
        yield formula.name.format(**chosen), figures


def check_formulas(relations: Relations, file: str) -> Iterator[Problem]:
    """Yield what is wrong with formulas: sides, names and operations."""
    named = [
        *((f"formulas.{place}", formula) for place, formula in enumerate(relations.formulas)),
        *((f"suspicions.{place}", formula) for place, formula in enumerate(relations.suspicions)),
    ]
    for key, formula in named:
        where = f"{key}.holds"
        try:
            left, _, right = split_formula(formula.holds)
            names = names_in(left) + names_in(right)
            compute(left, {name: ranges.point(1) for name in formula.figures})
            compute(right, {name: ranges.point(1) for name in formula.figures})
        except (ValueError, SyntaxError) as error:
            yield Problem(file, where, f"{error}.", 'As in "cost = hours * income / 2080".')
        except KeyError as error:
            yield Problem(file, where, f"{error} is not one of its figures.", "Add it.")
        else:
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield Problem(
                    file,
                    where,
                    f"{name} stands there twice, so that the range is wider than it need be.",
                    "Rewrite the formula with each figure once.",
                )
        try:
            list(expand_formula(formula))
        except (KeyError, IndexError) as error:
            yield Problem(file, key, f"{error} is not under each.", "Add it.")
    for place, headline in enumerate(relations.headlines):
        yield from _check_headline(headline, f"headlines.{place}", file)


def _check_headline(headline: Headline, where: str, file: str) -> Iterator[Problem]:
    names: list[str] = []
    for part, text in (("value", headline.expression), ("holds", headline.holds)):
        if not text:
            continue
        try:
            sides = split_formula(text)[::2] if part == "holds" else (text,)
            found = [name for side in sides for name in names_in(side)]
            for side in sides:
                compute(side, {name: ranges.point(1) for name in headline.figures})
        except (ValueError, SyntaxError) as error:
            yield Problem(file, f"{where}.{part}", f"{error}.", 'As in "now - before".')
        except KeyError as error:
            yield Problem(file, f"{where}.{part}", f"{error} is not one of its figures.", "Add it.")
        else:
            names += found
            for name in sorted({name for name in found if found.count(name) > 1}):
                yield Problem(
                    file,
                    f"{where}.{part}",
                    f"{name} stands there twice, so that the range is wider than it need be.",
                    "Rewrite it with each figure once.",
                )
    if not headline.value and len(headline.figures) > 1:
        yield Problem(
            file,
            f"{where}.value",
            "several figures, and nothing says how they give the number of the claim.",
            'Write the value, as in "now - before".',
        )
    elif len(set(names)) > 1 and not headline.holds and not headline.printed:
        yield Problem(
            file,
            where,
            "nothing says when the claim would no longer be true.",
            "Write what holds, or which figure prints the number.",
        )
    if headline.printed and headline.printed not in headline.figures:
        yield Problem(
            file, f"{where}.printed", f"{headline.printed!r} is not one of its figures.", "Add it."
        )
