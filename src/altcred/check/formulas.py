"""Formulas between printed figures, computed on ranges."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from altcred.check import ranges
from altcred.check.ranges import Range

NAME = r"[a-z][a-z0-9_]*"
_SIDES = re.compile(r"^([^=<>]+?)\s*(<=|>=|=|<|>)\s*([^=<>]+)$")
_OPERATIONS: dict[type[ast.operator], Callable[[Range, Range], Range]] = {
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
    tree = ast.parse(expression, mode="eval")
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def is_true(left: Range, sign: str, right: Range) -> bool | None:
    """Tell whether a comparison is true of all numbers of two ranges or of none; None between."""
    if sign == "=":
        if ranges.are_apart(left, right):
            return False
        return True if left.exact is not None and left.exact == right.exact else None
    if sign in {"<", "<="}:
        left, right = right, left
    always, never = ranges.is_above, ranges.is_at_least
    if sign in {"<=", ">="}:
        always, never = never, always
    if always(left, right):
        return True
    return False if never(right, left) else None


def find_faults(text: str, names: Iterable[str], is_formula: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a formula, or with an expression, each fault with its remedy."""
    try:
        sides = split_formula(text)[::2] if is_formula else (text,)
        used = [name for side in sides for name in names_in(side)]
        for side in sides:
            compute(side, dict.fromkeys(names, ranges.point(1)))
    except (ValueError, SyntaxError) as error:
        example = "total = price * number" if is_formula else "now - before"
        yield f"{error}.", f'As in "{example}".'
    except KeyError as error:
        yield f"{error} is not one of its figures.", "Add it."
    else:
        for name in sorted({name for name in used if used.count(name) > 1}):
            yield (
                f"{name} stands there twice, so that the range is wider than it need be.",
                "Rewrite it with each figure once.",
            )
