"""How the words of a line stand: what belongs together, and what is read from right to left."""

import re

_RIGHT = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
# What is isolated already, or the name of a heading; a quoted answer as a whole; else letters read
# from the right, with what stands between them, numbers among it, and the sign that ends them.
_TURNED = re.compile(
    rf"(\u2068[^\u2069]*\u2069|\{{#[^{{}}]*\}})|(?<=“)[^”\u2068]*{_RIGHT}[^”\u2068]*(?=”)|{_RIGHT}"
    rf"(?:[^<>\w\u2068]*(?:\d+[^<>\w\u2068]*)*{_RIGHT})*[?!]?"
)


def set_line(text: str) -> str:
    """Return a text whose lines break and turn where a reader expects it.

    A sign is not torn from its number, nor a number from what it counts. Words read from right to
    left are isolated: a number behind them would otherwise be drawn before them.
    """
    text = re.sub(r"\bn = (?=\d)", "n\u00a0=\u00a0", text)
    text = re.sub(r"(?<=\d)[ \u202f](?=[%‰€])", "\u00a0", text)
    return _TURNED.sub(lambda found: found[1] or f"\u2068{found[0]}\u2069", text)


def set_label(text: str) -> str:
    """Return a text that stands by itself, read in the direction of its first letter."""
    if re.match(rf"[\W\d_]*{_RIGHT}", text):
        return f"\u2068{text}\u2069"
    return set_line(text)
