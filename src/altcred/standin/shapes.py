"""The shape of codes: where letters and digits stand, which says nothing of whose a code is."""

import math
import re
import string
from collections import Counter
from random import Random

RUNNING = "running"
_SIGNS = {
    "0": string.digits, "a": string.ascii_lowercase, "A": string.ascii_uppercase,
    "*": string.ascii_lowercase + string.digits,
}  # fmt: skip
_MIXED = string.ascii_letters + string.digits
# A prime that scatters codes which follow each other, and how long what is drawn may be.
_FAR, _LONGEST = 2_654_435_761, 64


def find_shape(held: Counter[str], fewest: int) -> str:
    """Return the shape that most codes of a column have; nothing where too few have one.

    `running` is of numbers that count the rows. Letters and digits that stand in any order are
    a `*` each, behind what all codes begin with.
    """
    total = sum(held.values())
    if total < fewest:
        return ""
    if all(re.fullmatch(r"[1-9]\d{0,8}", one) for one in held) and len(held) == total:
        numbers = [int(one) for one in held]
        if max(numbers) - min(numbers) < 3 * total:
            return RUNNING
    shapes = Counter[str]()
    for text, count in held.items():
        shapes[_shape_of(text)] += count
    shape, count = shapes.most_common(1)[0]
    if count >= max(fewest, total / 2) and set(shape) & set(_SIGNS) and len(shape) <= _LONGEST:
        return shape
    lengths = Counter({len(one): 0 for one in held})
    for text, count in held.items():
        lengths[len(text)] += count
    length, count = lengths.most_common(1)[0]
    alike = [one for one in held if len(one) == length]
    if count < max(fewest, total / 2) or length > _LONGEST or length < 8:
        return ""
    signs = [{one[at] for one in alike} for at in range(length)]
    shape = "".join("*" if len(one) > 1 else f"\\{min(one)}" for one in signs)
    is_plain = all(one.isalnum() for held_at in signs if len(held_at) > 1 for one in held_at)
    return shape if is_plain and shape.count("*") >= 6 else ""


def _shape_of(text: str) -> str:
    """Return a code with 0, a or A for each digit and letter."""
    kinds = {text_at: _kind_of(text_at) for text_at in set(text)}
    return "".join(kinds[one] for one in text)


def _kind_of(sign: str) -> str:
    if sign in string.digits:
        return "0"
    if sign in string.ascii_letters:
        return "A" if sign.isupper() else "a"
    return f"\\{sign}"


def draw_code(shape: str, random: Random) -> str:
    """Return a code of a shape, by chance."""
    return "".join(
        one[1] if len(one) == 2 else random.choice(_MIXED if one == "*" else _SIGNS[one])
        for one in re.findall(r"\\.|.", shape, re.DOTALL)
    )


def number_code(shape: str, number: int) -> str:
    """Return the code of a shape for a number, another one for each; nothing beyond its room.

    Small letters and capitals are one, since codes are compared so.
    """
    signs = re.findall(r"\\.|.", shape, re.DOTALL)
    rooms = [len(_SIGNS[one]) for one in signs if one in _SIGNS]
    room = math.prod(rooms)
    if number >= room or room < 2:
        return ""
    step = next(one for one in range(_FAR, _FAR + room) if math.gcd(one, room) == 1)
    left, written = (number * step + room // 3) % room, []
    for one in signs:
        if one in _SIGNS:
            left, at = divmod(left, len(_SIGNS[one]))
            written.append(_SIGNS[one][at])
        else:
            written.append(one[1:])
    return "".join(written)
